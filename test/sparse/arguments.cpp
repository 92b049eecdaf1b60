#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"

namespace {

using duet_test::near;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("several arguments are the columns of a sparse Jacobian one after another, constants left out") {
  auto const f = [](auto const& a, auto const& b, auto const& scale) {
    using S = std::decay_t<decltype(b)>;
    return std::vector<S>{S(scale * a[0] * b), S(sin(a[1])), S(a[2] + b * b)};
  };
  VectorXd const a = VectorXd::LinSpaced(3, 1, 3);
  MatrixXd expected(3, 4);
  expected << 10, 0, 0, 2, 0, std::cos(2.0), 0, 0, 0, 0, 1, 10;
  auto const x = duet::args(a, 5.0, duet::constant(2.0));
  CHECK(near(MatrixXd(duet::sparse_jacobian(duet::forward, f, x)), expected));
  CHECK(near(MatrixXd(duet::sparse_jacobian(duet::reverse, f, x)), expected));
  auto prepared = duet::prepare_sparse_jacobian(f, x);
  CHECK(prepared.pattern().nonZeros() == 5);
  CHECK(near(MatrixXd(prepared.check(x)), expected));
}

TEST_CASE("several arguments make one sparse Hessian") {
  auto const f = [](auto const& a, auto const& b) {
    using std::exp;
    std::decay_t<decltype(b)> sum = exp(b);
    for (Eigen::Index i = 0; i < a.size(); ++i) sum += a[i] * a[i] * b;
    return sum;
  };
  VectorXd const a = VectorXd::LinSpaced(30, 1, 2);
  double const b = 0.5;
  MatrixXd expected = MatrixXd::Zero(31, 31);
  expected.diagonal().setConstant(2 * b);
  expected(30, 30) = std::exp(b);
  expected.col(30).head(30) = expected.row(30).head(30) = 2 * a;
  auto prepared = duet::prepare_sparse_hessian(f, duet::args(a, b));
  CHECK(prepared.colors() == 2);
  CHECK(near(MatrixXd(prepared.check(duet::args(a, b))), expected));
  auto const& [slope_a, slope_b] = prepared.gradient();
  CHECK(near(slope_a, VectorXd(2 * b * a)));
  CHECK(slope_b == Approx(std::exp(b) + a.squaredNorm()));
}
