#include "oracle.hpp"

#include <duet/linalg/sparse_solve.hpp>

using namespace linalg_test;

namespace {

Index n;
bool banded(Index i, Index j) { return i == j || i + 1 == j || j + 1 == i || i == j + 3 || j == i + 3; }

// The entries of the band one after another.
Index band_size() {
  Index count = 0;
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i < n; ++i) count += banded(i, j);
  return count;
}
template <class X, class Put>
void for_band(X const& entries, Put const& put) {
  Index k = 0;
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i < n; ++i)
      if (banded(i, j)) put(i, j, entries[k++]);
}
template <class S>
Eigen::SparseMatrix<S> sparse(vector<S> const& entries) {
  std::vector<Eigen::Triplet<S>> list;
  for_band(entries, [&](Index i, Index j, S const& e) { list.emplace_back(int(i), int(j), e); });
  Eigen::SparseMatrix<S> a(n, n);
  a.setFromTriplets(list.begin(), list.end());
  return a;
}
matrix<big> dense(vector<big> const& entries) {
  matrix<big> a = matrix<big>::Zero(n, n);
  for_band(entries, [&](Index i, Index j, big const& e) { a(i, j) = e; });
  return a;
}
VectorXd sample(samples& random, double diagonal) {
  VectorXd entries = random.vector(band_size());
  Index k = 0;
  for_band(entries, [&](Index i, Index j, double) { entries[k++] += i == j ? diagonal : 0; });
  return entries;
}

}  // namespace

TEST_CASE("solve with a sparse matrix agrees with differences in 50 digits") {
  for (Index const size : {1, 4, 20}) {
    n = size;
    samples random(static_cast<unsigned>(n));
    check_against_differences(
        [](auto const& x) {
          reader read(x);
          auto const a = sparse(read(band_size()));
          return weighted(duet::solve(a, read(n, 2)));
        },
        [](auto const& x) {
          reader read(x);
          auto const a = dense(read(band_size()));
          return weighted(eliminate(a, read(n, 2)).solution);
        },
        joined({sample(random, 6), random.matrix(n, 2)}));
  }
}

TEST_CASE("solve with a sparse positive definite matrix agrees with differences of the symmetric part") {
  n = 20;
  samples random(2);
  check_against_differences(
      [](auto const& x) {
        reader read(x);
        auto const a = sparse(read(band_size()));
        return weighted(duet::solve(duet::positive_definite, a, read(n)));
      },
      [](auto const& x) {
        reader read(x);
        auto const a = dense(read(band_size()));
        return weighted(eliminate(symmetric_part(a), read(n)).solution);
      },
      joined({sample(random, 8), random.vector(n)}));
}

TEST_CASE("solve with a sparse matrix of numbers and a right side of variables, and what it refuses") {
  n = 5;
  samples random(4);
  Eigen::SparseMatrix<double, Eigen::RowMajor> const a = sparse<double>(sample(random, 6));
  VectorXd const b = random.vector(n), w = random.vector(n);
  VectorXd const g = duet::gradient(duet::reverse, [&](auto const& x) { return duet::solve(a, x).dot(w); }, b);
  CHECK((MatrixXd(a).transpose() * g - w).norm() < 1e-13);
  CHECK_THROWS_AS(duet::solve(a, VectorXd(4)), std::invalid_argument);
  Eigen::SparseMatrix<double> half = a.triangularView<Eigen::Lower>();
  CHECK_THROWS_WITH(duet::solve(duet::positive_definite, half, b), duet_test::contains("one triangle"));
  CHECK_THROWS_AS(duet::solve(duet::positive_definite, Eigen::SparseMatrix<double>(-1 * a), b), std::exception);
  CHECK_THROWS_WITH(duet::solve(Eigen::SparseMatrix<double>(n, n), b), duet_test::contains("singular"));
}
