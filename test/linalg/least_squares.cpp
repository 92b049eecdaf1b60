#include "oracle.hpp"

#include <duet/linalg/least_squares.hpp>

using namespace linalg_test;

namespace {

Index rows, columns;
template <class X, class Solve>
auto solution_of(X const& x, Solve const& solve) {
  reader read(x);
  auto const a = read(rows, columns);
  auto const b = read(rows);
  return weighted(solve(a, b));
}

}  // namespace

TEST_CASE("solve_least_squares agrees with differences of the normal equations in 50 digits") {
  for (auto const& [m, n] : {std::pair<Index, Index>{1, 1}, {3, 2}, {5, 5}, {20, 8}, {20, 20}}) {
    rows = m, columns = n;
    samples random(static_cast<unsigned>(m));
    MatrixXd a = random.matrix(m, n);
    a.topRows(n) += 2 * MatrixXd::Identity(n, n);
    check_against_differences(
        [](auto const& x) {
          return solution_of(x, [](auto const& c, auto const& b) { return duet::solve_least_squares(c, b); });
        },
        [](vector<big> const& x) {
          return solution_of(x, [](matrix<big> const& c, vector<big> const& b) {
            matrix<big> normal = matrix<big>::Zero(columns, columns), right = matrix<big>::Zero(columns, 1);
            for (Index k = 0; k < rows; ++k)
              for (Index i = 0; i < columns; ++i) {
                for (Index j = 0; j < columns; ++j) normal(i, j) += c(k, i) * c(k, j);
                right(i, 0) += c(k, i) * b[k];
              }
            return eliminate(normal, right).solution;
          });
        },
        joined({a, random.vector(m)}));
  }
}

TEST_CASE("solve_least_squares refuses dependent columns and too few rows") {
  CHECK_THROWS_WITH(duet::solve_least_squares(MatrixXd::Ones(4, 2), VectorXd::Ones(4)),
                    duet_test::contains("of rank 1"));
  CHECK_THROWS_AS(duet::solve_least_squares(MatrixXd(2, 3), VectorXd(2)), std::invalid_argument);
  CHECK_THROWS_AS(duet::solve_least_squares(MatrixXd(3, 2), VectorXd(4)), std::invalid_argument);
  CHECK(duet::solve_least_squares(MatrixXd(3, 0), VectorXd::Ones(3)).size() == 0);
}
