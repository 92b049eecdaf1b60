#include "catch.hpp"

#include <duet/driver/hvp.hpp>
#include <duet/driver/second_directional.hpp>
#include <duet/math/math.hpp>

#include "oracle.hpp"

namespace {

using duet_test::near;
using Eigen::MatrixXd, Eigen::VectorXd;

// 100 (x1 - x0^2)^2 + (1 - x0)^2 summed over neighbours.
constexpr auto rosenbrock = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S sum(0);
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(x.size()); ++i) {
    auto const j = static_cast<decltype(x.size())>(i);
    S const valley = x[j + 1] - x[j] * x[j], wall = 1 - x[j];
    sum += 100 * valley * valley + wall * wall;
  }
  return sum;
};
MatrixXd hessian_of_rosenbrock(VectorXd const& x) {
  MatrixXd H = MatrixXd::Zero(x.size(), x.size());
  for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
    H(i, i) += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
    H(i + 1, i + 1) += 200;
    H(i, i + 1) = H(i + 1, i) = -400 * x[i];
  }
  return H;
}
VectorXd point_of(Eigen::Index n) {
  VectorXd x(n);
  for (Eigen::Index i = 0; i < n; ++i) x[i] = 0.3 + 0.07 * static_cast<double>(i * i % 11);
  return x;
}

}  // namespace

TEST_CASE("the Hessian of Rosenbrock's function at its start and at its minimum") {
  Eigen::Vector2d const start(-1.2, 1), minimum(1, 1);
  Eigen::Matrix2d at_start, at_minimum;
  at_start << 1330, 480, 480, 200;
  at_minimum << 802, -400, -400, 200;
  CHECK(near(duet::hessian(rosenbrock, start), at_start));
  CHECK(near(duet::hessian(duet::reverse, rosenbrock, minimum), at_minimum));
  STATIC_REQUIRE(std::is_same_v<decltype(duet::hessian(rosenbrock, start)), Eigen::Matrix2d>);
}

TEST_CASE("Hessians of any size are those of the formula, forward and reverse, with value and gradient") {
  for (Eigen::Index const n : {1, 2, 4, 5, 8, 9, 16, 17, 24, 33}) {
    VectorXd const x = point_of(n);
    auto const [value, gradient] = duet::value_and_gradient(rosenbrock, x);
    auto const check = [&](auto mode) {
      auto const all = duet::value_gradient_hessian(mode, rosenbrock, x);
      CHECK(all.value == value);
      CHECK(near(all.gradient, gradient));
      CHECK(near(all.hessian, hessian_of_rosenbrock(x)));
      CHECK(all.hessian == all.hessian.transpose());
    };
    check(duet::forward);
    check(duet::reverse);
    check(duet::automatic);
  }
}

TEST_CASE("Hessians at points of other shapes, of no inputs and of constants") {
  CHECK(near(duet::hessian(rosenbrock, std::vector<double>{-1.2, 1}), hessian_of_rosenbrock(Eigen::Vector2d(-1.2, 1))));
  CHECK(
      near(duet::hessian(rosenbrock, std::array<double, 2>{-1.2, 1}), hessian_of_rosenbrock(Eigen::Vector2d(-1.2, 1))));
  CHECK(duet::hessian([](auto const& t) { return t * t * t; }, 2.0)(0, 0) == 12);
  CHECK(duet::hessian(rosenbrock, VectorXd(0)).size() == 0);
  CHECK(duet::hessian(duet::reverse, rosenbrock, VectorXd(0)).size() == 0);
  CHECK(duet::hessian([](auto const&) { return 4.0; }, Eigen::Vector3d(1, 2, 3)).isZero());
  CHECK(duet::hessian(duet::reverse, [](auto const&) { return 4.0; }, Eigen::Vector3d(1, 2, 3)).isZero());
}

TEST_CASE("Hessian times vector without the Hessian, and u^T H v") {
  for (Eigen::Index const n : {1, 2, 7, 20}) {
    VectorXd const x = point_of(n), v = point_of(n).reverse(), u = VectorXd::LinSpaced(n, -1, 2);
    MatrixXd const H = hessian_of_rosenbrock(x);
    CHECK(near(duet::hvp(rosenbrock, x, v), H * v));
    CHECK(near(duet::hvp(duet::forward, rosenbrock, x, v), H * v));
    CHECK(near(duet::hvp(duet::reverse, rosenbrock, x, v), H * v));
    auto const all = duet::value_and_hvp(duet::reverse, rosenbrock, x, v);
    CHECK(all.value == rosenbrock(x));
    CHECK(near(all.gradient, duet::gradient(rosenbrock, x)));
    auto const along = duet::value_and_second_directional(rosenbrock, x, u, v);
    CHECK(along.second == Approx(u.dot(H * v)));
    CHECK(along.first_u == Approx(all.gradient.dot(u)));
    CHECK(along.first_v == Approx(all.gradient.dot(v)));
    CHECK(along.value == rosenbrock(x));
  }
  CHECK_THROWS_WITH(duet::hvp(rosenbrock, Eigen::Vector2d(1, 2), Eigen::Vector3d(1, 2, 3)),
                    duet_test::contains("the direction v has 3 entries, expected 2"));
  CHECK_THROWS_AS(duet::second_directional(rosenbrock, Eigen::Vector2d(1, 2), VectorXd(1), VectorXd(2)),
                  std::invalid_argument);
}
