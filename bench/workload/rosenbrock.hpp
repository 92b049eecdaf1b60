#pragma once

// Rosenbrock's valley in n dimensions: one output, every term of two neighbours.

#include <array>
#include <cstddef>

namespace workload {

struct rosenbrock {
  template <std::size_t N>
  static std::array<double, N> start() {
    std::array<double, N> x;
    for (std::size_t i = 0; i < N; ++i) x[i] = 0.3 + 0.1 * static_cast<double>(i % 5) - 0.02 * static_cast<double>(i);
    return x;
  }

  template <class X>  // std::array or std::vector
  auto operator()(X const& x) const {
    using T = typename X::value_type;
    T valley = x[1] - x[0] * x[0], wall = 1.0 - x[0];
    T sum = 100.0 * valley * valley + wall * wall;
    for (std::size_t i = 1; i + 1 < x.size(); ++i) {
      valley = x[i + 1] - x[i] * x[i];
      wall = 1.0 - x[i];
      sum += 100.0 * valley * valley + wall * wall;
    }
    return sum;
  }

  // By hand: a term's slope in its second variable waits for the next turn, and two sums go side by side. (A stencil
  // without that wait, for the sake of vectors, takes 0.8 to 1.3 times as long at -O3 -march=native, 1.7 at -O2.)
  template <std::size_t N>
  static double gradient(std::array<double, N> const& x, std::array<double, N>& g) {
    double valleys = 0, walls = 0, before = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) {
      double const valley = x[i + 1] - x[i] * x[i], wall = 1 - x[i], pull = 200 * valley;
      valleys += valley * valley;
      walls += wall * wall;
      g[i] = before - 2 * (pull * x[i] + wall);
      before = pull;
    }
    g[N - 1] = before;
    return 100 * valleys + walls;
  }

  // By hand: three diagonals.
  template <std::size_t N>
  static double hessian(std::array<double, N> const& x, std::array<double, N>& g,
                        std::array<std::array<double, N>, N>& h) {
    h = {};
    double const value = gradient(x, g);
    for (std::size_t i = 0; i + 1 < N; ++i) {
      h[i][i] = (i == 0 ? 2 : 202) + 1200 * x[i] * x[i] - 400 * x[i + 1];
      h[i][i + 1] = h[i + 1][i] = -400 * x[i];
    }
    h[N - 1][N - 1] = 200;
    return value;
  }
};

}  // namespace workload
