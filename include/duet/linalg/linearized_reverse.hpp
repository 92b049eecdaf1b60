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
    places.newest = duet::newest_index(x);
    if (places.active()) duet::find_places(x, places);
  }
  return places;
}

// The entries of x side by side: its own memory, or copied.
template <class T, class X>
class entries_in_a_row {
 public:
  explicit entries_in_a_row(X const& x) {
    if constexpr (eigen_dense<X>) {
      all_ = {x.data(), static_cast<std::size_t>(x.size())};
    } else {
      copied_.resize(duet::size_of(x));
      for (std::size_t i = 0; i < copied_.size(); ++i) copied_[i] = shape<X>::entry(x, i);
      all_ = copied_;
    }
  }
  entries_in_a_row(entries_in_a_row const&) = delete;
  [[nodiscard]] std::span<T const> all() const { return all_; }

 private:
  std::span<T const> all_;
  std::vector<T> copied_;
};

// The callback of a linearization: one adjoint for each output swept, none where that asks for nothing.
template <class T, class Linearization, class... X>
class linearized_node {
 public:
  using places = std::array<argument_places, sizeof...(X)>;
  linearized_node(Linearization at, places arguments, tape_index first)
      : at_(std::move(at)), arguments_(std::move(arguments)), first_(first) {}

  void operator()(external_sweep<T>& sweep) const {
    auto const& y = at_.value();
    using Y = std::remove_cvref_t<decltype(y)>;
    std::vector<T> adjoints(duet::size_of(y));
    for (std::size_t lane = 0; lane < sweep.lanes(); ++lane) {
      sweep.read(first_, lane, adjoints);
      if (std::all_of(adjoints.begin(), adjoints.end(), [](T const& w) { return duet::vanishes(w); })) continue;
      auto const ybar = shape<Y>::template make<T>(y, [&](auto i) { return adjoints[std::size_t{i}]; });
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::tuple<lifted_t<X, T>...> xbar;
        at_.adjoint(ybar, (arguments_[I].active() ? &std::get<I>(xbar) : nullptr)...);
        (add(sweep, lane, arguments_[I], std::get<I>(xbar)), ...);
      }(std::index_sequence_for<X...>{});
    }
  }

 private:
  template <class A>
  static void add(external_sweep<T>& sweep, std::size_t lane, argument_places const& to, A const& xbar) {
    if (!to.active()) return;
    entries_in_a_row<T, A> const w(xbar);
    if (to.contiguous)
      sweep.add_from(to.first, lane, w.all());
    else
      sweep.add_listed(to.listed, lane, w.all());
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
    auto at = operation(duet::read_argument<S, T>(x, [](S const& e) { return e.value(); })...);
    using Linearization = decltype(at);
    auto const y = plain_t<decltype(at.value())>(at.value());
    using Y = std::remove_const_t<decltype(y)>;
    std::array places{duet::places_of<S>(x)...};
    tape_index newest = 0;
    for (auto const& each : places) newest = std::max(newest, each.newest);
    if (newest == 0) return duet::make_result<S>(y, [](T const& e) { return S(e); });
    tape<T>& on = recording_tape<T>();
    on.require_here(newest, where);
    tape_index const first = on.new_inputs(duet::size_of(y));
    on.external(linearized_node<T, Linearization, X...>(std::move(at), std::move(places), first));
    return shape<Y>::template make<S>(
        y, [&](auto i) { return S::recorded(shape<Y>::entry(y, i), first + static_cast<tape_index>(std::size_t{i})); });
  }
};

}  // namespace duet
