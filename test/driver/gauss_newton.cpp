#include "catch.hpp"

#include <duet/driver/gauss_newton.hpp>
#include <duet/math/math.hpp>

#include "oracle.hpp"

namespace {

using duet_test::differences, duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd, Eigen::Index;

// r = A x - b has J = A whatever x is.
struct linear {
  MatrixXd A;
  VectorXd b;
  template <class X>
  auto operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(A.rows());
    for (Index i = 0; i < A.rows(); ++i) {
      r[i] = -b[i];
      for (Index j = 0; j < A.cols(); ++j) r[i] += A(i, j) * x[static_cast<decltype(x.size())>(j)];
    }
    return r;
  }
};
linear make_linear(Index m, Index n) {
  VectorXd const entries = random_vector(m * n, 17);
  return {Eigen::Map<MatrixXd const>(entries.data(), m, n), random_vector(m, 18)};
}

template <class Result>
void require_linear(linear const& r, VectorXd const& x, Result const& result) {
  VectorXd const residual = r.A * x - r.b;
  CHECK(result.cost == Approx(residual.squaredNorm() / 2));
  CHECK(near(result.residual, residual));
  CHECK(near(VectorXd(Eigen::Map<VectorXd const>(result.gradient.data(), x.size())),
             (r.A.transpose() * residual).eval()));
  CHECK(near(MatrixXd(result.hessian), (r.A.transpose() * r.A).eval()));
  CHECK(MatrixXd(result.hessian) == MatrixXd(result.hessian.transpose()));
}

}  // namespace

TEST_CASE("J^T J and J^T r of linear residuals are those of their matrix, in both modes and at every size") {
  for (auto [m, n] : {std::pair<Index, Index>{0, 0},
                      {3, 0},
                      {0, 2},
                      {1, 1},
                      {1, 3},
                      {5, 2},
                      {4, 3},
                      {6, 8},
                      {7, 9},
                      {9, 16},
                      {9, 17},
                      {33, 25},
                      {20, 32},
                      {12, 33},
                      {30, 50},
                      {2, 100}}) {
    linear const r = make_linear(m, n);
    VectorXd const x = random_vector(n, 19);
    INFO("m = " << m << ", n = " << n);
    require_linear(r, x, duet::gauss_newton(duet::forward, r, x));
    require_linear(r, x, duet::gauss_newton(duet::reverse, r, x));
    require_linear(r, x, duet::gauss_newton(r, x));
    VectorXd const v = random_vector(n, 20);
    CHECK(near(duet::gauss_newton_product(r, x, v), (r.A.transpose() * (r.A * v)).eval()));
  }
}

TEMPLATE_TEST_CASE_SIG("static sizes give the same sums", "", ((int N), N), 1, 3, 8, 35) {
  linear const r = make_linear(11, N);
  VectorXd const x = random_vector(N, 21);
  std::array<double, N> array{};
  std::copy(x.begin(), x.end(), array.begin());
  auto const result = duet::gauss_newton(duet::forward, r, array);
  static_assert(decltype(result.hessian)::RowsAtCompileTime == N);
  static_assert(std::is_same_v<decltype(result.gradient), std::array<double, N>>);
  require_linear(r, x, result);
}

TEST_CASE("residuals of a curved model agree with differences") {
  auto const decay = [](auto const& b) {
    using std::exp;
    using S = std::decay_t<decltype(b[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(21);
    for (int i = 0; i < 21; ++i) r[i] = b[0] * exp(-b[1] * 0.3 * i) + b[2] / (1.0 + 0.1 * i) - 0.2 * i;
    return r;
  };
  VectorXd const b = Eigen::Vector3d(2, 0.7, -1.5);
  MatrixXd const J = differences(decay, b);
  auto const forward = duet::gauss_newton(duet::forward, decay, b),
             reverse = duet::gauss_newton(duet::reverse, decay, b);
  CHECK(near(forward.hessian, (J.transpose() * J).eval(), 1e-9));
  CHECK(near(reverse.hessian, forward.hessian));
  CHECK(near(forward.gradient, (J.transpose() * decay(b)).eval(), 1e-9));
  CHECK(near(reverse.gradient, forward.gradient));
}

TEST_CASE("residuals may be one number, constants, or of a shape of their own") {
  Eigen::Vector2d const x(2, 3);
  auto const one = duet::gauss_newton([](auto const& v) { return v[0] * v[1]; }, x);
  CHECK(one.cost == 18);
  CHECK(one.residual == 6);
  CHECK(one.gradient == Eigen::Vector2d(18, 12));
  CHECK(one.hessian(0, 1) == 6);
  auto const constants = duet::gauss_newton([](auto const&) { return std::vector{3.0, 4.0}; }, x);
  CHECK(constants.cost == 12.5);
  CHECK(constants.hessian.isZero());
  auto const matrix = duet::gauss_newton(duet::reverse, [](auto const& v) { return (v * v.transpose()).eval(); }, x);
  CHECK(matrix.residual(1, 0) == 6);
  CHECK(matrix.gradient[0] == Approx(2 * 2 * 13));  // cost = |x|^4 / 2
}

TEST_CASE("the product refuses a direction of the wrong size") {
  CHECK_THROWS_WITH(duet::gauss_newton_product(make_linear(3, 2), VectorXd::Ones(2).eval(), VectorXd::Ones(3).eval()),
                    duet_test::contains("3 entries, expected 2"));
}
