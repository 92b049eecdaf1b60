#include "catch.hpp"

#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"
#include "patterns.hpp"

namespace {

using duet::sparsity_pattern;
using duet_test::broyden, duet_test::contains, duet_test::near, duet_test::places, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;
using Sparse = Eigen::SparseMatrix<double>;

}  // namespace

TEST_CASE("a caller's own pattern is taken, with what it names twice and explicit zeros") {
  VectorXd const x = random_vector(20, 5);
  places twice = duet_test::band(20, 1, 1);
  twice.insert(twice.end(), twice.begin(), twice.end());
  twice.emplace_back(19, 0);  // an entry that is always zero
  auto const given = sparsity_pattern::of_places(20, 20, twice);
  auto prepared = duet::prepare_sparse_jacobian(broyden, x, {.pattern = given});
  CHECK(prepared(x).nonZeros() == 59);
  CHECK(near(MatrixXd(prepared.check(x)), duet::jacobian(broyden, x)));
  Sparse const traced = duet::sparse_jacobian(broyden, x);
  CHECK(near(MatrixXd(duet::sparse_jacobian(broyden, x, {.pattern = traced})), duet::jacobian(broyden, x)));
  Eigen::SparseMatrix<float, Eigen::RowMajor> const other = traced.cast<float>();
  CHECK(duet::pattern_of(other) == duet::pattern_of(traced));
  CHECK_THROWS_WITH(duet::prepare_sparse_jacobian(broyden, x, {.pattern = sparsity_pattern(20, 19)}),
                    contains("a row of the pattern has 19 entries, expected 20"));
  CHECK_THROWS_WITH(duet::sparse_jacobian(broyden, x, {.pattern = sparsity_pattern(19, 20)}),
                    contains("the result of f has 20 entries, expected 19"));
}

TEST_CASE("a pattern that misses an entry is detected in every mode") {
  VectorXd const x = random_vector(20, 6);
  places few = duet_test::band(20, 1, 1);
  few.erase(few.begin() + 17);
  auto const given = sparsity_pattern::of_places(20, 20, few);
  duet::sparse_options const options{.pattern = given, .check = true};
  CHECK_THROWS_AS(duet::sparse_jacobian(duet::forward, broyden, x, options), duet::error);
  CHECK_THROWS_AS(duet::sparse_jacobian(duet::reverse, broyden, x, options), duet::error);
  CHECK_THROWS_WITH(duet::sparse_jacobian(broyden, x, options), contains("the sparsity pattern misses an entry"));
  auto prepared = duet::prepare_sparse_jacobian(broyden, x, {.pattern = given});
  CHECK_NOTHROW(prepared(x));
  CHECK_THROWS_AS(prepared.check(x), duet::error);
}

TEST_CASE("a local pattern is found out at another point") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::vector<S>{x[0] > 0.0 ? S(x[0] * x[1]) : S(x[2]), x[1] * x[2]};
  };
  CHECK_THROWS_WITH(duet::sparse_jacobian(f, Eigen::Vector3d(1, 2, 3)), contains("duet::select"));
  auto prepared =
      duet::prepare_sparse_jacobian(f, Eigen::Vector3d(1, 2, 3), {.scope = duet::pattern_scope::local, .check = true});
  MatrixXd expected(2, 3);
  expected << 5, 4, 0, 0, 6, 5;
  CHECK(near(MatrixXd(prepared(Eigen::Vector3d(4, 5, 6))), expected));
  CHECK_THROWS_AS(prepared(Eigen::Vector3d(-4, 5, 6)), duet::error);
  CHECK(duet::jacobian_sparsity(f, Eigen::Vector3d(-1, 2, 3), duet::pattern_scope::local).nonZeros() == 3);
}

TEST_CASE("an infinite slope is no missing entry") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::vector<S>{sqrt(x[0]), x[0] * x[1]};
  };
  auto const at_zero = duet::sparse_jacobian(f, Eigen::Vector2d(0, 2), {.check = true});
  CHECK(std::isinf(at_zero.coeff(0, 0)));
  CHECK(at_zero.coeff(1, 0) == 2);
}

TEST_CASE("orders are the caller's to choose") {
  VectorXd const x = random_vector(30, 7);
  auto const prepared =
      duet::prepare_sparse_jacobian(broyden, x, {.orders = {{duet::coloring_order::smallest_last}, 1}});
  CHECK_THAT(prepared.explain(), contains("order: smallest last"));
}
