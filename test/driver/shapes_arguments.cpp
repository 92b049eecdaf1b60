// First derivatives of functions of several arguments.

#include <catch.hpp>

#include "shapes.hpp"

using namespace shapes;

TEST_CASE("arguments: a gradient is a tuple of the active ones", "[arguments]") {
  Eigen::MatrixXd const A = a_matrix();
  Eigen::VectorXd const y = a_vector();
  auto const x = duet::args(A, y, duet::constant(3.0), 0.25);
  auto const in = [&](auto mode) {
    auto const [value, gradient] = duet::value_and_gradient(mode, scaled_form, x);
    static_assert(std::is_same_v<decltype(gradient), std::tuple<Eigen::MatrixXd, Eigen::VectorXd, double> const>);
    CHECK(value == Approx(3 * y.dot(A * y) + 0.25));
    auto const& [gA, gy, gc] = gradient;
    CHECK(gA.isApprox(3 * y * y.transpose()));
    CHECK(gy.isApprox(3 * (A + A.transpose()) * y));
    CHECK(gc == 1);
  };
  in(duet::forward);
  in(duet::reverse);
}

TEST_CASE("arguments: Jacobian, directions and weights", "[arguments]") {
  auto const f = [](auto const& A, std::string const& name, auto const& y) {
    return (A * y * static_cast<double>(name.size())).eval();
  };
  Eigen::Matrix2d A;
  A << 1, 2, 3, 4;
  Eigen::Vector2d const y(5, -6);
  auto const x = duet::args(A, duet::constant(std::string("abc")), y);
  auto const J = duet::jacobian(f, x);
  static_assert(decltype(J)::ColsAtCompileTime == 6);
  Eigen::Matrix<double, 2, 6> expected;
  expected << 15, 0, -18, 0, 3, 6, 0, 15, 0, -18, 9, 12;
  CHECK(J == expected);
  CHECK(duet::jacobian(duet::reverse, f, x) == expected);

  Eigen::Matrix2d V;
  V << 1, 0, -1, 2;
  Eigen::Vector2d const v(3, 4);
  Eigen::Vector2d const along = 3 * (V * y + A * v);
  CHECK(duet::jvp(f, x, duet::args(V, duet::constant(0), v)) == along);
  CHECK(duet::jvp(duet::reverse, f, x, std::tuple(V, v)) == along);
  using by_rows = Eigen::Matrix<double, 2, 2, Eigen::RowMajor>;
  CHECK(duet::jvp(f, x, std::tuple(by_rows(V), v)) == along);
  CHECK(duet::jvp(f, x, Eigen::Matrix<double, 6, 1>(1, -1, 0, 2, 3, 4)) == along);

  auto const [wA, wy] = duet::vjp(f, x, Eigen::Vector2d(1, -1));
  CHECK(wA == 3 * Eigen::Vector2d(1, -1) * y.transpose());
  CHECK(wy == 3 * A.transpose() * Eigen::Vector2d(1, -1));
  CHECK(duet::vjp(duet::reverse, f, x, Eigen::Vector2d(1, -1)) == std::tuple(wA, wy));
}

TEST_CASE("arguments: sizes that do not fit are refused by name", "[arguments]") {
  Eigen::MatrixXd const A = a_matrix();
  Eigen::VectorXd const y = a_vector();
  auto const f = [](auto const& M, auto const& v) { return (M * v).eval(); };
  CHECK_THROWS_WITH(duet::jvp(f, duet::args(A, y), std::tuple(A, Eigen::VectorXd(3))),
                    Catch::Contains("the direction v, argument 1 has 3 entries, expected 2"));
  CHECK_THROWS_WITH(duet::jvp(f, duet::args(A, y), Eigen::VectorXd(5)),
                    Catch::Contains("the direction v has 5 entries, expected 6"));
}

TEST_CASE("arguments: derivatives inside of one another", "[arguments]") {
  // h(s) = d/dt (s t^2 + t) at t = s: 2 s^2 + 1, whose derivative is 4 s
  auto const h = [](auto const& s) {
    auto const inner = [](auto const& a, auto const& t) { return a * t * t + t; };
    return std::get<0>(duet::gradient(inner, duet::args(duet::constant(s), s)));
  };
  CHECK(duet::derivative(h, 3.0) == Approx(12));
  CHECK(duet::derivative(duet::reverse, h, 3.0) == Approx(12));
}
