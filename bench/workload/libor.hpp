#pragma once

// Monte Carlo of a portfolio of swaptions in the LIBOR market model: Giles and Glasserman, "Smoking adjoints" (2006),
// with the figures of Giles' test. Inputs are the 80 forward rates of today. The paths know nothing of each other: a
// tape records them one by one.

#include "normals.hpp"

#include <array>
#include <vector>

namespace workload {

struct libor {
  static constexpr std::size_t inputs = 80, steps = 40, remaining = inputs - steps, swaptions = 15;
  static constexpr double delta = 0.25, volatility = 0.2;
  static constexpr std::array<std::size_t, swaptions> maturities = {4,  4,  4,  8,  8,  8,  20, 20,
                                                                    20, 28, 28, 28, 40, 40, 40};
  static constexpr std::array<double, 3> swap_rates = {0.045, 0.05, 0.055};
  using point = std::array<double, inputs>;
  using normals = std::array<double, steps>;
  std::vector<normals> draws;

  explicit libor(std::size_t paths = 64) : draws(paths) {
    workload::normals normal(20060106);
    for (auto& path : draws)
      for (double& draw : path) draw = normal();
  }

  [[nodiscard]] std::size_t paths() const { return draws.size(); }

  static point start() {
    point rates;
    rates.fill(0.05);
    return rates;
  }

  // How one rate moves, and the drift that it adds to those behind it; scale is delta times the rate's volatility.
  struct statements {
    template <class T, class Scale>
    static void advance(T& rate, T& drift, Scale const& scale) {
      using std::exp;
      drift += scale * rate / (1 + delta * rate);
      rate *= exp(scale * (drift - 0.5 / delta * scale));
    }
  };

  // The discounted value of the portfolio on one path.
  template <class T>
  T path(std::array<T, inputs> const& today, std::size_t index) const {
    return discounted<statements>(today, [](std::size_t) { return delta * volatility; }, swap_rates, draws[index]);
  }
  // The same where each rate has a scale of its own, by another form of the step, with draws that may be in lanes.
  template <class Step, class T, class Scales, class Strike, class Draws>
  static T discounted(std::array<T, inputs> const& today, Scales const& scale, std::array<Strike, 3> const& strikes,
                      Draws const& z) {
    auto rate = today;
    for (std::size_t n = 0; n < steps; ++n) {
      T drift = z[n] / std::sqrt(delta);  // the shock, as if it were drift
      for (std::size_t i = n + 1; i < inputs; ++i) Step::advance(rate[i], drift, scale(i));
    }
    T bond = 1, annuity = 0;
    std::array<T, remaining> bonds, annuities;
    for (std::size_t n = 0; n < remaining; ++n) {
      bond = bond / (1 + delta * rate[steps + n]);
      annuity += delta * bond;
      bonds[n] = bond;
      annuities[n] = annuity;
    }
    T value = payoff(bonds, annuities, strikes);
    for (std::size_t n = 0; n < steps; ++n) value = value / (1 + delta * rate[n]);
    return value;
  }

  // What the swaptions are worth when they expire.
  template <class T, class Strike = double>
  static T payoff(std::array<T, remaining> const& bonds, std::array<T, remaining> const& annuities,
                  std::array<Strike, 3> const& strikes = swap_rates) {
    using std::min;
    T value = 0;
    for (std::size_t k = 0; k < swaptions; ++k) {
      std::size_t const last = maturities[k] - 1;
      T const swap = bonds[last] + strikes[k % 3] * annuities[last] - 1;
      value -= 100 * min(swap, T(0));
    }
    return value;
  }

  // The average of all paths.
  template <class T>
  T operator()(std::array<T, inputs> const& today) const {
    return average<T>(*this, today);
  }
  template <class T>
  static T average(auto const& portfolio, std::array<T, inputs> const& today) {
    T sum = 0;
    for (std::size_t index = 0; index < portfolio.paths(); ++index) sum += portfolio.path(today, index);
    return sum / static_cast<double>(portfolio.paths());
  }

