#include <Eigen/Dense>
#include <catch.hpp>
#include <duet/driver/sparse_hessian.hpp>
#include <duet/driver/sparse_jacobian.hpp>
#include <duet/linalg/determinant.hpp>
#include <duet/linalg/solve.hpp>

using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

// Two systems of two equations that share nothing, and an input that no matrix holds.
auto const blocks = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, Eigen::Dynamic, 1> y(5);
  for (Eigen::Index k = 0; k < 2; ++k) {
    Eigen::Matrix<S, 2, 2> a;
    a << 2 + x[2 * k], S(1), x[2 * k + 1], S(3);
    y.segment(2 * k, 2) = duet::solve(a, Eigen::Vector2d(1, 2));
  }
  y[4] = x[4] * y[0];
  return y;
};
auto const number = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, 2, 2> a;
  a << 2 + x[0], S(1), x[1], S(3);
  return S(duet::solve(a, Eigen::Vector2d(1, 2))[0] + x[2] * x[3] + duet::determinant(a));
};

}  // namespace

TEST_CASE("sparsity of a function with solves: each solution depends on its own system, all of it") {
  for (auto const scope : {duet::pattern_scope::global, duet::pattern_scope::local}) {
    MatrixXd expected = MatrixXd::Zero(5, 5);
    expected.block(0, 0, 2, 2).setOnes();
    expected.block(2, 2, 2, 2).setOnes();
    expected.row(4) << 1, 1, 0, 0, 1;
    CHECK(MatrixXd(duet::jacobian_sparsity(blocks, VectorXd(VectorXd::Constant(5, 0.5)), scope).cast<double>()) ==
          expected);
  }
}

TEST_CASE("sparsity of second order of a solve and a determinant: all pairs of what they read") {
  MatrixXd expected = MatrixXd::Zero(4, 4);
  expected.topLeftCorner(2, 2).setOnes();
  expected(2, 3) = expected(3, 2) = 1;
  CHECK(MatrixXd(duet::hessian_sparsity(number, VectorXd(VectorXd::Constant(4, 0.5))).cast<double>()) == expected);
}
