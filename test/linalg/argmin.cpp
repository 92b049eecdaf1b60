// argmin against closed forms, and what it refuses.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/argmin.hpp>

namespace {

using Eigen::Vector2d;

// min_y y^2/2 p0 + y^4/4 - p1 y: a cubic, of which y = 1 is the root at p = (1, 2): p0 y + y^3 = p1.
TEST_CASE("argmin of a quartic is the root of a cubic, in every mode", "[argmin]") {
  auto const f = [](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    return S(duet::argmin([](auto const& y, auto const& q) { return y * y / 2 * q[0] + y * y * y * y / 4 - q[1] * y; },
                          0.1, Eigen::Matrix<S, 2, 1>(p)));
  };
  Vector2d const at(1, 2), gradient(-0.25, 0.25);
  REQUIRE(f(at) == Approx(1).epsilon(1e-15));
  REQUIRE((duet::gradient(duet::forward, f, at) - gradient).norm() <= 1e-14);
  REQUIRE((duet::gradient(duet::reverse, f, at) - gradient).norm() <= 1e-14);
  // y'' of p0 y + y^3 = p1 with d = p0 + 3 y^2 = 4: y_00 = 2 y / d^2 - 6 y^3 / d^3, y_01 = 6 y^2 / d^3 - 1 / d^2,
  // y_11 = -6 y / d^3
  Eigen::Matrix2d const hessian =
      (Eigen::Matrix2d() << 2.0 / 16 - 6.0 / 64, 6.0 / 64 - 1.0 / 16, 6.0 / 64 - 1.0 / 16, -6.0 / 64).finished();
  REQUIRE((duet::hessian(duet::reverse, f, at) - hessian).norm() <= 1e-13);
}

// From (-1.2, 1) the Hessian is not positive definite on the way.
TEST_CASE("argmin descends Rosenbrock's valley", "[argmin]") {
  auto const f = [](auto const& y, auto const& a) {
    auto const u = duet::evaluated(y[1] - y[0] * y[0]), v = duet::evaluated(a - y[0]);
    return 100 * u * u + v * v;
  };
  auto const best = duet::argmin(f, Vector2d(-1.2, 1), 1.5);
  REQUIRE((best - Vector2d(1.5, 2.25)).norm() <= 1e-12);
  auto const saddle = [](auto const& y, auto const& p) { return y[0] * y[0] - y[1] * y[1] * p; };
  REQUIRE_THROWS_WITH(duet::argmin(saddle, Vector2d(0, 0), 1.0), duet_test::contains("is not a minimum"));
  REQUIRE_THROWS_WITH(duet::argmin(saddle, Vector2d(0, 1), 1.0), duet_test::contains("duet::argmin: "));
}

}  // namespace
