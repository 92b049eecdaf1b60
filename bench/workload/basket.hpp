#pragma once

// Monte Carlo of a call on the mean of ten correlated assets. Inputs: their spots, their volatilities, the lower
// triangular factor of their correlations by rows, the rate.

#include "normals.hpp"

#include <algorithm>
#include <array>

namespace workload {

struct basket {
  static constexpr std::size_t assets = 10, lower = assets * (assets + 1) / 2, inputs = 2 * assets + lower + 1;
  static constexpr std::size_t first_factor = 2 * assets, rate_place = inputs - 1;
  static constexpr double years = 2, strike = 100;
  using point = std::array<double, inputs>;
  path_draws<assets> data;

  explicit basket(std::size_t paths = 1024) : data(paths, 19991231) {}

  // Correlations of a half between any two.
  static point start() {
    point in{};
    for (std::size_t i = 0; i < assets; ++i) {
      in[i] = 90 + 2 * static_cast<double>(i);
      in[assets + i] = 0.15 + 0.02 * static_cast<double>(i);
    }
    double* const factor = &in[first_factor];
    for (std::size_t i = 0; i < assets; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = i == j ? 1 : 0.5;
        for (std::size_t k = 0; k < j; ++k) sum -= factor[row(i) + k] * factor[row(j) + k];
        factor[row(i) + j] = i == j ? std::sqrt(sum) : sum / factor[row(j) + j];
      }
    in[rate_place] = 0.03;
    return in;
  }

  template <class T, class Draws>
  T operator()(std::array<T, inputs> const& in, Draws const& z) const {
    using std::exp, std::max;
    double const root = std::sqrt(years);
    T const& rate = in[rate_place];
    T sum = 0;
    for (std::size_t i = 0; i < assets; ++i) {
      T const& volatility = in[assets + i];
      T const* const factor = &in[first_factor + row(i)];
      T shock = factor[0] * z[0];
      for (std::size_t j = 1; j <= i; ++j) shock += factor[j] * z[static_cast<Eigen::Index>(j)];
      sum += in[i] * exp(volatility * (root * shock - 0.5 * years * volatility));
    }
    return max(sum / double{assets} - strike * exp(-rate * years), T(0));
  }

  // By hand: the sum over all paths, and its gradient.
  double gradient(point const& in, point& g) const {
    double const root = std::sqrt(years), discounted = strike * std::exp(-in[rate_place] * years);
    double total = 0;
    g = {};
    for (std::size_t path = 0; path < data.paths(); ++path) {
      double const* const z = data.path(path).data();
      double shock[assets], growth[assets], sum = 0;
      for (std::size_t i = 0; i < assets; ++i) {
        double const* const factor = &in[first_factor + row(i)];
        shock[i] = 0;
        for (std::size_t j = 0; j <= i; ++j) shock[i] += factor[j] * z[j];
      }
      for (std::size_t i = 0; i < assets; ++i) {
        double const volatility = in[assets + i];
        growth[i] = std::exp(volatility * (root * shock[i] - 0.5 * years * volatility));
        sum += in[i] * growth[i];
      }
      double const gain = sum / double{assets} - discounted;
      if (gain <= 0) continue;
      total += gain;
      g[rate_place] += years * discounted;
      for (std::size_t i = 0; i < assets; ++i) {
        double const volatility = in[assets + i], dasset = growth[i] / double{assets}, dexponent = in[i] * dasset;
        g[i] += dasset;
        g[assets + i] += dexponent * (root * shock[i] - years * volatility);
        double* const dfactor = &g[first_factor + row(i)];
        for (std::size_t j = 0; j <= i; ++j) dfactor[j] += dexponent * volatility * root * z[j];
      }
    }
    return total;
  }

 private:
  static constexpr std::size_t row(std::size_t i) { return i * (i + 1) / 2; }
};

}  // namespace workload
