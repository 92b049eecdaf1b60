// check_derivatives on a function whose derivatives are the caller's.

#include <catch.hpp>
#include <duet/check.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

namespace {

using Eigen::VectorXd;

// y_i = x_i^2 x_0.
auto const in_forward = [](auto const& x, auto const&, auto const& dx) {
  using V = std::decay_t<decltype(x)>;
  V dy = x;
  for (Eigen::Index i = 0; i < x.size(); ++i) dy[i] = 2 * x[i] * dx[i] * x[0] + x[i] * x[i] * dx[0];
  return dy;
};
auto const in_reverse = [](auto const& x, auto const&, auto const& ybar) {
  using V = std::decay_t<decltype(x)>;
  V xbar = x;
  xbar[0] = 0.0;
  for (Eigen::Index i = 1; i < x.size(); ++i) xbar[i] = 2 * x[i] * ybar[i] * x[0];
  xbar[0] = 2 * x[0] * ybar[0] * x[0];
  for (Eigen::Index i = 0; i < x.size(); ++i) xbar[0] += x[i] * x[i] * ybar[i];
  return xbar;
};
VectorXd const point = (VectorXd(3) << 0.7, -0.4, 1.3).finished();

TEST_CASE("with_pullback is checked by check_derivatives", "[with_pullback]") {
  auto const value = [](VectorXd const& x) { return VectorXd(x.array().square() * x[0]); };
  REQUIRE(duet::check_derivatives(duet::with_pullback(value, in_reverse, in_forward), point).passed);
  auto const wrong = [](auto const& x, auto const& y, auto const& ybar) {
    auto xbar = in_reverse(x, y, ybar);
    xbar[1] *= 1.001;
    return xbar;
  };
  auto const found = duet::check_derivatives<1>(duet::with_pullback(value, wrong, in_forward), point);
  REQUIRE_FALSE(found.passed);
  REQUIRE_FALSE(duet::check_derivatives<1>(duet::with_pullback(value, wrong, duet::by_pullback), point).passed);
}

}  // namespace
