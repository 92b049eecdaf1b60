#pragma once

// A small neural network, 32-64-64-1 with tanh, in scalar loops: the squared error over 16 samples as a function of its
// 6337 weights. Weights of a layer lie by input, then its biases.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct perceptron {
  static constexpr std::size_t features = 32, hidden = 64, samples = 16;
  static constexpr std::size_t second = (features + 1) * hidden, third = second + (hidden + 1) * hidden;
  static constexpr std::size_t inputs = third + hidden + 1;
  std::array<std::array<double, features>, samples> data;
  std::array<double, samples> target;

  perceptron() {
    for (std::size_t n = 0; n < samples; ++n) {
      for (std::size_t i = 0; i < features; ++i)
        data[n][i] = std::sin(1.0 + 0.37 * static_cast<double>(n * features + i));
      target[n] = std::cos(0.5 * static_cast<double>(n));
    }
  }

  static std::vector<double> start() {
    std::vector<double> w(inputs);
    for (std::size_t i = 0; i < inputs; ++i) w[i] = 0.2 * std::sin(0.7 + 1.3 * static_cast<double>(i));
    return w;
  }

  template <std::size_t Out, class X, class T>
  static void layer(T const* w, X const* x, std::size_t count, T* y) {
    using std::tanh;
    for (std::size_t j = 0; j < Out; ++j) {
      T sum = w[count * Out + j];
      for (std::size_t i = 0; i < count; ++i) sum += w[i * Out + j] * x[i];
      y[j] = tanh(sum);
    }
  }

  template <class T>
  T operator()(std::vector<T> const& w) const {
    std::array<T, hidden> first, next;
    T cost = 0;
    for (std::size_t n = 0; n < samples; ++n) {
      layer<hidden>(&w[0], data[n].data(), features, first.data());
      layer<hidden>(&w[second], first.data(), hidden, next.data());
      T sum = w[third + hidden];
      for (std::size_t i = 0; i < hidden; ++i) sum += w[third + i] * next[i];
      T const error = sum - target[n];
      cost += error * error;
    }
    return cost;
  }

  // By hand. All loops over j are over consecutive numbers.
  static void forward(double const* w, double const* x, std::size_t count, double* y) {
    for (std::size_t j = 0; j < hidden; ++j) y[j] = w[count * hidden + j];
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < hidden; ++j) y[j] += w[i * hidden + j] * x[i];
    for (std::size_t j = 0; j < hidden; ++j) y[j] = std::tanh(y[j]);
  }
  static void back(double const* x, std::size_t count, double const* dz, double* g) {
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < hidden; ++j) g[i * hidden + j] += x[i] * dz[j];
    for (std::size_t j = 0; j < hidden; ++j) g[count * hidden + j] += dz[j];
  }
  double gradient(std::vector<double> const& w, std::vector<double>& g) const {
    g.assign(inputs, 0);
    double cost = 0, first[hidden], next[hidden], dz[hidden], dx[hidden];
    for (std::size_t n = 0; n < samples; ++n) {
      forward(&w[0], data[n].data(), features, first);
      forward(&w[second], first, hidden, next);
      double sum = w[third + hidden];
      for (std::size_t i = 0; i < hidden; ++i) sum += w[third + i] * next[i];
      double const error = sum - target[n], seed = 2 * error;
      cost += error * error;
      for (std::size_t j = 0; j < hidden; ++j) {
        g[third + j] += seed * next[j];
        dz[j] = seed * w[third + j] * (1 - next[j] * next[j]);
      }
      g[third + hidden] += seed;
      back(first, hidden, dz, &g[second]);
      for (std::size_t i = 0; i < hidden; ++i) {
        double total = 0;
        for (std::size_t j = 0; j < hidden; ++j) total += w[second + i * hidden + j] * dz[j];
        dx[i] = total * (1 - first[i] * first[i]);
      }
      back(data[n].data(), features, dx, &g[0]);
    }
    return cost;
  }
};

}  // namespace workload
