#include "oracle.hpp"

#include <duet/linalg/exponential.hpp>

using namespace linalg_test;

namespace {

Index n;
// The series at A / 2^20, squared 20 times.
matrix<big> series(matrix<big> const& a) {
  auto const times = [](matrix<big> const& l, matrix<big> const& r) {
    matrix<big> p = matrix<big>::Zero(l.rows(), l.rows());
    for (Index j = 0; j < l.rows(); ++j)
      for (Index k = 0; k < l.rows(); ++k)
        for (Index i = 0; i < l.rows(); ++i) p(i, j) += l(i, k) * r(k, j);
    return p;
  };
  matrix<big> x = a, term = matrix<big>::Identity(a.rows(), a.rows()), sum = term;
  for (Index k = 0; k < x.size(); ++k) x.data()[k] /= 1048576;
  for (int k = 1; k < 12; ++k) {
    term = times(term, x);
    for (Index i = 0; i < term.size(); ++i) term.data()[i] /= k;
    for (Index i = 0; i < term.size(); ++i) sum.data()[i] += term.data()[i];
  }
  for (int k = 0; k < 20; ++k) sum = times(sum, sum);
  return sum;
}

}  // namespace

TEST_CASE("matrix_exponential agrees with differences in 50 digits, also of large matrices") {
  for (auto const& [size, scale] : {std::pair<Index, double>{1, 1}, {2, 0.01}, {3, 1}, {5, 6}, {20, 1}}) {
    n = size;
    check_against_differences([](auto const& x) { return weighted(duet::matrix_exponential(reader(x)(n, n))); },
                              [](auto const& x) { return weighted(series(reader(x)(n, n))); },
                              joined({scale / std::sqrt(double(n)) * samples(static_cast<unsigned>(n)).matrix(n, n)}));
  }
}

TEST_CASE("matrix_exponential of no entries, of zero and of what is not finite") {
  CHECK(duet::matrix_exponential(MatrixXd(0, 0)).size() == 0);
  CHECK((duet::matrix_exponential(MatrixXd::Zero(2, 2)) - MatrixXd::Identity(2, 2)).norm() < 1e-15);
  auto const sum = [](auto const& x) { return duet::matrix_exponential(x).sum(); };
  CHECK((duet::gradient(duet::reverse, sum, MatrixXd::Zero(2, 2).eval()) - MatrixXd::Ones(2, 2)).norm() < 1e-15);
  MatrixXd const bad = MatrixXd::Constant(2, 2, std::numeric_limits<double>::infinity());
  CHECK(duet::matrix_exponential(bad).array().isNaN().all());
  CHECK_THROWS_AS(duet::matrix_exponential(MatrixXd(2, 3)), std::invalid_argument);
}
