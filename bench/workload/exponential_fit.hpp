#pragma once

// Residuals of the model b0 exp(b1 x) + b2 at 250 points, and half their sum of squares.

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace workload {

struct exponential_data {
  static constexpr std::size_t points = 250;
  std::array<double, points> x, y;

  exponential_data() {
    for (std::size_t i = 0; i < points; ++i) {
      x[i] = 0.01 * static_cast<double>(i);
      y[i] = 2.1 * std::exp(0.65 * x[i]) + 0.4 + 0.01 * std::sin(37.0 * static_cast<double>(i));
    }
  }
};

// The model's residual at one point; the datum may be in lanes. Otherwise the result is T: the expressions of some
// libraries refer to parts that are gone when this returns.
template <class T, class X>
constexpr auto exponential_residual(std::array<T, 3> const& b, X const& x, X const& y) {
  using std::exp;
  if constexpr (std::is_same_v<X, double>)
    return T(b[0] * exp(b[1] * x) + b[2] - y);
  else
    return b[0] * exp(b[1] * x) + b[2] - y;
}

struct exponential_residuals {
  static constexpr std::size_t inputs = 3, outputs = exponential_data::points;
  using point = std::array<double, inputs>;
  using jacobian_columns = std::array<std::array<double, outputs>, inputs>;
  exponential_data const& data;

  static point start() { return {2.0, 0.7, 0.5}; }

  template <class T>
  std::array<T, outputs> operator()(std::array<T, 3> const& b) const {
    std::array<T, outputs> r;
    for (std::size_t i = 0; i < outputs; ++i) r[i] = exponential_residual(b, data.x[i], data.y[i]);
    return r;
  }

  // By hand: the residuals, and their Jacobian by columns.
  std::array<double, outputs> jacobian(point const& b, jacobian_columns& columns) const {
    std::array<double, outputs> r;
    for (std::size_t i = 0; i < outputs; ++i) {
      double const e = std::exp(b[1] * data.x[i]), model = b[0] * e;
      r[i] = model + b[2] - data.y[i];
      columns[0][i] = e;
      columns[1][i] = model * data.x[i];
      columns[2][i] = 1;
    }
    return r;
  }
};

struct exponential_cost {
  static constexpr std::size_t inputs = 3;
  using point = std::array<double, inputs>;
  exponential_data const& data;

  static point start() { return exponential_residuals::start(); }

  template <class T>
  T operator()(std::array<T, 3> const& b) const {
    T sum(0.0);
    for (std::size_t i = 0; i < data.points; ++i) {
      T const r = exponential_residual(b, data.x[i], data.y[i]);
      sum += r * r;
    }
    return 0.5 * sum;
  }

  // By hand: the cost and its gradient.
  double gradient(point const& b, point& g) const {
    double sum = 0;
    g = {};
    for (std::size_t i = 0; i < data.points; ++i) {
      double const e = std::exp(b[1] * data.x[i]), model = b[0] * e, r = model + b[2] - data.y[i];
      sum += r * r;
      g[0] += r * e;
      g[1] += r * (model * data.x[i]);
      g[2] += r;
    }
    return 0.5 * sum;
  }
};

}  // namespace workload
