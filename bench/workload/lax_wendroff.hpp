#pragma once

// Linear advection by the method of Lax and Wendroff on a periodic grid, as in the test of Hogan, "Fast reverse-mode
// automatic differentiation using expression templates in C++" (2014). Inputs are the initial values, output a weighted
// sum of the squares of the last ones: small linear statements, and nothing to keep for the adjoint.

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace workload {

struct lax_wendroff {
  std::size_t points = 100;
  std::size_t steps = 400;
  double c = 0.125;  // Courant's number

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> q(points);
    double const turn = 2 * std::acos(-1.0) / static_cast<double>(points - 2);
    for (std::size_t i = 0; i < points; ++i) q[i] = 1 + 0.5 * std::sin(turn * static_cast<double>(i));
    return q;
  }

  [[nodiscard]] static double weight(std::size_t i) { return 1 + 0.01 * static_cast<double>(i); }

  // q after all steps. The two ends repeat the inner points next to the other end.
  template <class T>
  void advance(std::vector<T>& q) const {
    std::vector<T> flux(points - 1);
    for (std::size_t s = 0; s < steps; ++s) {
      for (std::size_t i = 0; i + 1 < points; ++i) flux[i] = 0.5 * c * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]));
      for (std::size_t i = 1; i + 1 < points; ++i) q[i] += flux[i - 1] - flux[i];
      q[0] = q[points - 2];
      q[points - 1] = q[1];
    }
  }

  template <class T>
  T operator()(std::vector<T> const& in) const {
    std::vector<T> q = in;
    advance(q);
    T cost = 0;
    for (std::size_t i = 0; i < points; ++i) cost += weight(i) * q[i] * q[i];
    return cost;
  }

  // By hand: the transposed step, both its loops in one.
  double gradient(std::vector<double> const& in, std::vector<double>& g, std::vector<double>& kept) const {
    kept = in;
    advance(kept);
    double cost = 0;
    g.resize(points);
    for (std::size_t i = 0; i < points; ++i) {
      cost += weight(i) * kept[i] * kept[i];
      g[i] = 2 * weight(i) * kept[i];
    }
    for (std::size_t s = 0; s < steps; ++s) {
      pull_back(g.data(), kept.data());
      std::swap(g, kept);
    }
    return cost;
  }

 private:
  // The adjoint dq after a step becomes dp, that before.
  void pull_back(double* __restrict dq, double* __restrict dp) const {
    std::size_t const last = points - 1;
    double const to_left = 0.5 * c * (1 + c), to_right = 0.5 * c * (1 - c);  // the slopes of a flux
    dq[last - 1] += dq[0];
    dq[1] += dq[last];
    dq[0] = dq[last] = 0;
    dp[0] = to_left * dq[1];
    for (std::size_t i = 1; i < last; ++i)
      dp[i] = dq[i] + to_left * (dq[i + 1] - dq[i]) + to_right * (dq[i] - dq[i - 1]);
    dp[last] = -to_right * dq[last - 1];
  }
};

}  // namespace workload
