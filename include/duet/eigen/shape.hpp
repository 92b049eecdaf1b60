#pragma once

// What a shape is: shape<X> says how X is built of its entries, in storage order. Here are those that hold entries
// only: numbers, std::array, std::vector, and Eigen's matrices and arrays; parts.hpp has those that are made of others.

#include <array>
#include <concepts>
#include <cstddef>
#include <duet/eigen/traits.hpp>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace duet {

// Something that a function of active scalars may return as an entry: an active number, or a constant.
template <class E>
concept number_entry = active<E> || (std::numeric_limits<E>::is_specialized && !std::same_as<E, bool>);

// shape<X> has: value_type, the type of an entry; static_size, or duet::dynamic; rebind<S>, the shape with entries of
// type S; size(x); entry(x, i); make<S>(like, f), a rebind<S> of the size of `like` with entries f(i). An i that make
// hands out is a number, a constant or a place among parts (parts.hpp): f takes it as auto and gives it to entry().
template <class X>
struct shape;

template <class X>
concept shaped = requires { typename shape<X>::value_type; };

// Calls visit(i) for i < size; up to a bound on static sizes each i is a constant, so that seeds are known to the
// compiler.
inline constexpr std::size_t most_unrolled_entries = 32;
template <std::size_t StaticSize, class Visit>
DUET_INLINE constexpr void for_each_entry(std::size_t size, Visit const& visit) {
  if constexpr (StaticSize <= most_unrolled_entries)
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      (visit(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<StaticSize>{});
  else
    for (std::size_t i = 0; i < size; ++i) visit(i);
}

// Replaces an entry by f(i), built where it will stay: assigning would copy it through vectors of another width, and
// the function's first reads would wait for that (measured 2 times slower).
template <class S, class Entry, class Index>
DUET_INLINE void place(S& target, Entry const& f, Index i) {
  if constexpr (std::is_trivially_destructible_v<S>)
    ::new (static_cast<void*>(std::addressof(target))) S(f(i));
  else
    target = f(i);
}

template <class X>
  requires(number_entry<X> && !is_expression<X>)
struct shape<X> {
  using value_type = X;
  static constexpr std::size_t static_size = 1;
  template <class S>
  using rebind = S;

  static constexpr std::size_t size(X const&) { return 1; }
  template <class Self>
  static constexpr auto& entry(Self& x, std::size_t) {
    return x;
  }
  template <class S, class Entry>
  static DUET_INLINE constexpr S make(X const&, Entry const& f) {
    return S(f(std::integral_constant<std::size_t, 0>{}));
  }
};

template <class E, std::size_t N>
  requires number_entry<E>
struct shape<std::array<E, N>> {
  using value_type = E;
  static constexpr std::size_t static_size = N;
  template <class S>
  using rebind = std::array<S, N>;

  static constexpr std::size_t size(std::array<E, N> const&) { return N; }
  template <class Self>
  static constexpr auto& entry(Self& x, std::size_t i) {
    return x[i];
  }
  template <class S, class Entry>
  static DUET_INLINE std::array<S, N> make(std::array<E, N> const&, Entry const& f) {
    if constexpr (N <= most_unrolled_entries) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
        return std::array<S, N>{S(f(std::integral_constant<std::size_t, I>{}))...};
      }(std::make_index_sequence<N>{});
    } else {
      std::array<S, N> result;
      for (std::size_t i = 0; i < N; ++i) duet::place(result[i], f, i);
      return result;
    }
  }
  // The same in memory of the caller's; unlike what is returned, its entries need not be set to zero first.
  template <class S, class Entry>
    requires(N > most_unrolled_entries && std::is_trivially_destructible_v<S> && std::is_trivially_copyable_v<S>)
  static std::array<S, N>& make_at(void* place, Entry const& f) {
    S* const first = static_cast<S*>(place);
    for (std::size_t i = 0; i < N; ++i) ::new (static_cast<void*>(first + i)) S(f(i));
    return *std::launder(reinterpret_cast<std::array<S, N>*>(place));
  }
};

template <class E, class Allocator>
  requires number_entry<E>
struct shape<std::vector<E, Allocator>> {
  using value_type = E;
  static constexpr std::size_t static_size = dynamic;
  template <class S>
  using rebind = std::vector<S, typename std::allocator_traits<Allocator>::template rebind_alloc<S>>;

  static std::size_t size(std::vector<E, Allocator> const& x) { return x.size(); }
  template <class Self>
  static auto& entry(Self& x, std::size_t i) {
    return x[i];
  }
  template <class S, class Entry>
  static rebind<S> make(std::vector<E, Allocator> const& like, Entry const& f) {
    rebind<S> result(like.size());
    for (std::size_t i = 0; i < like.size(); ++i) duet::place(result[i], f, i);
    return result;
  }
};

// Eigen's two plain types; both keep their entries side by side.
template <template <class, int, int, int, int, int> class Plain, class E, int Rows, int Columns, int Options,
          int MostRows, int MostColumns>
struct eigen_shape {
  using object = Plain<E, Rows, Columns, Options, MostRows, MostColumns>;
  using value_type = E;
  static constexpr std::size_t static_size = Rows == Eigen::Dynamic || Columns == Eigen::Dynamic
                                                 ? dynamic
                                                 : static_cast<std::size_t>(Rows) * static_cast<std::size_t>(Columns);
  template <class S>
  using rebind = Plain<S, Rows, Columns, Options, MostRows, MostColumns>;

  static std::size_t size(object const& x) { return static_cast<std::size_t>(x.size()); }
  template <class Self>
  static auto& entry(Self& x, std::size_t i) {
    return x.data()[i];
  }
  template <class S, class Entry>
  static DUET_INLINE rebind<S> make(object const& like, Entry const& f) {
    rebind<S> result;
    if constexpr (static_size == dynamic) result.resize(like.rows(), like.cols());
    for_each_entry<static_size>(size(like), [&](auto i) DUET_INLINE_LAMBDA { duet::place(result.data()[i], f, i); });
    return result;
  }
};

template <class E, int Rows, int Columns, int Options, int MostRows, int MostColumns>
  requires number_entry<E>
struct shape<Eigen::Matrix<E, Rows, Columns, Options, MostRows, MostColumns>>
    : eigen_shape<Eigen::Matrix, E, Rows, Columns, Options, MostRows, MostColumns> {};
template <class E, int Rows, int Columns, int Options, int MostRows, int MostColumns>
  requires number_entry<E>
struct shape<Eigen::Array<E, Rows, Columns, Options, MostRows, MostColumns>>
    : eigen_shape<Eigen::Array, E, Rows, Columns, Options, MostRows, MostColumns> {};

template <class X>
[[nodiscard]] constexpr std::size_t size_of(X const& x) {
  return shape<X>::size(x);
}

template <class X>
concept eigen_dense = requires(X const& x) { []<class Derived>(Eigen::DenseBase<Derived> const&) {}(x); };

}  // namespace duet
