#pragma once

// Learning in the form that reverse mode is fastest in: matrices, with all samples or points side by side. The same
// functions as the scalar forms they inherit from, up to rounding.

#include "workload/mixture.hpp"
#include "workload/perceptron.hpp"

#include <duet/eigen/product.hpp>
#include <duet/math/math.hpp>

#include <algorithm>

namespace workload::structural {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using column = Eigen::Matrix<T, Eigen::Dynamic, 1>;
// Numbers of a flat vector as a matrix by columns, without a copy.
template <class T>
auto matrix_at(T const* x, std::size_t rows, std::size_t columns) {
  return Eigen::Map<matrix<T> const>(x, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
}
template <class T>
auto column_at(T const* x, std::size_t size) {
  return Eigen::Map<column<T> const>(x, static_cast<Eigen::Index>(size));
}

// Functions of arrays by Eigen's expressions; structural_lanes.hpp has others.
struct by_eigen {
  template <class X>
  static typename X::PlainObject tanh(X const& x) {
    return x.array().tanh();
  }
  // Of x minus what is passive.
  template <class X, class Shift>
  static typename X::PlainObject shifted_exp(X const& x, Shift const& shift) {
    return (x - shift.template cast<typename X::Scalar>()).array().exp();
  }
  template <class X>
  static typename X::Scalar sum_of_logs(X const& x) {
    return x.array().log().sum();
  }
};

// A column a sample.
template <class Functions>
struct perceptron_by : workload::perceptron {
  template <class T>
  T operator()(std::vector<T> const& w) const {
    auto const x = matrix_at(data[0].data(), features, samples);
    matrix<T> const first = hidden_layer(&w[0], x), next = hidden_layer(&w[second], first);
    auto const last = column_at(&w[third], hidden).transpose();
    Eigen::Matrix<T, 1, Eigen::Dynamic> const output = last * next;
    return (output.array() + w[third + hidden] - column_at(target.data(), samples).transpose().array()).square().sum();
  }

  template <class T, class X>
  static matrix<T> hidden_layer(T const* w, X const& x) {
    auto const count = static_cast<std::size_t>(x.rows());
    auto const bias = column_at(w + count * hidden, hidden);
    return Functions::tanh((matrix_at(w, hidden, count) * x).colwise() + bias);
  }
};
using perceptron = perceptron_by<by_eigen>;

// Many points and all components in one product: the exponent of a Gaussian is linear in the products of a point's
// coordinates with one another and with one.
template <class Functions, std::size_t D>
struct mixture_by : workload::mixture<D> {
  using base = workload::mixture<D>;
  using base::data, base::k, base::n, base::factor;
  static constexpr int features = int{(D + 1) * (D + 2) / 2};
  static constexpr Eigen::Index block = 400;  // points; what is made of them stays in the caches
  matrix<double> products;                    // a row a point

  explicit mixture_by(std::size_t components = 10, std::size_t points = 200)
      : base(components, points), products(static_cast<Eigen::Index>(n), features) {
    for (Eigen::Index p = 0; p < products.rows(); ++p) {
      Eigen::Matrix<double, D + 1, 1> x;
      x << column_at(&data[static_cast<std::size_t>(p) * D], D), 1;
      for (Eigen::Index i = 0, f = 0; i <= int{D}; ++i)
        for (Eigen::Index j = i; j <= int{D}; ++j) products(p, f++) = (i == j ? -0.5 : -1) * x(i) * x(j);
    }
  }

  template <class T>
  T operator()(std::vector<T> const& in) const {
    using std::log;
    auto const components = static_cast<Eigen::Index>(k);
    auto const weights = column_at(&in[0], k);
    auto const means = matrix_at(&in[k], D, k), factors = matrix_at(&in[k + k * D], factor, k);
    matrix<T> const diagonals = factors.topRows(D).array().exp();
    T prior = 0.5 * diagonals.squaredNorm() + 0.5 * factors.bottomRows(factor - D).squaredNorm();

    matrix<T> forms(features, components);
    for (Eigen::Index c = 0; c < components; ++c) {
      Eigen::Matrix<T, D, D + 1> q = Eigen::Matrix<T, D, D + 1>::Zero();  // maps (x, 1) to the normalised x
      q.diagonal() = diagonals.col(c);
      for (Eigen::Index i = 0, l = D; i < int{D}; ++i)
        for (Eigen::Index j = i + 1; j < int{D}; ++j) q(j, i) = factors(l++, c);
      q.col(D) = -(q.template leftCols<D>() * means.col(c));
      Eigen::Matrix<T, D + 1, D + 1> const form = q.transpose() * q;
      for (Eigen::Index i = 0, f = 0; i <= int{D}; ++i)
        for (Eigen::Index j = i; j <= int{D}; ++j) forms(f++, c) = form(i, j);
      forms(features - 1, c) -= 2 * (weights(c) + factors.col(c).head(D).sum());
    }
    T total = prior - static_cast<double>(n) * log_sum_exp(weights.transpose()) + this->constant();
    for (Eigen::Index p = 0; p < products.rows(); p += block) {
      matrix<T> const exponents = products.middleRows(p, std::min(block, products.rows() - p)) * forms;
      total += log_sum_exp(exponents);
    }
    return total;
  }

  // The sum over all rows.
  template <class X>
  static auto log_sum_exp(X const& x) {
    using T = typename X::Scalar;
    Eigen::VectorXd const largest = x.unaryExpr([](T const& e) { return duet::value(e); }).rowwise().maxCoeff();
    matrix<T> const e = Functions::shifted_exp(x, largest.replicate(1, x.cols()));
    column<T> const sums = e * Eigen::VectorXd::Ones(x.cols());
    return T(Functions::sum_of_logs(sums) + largest.sum());
  }
};
template <std::size_t D = 10>
using mixture = mixture_by<by_eigen, D>;

}  // namespace workload::structural
