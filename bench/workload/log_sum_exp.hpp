#pragma once

// The logarithm of a sum of exponentials, shifted by the largest input: the normalisation of a softmax, which is its
// gradient.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct log_sum_exp {
  std::size_t inputs = 1000;

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> x(inputs);
    for (std::size_t i = 0; i < inputs; ++i) x[i] = 4 * std::sin(0.3 + 1.7 * static_cast<double>(i));
    return x;
  }

  template <class X>  // std::array or std::vector
  auto operator()(X const& x) const {
    using std::exp, std::log;
    using T = typename X::value_type;
    T most = x[0];
    for (std::size_t i = 1; i < x.size(); ++i)
      if (most < x[i]) most = x[i];
    T sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += exp(x[i] - most);
    return T(log(sum) + most);
  }

  // By hand: the exponentials are kept where the gradient goes. The largest input in lanes, which a compiler that keeps
  // to the order of operations turns into vectors.
  double gradient(std::vector<double> const& x, std::vector<double>& g) const {
    constexpr std::size_t lanes = 8;
    g.resize(inputs);
    std::array<double, lanes> most_of;
    most_of.fill(x[0]);
    std::size_t i = 0;
    for (; i + lanes <= inputs; i += lanes)
      for (std::size_t l = 0; l < lanes; ++l) most_of[l] = most_of[l] < x[i + l] ? x[i + l] : most_of[l];
    for (; i < inputs; ++i) most_of[0] = std::max(most_of[0], x[i]);
    double const most = *std::max_element(most_of.begin(), most_of.end());
    double sum = 0;
    for (i = 0; i < inputs; ++i) {
      g[i] = std::exp(x[i] - most);
      sum += g[i];
    }
    double const scale = 1 / sum;
    for (i = 0; i < inputs; ++i) g[i] *= scale;
    return std::log(sum) + most;
  }
};

}  // namespace workload
