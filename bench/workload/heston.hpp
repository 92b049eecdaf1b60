#pragma once

// Monte Carlo of a call in Heston's model of stochastic volatility, by the full truncation scheme of Euler's method:
// Lord, Koekkoek and van Dijk, "A comparison of biased simulation schemes for stochastic volatility models" (2010).
// Eight inputs: spot, variance of today, rate, speed of reversion, variance in the long run, volatility of the
// variance, correlation, strike.

#include "normals.hpp"

#include <algorithm>
#include <array>

namespace workload {

struct heston {
  static constexpr std::size_t inputs = 8, steps = 100, draws = 2 * steps;
  static constexpr double years = 1, dt = years / steps, root_dt = 0.1;
  // What the variance is cut off at: not at zero, where the root has no slope.
  static constexpr double least = 1e-30;
  using point = std::array<double, inputs>;
  path_draws<draws> data;

  explicit heston(std::size_t paths = 256) : data(paths, 19930601) {}

  static point start() { return {100, 0.04, 0.03, 1.5, 0.04, 0.3, -0.7, 105}; }

  // The discounted payoff on the path of the draws z.
  template <class T, class Draws>
  T operator()(std::array<T, inputs> const& in, Draws const& z) const {
    return payoff(in, z, [](auto&&... arguments) { advance(arguments...); });
  }

  // One step of the variance v and the logarithm of the growth.
  template <class T, class Draw>
  static constexpr void advance(T& v, T& growth, T const& pull, T const& mean, T const& along, T const& across,
                                Draw const& z1, Draw const& z2) {
    using std::max, std::sqrt;
    T const floored = max(v, T(least)), root = sqrt(floored);
    growth += root_dt * z1 * root - 0.5 * dt * floored;
    v += pull * (mean - floored) + root * (along * z1 + across * z2);
  }
  // The payoff with steps by another form of it.
  template <class T, class Draws, class Step>
  static T payoff(std::array<T, inputs> const& in, Draws const& z, Step const& step) {
    using std::exp, std::sqrt, std::max;
    auto const& [spot, variance, rate, speed, mean, volatility, correlation, strike] = in;
    T const along = volatility * correlation * root_dt;
    T const across = volatility * sqrt(1 - correlation * correlation) * root_dt;
    T const pull = speed * dt;
    T v = variance, growth = 0;
    for (std::size_t n = 0; n < steps; ++n)
      step(v, growth, pull, mean, along, across, z[static_cast<Eigen::Index>(2 * n)],
           z[static_cast<Eigen::Index>(2 * n + 1)]);
    return max(spot * exp(growth + rate * years) - strike, T(0)) * exp(-rate * years);
  }

  struct memory {
    std::array<double, steps> variance, root;
  };

  // By hand: the sum over all paths, and its gradient.
  double gradient(point const& in, point& g, memory& m) const {
    auto const& [spot, variance, rate, speed, mean, volatility, correlation, strike] = in;
    double const other = std::sqrt(1 - correlation * correlation), discount = std::exp(-rate * years);
    double const along = volatility * correlation * root_dt, across = volatility * other * root_dt, pull = speed * dt;
    double sum = 0, dpull = 0, dmean = 0, dalong = 0, dacross = 0;
    g = {};
    for (std::size_t path = 0; path < data.paths(); ++path) {
      double const* const z = data.path(path).data();
      double v = variance, growth = 0;
      for (std::size_t n = 0; n < steps; ++n) {
        double const floored = std::max(v, least), root = std::sqrt(floored), z1 = z[2 * n];
        m.variance[n] = v;
        m.root[n] = root;
        growth += root_dt * z1 * root - 0.5 * dt * floored;
        v += pull * (mean - floored) + root * (along * z1 + across * z[2 * n + 1]);
      }
      double const last = spot * std::exp(growth + rate * years), gain = last - strike;
      if (gain <= 0) continue;
      sum += gain * discount;
      double const dgrowth = last * discount;
      g[0] += dgrowth / spot;
      g[2] += years * (dgrowth - gain * discount);
      g[7] -= discount;
      double dv = 0;
      for (std::size_t n = steps; n-- > 0;) {
        double const root = m.root[n], z1 = z[2 * n], z2 = z[2 * n + 1], floored = root * root;
        dpull += dv * (mean - floored);
        dmean += dv * pull;
        dalong += dv * root * z1;
        dacross += dv * root * z2;
        if (m.variance[n] <= least) continue;
        double const droot = dgrowth * root_dt * z1 + dv * (along * z1 + across * z2);
        dv += 0.5 * droot / root - dv * pull - 0.5 * dt * dgrowth;
      }
      g[1] += dv;
    }
    g[3] = dpull * dt;
    g[4] = dmean;
    g[5] = (dalong * correlation + dacross * other) * root_dt;
    g[6] = volatility * root_dt * (dalong - dacross * correlation / other);
    return sum;
  }
};

// A step as a function of one array: variance, logarithm of the growth, pull, mean, along, across, two draws.
struct heston_step {
  template <class T>
  constexpr std::array<T, 2> operator()(std::array<T, 8> const& in) const {
    T v = in[0], growth = in[1];
    heston::advance(v, growth, in[2], in[3], in[4], in[5], in[6], in[7]);
    return {v, growth};
  }
};
// The workload with another function in the place of that one.
template <class Step>
struct heston_by : heston {
  using heston::heston;

  template <class T, class Draws>
  T operator()(std::array<T, inputs> const& in, Draws const& z) const {
    return payoff(in, z,
                  [](T& v, T& growth, T const& pull, T const& mean, T const& along, T const& across, auto const& z1,
                     auto const& z2) {
                    auto const next = Step()(std::array<T, 8>{v, growth, pull, mean, along, across, T(z1), T(z2)});
                    v = next[0];
                    growth = next[1];
                  });
  }
};

}  // namespace workload
