#pragma once

// Rosenbrock's valley in n dimensions: one output, every term of two neighbours.

#include <array>
#include <cstddef>

namespace workload {

struct rosenbrock {
  static constexpr std::size_t inputs = 16;
  using point = std::array<double, inputs>;

  static point start() {
    point x;
    for (std::size_t i = 0; i < inputs; ++i)
      x[i] = 0.3 + 0.1 * static_cast<double>(i % 5) - 0.02 * static_cast<double>(i);
    return x;
  }

  template <class T, std::size_t N>
  T operator()(std::array<T, N> const& x) const {
    T sum = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) {
      T const valley = x[i + 1] - x[i] * x[i];
      T const wall = 1 - x[i];
      sum += 100 * valley * valley + wall * wall;
    }
    return sum;
  }

  // By hand: a term's slope in its second variable waits for the next turn. (Two loops for the sake of vectors are
  // slower: they read what they have just written one place further.)
  template <std::size_t N>
  static double gradient(std::array<double, N> const& x, std::array<double, N>& g) {
    double sum = 0, before = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) {
      double const valley = x[i + 1] - x[i] * x[i], wall = 1 - x[i], pull = 200 * valley;
      sum += 100 * valley * valley + wall * wall;
      g[i] = before - 2 * (pull * x[i] + wall);
      before = pull;
    }
    g[N - 1] = before;
    return sum;
  }
};

}  // namespace workload
