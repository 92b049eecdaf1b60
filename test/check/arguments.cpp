// check_derivatives at several arguments.

#include <catch.hpp>
#include <duet/check.hpp>

#include "../driver/shapes.hpp"

using namespace shapes;

TEST_CASE("arguments: check_derivatives finds a wrong one among several", "[arguments]") {
  Eigen::VectorXd const y = a_vector();
  auto const right = [](auto const& x, auto const& v, double k) { return (v * x * k).eval(); };
  CHECK(duet::check_derivatives(right, duet::args(0.5, y, duet::constant(2.0))).passed);
  auto const wrong = [](auto const& x, auto const& v, double k) {
    using S = std::decay_t<decltype(x)>;
    return S(x * v[0] * k + v[1] * duet::value(v[1]));
  };
  auto const result = duet::check_derivatives(wrong, duet::args(0.5, y, duet::constant(2.0)));
  CHECK(!result.passed);
  REQUIRE(!result.findings.empty());
  CHECK(result.findings.front().input == 2u);
}