  // What one path keeps of each step and rate.
  struct memory {
    using table = std::array<point, steps>;
    table growth;  // by which the rate grew
    table pull;    // d rate / d drift
    table slope;   // d (the summand of the drift) / d rate
  };

  // By hand, path after path; on the way back the adjoint of the drift is summed up from the last rate to the first.
  double gradient(point const& today, point& g, memory& m) const {
    double sum = 0;
    g = {};
    for (std::size_t index = 0; index < paths(); ++index) sum += add_path(today, index, g, m);
    for (double& gi : g) gi /= static_cast<double>(paths());
    return sum / static_cast<double>(paths());
  }

  // By hand: the discounted value of the rates at the end, and its gradient in them and in the strikes.
  static double payoff_by_hand(point const& rate, std::array<double, 3> const& strikes, point& drate,
                               std::array<double, 3>& dstrikes) {
    point discount;
    std::array<double, remaining> bonds, annuities, dbonds = {}, dannuities = {};
    dstrikes = {};
    double bond = 1, annuity = 0, value = 0, factor = 1;
    for (std::size_t i = 0; i < inputs; ++i) discount[i] = 1 / (1 + delta * rate[i]);
    for (std::size_t n = 0; n < steps; ++n) factor *= discount[n];
    for (std::size_t n = 0; n < remaining; ++n) {
      bonds[n] = bond *= discount[steps + n];
      annuities[n] = annuity += delta * bond;
    }
    for (std::size_t k = 0; k < swaptions; ++k) {
      std::size_t const last = maturities[k] - 1;
      double const swap = bonds[last] + strikes[k % 3] * annuities[last] - 1;
      if (swap >= 0) continue;
      value -= 100 * factor * swap;
      dbonds[last] -= 100 * factor;
      dannuities[last] -= 100 * factor * strikes[k % 3];
      dstrikes[k % 3] -= 100 * factor * annuities[last];
    }

    for (std::size_t n = 0; n < steps; ++n) drate[n] = -delta * discount[n] * value;
    double dbond = 0, dannuity = 0;
    for (std::size_t n = remaining; n-- > 0;) {
      dannuity += dannuities[n];
      dbond += dbonds[n] + delta * dannuity;
      drate[steps + n] = -delta * discount[steps + n] * bonds[n] * dbond;
      dbond *= discount[steps + n];
    }
    return value;
  }

 private:
  double add_path(point const& today, std::size_t index, point& g, memory& m) const {
    constexpr double scale = delta * volatility;
    point rate = today, discount, drift;
    for (std::size_t n = 0; n < steps; ++n) {
      auto &growth = m.growth[n], &pull = m.pull[n], &slope = m.slope[n];
      double const shock = volatility * (std::sqrt(delta) * draws[index][n] - 0.5 * scale);
      for (std::size_t i = n + 1; i < inputs; ++i) {
        discount[i] = 1 / (1 + delta * rate[i]);
        drift[i] = scale * rate[i] * discount[i];
        slope[i] = scale * discount[i] * discount[i];
      }
      double sum = 0;
      for (std::size_t i = n + 1; i < inputs; ++i) {
        sum += drift[i];
        growth[i] = std::exp(scale * sum + shock);
      }
      for (std::size_t i = n + 1; i < inputs; ++i) {
        rate[i] *= growth[i];
        pull[i] = scale * rate[i];
      }
    }

    point drate;
    std::array<double, 3> dstrikes;
    double const value = payoff_by_hand(rate, swap_rates, drate, dstrikes);
    for (std::size_t n = steps; n-- > 0;) {
      auto const &growth = m.growth[n], &pull = m.pull[n], &slope = m.slope[n];
      double sum = 0;
      for (std::size_t i = inputs; i-- > n + 1;) {
        sum += pull[i] * drate[i];
        drift[i] = sum;
      }
      for (std::size_t i = n + 1; i < inputs; ++i) drate[i] = growth[i] * drate[i] + slope[i] * drift[i];
    }
    for (std::size_t i = 0; i < inputs; ++i) g[i] += drate[i];
    return value;
  }
};

}  // namespace workload
