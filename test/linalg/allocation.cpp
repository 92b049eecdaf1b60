// Matrices of intermediate results are kept between calls: what is allocated anew is what the caller gets, and the
// matrix of variables that f returns.

#include "catch.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/product.hpp>
#include <duet/linalg.hpp>

#include "driver/counted_allocations.hpp"

namespace {

using matrix = Eigen::MatrixXd;

matrix definite(Eigen::Index n) {
  matrix a(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = 0; i < n; ++i) a(i, j) = 1.0 / static_cast<double>(1 + i + j) + (i == j ? 2 : 0);
  return a;
}

// Bytes that the third call allocates, in matrices of n x n doubles.
template <class Call>
double matrices_allocated(Eigen::Index n, Call const& call) {
  double sum = call() + call();
  std::size_t const before = duet_test::allocated_bytes;
  sum += call();
  std::size_t const after = duet_test::allocated_bytes;
  CHECK(std::isfinite(sum));
  return static_cast<double>(after - before) / static_cast<double>(n * n) / sizeof(double);
}

}  // namespace

#if DUET_TEST_COUNTS_MALLOC
TEST_CASE("reverse mode of linear algebra allocates its results alone") {
  Eigen::Index const n = 60;
  matrix const a = definite(n), b = a.inverse();
  Eigen::VectorXd const v = Eigen::VectorXd::LinSpaced(n, -1, 1);
  auto const gradient = [&](auto const& f) {
    return matrices_allocated(n, [&] { return duet::gradient(duet::reverse, f, a)(0, 1); });
  };
  auto const pulled = [&](auto const& f, auto const& w) {
    return matrices_allocated(n, [&] { return duet::vjp(duet::reverse, f, a, w)(0, 1); });
  };
  double const few = 0.5;  // vectors, nodes
  CHECK(gradient([](auto const& x) { return duet::log_determinant(x); }) < 1 + few);
  CHECK(gradient([](auto const& x) { return duet::log_determinant(duet::positive_definite, x); }) < 1 + few);
  CHECK(gradient([](auto const& x) { return duet::determinant(x); }) < 1 + few);
  CHECK(pulled([&](auto const& x) { return duet::solve(x, v); }, v) < 1 + few);
  CHECK(pulled([&](auto const& x) { return duet::solve(duet::positive_definite, x, v); }, v) < 1 + few);
  CHECK(pulled([&](auto const& x) { return duet::product(x, b); }, b) < 1 + 2 + few);
  CHECK(pulled([](auto const& x) { return duet::inverse(x); }, b) < 1 + 2 + few);
  auto const both = duet::args(a, b);
  auto const product = [](auto const& x, auto const& y) { return duet::product(x, y); };
  CHECK(matrices_allocated(n, [&] { return std::get<0>(duet::vjp(duet::reverse, product, both, a))(0, 1); }) <
        2 + 2 + few);
  auto const trace = [](auto const& x, auto const& y) { return duet::trace(x) * duet::trace(y); };
  CHECK(matrices_allocated(n, [&] { return std::get<0>(duet::gradient(duet::reverse, trace, both))(0, 1); }) < 2 + few);
  CHECK(pulled([](auto const& x) { return duet::cholesky(x); }, b) < 1 + 2 + few);
}
#endif

TEST_CASE("kept matrices serve calls of other sizes, and calls inside of calls") {
  for (Eigen::Index const n : {3, 40, 17, 41, 2}) {
    matrix const a = definite(n), inverse = a.inverse();
    auto const f = [](auto const& x) { return duet::log_determinant(x); };
    CHECK((duet::gradient(duet::reverse, f, a) - inverse.transpose()).norm() < 1e-10 * inverse.norm());
    // d/dx sum of (d log det / dx) = sum of - A^-T dA^T A^-T, here by a gradient inside of the function.
    auto const sum_of_slopes = [&](auto const& x) {
      using S = typename std::decay_t<decltype(x)>::Scalar;
      Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> const g = duet::gradient(duet::reverse, f, x);
      S sum(0);
      for (Eigen::Index k = 0; k < g.size(); ++k) sum += g.data()[k];
      return sum;
    };
    matrix const expected = -inverse.transpose() * matrix::Ones(n, n) * inverse.transpose();
    CHECK((duet::gradient(duet::reverse, sum_of_slopes, a) - expected).norm() < 1e-9 * expected.norm());
  }
}
