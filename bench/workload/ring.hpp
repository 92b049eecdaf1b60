#pragma once

// A rational recurrence on a ring of max(n, m) nodes, a few rounds of it: node k is replaced by a function of itself
// and its two neighbours. The n inputs are where it begins, m of the nodes its outputs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct ring {
  static constexpr std::size_t rounds = 4;
  std::size_t inputs, outputs;

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> x(inputs);
    for (std::size_t i = 0; i < inputs; ++i) x[i] = 0.5 + 0.4 * std::sin(0.7 * static_cast<double>(i));
    return x;
  }

  template <class T>
  std::vector<T> operator()(std::vector<T> const& x) const {
    std::size_t const nodes = std::max(inputs, outputs);
    std::vector<T> y(nodes);
    for (std::size_t k = 0; k < nodes; ++k) y[k] = x[k % inputs];
    for (std::size_t round = 0; round < rounds; ++round)
      for (std::size_t k = 0; k < nodes; ++k) {
        T const& left = y[(k + nodes - 1) % nodes];
        T const& right = y[(k + 1) % nodes];
        y[k] = (y[k] + 0.3 * left * right) / (1.0 + 0.2 * y[k] * y[k]);
      }
    y.resize(outputs);
    return y;
  }
};

}  // namespace workload
