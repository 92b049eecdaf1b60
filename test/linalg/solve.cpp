#include "oracle.hpp"

#include <duet/linalg/solve.hpp>

using namespace linalg_test;

namespace {

// A of n x n and B of n x m.
Index n, m;
template <class X, class Solve>
auto solution_of(X const& x, Solve const& solve) {
  reader read(x);
  auto const a = read(n, n);
  auto const b = read(n, m);
  return weighted(solve(a, b));
}
big exact(vector<big> const& x) {
  return solution_of(x, [](auto const& a, auto const& b) { return eliminate(a, b).solution; });
}

}  // namespace

TEST_CASE("solve agrees with differences in 50 digits") {
  for (Index const size : {1, 2, 5, 20}) {
    samples random(static_cast<unsigned>(size));
    n = size, m = size == 5 ? 3 : size;
    check_against_differences(
        [](auto const& x) { return solution_of(x, [](auto const& a, auto const& b) { return duet::solve(a, b); }); },
        exact, joined({random.regular(n), random.matrix(n, m)}));
  }
}

TEST_CASE("solve with A or b passive moves with the other") {
  samples random(9);
  MatrixXd const a = random.regular(4);
  VectorXd const b = random.vector(4);
  VectorXd const w = random.vector(4);
  // d (w . A^-1 b) / db = A^-T w
  VectorXd const in_b = duet::gradient(duet::reverse, [&](auto const& x) { return duet::solve(a, x).dot(w); }, b);
  CHECK((in_b - a.transpose().fullPivLu().solve(w)).norm() < 1e-13);
  MatrixXd const in_a = duet::gradient(duet::reverse, [&](auto const& x) { return duet::solve(x, b).dot(w); }, a);
  CHECK((in_a + in_b * a.fullPivLu().solve(b).transpose()).norm() < 1e-13);
}
