#pragma once

// Derivatives of functions of matrices by differences in 50 digits, of code that knows nothing of Duet.

#include <Eigen/Dense>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>
#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/product.hpp>
#include <duet/driver/second_directional.hpp>
#include <random>

namespace linalg_test {

using big = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
template <class S>
using matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

// Entries of a normal distribution, the same in every run.
class samples {
 public:
  explicit samples(unsigned seed) : engine_(seed) {}
  double operator()() { return normal_(engine_); }
  MatrixXd matrix(Index rows, Index columns) {
    return MatrixXd::NullaryExpr(rows, columns, [&](Index, Index) { return (*this)(); });
  }
  VectorXd vector(Index n) { return matrix(n, 1); }
  // Condition numbers of a few.
  MatrixXd regular(Index n) { return matrix(n, n) / std::sqrt(double(n)) + 2.5 * MatrixXd::Identity(n, n); }
  MatrixXd definite(Index n) {
    MatrixXd const m = matrix(n, n) / std::sqrt(double(n));
    return m * m.transpose() + MatrixXd::Identity(n, n);
  }

 private:
  std::mt19937 engine_;
  std::normal_distribution<double> normal_;
};

// The numbers of several matrices one after another, and matrices made of them again.
inline VectorXd joined(std::initializer_list<MatrixXd> parts) {
  VectorXd x(0);
  for (auto const& p : parts) {
    VectorXd both(x.size() + p.size());
    both << x, Eigen::Map<VectorXd const>(p.data(), p.size());
    x = both;
  }
  return x;
}
template <class X>
class reader {
 public:
  using S = std::decay_t<decltype(std::declval<X const&>()[0])>;
  explicit reader(X const& x) : x_(x) {}
  matrix<S> operator()(Index rows, Index columns) {
    matrix<S> m(rows, columns);
    for (Index k = 0; k < m.size(); ++k) m.data()[k] = x_[at_++];
    return m;
  }
  vector<S> operator()(Index rows) { return (*this)(rows, 1); }

 private:
  X const& x_;
  Index at_ = 0;
};

// sum over the entries of m, each with a weight of its own.
template <class M>
auto weighted(M const& m) {
  using S = typename M::Scalar;
  S sum(0);
  for (Index j = 0; j < m.cols(); ++j)
    for (Index i = 0; i < m.rows(); ++i) sum += S(m(i, j) * (1.0 + 0.25 * static_cast<double>((3 * i + 5 * j) % 7)));
  return sum;
}

// A^-1 B and det A by Gaussian elimination with row pivots.
struct eliminated {
  matrix<big> solution;
  big determinant = 1;
};
inline eliminated eliminate(matrix<big> a, matrix<big> b) {
  eliminated result;
  Index const n = a.rows();
  for (Index k = 0; k < n; ++k) {
    Index pivot = k;
    for (Index i = k + 1; i < n; ++i)
      if (abs(a(i, k)) > abs(a(pivot, k))) pivot = i;
    if (pivot != k) {
      a.row(k).swap(a.row(pivot));
      b.row(k).swap(b.row(pivot));
      result.determinant = -result.determinant;
    }
    result.determinant *= a(k, k);
    for (Index i = k + 1; i < n; ++i) {
      big const f = a(i, k) / a(k, k);
      for (Index j = k; j < n; ++j) a(i, j) -= f * a(k, j);
      for (Index j = 0; j < b.cols(); ++j) b(i, j) -= f * b(k, j);
    }
  }
  for (Index j = 0; j < b.cols(); ++j)
    for (Index i = n; i-- > 0;) {
      for (Index k = i + 1; k < n; ++k) b(i, j) -= a(i, k) * b(k, j);
      b(i, j) /= a(i, i);
    }
  result.solution = b;
  return result;
}
inline matrix<big> symmetric_part(matrix<big> const& a) {
  matrix<big> s(a.rows(), a.cols());
  for (Index j = 0; j < a.cols(); ++j)
    for (Index i = 0; i < a.rows(); ++i) s(i, j) = (a(i, j) + a(j, i)) / 2;
  return s;
}

// The derivatives of f at x, a function that captures nothing (all of them then have one scalar, and the compiler one
// copy of what it is put through), first and second along random directions, against differences of `same`, which is
// the same function of numbers of 50 digits.
template <class F, class Same>
  requires std::is_empty_v<F>
void check_against_differences(F const& f, Same const& same, VectorXd const& x, double tolerance = 1e-9) {
  samples random(7);
  vector<big> const at = x.cast<big>();
  auto const value = static_cast<double>(same(at));
  CHECK(std::abs(f(x) - value) <= 1e-12 * (1 + std::abs(value)));
  VectorXd const gradient = duet::gradient(duet::reverse, f, x);
  big const h("1e-12");
  for (int direction = 0; direction < 3; ++direction) {
    VectorXd const v = random.vector(x.size()), w = random.vector(x.size());
    vector<big> const hv = h * v.cast<big>(), hw = h * w.cast<big>();
    auto const first = static_cast<double>((same(vector<big>(at + hv)) - same(vector<big>(at - hv))) / (2 * h));
    double const size = gradient.norm() * v.norm();
    CHECK(std::abs(gradient.dot(v) - first) <= tolerance * size);
    CHECK(std::abs(duet::jvp(duet::forward, f, x, v) - first) <= tolerance * size);
    auto const second = static_cast<double>((same(vector<big>(at + hv + hw)) - same(vector<big>(at + hv - hw)) -
                                             same(vector<big>(at - hv + hw)) + same(vector<big>(at - hv - hw))) /
                                            (4 * h * h));
    VectorXd const bend = duet::hvp(duet::reverse, f, x, v);
    double const bend_size = bend.norm() * w.norm() + gradient.norm();
    CHECK(std::abs(bend.dot(w) - second) <= tolerance * bend_size);
    CHECK(std::abs(duet::second_directional(duet::forward, f, x, v, w) - second) <= tolerance * bend_size);
  }
}

}  // namespace linalg_test
