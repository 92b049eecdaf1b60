#pragma once

// Derivatives from values alone: central differences in long double, good to about 1e-11 of the function's scale.

#include <Eigen/Core>
#include <random>

namespace duet_test {

template <class F>
Eigen::MatrixXd differences(F const& f, Eigen::VectorXd const& x) {
  using wide = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  wide const center = x.cast<long double>();
  auto const rows = f(center).size();
  Eigen::MatrixXd result(rows, x.size());
  for (Eigen::Index j = 0; j < x.size(); ++j) {
    long double const h = 1e-6L;
    wide up = center, down = center;
    up[j] += h;
    down[j] -= h;
    result.col(j) = ((wide(f(up)) - wide(f(down))) / (2 * h)).template cast<double>();
  }
  return result;
}

inline Eigen::VectorXd random_vector(Eigen::Index n, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  return Eigen::VectorXd::NullaryExpr(n, [&] { return uniform(engine); });
}

// |a - b| against the scale of b.
template <class A, class B>
bool near(A const& a, B const& b, double tolerance = 1e-13) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  if (a.size() == 0) return true;
  return (a - b).cwiseAbs().maxCoeff() <= tolerance * (1 + b.cwiseAbs().maxCoeff());
}

}  // namespace duet_test
