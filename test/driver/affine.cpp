#include "catch.hpp"

#include <duet/driver/affine.hpp>
#include <duet/driver/derivative.hpp>
#include <duet/math/math.hpp>

#include "affine_oracle.hpp"

namespace {

using duet_test::check_mode, duet_test::cyclic, duet_test::derivatives_of_cyclic_at, duet_test::expected,
    duet_test::near_to, duet_test::random_matrix, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("derivatives of f(A x + b) in x, with sizes that are static, dynamic or half of both") {
  MatrixXd const A = random_matrix(3, 5, 1);
  VectorXd const b = random_vector(3, 2), x = random_vector(5, 3);
  expected const e = derivatives_of_cyclic_at(A, b, x);
  check_mode(duet::automatic, duet::affine(A, b), x, e);
  check_mode(duet::forward, duet::affine(A, b), x, e);
  check_mode(duet::reverse, duet::affine(A, b), x, e);
  Eigen::Matrix<double, 3, 5> const fixed = A;
  Eigen::Vector3d const fixed_b = b;
  Eigen::Vector<double, 5> const fixed_x = x;
  check_mode(duet::automatic, duet::affine(fixed, fixed_b), fixed_x, e);
  STATIC_REQUIRE(
      std::is_same_v<decltype(duet::hessian(cyclic, duet::affine(fixed, b), x)), Eigen::Matrix<double, 5, 5>>);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::hessian(cyclic, duet::affine(A, fixed_b), x)), MatrixXd>);
  CHECK(near_to(duet::hessian(cyclic, duet::affine(fixed, b), x), e.hessian));
  CHECK(near_to(duet::hessian(duet::forward, cyclic, duet::affine(A, fixed_b), std::vector<double>(x.begin(), x.end())),
                e.hessian));
}

TEST_CASE("Jacobians, Gauss-Newton and products with the Hessian through a map") {
  MatrixXd const A = random_matrix(3, 4, 8);
  Eigen::Vector3d const b = random_vector(3, 9);
  VectorXd const x = random_vector(4, 10), v = random_vector(4, 11), y = A * x + b;
  auto const residuals = [](auto const& z) {
    using S = std::decay_t<decltype(z[0])>;
    return Eigen::Vector<S, 2>(z[0] * z[1], z[2] * z[2]);
  };
  MatrixXd inner(2, 3);
  inner << y[1], y[0], 0, 0, 0, 2 * y[2];
  MatrixXd const J = inner * A;
  Eigen::Vector2d const r(y[0] * y[1], y[2] * y[2]);
  auto const map = duet::affine(A, b);
  auto const jacobian = duet::value_and_jacobian(residuals, map, x);
  CHECK(near_to(jacobian.value, r));
  CHECK(near_to(jacobian.jacobian, J));
  CHECK(near_to(duet::jacobian(duet::reverse, residuals, map, x), J));
  auto const normal = duet::gauss_newton(residuals, map, x);
  CHECK(normal.cost == Approx(r.squaredNorm() / 2));
  CHECK(near_to(normal.residual, r));
  CHECK(near_to(normal.gradient, J.transpose() * r));
  CHECK(near_to(normal.hessian, J.transpose() * J));

  expected const e = derivatives_of_cyclic_at(A, b, x);
  auto const check_products = [&](auto mode) {
    auto const along = duet::value_and_hvp(mode, cyclic, map, x, v);
    CHECK(along.value == Approx(e.value));
    CHECK(near_to(along.gradient, e.gradient));
    CHECK(near_to(along.product, e.hessian * v));
    MatrixXd const V = random_matrix(4, 11, 12);
    CHECK(near_to(duet::hvp(mode, cyclic, map, x, V), e.hessian * V));
    CHECK(duet::hvp(mode, cyclic, map, x, MatrixXd(4, 0)).cols() == 0);
  };
  check_products(duet::forward);
  check_products(duet::reverse);
}

TEST_CASE("a map that moves carries the derivatives of what moves it") {
  // d/dt of the gradient of (t x)^2 / 2 at x = 3: 2 t x
  auto const slope = [](auto const& t) {
    using S = std::decay_t<decltype(t)>;
    Eigen::Matrix<S, 1, 1> A;
    A << t;
    return duet::gradient([](auto const& y) { return y[0] * y[0] / 2; }, duet::affine(A), 3.0);
  };
  CHECK(duet::derivative(slope, 5.0) == 30);
  CHECK(duet::derivative(duet::reverse, slope, 5.0) == 30);
}
