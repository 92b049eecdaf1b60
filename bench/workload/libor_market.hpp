#pragma once

// The portfolio of libor.hpp with 161 inputs: the 80 rates, a volatility for each of them, and a number that is added
// to all strikes. Step is how one rate moves.

#include "libor.hpp"

namespace workload {

template <class Step = libor::statements>
struct libor_market {
  static constexpr std::size_t rates = libor::inputs, steps = libor::steps, inputs = 2 * rates + 1;
  static constexpr double delta = libor::delta;
  using point = std::array<double, inputs>;
  path_draws<steps> data;

  explicit libor_market(std::size_t paths = 64) : data(paths, 20060106) {}

  static point start() {
    point in;
    for (std::size_t i = 0; i < rates; ++i) {
      in[i] = 0.05;
      in[rates + i] = libor::volatility * (1 + 0.2 * std::sin(static_cast<double>(i)));
    }
    in[inputs - 1] = 0;
    return in;
  }

  // The discounted payoff on the path of the draws z.
  template <class T, class Draws>
  T operator()(std::array<T, inputs> const& in, Draws const& z) const {
    std::array<T, rates> today, scales;
    for (std::size_t i = 0; i < rates; ++i) {
      today[i] = in[i];
      scales[i] = delta * in[rates + i];
    }
    std::array<T, 3> strikes;
    for (std::size_t k = 0; k < 3; ++k) strikes[k] = libor::swap_rates[k] + in[inputs - 1];
    return libor::discounted<Step>(today, [&](std::size_t i) -> T const& { return scales[i]; }, strikes, z);
  }

  // What a path keeps of each step and rate.
  struct memory {
    using table = std::array<libor::point, steps>;
    table growth;  // by which the rate grew
    table pull;    // d rate / d drift
    table slope;   // d (the summand of the drift) / d rate
    table turn;    // d rate / d scale, the drift fixed
    table share;   // d (the summand of the drift) / d scale
  };

  // By hand: the sum over all paths, and its gradient.
  double gradient(point const& in, point& g, memory& m) const {
    std::array<double, 3> strikes;
    for (std::size_t k = 0; k < 3; ++k) strikes[k] = libor::swap_rates[k] + in[inputs - 1];
    double sum = 0;
    g = {};
    for (std::size_t path = 0; path < data.paths(); ++path) sum += add_path(in, strikes, path, g, m);
    for (std::size_t i = 0; i < rates; ++i) g[rates + i] *= delta;
    return sum;
  }

 private:
  double add_path(point const& in, std::array<double, 3> const& strikes, std::size_t path, point& g, memory& m) const {
    libor::point rate, scale, discount, drift, drate;
    for (std::size_t i = 0; i < rates; ++i) {
      rate[i] = in[i];
      scale[i] = delta * in[rates + i];
    }
    for (std::size_t n = 0; n < steps; ++n) {
      auto &growth = m.growth[n], &pull = m.pull[n], &slope = m.slope[n], &turn = m.turn[n], &share = m.share[n];
      double const kick = data.path(path)[static_cast<Eigen::Index>(n)] / std::sqrt(delta);
      for (std::size_t i = n + 1; i < rates; ++i) {
        discount[i] = 1 / (1 + delta * rate[i]);
        share[i] = rate[i] * discount[i];
        slope[i] = scale[i] * discount[i] * discount[i];
      }
      double sum = 0;
      for (std::size_t i = n + 1; i < rates; ++i) {
        sum += scale[i] * share[i];
        drift[i] = sum + kick;
        growth[i] = std::exp(scale[i] * (drift[i] - 0.5 / delta * scale[i]));
      }
      for (std::size_t i = n + 1; i < rates; ++i) {
        rate[i] *= growth[i];
        pull[i] = scale[i] * rate[i];
        turn[i] = rate[i] * (drift[i] - scale[i] / delta);
      }
    }

    std::array<double, 3> dstrikes;
    double const value = libor::payoff_by_hand(rate, strikes, drate, dstrikes);
    for (std::size_t n = steps; n-- > 0;) {
      auto const &growth = m.growth[n], &pull = m.pull[n], &slope = m.slope[n], &turn = m.turn[n], &share = m.share[n];
      double sum = 0;
      for (std::size_t i = rates; i-- > n + 1;) {
        sum += pull[i] * drate[i];
        drift[i] = sum;
      }
      double* const dscale = &g[rates];
      for (std::size_t i = n + 1; i < rates; ++i) {
        dscale[i] += turn[i] * drate[i] + share[i] * drift[i];
        drate[i] = growth[i] * drate[i] + slope[i] * drift[i];
      }
    }
    for (std::size_t i = 0; i < rates; ++i) g[i] += drate[i];
    for (double d : dstrikes) g[inputs - 1] += d;
    return value;
  }
};

}  // namespace workload
