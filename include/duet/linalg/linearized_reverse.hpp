#pragma once

// Linearizations in reverse mode: one external node of the tape, which reads and adds adjoints a whole argument at a
// time.

#include <algorithm>
#include <array>
#include <duet/eigen/places.hpp>
#include <duet/linalg/linearized_scalar.hpp>
#include <span>
#include <vector>

namespace duet {

// Where the variables of an argument are.
struct argument_places : variable_places {
  tape_index newest = 0;
  [[nodiscard]] bool active() const { return newest != 0; }
};
template <class S, class X>
[[nodiscard]] argument_places places_of(X const& x) {
  argument_places places;
  if constexpr (moves_with<S, X>) {
    std::size_t const size = duet::size_of(x);
    if (size == 0) return places;
    duet::find_places(x, places);
    places.newest = places.contiguous ? places.first + static_cast<tape_index>(size - 1)
                                      : *std::max_element(places.listed.begin(), places.listed.end());
  }
  return places;
}

// The values of an argument: x itself where it is passive numbers of type T.
template <class S, class T, class X>
class argument_values {
 public:
  explicit argument_values(X const& x) : x_(x) {
    if constexpr (moves_with<S, X>)
      duet::set_like(*values_, x, [&](auto i) DUET_INLINE_LAMBDA { return T(shape<X>::entry(x, i).value()); });
    else if constexpr (!is_in_place)
      duet::set_like(*values_, x, [&](auto i) { return T(shape<X>::entry(x, i)); });
  }
  [[nodiscard]] lifted_t<X, T> const& operator*() const {
    if constexpr (is_in_place)
      return x_;
    else
      return *values_;
  }

 private:
  static constexpr bool is_in_place = std::is_same_v<lifted_t<X, T>, X>;
  struct nothing {};
  X const& x_;
  [[no_unique_address]] std::conditional_t<is_in_place, nothing, loaned<lifted_t<X, T>>> values_;
};

// visit(span, i) for the entries of x that lie side by side, i the number of the first of them.
template <class T, class X, class Visit>
void for_each_row_of(X& x, Visit const& visit) {
  std::array<std::span<T>, leaf_shapes<std::remove_const_t<X>>> leaves;
  auto* const end = duet::write_leaf_spans(x, leaves.data());
  std::size_t i = 0;
  for (auto* leaf = leaves.data(); leaf != end; ++leaf) {
    visit(*leaf, i);
    i += leaf->size();
  }
}

// The callback of a linearization: one adjoint for each output swept, none where that asks for nothing.
template <class T, class Linearization, class... X>
class linearized_node {
 public:
  using places = std::array<argument_places, sizeof...(X)>;
  linearized_node(Linearization at, places arguments, tape_index first)
      : at_(std::move(at)), arguments_(std::move(arguments)), first_(first) {}

  void operator()(external_sweep<T>& sweep) const {
    using Y = std::remove_cvref_t<decltype(at_.value())>;
    loaned<Y> ybar;
    std::tuple<loaned<lifted_t<X, T>>...> xbar;
    if (carries<Y> || !duet::same_sizes(*ybar, at_.value())) *ybar = at_.value();
    for (std::size_t lane = 0; lane < sweep.lanes(); ++lane) {
      bool moves = false;
      duet::for_each_row_of<T>(*ybar, [&](std::span<T> row, std::size_t i) {
        sweep.read(first_ + static_cast<tape_index>(i), lane, row);
        moves = moves || !std::all_of(row.begin(), row.end(), [](T const& w) { return duet::vanishes(w); });
      });
      if (!moves) continue;
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        at_.adjoint(*std::as_const(ybar), (arguments_[I].active() ? &*std::get<I>(xbar) : nullptr)...);
        (add(sweep, lane, arguments_[I], *std::get<I>(xbar)), ...);
      }(std::index_sequence_for<X...>{});
    }
  }

 private:
  template <class A>
  static void add(external_sweep<T>& sweep, std::size_t lane, argument_places const& to, A const& xbar) {
    if (!to.active()) return;
    duet::for_each_row_of<T const>(xbar, [&](std::span<T const> row, std::size_t i) {
      if (to.contiguous)
        sweep.add_from(to.first + static_cast<tape_index>(i), lane, row);
      else
        sweep.add_listed(std::span(to.listed).subspan(i, row.size()), lane, row);
    });
  }

  Linearization at_;
  places arguments_;
  tape_index first_;
};

template <class T, class Tag>
struct linearized_scalar<var<T, Tag>> {
  using S = var<T, Tag>;

  template <class Operation, class... X>
  static auto apply(char const* where, Operation const& operation, X const&... x) {
    auto at = operation(*argument_values<S, T, X>(x)...);
    using Linearization = decltype(at);
    using Y = std::remove_cvref_t<decltype(at.value())>;
    std::array places{duet::places_of<S>(x)...};
    tape_index newest = 0;
    for (auto const& each : places) newest = std::max(newest, each.newest);
    if (newest == 0) return duet::make_result<S>(at.value(), [](T const& e) { return S(e); });
    tape<T>& on = recording_tape<T>();
    on.require_here(newest, where);
    Y const& y = at.value();
    tape_index const first = on.new_inputs(duet::size_of(y));
    auto result = shape<Y>::template make<S>(y, [&](auto i) DUET_INLINE_LAMBDA {
      return S::recorded(shape<Y>::entry(y, i), first + static_cast<tape_index>(std::size_t{i}));
    });
    on.external(linearized_node<T, Linearization, X...>(std::move(at), std::move(places), first));
    return result;
  }
};

}  // namespace duet
