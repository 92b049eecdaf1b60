#include "oracle.hpp"

#include <duet/linalg/cholesky.hpp>
#include <duet/linalg/determinant.hpp>

using namespace linalg_test;

namespace {

Index n;

// Row by row (Banachiewicz), of the symmetric part.
matrix<big> factor_of(matrix<big> const& given) {
  matrix<big> const a = symmetric_part(given);
  matrix<big> l = matrix<big>::Zero(a.rows(), a.rows());
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j <= i; ++j) {
      big s = a(i, j);
      for (Index k = 0; k < j; ++k) s -= l(i, k) * l(j, k);
      l(i, j) = i == j ? big(sqrt(s)) : big(s / l(j, j));
    }
  return l;
}

}  // namespace

TEST_CASE("cholesky agrees with differences in 50 digits of the factor of the symmetric part") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    check_against_differences([](auto const& x) { return weighted(duet::cholesky(reader(x)(n, n))); },
                              [](auto const& x) { return weighted(factor_of(reader(x)(n, n))); },
                              joined({samples(static_cast<unsigned>(n)).definite(n)}));
  }
}

TEST_CASE("log_determinant of a positive definite matrix is that of Cholesky's factor, with derivatives") {
  for (Index const size : {1, 6, 20}) {
    n = size;
    check_against_differences(
        [](auto const& x) { return duet::log_determinant(duet::positive_definite, reader(x)(n, n)); },
        [](auto const& x) {
          matrix<big> const l = factor_of(reader(x)(n, n));
          big sum = 0;
          for (Index i = 0; i < n; ++i) sum += 2 * log(l(i, i));
          return sum;
        },
        joined({samples(static_cast<unsigned>(n)).definite(n)}));
  }
}

TEST_CASE("cholesky refuses what is not positive definite, and takes no entries") {
  CHECK(duet::cholesky(MatrixXd(0, 0)).size() == 0);
  MatrixXd a = MatrixXd::Identity(2, 2);
  a(1, 1) = -1;
  CHECK_THROWS_WITH(duet::cholesky(a),
                    duet_test::contains("duet::cholesky: the 2 x 2 matrix is not positive definite"));
  CHECK_THROWS_AS(duet::cholesky(MatrixXd(2, 3)), std::invalid_argument);
}
