#include "catch.hpp"

#include <duet/driver/sparse_gauss_newton.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"
#include "patterns.hpp"

namespace {

using duet_test::broyden, duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("the sparse Gauss-Newton matrix is the dense one") {
  VectorXd const x = random_vector(30, 1);
  auto const expected = duet::gauss_newton(broyden, x);
  auto prepared = duet::prepare_sparse_gauss_newton(broyden, x);
  for (auto const* result : {&prepared(x), &prepared.check(x)}) {
    CHECK(result->cost == Approx(expected.cost));
    CHECK(near(result->residual, expected.residual));
    CHECK(near(result->gradient, expected.gradient));
    CHECK(near(MatrixXd(result->hessian), expected.hessian));
    CHECK(MatrixXd(result->hessian) == MatrixXd(result->hessian).transpose());
    CHECK(result->hessian.nonZeros() == 5 * 30 - 6);
  }
  CHECK(prepared.pattern().nonZeros() == 5 * 30 - 6);
  CHECK(prepared.colors() == 3);
  CHECK(near(MatrixXd(duet::sparse_gauss_newton(duet::reverse, broyden, x).hessian), expected.hessian));
}

TEST_CASE("random residuals, with rows and columns without entries") {
  for (std::uint32_t seed = 1; seed < 6; ++seed) {
    duet_test::random_rows const r{
        duet::sparsity_pattern::of_places(25, 18, duet_test::random_places(25, 18, 40, seed))};
    VectorXd const x = random_vector(18, seed);
    auto const expected = duet::gauss_newton(r, x);
    auto const result = duet::sparse_gauss_newton(r, x);
    CHECK(near(MatrixXd(result.hessian), expected.hessian));
    CHECK(near(result.gradient, expected.gradient));
  }
  duet_test::random_rows const none{duet::sparsity_pattern(0, 4)};
  auto const empty = duet::sparse_gauss_newton(none, VectorXd(VectorXd::Ones(4)));
  CHECK(empty.cost == 0);
  CHECK(empty.hessian.nonZeros() == 0);
  CHECK(empty.gradient == VectorXd::Zero(4));
}
