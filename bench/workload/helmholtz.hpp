#pragma once

// Helmholtz' energy of a mixture of N fluids by the Peng-Robinson equation, a classical benchmark (Griewank, Walther):
// with t = b.x, RT sum_i x_i log(x_i / (1 - t)) - x.Ax log((1 + (1 + sqrt 2) t) / (1 + (1 - sqrt 2) t)) / (sqrt 8 t).

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace workload {

template <std::size_t N>
struct helmholtz {
  static constexpr std::size_t inputs = N;
  using point = std::array<double, N>;
  using matrix = std::array<point, N>;

  static constexpr double rt = 1.7, sqrt8 = 2 * std::numbers::sqrt2;
  static constexpr double upper = 1 + std::numbers::sqrt2, lower = 1 - std::numbers::sqrt2;
  point b;
  matrix a;  // symmetric

  helmholtz() {
    for (std::size_t i = 0; i < N; ++i) {
      b[i] = 0.4 + 0.1 * std::sin(static_cast<double>(i));
      for (std::size_t j = 0; j < N; ++j) a[i][j] = 1 + 0.3 * std::cos(static_cast<double>(i * i + j * j));
    }
  }

  static point start() {
    point x;
    for (std::size_t i = 0; i < N; ++i) x[i] = (1 + 0.2 * std::cos(1.5 * static_cast<double>(i))) / N;
    return x;
  }

  template <class X>  // std::array or std::vector
  auto operator()(X const& x) const {
    using std::log;
    using T = typename X::value_type;
    T bx = b[0] * x[0];
    for (std::size_t i = 1; i < N; ++i) bx += b[i] * x[i];
    T const room = 1.0 - bx;
    T mixing = x[0] * log(x[0] / room);
    for (std::size_t i = 1; i < N; ++i) mixing += x[i] * log(x[i] / room);
    auto const ax = [&](std::size_t i) {
      T sum = a[i][0] * x[0];
      for (std::size_t j = 1; j < N; ++j) sum += a[i][j] * x[j];
      return sum;
    };
    T xax = x[0] * ax(0);
    for (std::size_t i = 1; i < N; ++i) xax += x[i] * ax(i);
    return T(rt * mixing - xax * log((1.0 + upper * bx) / (1.0 + lower * bx)) / (sqrt8 * bx));
  }

  // By hand. The logarithms are those of the function, one by one.
  double gradient(point const& x, point& g) const {
    terms const t(*this, x);
    t.gradient(g);
    return t.value();
  }

  // By hand: -2c A + u b^T + b u^T and a diagonal.
  double hessian(point const& x, point& g, matrix& h) const {
    terms const t(*this, x);
    t.gradient(g);
    double const inverse = 1 / t.room, half = 0.5 * (rt * t.total * inverse * inverse - t.xax * t.curvature());
    vector const u = ((-2 * t.slope) * t.ax + half * t.b).array() + rt * inverse;
    Eigen::Map<Eigen::Matrix<double, size, size>> columns(h[0].data());
    for (int j = 0; j < size; ++j) columns.col(j) = u * t.b[j] + t.b * u[j] - (2 * t.factor) * t.a.col(j);
    for (std::size_t i = 0; i < N; ++i) h[i][i] += rt / x[i];
    return t.value();
  }

 private:
  static constexpr int size = static_cast<int>(N);
  using vector = Eigen::Matrix<double, size, 1>;
  using view = Eigen::Map<vector const>;

  // What both share. The energy is RT mixing - xax factor(bx); slope and curvature are derivatives of the factor.
  struct terms {
    view x, b;
    Eigen::Map<Eigen::Matrix<double, size, size> const> a;
    vector ax, logarithm;
    double bx, total, room, above, below, xax, mixing, ratio, factor, slope;

    terms(helmholtz const& h, point const& at) : x(at.data()), b(h.b.data()), a(h.a[0].data()) {
      bx = b.dot(x);
      total = x.sum();
      room = 1 - bx;
      double const inverse = 1 / room;
      for (int i = 0; i < size; ++i) logarithm[i] = std::log(x[i] * inverse);
      ax.noalias() = a * x;
      xax = x.dot(ax);
      mixing = x.dot(logarithm);
      above = upper / (1 + upper * bx);
      below = lower / (1 + lower * bx);
      ratio = std::log((1 + upper * bx) / (1 + lower * bx)) / bx;
      factor = ratio / sqrt8;
      slope = (above - below - ratio) / (sqrt8 * bx);
    }
    [[nodiscard]] double value() const { return rt * mixing - xax * factor; }
    [[nodiscard]] double curvature() const { return (below * below - above * above) / (sqrt8 * bx) - 2 * slope / bx; }
    void gradient(point& g) const {
      Eigen::Map<vector>(g.data()) =
          (rt * logarithm - (2 * factor) * ax + (rt * total / room - xax * slope) * b).array() + rt;
    }
  };
};

}  // namespace workload
