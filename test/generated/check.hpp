#pragma once

// A generated function of three numbers in the modes that see it while the program compiles, symbolic and as a kernel,
// against dual numbers, the tape and hyper-dual numbers. Read by the files that generate.py writes.

#include <array>
#include <cmath>
#include <duet/duet.hpp>
#include <duet/kernel/kernel.hpp>
#include <duet/symbolic.hpp>

#include "catch.hpp"

namespace generated {

inline constexpr std::size_t inputs = 3;
using point = std::array<double, inputs>;

// Orders of additions differ: 1e-11 of the largest entry.
inline void require_close(char const* what, double got, double expected, double size) {
  INFO(what << ": " << got << ", expected " << expected);
  CHECK(std::abs(got - expected) <= 1e-11 * std::fmax(1, size));
}
inline void require_gradient(char const* what, auto const& got, point const& expected) {
  double size = 0;
  for (double e : expected) size = std::fmax(size, std::abs(e));
  for (std::size_t i = 0; i < inputs; ++i) require_close(what, got[i], expected[i], size);
}

template <class S>
std::array<S, inputs> independent(point const& x) {
  std::array<S, inputs> result;
  for (std::size_t i = 0; i < inputs; ++i) result[i] = S::independent(x[i], i);
  return result;
}

// Value and gradient by one sweep of a tape.
template <class F>
std::pair<double, point> on_tape(F const& f, point const& at) {
  static duet::tape<> tape;
  tape.clear();
  duet::recording const scope(tape);
  std::array<duet::var<>, inputs> x;
  for (std::size_t i = 0; i < inputs; ++i) x[i] = tape.independent(at[i]);
  duet::var<> const y = f(x);
  tape.reverse(y);
  return {y.value(), {tape.adjoint(x[0]), tape.adjoint(x[1]), tape.adjoint(x[2])}};
}

template <bool WithHessian, class F>
void check(char const* name, F const& f) {
  constexpr point places[] = {{0.3, -0.8, 1.1}, {-1.4, 0.6, 0.2}, {0.9, 1.7, -0.5}};
  constexpr auto graph = duet::symbolic::expression<inputs>(F{});
  auto const kernel = duet::kernel(f);
  for (point const& at : places) {
    INFO(name << " at " << at[0] << ", " << at[1] << ", " << at[2]);
    using second = duet::hyperdual<double, inputs>;
    second const by_number = f(independent<second>(at));
    double const value = by_number.value();
    point const gradient{by_number.partial(0), by_number.partial(1), by_number.partial(2)};
    REQUIRE(std::isfinite(value));

    using first = duet::dual<double, inputs>;
    first const by_dual = f(independent<first>(at)), of_kernel = kernel(independent<first>(at));
    require_gradient("dual", std::array{by_dual.partial(0), by_dual.partial(1), by_dual.partial(2)}, gradient);
    require_gradient("kernel on duals", std::array{of_kernel.partial(0), of_kernel.partial(1), of_kernel.partial(2)},
                     gradient);
    auto const [taped, adjoints] = on_tape(f, at);
    require_gradient("tape", adjoints, gradient);
    auto const [of_node, through_node] = on_tape(kernel, at);
    require_gradient("kernel on the tape", through_node, gradient);
    auto const swept = duet::symbolic::value_and_gradient(graph, at);
    require_gradient("symbolic sweep", swept.gradient, gradient);
    require_gradient("symbolic gradient", duet::symbolic::gradient(graph)(at), gradient);
    for (double v : {by_dual.value(), of_kernel.value(), taped, of_node, swept.value, graph(at)}) {
#if defined(__FMA__)
      require_close("value", v, value, std::abs(value));
#else
      CHECK(v == value);
#endif
    }
    if constexpr (WithHessian) {
      auto const hessian = duet::symbolic::hessian(graph)(at);
      double size = 0;
      for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t j = 0; j < inputs; ++j) size = std::fmax(size, std::abs(by_number.second(i, j)));
      for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t j = 0; j < inputs; ++j)
          require_close("symbolic Hessian", hessian[i][j], by_number.second(i, j), size);
    }
  }
}

}  // namespace generated
