#include <Eigen/Dense>
#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/product.hpp>
#include <duet/driver/second_directional.hpp>
#include <duet/linalg/determinant.hpp>

using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

auto const by_linalg = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, 4, 4> a;
  for (Eigen::Index k = 0; k < 16; ++k) a.data()[k] = x[k];
  return duet::determinant(a);
};
// The sum over all permutations.
auto const by_permutations = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  std::array<int, 4> p{0, 1, 2, 3};
  S sum(0);
  do {
    int swaps = 0;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < i; ++j) swaps += p[j] > p[i];
    S const term = x[p[0]] * x[4 + p[1]] * x[8 + p[2]] * x[12 + p[3]];
    sum += swaps % 2 == 0 ? term : S(-term);
  } while (std::next_permutation(p.begin(), p.end()));
  return sum;
};

VectorXd of_rank(int rank) {
  MatrixXd left(4, 3), right(3, 4);
  left << 1, 2, -1, 0, 3, 1, 2, -2, 1, 1, 1, 0.5;
  right << 3, 1, 0, 2, 1, 1, -1, 0, 0, 2, 1, 1;
  MatrixXd const a = left.leftCols(rank) * right.topRows(rank);
  return Eigen::Map<VectorXd const>(a.data(), 16);
}

}  // namespace

TEST_CASE("determinant has right first and second derivatives at matrices of every rank") {
  for (int rank = 0; rank <= 3; ++rank) {
    CAPTURE(rank);
    VectorXd const x = of_rank(rank);
    VectorXd const gradient = duet::gradient(duet::reverse, by_permutations, x);
    MatrixXd const hessian = duet::hessian(duet::reverse, by_permutations, x);
    CHECK((gradient.norm() > 1) == (rank == 3));  // the cofactors of rank 2 are zero
    CHECK((hessian.norm() > 1) == (rank >= 2));
    CHECK((duet::gradient(duet::reverse, by_linalg, x) - gradient).norm() < 1e-12);
    VectorXd const v = VectorXd::LinSpaced(16, -1, 1), w = VectorXd::LinSpaced(16, 2, 0.5);
    CHECK(duet::jvp(duet::forward, by_linalg, x, v) == Approx(gradient.dot(v)).margin(1e-12));
    CHECK(duet::second_directional(duet::forward, by_linalg, x, v, w) == Approx(v.dot(hessian * w)).margin(1e-11));
    CHECK((duet::hessian(duet::reverse, by_linalg, x) - hessian).norm() < 1e-12);
  }
}

TEST_CASE("determinant and log_determinant of matrices without entries and of singular ones") {
  CHECK(duet::determinant(MatrixXd(0, 0)) == 1);
  CHECK(duet::log_determinant(MatrixXd(0, 0)) == 0);
  CHECK(duet::determinant(MatrixXd::Ones(2, 2)) == 0);
  CHECK(duet::log_determinant(MatrixXd::Zero(2, 2)) == -std::numeric_limits<double>::infinity());
  auto const f = [](auto const& x) { return duet::log_determinant(x); };
  MatrixXd const g = duet::gradient(duet::reverse, f, MatrixXd::Zero(2, 2).eval());
  CHECK(g.array().isNaN().all());
  CHECK_THROWS_WITH(duet::log_determinant(duet::positive_definite, -MatrixXd::Identity(2, 2)),
                    duet_test::contains("duet::log_determinant") && duet_test::contains("not positive definite"));
  CHECK_THROWS_AS(duet::determinant(MatrixXd(2, 3)), std::invalid_argument);
}
