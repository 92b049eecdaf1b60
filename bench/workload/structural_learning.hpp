#pragma once

// Learning in the form that reverse mode is fastest in: matrices, with all samples or points side by side. The same
// functions as the scalar forms they inherit from, up to rounding.

#include "workload/log_sum_exp.hpp"
#include "workload/lstm.hpp"
#include "workload/mixture.hpp"
#include "workload/perceptron.hpp"

#include <duet/eigen/product.hpp>
#include <duet/math/math.hpp>

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

// A column a sample.
struct perceptron : workload::perceptron {
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
    return ((matrix_at(w, hidden, count) * x).colwise() + bias).array().tanh();
  }
};

// All points and components in one product: the exponent of a Gaussian is linear in the products of a point's
// coordinates with one another and with one.
template <std::size_t D = 10>
struct mixture : workload::mixture<D> {
  using base = workload::mixture<D>;
  using base::data, base::k, base::n, base::factor;
  static constexpr std::size_t features = (D + 1) * (D + 2) / 2;
  matrix<double> products;  // a row a point

  explicit mixture(std::size_t components = 10, std::size_t points = 200)
      : base(components, points), products(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(features)) {
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
    column<T> constants(components);
    for (Eigen::Index c = 0; c < components; ++c) {
      Eigen::Matrix<T, D, D + 1> q = Eigen::Matrix<T, D, D + 1>::Zero();  // maps (x, 1) to the normalised x
      q.diagonal() = diagonals.col(c);
      for (Eigen::Index i = 0, l = D; i < int{D}; ++i)
        for (Eigen::Index j = i + 1; j < int{D}; ++j) q(j, i) = factors(l++, c);
      q.col(D) = -(q.template leftCols<D>() * means.col(c));
      Eigen::Matrix<T, D + 1, D + 1> const form = q.transpose() * q;
      for (Eigen::Index i = 0, f = 0; i <= int{D}; ++i)
        for (Eigen::Index j = i; j <= int{D}; ++j) forms(f++, c) = form(i, j);
      constants(c) = weights(c) + factors.col(c).head(D).sum();
    }
    matrix<T> const exponents = (products * forms).rowwise() + constants.transpose();
    return log_sum_exp(exponents).sum() - static_cast<double>(n) * log_sum_exp(weights.transpose()).sum() + prior +
           this->constant();
  }

  // Of each row.
  template <class X>
  static auto log_sum_exp(X const& x) {
    using T = typename X::Scalar;
    Eigen::VectorXd const largest = x.unaryExpr([](T const& e) { return duet::value(e); }).rowwise().maxCoeff();
    matrix<T> const e = (x.colwise() - largest.template cast<T>()).array().exp();
    column<T> const sums = e * Eigen::VectorXd::Ones(x.cols());
    return column<T>(sums.array().log() + largest.array());
  }
};

// An array for the three gates of a layer, which are sigmoids, and one for each of the rest.
struct lstm : workload::lstm {
  using workload::lstm::lstm;
  template <class T, std::size_t Count = 1>
  using array = Eigen::Array<T, int{Count * hidden}, 1>;
  template <std::size_t Count = 1, class T>
  static auto array_at(T const* x, std::size_t place = 0) {
    return Eigen::Map<array<T, Count> const>(x + place * hidden);
  }

  template <class T>
  static void layer(T const* w, array<T> const& x, array<T>& output, array<T>& cell) {
    array<T, 3> in;
    in << x, output, x;
    array<T, 3> const open = 1 / (1 + (-(array_at<3>(w) * in + array_at<3>(w, 4))).exp());
    auto const forget = array_at(open.data()), take = array_at(open.data(), 1), put = array_at(open.data(), 2);
    array<T> const news = (array_at(w, 3) * output + array_at(w, 7)).tanh();
    cell = cell * forget + take * news;
    output = put * cell.tanh();
  }

  template <class T>
  T operator()(std::vector<T> const& w) const {
    using std::exp, std::log;
    array<T> output[layers], cell[layers];
    for (std::size_t l = 0; l < layers; ++l)
      for (std::size_t j = 0; j < hidden; ++j)
        output[l](static_cast<int>(j)) = cell[l](static_cast<int>(j)) = first_state(j);
    T loss = 0;
    for (std::size_t n = 0; n + 1 < sequence.size(); ++n) {
      array<T> const x = array_at(&w[outer]) * array_at(sequence[n].data());
      layer(&w[0], x, output[0], cell[0]);
      for (std::size_t l = 1; l < layers; ++l) layer(&w[l * 2 * gates], output[l - 1], output[l], cell[l]);
      array<T> const y = output[layers - 1] * array_at(&w[outer], 1) + array_at(&w[outer], 2);
      auto const next = array_at(sequence[n + 1].data());
      double const most = y.unaryExpr([](T const& e) { return duet::value(e); }).maxCoeff();
      loss += next.sum() * (log((y - most).exp().sum()) + most) - (next * y).sum();
    }
    return loss / foretold();
  }
};

// One array.
struct log_sum_exp : workload::log_sum_exp {
  template <class T>
  T operator()(std::vector<T> const& x) const {
    using std::log;
    auto const all = column_at(x.data(), inputs).array();
    double const most = all.unaryExpr([](T const& e) { return duet::value(e); }).maxCoeff();
    return log((all - most).exp().sum()) + most;
  }
};

}  // namespace workload::structural
