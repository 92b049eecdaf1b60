#include "oracle.hpp"

#include <duet/linalg/solve.hpp>

using namespace linalg_test;

namespace {

Index n;
template <class X, class Solve>
auto solution_of(X const& x, Solve const& solve) {
  reader read(x);
  auto const a = read(n, n);
  auto const b = read(n);
  return weighted(solve(a, b));
}

}  // namespace

TEST_CASE("solve of a positive definite matrix agrees with differences of its symmetric part") {
  for (Index const size : {1, 5, 20}) {
    samples random(static_cast<unsigned>(size));
    n = size;
    check_against_differences(
        [](auto const& x) {
          return solution_of(x,
                             [](auto const& a, auto const& b) { return duet::solve(duet::positive_definite, a, b); });
        },
        [](vector<big> const& x) {
          return solution_of(x, [](auto const& a, auto const& b) { return eliminate(symmetric_part(a), b).solution; });
        },
        joined({random.definite(n), random.vector(n)}));
  }
}

TEST_CASE("solve of a triangular matrix agrees with differences, and does not read the other half") {
  for (Index const size : {1, 4, 20}) {
    samples random(static_cast<unsigned>(size));
    n = size;
    check_against_differences(
        [](auto const& x) {
          return solution_of(x, [](auto const& a, auto const& b) {
            return duet::solve(duet::upper_triangular, a, duet::solve(duet::lower_triangular, a, b));
          });
        },
        [](vector<big> const& x) {
          return solution_of(x, [](matrix<big> const& a, auto const& b) {
            matrix<big> const lower = a.triangularView<Eigen::Lower>(), upper = a.triangularView<Eigen::Upper>();
            return eliminate(upper, eliminate(lower, b).solution).solution;
          });
        },
        joined({random.regular(n), random.vector(n)}));
  }
}
