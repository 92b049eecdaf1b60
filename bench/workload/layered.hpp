#pragma once

// A layer of 32 hidden units with tanh between n inputs and m outputs: y = B tanh(A x). Matrices of sines; sizes known
// at run time.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct layered {
  static constexpr std::size_t hidden = 32;
  std::size_t inputs, outputs;
  std::vector<double> a, b;  // by rows

  layered(std::size_t n, std::size_t m) : inputs(n), outputs(m), a(hidden * n), b(m * hidden) {
    for (std::size_t k = 0; k < a.size(); ++k)
      a[k] = std::sin(0.4 + 1.7 * static_cast<double>(k)) / static_cast<double>(n);
    for (std::size_t k = 0; k < b.size(); ++k) b[k] = std::sin(0.9 + 1.1 * static_cast<double>(k));
  }

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> x(inputs);
    for (std::size_t i = 0; i < inputs; ++i) x[i] = std::cos(0.3 * static_cast<double>(i));
    return x;
  }

  template <class T>
  std::vector<T> operator()(std::vector<T> const& x) const {
    using std::tanh;
    std::array<T, hidden> h;
    for (std::size_t k = 0; k < hidden; ++k) {
      T sum = 0.1;
      for (std::size_t i = 0; i < inputs; ++i) sum += a[k * inputs + i] * x[i];
      h[k] = tanh(sum);
    }
    std::vector<T> y(outputs);
    for (std::size_t j = 0; j < outputs; ++j) {
      T sum = 0;
      for (std::size_t k = 0; k < hidden; ++k) sum += b[j * hidden + k] * h[k];
      y[j] = sum;
    }
    return y;
  }
};

}  // namespace workload
