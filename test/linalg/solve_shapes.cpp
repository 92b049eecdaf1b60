#include <Eigen/Dense>
#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/linalg/solve.hpp>

using Eigen::MatrixXd, Eigen::VectorXd;

TEST_CASE("solve reads a row-major matrix, an expression and a matrix of right sides alike, and keeps static sizes") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    Eigen::Matrix<S, 3, 3, Eigen::RowMajor> a;
    a << 3 + x[0], x[1], S(1), S(0.5), 4 * x[0], S(-1), x[1] * x[1], S(0.25), S(2);
    Eigen::Matrix<S, 3, 2> b;
    b << x[0], S(1), S(2), x[1], S(-1), S(0);
    auto const y = duet::solve(a, b);
    static_assert(std::is_same_v<std::remove_const_t<decltype(y)>, Eigen::Matrix<S, 3, 2>>);
    Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> const turned = a.transpose();
    return S(y(2, 1) * y(0, 0) + duet::solve(S(2) * turned.transpose(), b.col(1))[1] +
             duet::solve(turned.array().transpose(), b.col(0).eval())[0]);
  };
  // The same by Cramer's rule.
  auto const same = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    auto const det = [](auto const& c) {
      return S(c[0][0] * (c[1][1] * c[2][2] - c[1][2] * c[2][1]) - c[0][1] * (c[1][0] * c[2][2] - c[1][2] * c[2][0]) +
               c[0][2] * (c[1][0] * c[2][1] - c[1][1] * c[2][0]));
    };
    std::array<std::array<S, 3>, 3> const a{
        {{S(3 + x[0]), x[1], S(1)}, {S(0.5), S(4 * x[0]), S(-1)}, {S(x[1] * x[1]), S(0.25), S(2)}}};
    std::array<std::array<S, 3>, 2> const b{{{x[0], S(2), S(-1)}, {S(1), x[1], S(0)}}};
    auto const y = [&](std::size_t i, std::size_t k) {
      auto c = a;
      for (std::size_t r = 0; r < 3; ++r) c[r][i] = b[k][r];
      return S(det(c) / det(a));
    };
    return S(y(2, 1) * y(0, 0) + y(1, 1) / 2 + y(0, 0));
  };
  Eigen::Vector2d const x(0.4, 1.5);
  Eigen::Vector2d const expected = duet::gradient(duet::forward, same, x);
  CHECK(f(x) == Approx(same(x)).epsilon(1e-13));
  CHECK((duet::gradient(duet::reverse, f, x) - expected).norm() < 1e-12 * expected.norm());
  CHECK((duet::gradient(duet::forward, f, x) - expected).norm() < 1e-12 * expected.norm());
}

TEST_CASE("solve takes zero sizes") {
  MatrixXd const none(0, 0);
  CHECK(duet::solve(none, VectorXd(0)).size() == 0);
  CHECK(duet::inverse(none).size() == 0);
  auto const y = duet::solve(MatrixXd::Identity(3, 3), MatrixXd(3, 0));
  CHECK(y.rows() == 3);
  CHECK(y.cols() == 0);
  auto const f = [&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> const a(0, 0);
    return S(duet::solve(a, Eigen::Matrix<S, Eigen::Dynamic, 1>(0)).sum() + x[0]);
  };
  CHECK(duet::gradient(duet::reverse, f, VectorXd::Ones(1))[0] == 1);
}

TEST_CASE("solve says which sizes do not fit and which matrix is singular") {
  MatrixXd const a = MatrixXd::Identity(3, 3);
  CHECK_THROWS_WITH(duet::solve(a, VectorXd(2)),
                    duet_test::contains("duet::solve") && duet_test::contains("3 x 3") && duet_test::contains("2 x 1"));
  CHECK_THROWS_AS(duet::solve(a, VectorXd(2)), std::invalid_argument);
  CHECK_THROWS_AS(duet::solve(MatrixXd(3, 2), VectorXd(3)), std::invalid_argument);
  CHECK_THROWS_WITH(duet::inverse(MatrixXd(3, 2)),
                    duet_test::contains("duet::inverse") && duet_test::contains("3 x 2"));
  MatrixXd const singular = MatrixXd::Ones(3, 3);
  VectorXd const b = VectorXd::Ones(3);
  CHECK_THROWS_WITH(duet::solve(singular, b), duet_test::contains("3 x 3 matrix is singular"));
  CHECK_THROWS_AS(duet::inverse(singular), duet::error);
  CHECK_THROWS_WITH(duet::solve(duet::positive_definite, -a, b), duet_test::contains("not positive definite"));
  MatrixXd lower = a;
  lower(1, 1) = 0;
  CHECK_THROWS_AS(duet::solve(duet::lower_triangular, lower, b), duet::error);
  auto const f = [&](auto const& x) { return duet::solve(x, b).sum(); };
  CHECK_THROWS_AS(duet::gradient(duet::reverse, f, singular), duet::error);
  CHECK_THROWS_AS(duet::gradient(duet::forward, f, singular), duet::error);
}
