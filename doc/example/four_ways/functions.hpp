#pragma once

// What is differentiated: an iterated map, whose derivative has a closed form; the error of a network with as many
// weights as one likes, and its gradient by hand; a loop whose length depends on its input.

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace ways {

// x -> 4 x (1 - x), so often.
template <int Depth>
struct logistic_map {
  template <class T>
  constexpr T operator()(T const& x) const {
    T l = x;
    for (int k = 0; k < Depth; ++k) l = 4 * l * (1 - l);
    return l;
  }
  // By hand: the chain rule along the loop.
  template <class T>
  static T derivative(T const& x) {
    T l = x, slope = 1;
    for (int k = 0; k < Depth; ++k) {
      slope = 4 * slope * (1 - 2 * l);
      l = 4 * l * (1 - l);
    }
    return slope;
  }
  // x = sin^2 a becomes sin^2(2^Depth a).
  static double exact_derivative(double x) {
    long double const a = std::asin(std::sqrt(static_cast<long double>(x))), turns = std::ldexp(1.0L, Depth);
    return static_cast<double>(turns * std::sin(2 * turns * a) / std::sin(2 * a));
  }
};

// E = (y - t)^2 / 2, y = sum_j v_j tanh(b_j + sum_i w_ji x_i) + c: N inputs, N hidden neurons. The weights are w by
// rows, then b, v, c.
template <std::size_t N>
struct network_error {
  static constexpr std::size_t weights = (N + 1) * (N + 1), first_bias = N * N, first_output = first_bias + N;
  static constexpr double input(std::size_t i) { return 0.5 - 0.1 * static_cast<double>(i % 7); }
  static constexpr double target = 0.25;

  template <class W>
  constexpr auto operator()(W const& w) const {
    using T = std::remove_cvref_t<decltype(w[0])>;
    using std::tanh;
    T u = w[weights - 1] - target;
    for (std::size_t j = 0; j < N; ++j) {
      T a = w[first_bias + j];
      for (std::size_t i = 0; i < N; ++i) a += w[j * N + i] * input(i);
      T const z = tanh(a);
      u += w[first_output + j] * z;
    }
    T const half = 0.5 * u;
    return T(half * u);
  }

  // By hand: {E, its gradient}, the recursion of backpropagation.
  template <class T>
  static std::pair<T, std::vector<T>> backpropagated(std::vector<T> const& w) {
    using std::tanh;
    std::vector<T> z(N), gradient(weights);
    T u = w[weights - 1] - target;
    for (std::size_t j = 0; j < N; ++j) {
      T a = w[first_bias + j];
      for (std::size_t i = 0; i < N; ++i) a += w[j * N + i] * input(i);
      z[j] = tanh(a);
      u += w[first_output + j] * z[j];
    }
    gradient[weights - 1] = u;
    for (std::size_t j = 0; j < N; ++j) {
      gradient[first_output + j] = u * z[j];
      T const delta = u * w[first_output + j] * (1 - z[j] * z[j]);
      gradient[first_bias + j] = delta;
      for (std::size_t i = 0; i < N; ++i) gradient[j * N + i] = delta * input(i);
    }
    return {0.5 * u * u, gradient};
  }

  // Weights to begin with: between -0.8 and 0.8.
  static std::vector<double> start() {
    std::vector<double> w(weights);
    for (std::size_t k = 0; k < weights; ++k) w[k] = 0.1 * (static_cast<double>(k * 7 % 17) - 8);
    return w;
  }
};

// x folded at 1/2 and doubled until it is above 9/10. Each turn has the slope 2 or -2.
struct folded_until_large {
  template <class T>
  T operator()(T const& x) const {
    T l = x;
    while (l < 0.9) {
      if (l < 0.5)
        l = 2.0 * l;
      else
        l = 2.0 * (1.0 - l);
    }
    return l;
  }
  // By hand, for plain numbers: {slope, turns}.
  static std::pair<double, int> slope(double l) {
    double slope = 1;
    int turns = 0;
    for (; l < 0.9; ++turns) {
      bool const rises = l < 0.5;
      slope *= rises ? 2 : -2;
      l = rises ? 2 * l : 2 * (1 - l);
    }
    return {slope, turns};
  }
};

}  // namespace ways
