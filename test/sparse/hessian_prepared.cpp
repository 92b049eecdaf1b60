#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"
#include "patterns.hpp"

namespace {

using duet::sparsity_pattern;
using duet_test::arrow_sum, duet_test::contains, duet_test::near, duet_test::places, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("a prepared Hessian is called at other points of any shape") {
  VectorXd const x = random_vector(40, 10);
  auto prepared = duet::prepare_sparse_hessian(arrow_sum, x);
  for (double const scale : {1.0, 2.0, -0.5})
    CHECK(near(MatrixXd(prepared(scale * x)), duet::hessian(arrow_sum, VectorXd(scale * x))));
  CHECK(near(MatrixXd(prepared(prepared.gradient())),
             duet::hessian(arrow_sum, duet::gradient(arrow_sum, VectorXd(-0.5 * x)))));
  std::vector<double> const v{1, 2, 3};
  CHECK(duet::sparse_hessian(arrow_sum, v).nonZeros() == 6);
  CHECK(duet::hessian_sparsity(arrow_sum, std::array{1.0, 2.0}).nonZeros() == 3);
  CHECK_THROWS_WITH(prepared(VectorXd::Ones(3)), contains("x has 3 entries, expected 40"));
}

TEST_CASE("a caller's own pattern is completed, and one that misses an entry is detected") {
  VectorXd const x = random_vector(40, 11);
  places lower{{0, 0}};
  for (int i = 1; i < 40; ++i) {
    lower.emplace_back(i, 0);
    lower.emplace_back(i, i);
  }
  auto const half = duet_test::square(40, lower);
  CHECK(near(MatrixXd(duet::sparse_hessian(arrow_sum, x, {.pattern = half})), duet::hessian(arrow_sum, x)));
  lower.erase(lower.begin() + 7);
  duet::sparse_options const missing{.pattern = duet_test::square(40, lower), .check = true};
  CHECK_THROWS_AS(duet::sparse_hessian(duet::reverse, arrow_sum, x, missing), duet::error);
  CHECK_THROWS_AS(duet::sparse_hessian(duet::forward, arrow_sum, x, missing), duet::error);
  CHECK_THROWS_AS(duet::sparse_hessian(arrow_sum, x, {.pattern = sparsity_pattern(40, 39)}), std::invalid_argument);
}
