#pragma once

// A long chain of small statements, six a step, each waiting for the one before: sines, exponentials and products.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct chain {
  static constexpr std::size_t inputs = 4;
  using point = std::array<double, inputs>;
  std::size_t steps = 10000;

  static point start() { return {0.4, 0.7, 0.3, 0.9}; }

  template <class T>
  T operator()(std::array<T, inputs> const& in) const {
    using std::exp, std::sin;
    T a = in[0], b = in[1];
    for (std::size_t i = 0; i < steps; ++i) {
      T const u = a * b + in[2];
      T const v = sin(u);
      T const w = v * in[3] - a;
      T const e = exp(-w * w);
      b = 0.5 * b + v * e;
      a = 0.7 * e - 0.2 * a * v;
    }
    return a + b;
  }

  struct step_values {
    double a, b, v, slope, w, e;
  };

  // By hand: the adjoint, with what it needs of each step kept.
  double gradient(point const& in, point& g, std::vector<step_values>& kept) const {
    kept.resize(steps);
    double a = in[0], b = in[1];
    for (auto& k : kept) {
      double const u = a * b + in[2], v = std::sin(u), w = v * in[3] - a, e = std::exp(-w * w);
      k = {a, b, v, std::cos(u), w, e};
      b = 0.5 * b + v * e;
      a = 0.7 * e - 0.2 * a * v;
    }
    double da = 1, db = 1;
    g = {};
    for (std::size_t i = steps; i-- > 0;) {
      auto const& k = kept[i];
      double const de = 0.7 * da + db * k.v;
      double const dw = -2 * k.w * k.e * de;
      double const dv = db * k.e - 0.2 * k.a * da + dw * in[3];
      double const du = k.slope * dv;
      g[3] += dw * k.v;
      g[2] += du;
      da = -0.2 * k.v * da - dw + du * k.b;
      db = 0.5 * db + du * k.a;
    }
    g[0] = da;
    g[1] = db;
    return a + b;
  }
};

}  // namespace workload
