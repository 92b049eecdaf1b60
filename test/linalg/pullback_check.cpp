// check_derivatives on a function whose derivatives are the caller's.

#include "squares.hpp"

#include <catch.hpp>
#include <duet/check.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

using linalg_test::in_forward, linalg_test::in_reverse;

namespace {

using Eigen::VectorXd;

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
