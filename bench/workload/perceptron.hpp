#pragma once

// Small neural networks with tanh, in scalar loops. `perceptron`, 32-64-64-1: the squared error over 16 samples as a
// function of its 6337 weights, which lie layer by layer, by input, then the biases. `network`: its outputs as
// functions of its inputs, the weights constant.

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

template <std::size_t Samples = 16>
struct perceptron_of {
  static constexpr std::size_t features = 32, hidden = 64, samples = Samples;
  static constexpr std::size_t second = (features + 1) * hidden, third = second + (hidden + 1) * hidden;
  static constexpr std::size_t inputs = third + hidden + 1;
  std::array<std::array<double, features>, samples> data;
  std::array<double, samples> target;

  perceptron_of() {
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

  // By how much the network misses the target of one sample.
  template <class T, class X>
  static T error(std::vector<T> const& w, X const* sample, X const& wanted) {
    std::array<T, hidden> first, next;
    layer<hidden>(&w[0], sample, features, first.data());
    layer<hidden>(&w[second], first.data(), hidden, next.data());
    T sum = w[third + hidden];
    for (std::size_t i = 0; i < hidden; ++i) sum += w[third + i] * next[i];
    return sum - wanted;
  }

  template <class T>
  T operator()(std::vector<T> const& w) const {
    T cost = 0;
    for (std::size_t n = 0; n < samples; ++n) {
      T const miss = error(w, data[n].data(), target[n]);
      cost += miss * miss;
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
  // In eight sums, which the compiler may add side by side.
  static double dot(double const* a, double const* b) {
    double lanes[8] = {}, sum = 0;
    for (std::size_t j = 0; j < hidden; j += 8)
      for (std::size_t s = 0; s < 8; ++s) lanes[s] += a[j + s] * b[j + s];
    for (double e : lanes) sum += e;
    return sum;
  }
  double gradient(std::vector<double> const& w, std::vector<double>& g) const {
    g.assign(inputs, 0);
    double cost = 0, first[hidden], next[hidden], dz[hidden], dx[hidden];
    for (std::size_t n = 0; n < samples; ++n) {
      forward(&w[0], data[n].data(), features, first);
      forward(&w[second], first, hidden, next);
      double sum = w[third + hidden];
      for (std::size_t i = 0; i < hidden; ++i) sum += w[third + i] * next[i];
      double const miss = sum - target[n], seed = 2 * miss;
      cost += miss * miss;
      for (std::size_t j = 0; j < hidden; ++j) {
        g[third + j] += seed * next[j];
        dz[j] = seed * w[third + j] * (1 - next[j] * next[j]);
      }
      g[third + hidden] += seed;
      back(first, hidden, dz, &g[second]);
      for (std::size_t i = 0; i < hidden; ++i) {
        dx[i] = dot(&w[second + i * hidden], dz) * (1 - first[i] * first[i]);
      }
      back(data[n].data(), features, dx, &g[0]);
    }
    return cost;
  }
};

using perceptron = perceptron_of<>;

template <std::size_t In, std::size_t First, std::size_t Second, std::size_t Out>
struct network {
  static constexpr std::size_t inputs = In, outputs = Out;
  using point = std::array<double, In>;
  using jacobian_columns = std::array<std::array<double, Out>, In>;

  template <std::size_t From, std::size_t To>
  struct weights {
    std::array<std::array<double, From>, To> of;  // by output
    std::array<double, To> bias;

    explicit weights(double phase) {
      for (std::size_t j = 0; j < To; ++j) {
        bias[j] = 0.1 * std::sin(phase + static_cast<double>(j));
        for (std::size_t i = 0; i < From; ++i)
          of[j][i] = 0.3 * std::sin(phase + 1.3 * static_cast<double>(j * From + i));
      }
    }
    template <class T>
    T sum(std::array<T, From> const& x, std::size_t j) const {
      T result = of[j][0] * x[0] + bias[j];
      for (std::size_t i = 1; i < From; ++i) result += of[j][i] * x[i];
      return result;
    }
  };
  weights<In, First> first{0.7};
  weights<First, Second> second{1.9};
  weights<Second, Out> last{2.3};

  static point start() {
    point x;
    for (std::size_t i = 0; i < In; ++i) x[i] = std::cos(0.5 + 0.9 * static_cast<double>(i));
    return x;
  }

  template <class T>
  std::array<T, Out> operator()(std::array<T, In> const& x) const {
    using std::tanh;
    std::array<T, First> y;
    for (std::size_t j = 0; j < First; ++j) y[j] = tanh(first.sum(x, j));
    std::array<T, Second> z;
    for (std::size_t j = 0; j < Second; ++j) z[j] = tanh(second.sum(y, j));
    std::array<T, Out> result;
    for (std::size_t j = 0; j < Out; ++j) result[j] = last.sum(z, j);
    return result;
  }

  // By hand: from the outputs, which are fewer, back to the inputs; all outputs side by side.
  std::array<double, Out> jacobian(point const& x, jacobian_columns& columns) const {
    vector<First> y = sums(first, Eigen::Map<vector<In> const>(x.data()));
    for (double& e : y) e = std::tanh(e);
    vector<Second> z = sums(second, y);
    for (double& e : z) e = std::tanh(e);
    std::array<double, Out> result;
    Eigen::Map<vector<Out>>(result.data()) = sums(last, z);

    matrix<Out, Second> const dz = matrix_of(last) * (1 - z.array().square()).matrix().asDiagonal();
    matrix<Out, First> dy;
    pull_back(second, dz, dy);
    dy = dy * (1 - y.array().square()).matrix().asDiagonal();
    Eigen::Map<matrix<Out, In>> dx(columns[0].data());
    pull_back(first, dy, dx);
    return result;
  }

 private:
  template <std::size_t N>
  using vector = Eigen::Matrix<double, static_cast<int>(N), 1>;
  template <std::size_t M, std::size_t N>
  using matrix = Eigen::Matrix<double, static_cast<int>(M), static_cast<int>(N)>;

  template <std::size_t From, std::size_t To>
  static auto matrix_of(weights<From, To> const& w) {
    using by_rows = Eigen::Matrix<double, static_cast<int>(To), static_cast<int>(From), Eigen::RowMajor>;
    return Eigen::Map<by_rows const>(w.of[0].data());
  }
  template <std::size_t From, std::size_t To, class X>
  static vector<To> sums(weights<From, To> const& w, X const& x) {
    return matrix_of(w) * x + Eigen::Map<vector<To> const>(w.bias.data());
  }

  // from = to * weights, four columns at a time: Eigen's products of such sizes take longer. Flat, since g++ -O2 does
  // not inline all that Eigen hopes for.
  template <std::size_t From, std::size_t To, class Result>
  [[gnu::flatten]] static void pull_back(weights<From, To> const& w, matrix<Out, To> const& to, Result& from) {
    static_assert(From % 4 == 0);
    for (std::size_t i = 0; i < From; i += 4) {
      vector<Out> s0 = vector<Out>::Zero(), s1 = s0, s2 = s0, s3 = s0;
      for (std::size_t k = 0; k < To; ++k) {
        auto const& row = w.of[k];
        auto const column = to.col(static_cast<int>(k));
        s0 += column * row[i];
        s1 += column * row[i + 1];
        s2 += column * row[i + 2];
        s3 += column * row[i + 3];
      }
      auto const first = static_cast<int>(i);
      from.col(first) = s0;
      from.col(first + 1) = s1;
      from.col(first + 2) = s2;
      from.col(first + 3) = s3;
    }
  }
};

}  // namespace workload
