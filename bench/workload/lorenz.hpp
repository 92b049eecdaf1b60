#pragma once

// Lorenz' equations by the classical Runge-Kutta method: six inputs (state and parameters), the sum of the last state.

#include <array>
#include <cstddef>
#include <vector>

namespace workload {

struct lorenz {
  static constexpr std::size_t inputs = 6;
  using point = std::array<double, inputs>;
  std::size_t steps = 2000;
  double h = 0.001;

  static point start() { return {1.0, 2.0, 20.0, 10.0, 28.0, 2.5}; }

  template <class T>
  static constexpr void slope(T const* s, T const* p, T* k) {
    k[0] = p[0] * (s[1] - s[0]);
    k[1] = s[0] * (p[1] - s[2]) - s[1];
    k[2] = s[0] * s[1] - p[2] * s[2];
  }

  // One step of Runge's and Kutta's method of fourth order; next may be s.
  template <class T>
  static constexpr void advance(std::array<T, 3> const& s, std::array<T, 3>& next, std::array<T, 3> const& p,
                                double h) {
    std::array<T, 3> middle, k1, k2, k3, k4;
    slope(s.data(), p.data(), k1.data());
    for (std::size_t i = 0; i < 3; ++i) middle[i] = s[i] + 0.5 * h * k1[i];
    slope(middle.data(), p.data(), k2.data());
    for (std::size_t i = 0; i < 3; ++i) middle[i] = s[i] + 0.5 * h * k2[i];
    slope(middle.data(), p.data(), k3.data());
    for (std::size_t i = 0; i < 3; ++i) middle[i] = s[i] + h * k3[i];
    slope(middle.data(), p.data(), k4.data());
    for (std::size_t i = 0; i < 3; ++i) next[i] = s[i] + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }

  template <class T>
  T operator()(std::array<T, inputs> const& in) const {
    std::array<T, 3> s{in[0], in[1], in[2]};
    std::array<T, 3> const p{in[3], in[4], in[5]};
    for (std::size_t n = 0; n < steps; ++n) advance(s, s, p, h);
    return s[0] + s[1] + s[2];
  }

  // ds = J^T dk, dp += J_p^T dk for the slope at s.
  static void pull_back(double const* s, double const* p, double const* dk, double* ds, double* dp) {
    ds[0] = -p[0] * dk[0] + (p[1] - s[2]) * dk[1] + s[1] * dk[2];
    ds[1] = p[0] * dk[0] - dk[1] + s[0] * dk[2];
    ds[2] = -s[0] * dk[1] - p[2] * dk[2];
    dp[0] += (s[1] - s[0]) * dk[0];
    dp[1] += s[0] * dk[1];
    dp[2] -= s[2] * dk[2];
  }

  // By hand: states are kept, the stages of a step are computed again on the way back.
  double gradient(point const& in, point& g, std::vector<std::array<double, 3>>& states) const {
    states.resize(steps + 1);
    double const* const p = &in[3];
    states[0] = {in[0], in[1], in[2]};
    double y2[3], y3[3], y4[3], k1[3], k2[3], k3[3], k4[3];
    auto const stages = [&](double const* s) {
      slope(s, p, k1);
      for (int i = 0; i < 3; ++i) y2[i] = s[i] + 0.5 * h * k1[i];
      slope(y2, p, k2);
      for (int i = 0; i < 3; ++i) y3[i] = s[i] + 0.5 * h * k2[i];
      slope(y3, p, k3);
      for (int i = 0; i < 3; ++i) y4[i] = s[i] + h * k3[i];
    };
    for (std::size_t n = 0; n < steps; ++n) {
      double const* const s = states[n].data();
      stages(s);
      slope(y4, p, k4);
      for (std::size_t i = 0; i < 3; ++i) states[n + 1][i] = s[i] + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    double ds[3] = {1, 1, 1}, dp[3] = {};
    for (std::size_t n = steps; n-- > 0;) {
      double const* const s = states[n].data();
      stages(s);
      double dk[3], dy[3] = {}, total[3] = {ds[0], ds[1], ds[2]};
      auto const stage = [&](double const* y, double weight, double inner) {
        for (int i = 0; i < 3; ++i) dk[i] = weight * ds[i] + inner * dy[i];
        pull_back(y, p, dk, dy, dp);
        for (int i = 0; i < 3; ++i) total[i] += dy[i];
      };
      stage(y4, h / 6, 0);
      stage(y3, h / 3, h);
      stage(y2, h / 3, 0.5 * h);
      stage(s, h / 6, 0.5 * h);
      for (int i = 0; i < 3; ++i) ds[i] = total[i];
    }
    g = {ds[0], ds[1], ds[2], dp[0], dp[1], dp[2]};
    return states[steps][0] + states[steps][1] + states[steps][2];
  }
};

}  // namespace workload
