#pragma once

// Neurons and networks of them, generic in the scalar: what the example differentiates.

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <duet/duet.hpp>
#include <vector>

namespace neural {

template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

enum class activation { linear, logistic, tanh, relu, softmax };
enum class loss { squared, cross_entropy };

inline char const* name(activation h) {
  constexpr char const* names[] = {"linear", "logistic", "tanh", "relu", "softmax"};
  return names[static_cast<int>(h)];
}

// z = h(a), entry by entry, or all entries together in a softmax.
template <class T>
vector<T> activate(activation h, const vector<T>& a) {
  using duet::relu, duet::sigmoid, std::exp, std::tanh;
  vector<T> z(a.size());
  for (Eigen::Index i = 0; i < a.size(); ++i) switch (h) {
      case activation::linear:
        z[i] = a[i];
        break;
      case activation::logistic:
        z[i] = sigmoid(a[i]);
        break;
      case activation::tanh:
        z[i] = tanh(a[i]);
        break;
      case activation::relu:
        z[i] = relu(a[i]);
        break;
      case activation::softmax:
        z[i] = exp(a[i]);
        break;
    }
  if (h == activation::softmax) {
    T sum = 0;
    for (Eigen::Index i = 0; i < z.size(); ++i) sum += z[i];
    for (Eigen::Index i = 0; i < z.size(); ++i) z[i] /= sum;
  }
  return z;
}

// The error of outputs y for targets t: half the sum of squares; or minus the logarithm of the probability of t, one
// probability for each output (logistic) or one for all (softmax).
template <class T>
T error(loss of, activation h, const vector<T>& y, const Eigen::VectorXd& t) {
  using std::log;
  T sum = 0;
  for (Eigen::Index i = 0; i < y.size(); ++i)
    if (of == loss::squared)
      sum += 0.5 * (y[i] - t[i]) * (y[i] - t[i]);
    else if (h == activation::softmax)
      sum -= t[i] * log(y[i]);
    else
      sum -= t[i] * log(y[i]) + (1 - t[i]) * log(1 - y[i]);
  return sum;
}

// Layers of neurons, each fed by all of the layer before and a bias.
struct layered {
  std::vector<Eigen::Index> sizes;  // inputs, hidden layers, outputs
  activation hidden, output;

  std::size_t layers() const { return sizes.size() - 1; }
  activation of(std::size_t l) const { return l + 1 == layers() ? output : hidden; }
  // Where the parameters of a layer begin: its weights by columns, then its biases.
  Eigen::Index first(std::size_t l) const {
    Eigen::Index at = 0;
    for (std::size_t k = 0; k < l; ++k) at += sizes[k + 1] * (sizes[k] + 1);
    return at;
  }
  Eigen::Index parameters() const { return first(layers()); }

  template <class T>
  matrix<T> weights(const vector<T>& theta, std::size_t l) const {
    return Eigen::Map<const matrix<T>>(theta.data() + first(l), sizes[l + 1], sizes[l]);
  }
  template <class T>
  vector<T> biases(const vector<T>& theta, std::size_t l) const {
    return theta.segment(first(l) + sizes[l + 1] * sizes[l], sizes[l + 1]);
  }

  // What layer l makes of z.
  template <class T, class Z>
  vector<T> sums(const vector<T>& theta, std::size_t l, const vector<Z>& z) const {
    return weights(theta, l) * z + biases(theta, l);
  }
  template <class T>
  vector<T> operator()(const vector<T>& theta, const Eigen::VectorXd& x) const {
    vector<T> z = activate(of(0), sums(theta, 0, x));
    for (std::size_t l = 1; l < layers(); ++l) z = activate(of(l), sums(theta, l, z));
    return z;
  }
  // The outputs as a function of the inputs.
  template <class T>
  vector<T> at(const Eigen::VectorXd& theta, const vector<T>& x) const {
    vector<T> z = x;
    for (std::size_t l = 0; l < layers(); ++l) z = activate(of(l), vector<T>(weights(theta, l) * z + biases(theta, l)));
    return z;
  }
};

struct sample {
  Eigen::VectorXd x, t;
};

// The mean error over data, as a function of the parameters.
struct empirical_risk {
  layered net;
  loss of;
  const std::vector<sample>& data;

  template <class T>
  T operator()(const vector<T>& theta) const {
    T sum = 0;
    for (const sample& s : data) sum += error(of, net.output, net(theta, s.x), s.t);
    return sum / static_cast<double>(data.size());
  }
};

// Weights that are small and not all alike.
inline Eigen::VectorXd start(Eigen::Index parameters, double size, double phase) {
  Eigen::VectorXd theta(parameters);
  for (Eigen::Index i = 0; i < parameters; ++i) theta[i] = size * std::sin(phase + 1.7 * static_cast<double>(i * i));
  return theta;
}

}  // namespace neural
