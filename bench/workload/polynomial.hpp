#pragma once

// Least squares of a polynomial of degree seven: additions and multiplications only, by Horner's scheme. Eight inputs,
// the coefficients.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct polynomial {
  static constexpr std::size_t inputs = 8;
  using point = std::array<double, inputs>;
  std::vector<double> t, y;

  explicit polynomial(std::size_t points = 1000) : t(points), y(points) {
    for (std::size_t i = 0; i < points; ++i) {
      t[i] = -1 + 2 * (static_cast<double>(i) + 0.5) / static_cast<double>(points);
      y[i] = std::sin(3 * t[i]) + 0.1 * std::cos(17.0 * static_cast<double>(i));
    }
  }

  static point start() { return {0.3, 2.5, -0.2, -4.0, 0.5, 1.5, -0.4, 0.2}; }

  template <class T>
  T operator()(std::array<T, inputs> const& c) const {
    T cost = 0;
    for (std::size_t i = 0; i < t.size(); ++i) {
      T const r = residual(c, t[i], y[i]);
      cost += r * r;
    }
    return cost;
  }

  template <class T, class X>
  static constexpr T residual(std::array<T, inputs> const& c, X const& at, X const& to) {
    T value = c[inputs - 1];
    for (std::size_t k = inputs - 1; k-- > 0;) value = value * at + c[k];
    return value - to;
  }

  // By hand: the gradient is twice the sum of residuals times powers. Points in lanes, with a sum for each lane, which
  // a compiler that keeps to the order of operations turns into vectors.
  double gradient(point const& c, point& g) const {
    constexpr std::size_t lanes = 8;
    using lane = std::array<double, lanes>;
    lane cost{};
    std::array<lane, inputs> sums{};
    auto const add = [&]<std::size_t Count>(double const* at, double const* to) {
      std::array<double, Count> r;
      for (std::size_t l = 0; l < Count; ++l) r[l] = c[inputs - 1];
      for (std::size_t k = inputs - 1; k-- > 0;)
        for (std::size_t l = 0; l < Count; ++l) r[l] = r[l] * at[l] + c[k];
      for (std::size_t l = 0; l < Count; ++l) r[l] -= to[l];
      for (std::size_t l = 0; l < Count; ++l) cost[l] += r[l] * r[l];
      for (std::size_t k = 0; k < inputs; ++k)
        for (std::size_t l = 0; l < Count; ++l) {
          sums[k][l] += r[l];
          r[l] *= at[l];
        }
    };
    std::size_t i = 0;
    for (; i + lanes <= t.size(); i += lanes) add.template operator()<lanes>(&t[i], &y[i]);
    for (; i < t.size(); ++i) add.template operator()<1>(&t[i], &y[i]);
    double total = 0;
    for (double e : cost) total += e;
    for (std::size_t k = 0; k < inputs; ++k) {
      g[k] = 0;
      for (double e : sums[k]) g[k] += 2 * e;
    }
    return total;
  }
};

}  // namespace workload
