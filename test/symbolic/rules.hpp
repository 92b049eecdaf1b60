#pragma once

// The laws of symbolic derivatives for a list of rules: value, first and second derivatives of the graph of one rule
// against the same rule on duet::dual and duet::hyperdual, at random points of its domain. Several files share the
// rules among them, since each is compiled on its own.

#include <boost/mp11/algorithm.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/symbolic.hpp>
#include <random>

#include "catch.hpp"

namespace symbolic_test {

namespace sym = duet::symbolic;

inline bool close(double a, double b, double tolerance) {
  if (a != a || b != b) return a != a && b != b;
  return a == b || std::abs(a - b) <= tolerance * std::fmax(1.0, std::fmax(std::abs(a), std::abs(b)));
}

// The derivatives in their places: first[i], second[i][j].
template <std::size_t N>
struct expected {
  double value;
  std::array<double, N> first;
  std::array<std::array<double, N>, N> second;
};

template <class Rule>
inline constexpr auto arity = static_cast<std::size_t>(sym::description_of<Rule>.arity);
template <class Rule>
inline constexpr auto active_arity = arity<Rule> - duet::parameter_count<Rule>;
inline constexpr double parameter = 3;  // an integer, as ldexp and polygamma need

template <class Rule, class Number, std::size_t N>
auto applied(std::array<Number, N> const& x) {
  return [&]<std::size_t... I, std::size_t... P>(std::index_sequence<I...>, std::index_sequence<P...>) {
    return duet::apply(Rule{}, x[I]..., (static_cast<void>(P), parameter)...);
  }(std::make_index_sequence<N>{}, std::make_index_sequence<duet::parameter_count<Rule>>{});
}

template <class Rule>
constexpr auto graph_of() {
  return []<int... I, std::size_t... P>(std::integer_sequence<int, I...>, std::index_sequence<P...>) {
    return duet::apply(Rule{}, sym::variable<I>..., (static_cast<void>(P), parameter)...);
  }(std::make_integer_sequence<int, static_cast<int>(active_arity<Rule>)>{},
         std::make_index_sequence<duet::parameter_count<Rule>>{});
}

template <class Rule, std::size_t N>
expected<N> by_numbers(std::array<double, N> const& x) {
  using S = duet::hyperdual<double, N>;
  std::array<S, N> inputs;
  for (std::size_t i = 0; i < N; ++i) inputs[i] = S::independent(x[i], i);
  S const y = applied<Rule>(inputs);
  expected<N> result{y.value(), {}, {}};
  for (std::size_t i = 0; i < N; ++i) {
    result.first[i] = y.partial(i);
    for (std::size_t j = 0; j < N; ++j) result.second[i][j] = y.second(i, j);
  }
  return result;
}

template <class Rule, std::size_t K>
double random_operand(std::mt19937& engine) {
  duet::interval const domain = [] {
    if constexpr (requires { Rule::domain[K]; })
      return Rule::domain[K];
    else
      return Rule::domain;
  }();
  double const lower = std::fmax(domain.lower, -3.0), upper = std::fmin(domain.upper, lower + 6.0);
  std::uniform_real_distribution<double> uniform(lower + 0.01, upper - 0.01);
  return uniform(engine);
}

template <class Rule>
void check_rule() {
  constexpr std::size_t n = active_arity<Rule>;
  INFO(Rule::name);
  constexpr auto g = graph_of<Rule>();
  auto const slopes = sym::gradient(g);
  auto const bends = [&] {
    if constexpr (decltype(sym::gradient(g))::inputs > 0)
      return sym::hessian(g);
    else
      return sym::zero;
  }();
  std::mt19937 engine(7);
  for (int trial = 0; trial < 50; ++trial) {
    auto const x = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<double, n>{random_operand<Rule, I>(engine)...};
    }(std::make_index_sequence<n>{});
    INFO("at " << x[0] << (n > 1 ? " and " + std::to_string(x[n - 1]) : ""));
    auto const right = by_numbers<Rule>(x);
    auto const swept = sym::value_and_gradient(g, x);
    auto const first = slopes(x);
    CHECK(g(x) == right.value);
    CHECK(swept.value == right.value);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(close(swept.gradient[i], right.first[i], 1e-14));
      CHECK(close(first[i], right.first[i], 1e-13));
      if constexpr (decltype(sym::gradient(g))::inputs > 0) {
        auto const second = bends(x);
        for (std::size_t j = 0; j < n; ++j) CHECK(close(second[i][j], right.second[i][j], 1e-11));
      }
    }
  }
}

template <class Rules>
void check_rules() {
  boost::mp11::mp_for_each<Rules>([]<class Rule>(Rule) { check_rule<Rule>(); });
}

}  // namespace symbolic_test
