#include "jacobi.hpp"

#include <duet/linalg/symmetric_eigen.hpp>

using namespace linalg_test;

namespace {

Index n;
matrix<big> symmetric(vector<big> const& x) { return symmetric_part(reader(x)(n, n)); }
// Eigenvalues that stay apart.
MatrixXd sample(Index size) {
  MatrixXd a = 0.2 * samples(static_cast<unsigned>(size)).matrix(size, size) / std::sqrt(double(size));
  a.diagonal() += VectorXd::LinSpaced(size, 1, static_cast<double>(size));
  return a;
}
auto const sum_of_squares = [](auto const& x) {
  return std::decay_t<decltype(x[0])>(duet::symmetric_eigenvalues(reader(x)(n, n)).squaredNorm());
};

}  // namespace

TEST_CASE("symmetric_eigenvalues agree with differences in 50 digits") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    check_against_differences([](auto const& x) { return weighted(duet::symmetric_eigenvalues(reader(x)(n, n))); },
                              [](auto const& x) { return weighted(jacobi(symmetric(x)).values); }, joined({sample(n)}));
  }
}

TEST_CASE("symmetric_eigen agrees with differences in 50 digits of values and vectors") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    check_against_differences(
        [](auto const& x) {
          auto const [values, vectors] = duet::symmetric_eigen(reader(x)(n, n));
          return std::decay_t<decltype(x[0])>(weighted(values) + weighted_pairs(vectors));
        },
        [](auto const& x) {
          auto const [values, vectors] = jacobi(symmetric(x));
          return big(weighted(values) + weighted_pairs(vectors));
        },
        joined({sample(n)}));
  }
}

TEST_CASE("symmetric_eigenvalues of equal values: first derivatives of symmetric functions, no second ones") {
  n = 3;
  MatrixXd a = 2 * MatrixXd::Identity(3, 3);
  a(2, 2) = 5;
  VectorXd const x = joined({a});
  // The sum of the squared eigenvalues is the squared norm of the matrix.
  CHECK((duet::gradient(duet::reverse, sum_of_squares, x) - 2 * x).norm() < 1e-13);
  CHECK((duet::gradient(duet::forward, sum_of_squares, x) - 2 * x).norm() < 1e-13);
  CHECK_THROWS_WITH(duet::hvp(duet::reverse, sum_of_squares, x, VectorXd(VectorXd::LinSpaced(9, 0, 1))),
                    duet_test::contains("eigenvalues 0 and 1 are equal"));
}

TEST_CASE("symmetric_eigen throws for the vectors of equal values, not for others") {
  MatrixXd a = 2 * MatrixXd::Identity(3, 3);
  a(2, 2) = 5;
  auto const vector_of = [&](Index k) {
    return [k](auto const& x) {
      auto const pairs = duet::symmetric_eigen(x);
      return std::decay_t<decltype(x(0, 0))>(pairs.vectors(0, k) * pairs.vectors(0, k) + pairs.values[k]);
    };
  };
  CHECK_THROWS_AS(duet::gradient(duet::reverse, vector_of(0), a), duet::error);
  MatrixXd expected = MatrixXd::Zero(3, 3);
  expected(2, 2) = 1;
  CHECK((duet::gradient(duet::reverse, vector_of(2), a) - expected).norm() < 1e-13);
  CHECK_THROWS_AS(duet::symmetric_eigen(MatrixXd(2, 3)), std::invalid_argument);
  CHECK(duet::symmetric_eigenvalues(MatrixXd(0, 0)).size() == 0);
  MatrixXd const bad = MatrixXd::Constant(3, 3, std::numeric_limits<double>::quiet_NaN());
  CHECK_THROWS_WITH(duet::symmetric_eigenvalues(bad), duet_test::contains("do not converge"));
}
