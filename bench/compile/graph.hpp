#pragma once

// A function of 15 inputs with about Operations operations, traced and differentiated while the program compiles.

#include <array>
#include <duet/math/math.hpp>
#include <duet/symbolic/sweep.hpp>
#include <duet/symbolic/variable.hpp>

namespace compile_cost {

template <int Operations>
struct chained {
  template <class T>
  constexpr T operator()(std::array<T, 15> const& x) const {
    T y = x[0];
    for (int i = 0; i < Operations / 5; ++i) {
      auto const k = static_cast<std::size_t>(i % 15);
      y = y * x[k] + sin(x[(k + 1) % 15]) - (0.5 + i) * x[(k + 2) % 15];
    }
    return y;
  }
};

template <int Operations>
double slope(std::array<double, 15> const& x) {
  constexpr auto graph = duet::symbolic::expression<15>(chained<Operations>{});
  return duet::symbolic::value_and_gradient(graph, x).gradient[3];
}

}  // namespace compile_cost
