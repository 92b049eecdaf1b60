#include "catch.hpp"

#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"
#include "patterns.hpp"

namespace {

using duet::sparsity_pattern;
using duet_test::broyden, duet_test::contains, duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;
using Sparse = Eigen::SparseMatrix<double>;

duet_test::random_rows random_function(int rows, int columns, int entries, std::uint32_t seed) {
  return {sparsity_pattern::of_places(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns),
                                      duet_test::random_places(rows, columns, entries, seed))};
}

}  // namespace

TEST_CASE("the sparse Jacobian is the dense one in every mode") {
  VectorXd const x = random_vector(40, 1);
  MatrixXd const expected = duet::jacobian(broyden, x);
  CHECK(near(expected, duet_test::differences(broyden, x), 1e-9));
  CHECK(near(MatrixXd(duet::sparse_jacobian(broyden, x)), expected));
  CHECK(near(MatrixXd(duet::sparse_jacobian(duet::forward, broyden, x)), expected));
  CHECK(near(MatrixXd(duet::sparse_jacobian(duet::reverse, broyden, x)), expected));
  CHECK(duet::sparse_jacobian(broyden, x).nonZeros() == 3 * 40 - 2);
  auto const both = duet::value_and_sparse_jacobian(broyden, x);
  CHECK(near(both.value, broyden(x)));
  CHECK(near(MatrixXd(both.jacobian), expected));
}

TEST_CASE("random patterns of all shapes are recovered, by columns and by rows") {
  std::uint32_t seed = 0;
  for (auto const& [rows, columns, entries] : {std::array{1, 1, 1},
                                               {30, 20, 60},
                                               {20, 30, 60},
                                               {25, 25, 300},
                                               {60, 8, 100},
                                               {8, 60, 100},
                                               {30, 30, 5},
                                               {6, 0, 0},
                                               {0, 6, 0},
                                               {0, 0, 0}}) {
    INFO(rows << " x " << columns << ", " << entries);
    auto const f = random_function(rows, columns, entries, ++seed);
    VectorXd const x = random_vector(columns, seed);
    MatrixXd const expected = duet::jacobian(f, x);
    auto by_columns = duet::prepare_sparse_jacobian(duet::forward, f, x);
    auto by_rows = duet::prepare_sparse_jacobian(duet::reverse, f, x);
    CHECK(by_columns.plan().pattern() == f.pattern);
    CHECK(by_columns.pattern().nonZeros() == static_cast<Eigen::Index>(f.pattern.entries()));
    CHECK(near(MatrixXd(by_columns(x)), expected));
    CHECK(near(MatrixXd(by_rows(x)), expected));
    CHECK(near(MatrixXd(by_columns.check(x)), expected));
    CHECK(near(MatrixXd(by_rows.check(x)), expected));
    CHECK(near(by_columns.value(), f(x)));
    CHECK(near(by_rows.value(), f(x)));
    CHECK(by_columns.row_colors() == 0);
    CHECK(by_rows.column_colors() == 0);
  }
}

TEST_CASE("one dense row and one dense column take a sweep and two directions") {
  int const n = 400;
  duet_test::random_rows const f{duet_test::square(n, duet_test::arrow(n))};
  VectorXd const x = 0.01 * random_vector(n, 3);
  auto prepared = duet::prepare_sparse_jacobian(f, x);
  CHECK(prepared.colors() == 3);
  CHECK(prepared.row_colors() == 1);
  CHECK_THAT(prepared.explain(), contains("forward and reverse: 1198 entries in 2 colours of columns"));
  CHECK(near(MatrixXd(prepared(x)), duet::jacobian(f, x)));
  CHECK(near(MatrixXd(prepared.check(x)), duet::jacobian(f, x)));
}

TEST_CASE("a prepared Jacobian is called at other points, written in place, and moved") {
  VectorXd const x = random_vector(50, 4);
  auto prepared = duet::prepare_sparse_jacobian(broyden, x);
  CHECK(prepared.colors() == 3);
  CHECK(prepared.explain() ==
        "forward: 148 entries in 3 colours of columns (order: saturation), 1 evaluation on duals");
  Sparse const& result = prepared(x);
  double const* const values = result.valuePtr();
  CHECK(near(MatrixXd(prepared(2.0 * x)), duet::jacobian(broyden, VectorXd(2.0 * x))));
  CHECK(&prepared(x) == &result);
  CHECK(result.valuePtr() == values);
  auto moved = std::move(prepared);
  CHECK(near(MatrixXd(moved(x)), duet::jacobian(broyden, x)));
  CHECK(near(MatrixXd(moved(moved.value())), duet::jacobian(broyden, VectorXd(broyden(x)))));
  CHECK_THROWS_WITH(moved(VectorXd::Ones(3)), contains("x has 3 entries, expected 50"));
}
