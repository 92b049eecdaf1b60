// The matcher in Catch's own assertions: it passes, fails with the report in its text, and takes options.

#include "catch.hpp"

#include <duet/check/catch.hpp>
#include <duet/math/math.hpp>

namespace {

using duet::HasCorrectDerivatives;

constexpr auto right = [](auto const& x) {
  using std::sin;
  return sin(x[0]) * x[1];
};
constexpr auto wrong = [](auto const& x) { return duet::value(x[0]) * x[1]; };
std::array<double, 2> const point{0.4, -1.3};

}  // namespace

TEST_CASE("a function of right derivatives matches") {
  CHECK_THAT(right, HasCorrectDerivatives(point));
  REQUIRE_THAT(right, HasCorrectDerivatives<1>(Eigen::Vector2d(0.4, -1.3)));
  REQUIRE_THAT([](auto const& t) { return t * t; }, HasCorrectDerivatives<1>(0.4));
  duet::check_options options;
  options.directions = 0;
  REQUIRE_THAT(right, HasCorrectDerivatives<1>(point, options));
}

TEST_CASE("a point that is an expression is evaluated") {
  Eigen::Vector2d const x(0.4, -1.3);
  REQUIRE_THAT(right, HasCorrectDerivatives<1>(2 * x));
}

TEST_CASE("what does not match is described by the report") {
  auto const matcher = HasCorrectDerivatives<1>(point);
  CHECK_FALSE(matcher.match(wrong));
  CHECK(matcher.toString() == "has correct derivatives\n" + to_string(duet::check_derivatives<1>(wrong, point)));
  CHECK_THAT(matcher.toString(), duet_test::contains("Jacobian: forward, differences: output 0, input 0: 0 and -1.3"));
}

TEST_CASE("an assertion fails with the matcher", "[!shouldfail]") {
  CHECK_THAT(wrong, HasCorrectDerivatives<1>(point));
}
