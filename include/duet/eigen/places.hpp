#pragma once

// Where the variables of an object lie on the tape: for nodes and replays that read and add adjoints many at a time.

#include <algorithm>
#include <duet/eigen/lift.hpp>
#include <duet/reverse/external.hpp>
#include <span>

namespace duet {

// The newest of the variables, by index; 0 if all are passive.
template <class X>
[[nodiscard]] tape_index newest_index(X const& x) {
  tape_index newest = 0;
  for (std::size_t i = 0; i < shape<X>::size(x); ++i) newest = std::max(newest, shape<X>::entry(x, i).index());
  return newest;
}

// The entries of an object without parts: they lie side by side.
template <class X>
[[nodiscard]] DUET_INLINE auto entry_span(X& x) {
  using S = shape<std::remove_const_t<X>>;
  using Entry = std::remove_reference_t<decltype(S::entry(x, 0))>;
  std::size_t const size = S::size(x);
  return std::span<Entry>(size == 0 ? nullptr : &S::entry(x, 0), size);
}

// Whether loops over the entries of an object are unrolled; otherwise they run over its entry_span().
template <class X>
inline constexpr bool has_few_entries = has_parts<X> || shape<X>::static_size <= most_unrolled_entries;

// Whether each entry of x is a variable of its own, none older than `oldest`; those in the order of the tape are taken
// for it.
template <class X>
[[nodiscard]] DUET_INLINE bool are_in_order(X const& x, tape_index oldest) {
  bool in_order = true;
  if constexpr (has_few_entries<X>) {
    tape_index least = oldest;
    duet::for_each_place(x, [&](auto i) DUET_INLINE_LAMBDA {
      tape_index const index = shape<X>::entry(x, i).index();
      in_order = in_order && index >= least;
      least = index + 1;
    });
  } else if (auto const all = duet::entry_span(x); !all.empty()) {
    in_order = all[0].index() >= oldest;
    for (std::size_t i = 1; i < all.size(); ++i) in_order &= all[i - 1].index() < all[i].index();
  }
  return in_order;
}

// Where the variables of x are, in memory that serves the next object.
template <class X>
DUET_INLINE void find_places(X const& x, variable_places& at) {
  tape_index first = 0, gap = 0;
  if constexpr (has_few_entries<X>) {
    tape_index expected = 0;
    duet::for_each_place(x, [&](auto i) DUET_INLINE_LAMBDA {
      tape_index const index = shape<X>::entry(x, i).index();
      if (i == 0) first = expected = index;
      gap |= index ^ expected++;
    });
  } else if (auto const all = duet::entry_span(x); !all.empty()) {
    first = all[0].index();
    for (std::size_t i = 0; i < all.size(); ++i) gap |= all[i].index() ^ (first + static_cast<tape_index>(i));
  }
  at.first = first;
  at.contiguous = gap == 0 && first != 0;
  if (at.contiguous) return;
  at.listed.resize(shape<X>::size(x));
  tape_index* const to = at.listed.data();
  duet::for_each_place(x, [&](auto i) DUET_INLINE_LAMBDA { to[i] = shape<X>::entry(x, i).index(); });
}

}  // namespace duet
