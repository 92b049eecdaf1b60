// Derivatives at awkward points: what each rule states there, and what a dual makes of it where a zero meets an
// infinite slope. The value is always that of double.

#include <catch2/catch.hpp>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <vector>

namespace {

namespace rules = duet::rules;
constexpr double inf = duet::infinity;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

template <class R>
double slope(R, double x) {
  return duet::number<double>(R::first(x, R::value(x)));
}
// Both partials of a rule at (a, b).
template <class R>
bool slopes_are(R, double a, double b, double da, double db) {
  auto const d = R::first(a, b, R::value(a, b));
  return same(duet::number<double>(get<0>(d)), da) && same(duet::number<double>(get<1>(d)), db);
}
template <class R>
bool slopes_are(R, double a, double b, double c, double da, double db, double dc) {
  auto const d = R::first(a, b, c, R::value(a, b, c));
  return same(duet::number<double>(get<0>(d)), da) && same(duet::number<double>(get<1>(d)), db) &&
         same(duet::number<double>(get<2>(d)), dc);
}

double curvature_at_zero(double exponent) {
  auto const d = rules::pow_fixed_exponent::second(0.0, exponent, std::pow(0.0, exponent));
  return get<0>(d);
}

using dual = duet::dual<double>;

template <class F>
double slope_through_dual(F f, double at) {
  return dual(f(dual::independent(at, 0))).partial(0);
}

}  // namespace

TEST_CASE("kinks have the smallest subgradient") {
  CHECK(slope(rules::abs{}, 0.0) == 0);
  CHECK(slope(rules::abs{}, -0.0) == 0);
  CHECK(slope(rules::relu{}, 0.0) == 0);
  CHECK(slopes_are(rules::hypot{}, 0, 0, 0, 0));
  CHECK(slopes_are(rules::hypot3{}, 0, 0, 0, 0, 0, 0));
  CHECK(slopes_are(rules::fdim{}, 2, 2, 0, 0));
}

TEST_CASE("true infinities are stated, from the right also at a negative zero") {
  for (double zero : {0.0, -0.0}) {
    CHECK(slope(rules::sqrt{}, zero) == inf);
    CHECK(slope(rules::cbrt{}, zero) == inf);
    CHECK(slope(rules::log{}, zero) == inf);
    CHECK(slope(rules::log2{}, zero) == inf);
    CHECK(slope(rules::log10{}, zero) == inf);
    CHECK(slope(rules::xlogx{}, zero) == -inf);
  }
  CHECK(slope(rules::log1p{}, -1) == inf);
  CHECK(slope(rules::asin{}, 1) == inf);
  CHECK(slope(rules::asin{}, -1) == inf);
  CHECK(slope(rules::acos{}, 1) == -inf);
  CHECK(slope(rules::acosh{}, 1) == inf);
  CHECK(slope(rules::atanh{}, 1) == inf);
  CHECK(slope(rules::atanh{}, -1) == inf);
  CHECK(slope(rules::lgamma{}, 0.0) == -inf);
  CHECK(slope(rules::digamma{}, 0.0) == inf);
}

TEST_CASE("outside its domain a rule has no slope") {
  CHECK(std::isnan(slope(rules::sqrt{}, -1)));
  CHECK(std::isnan(slope(rules::log{}, -1)));
  CHECK(std::isnan(slope(rules::log2{}, -1)));
  CHECK(std::isnan(slope(rules::log10{}, -1)));
  CHECK(std::isnan(slope(rules::log1p{}, -2)));
  CHECK(std::isnan(slope(rules::xlogx{}, -1)));
  CHECK(std::isnan(slope(rules::asin{}, 2)));
  CHECK(std::isnan(slope(rules::acos{}, -2)));
  CHECK(std::isnan(slope(rules::acosh{}, 0.5)));
  CHECK(std::isnan(slope(rules::acosh{}, -2)));
  CHECK(std::isnan(slope(rules::atanh{}, 2)));
  CHECK(slopes_are(rules::atan2{}, 0, 0, not_a_number, not_a_number));
  CHECK(slopes_are(rules::xlogy{}, 1, -1, not_a_number, not_a_number));
}

TEST_CASE("powers at zero and on negative bases") {
  CHECK(slopes_are(rules::pow{}, 0, 0, 0, -inf));
  CHECK(slopes_are(rules::pow{}, 0, 1, 1, 0));
  CHECK(slopes_are(rules::pow{}, 0, 2, 0, 0));
  CHECK(slopes_are(rules::pow{}, 0, 0.5, inf, 0));
  CHECK(slopes_are(rules::pow{}, -2, 3, 12, not_a_number));
  CHECK(slopes_are(rules::pow{}, -2, 0.5, not_a_number, not_a_number));
  CHECK(slopes_are(rules::pow{}, not_a_number, 0, 0, not_a_number));
  CHECK(slopes_are(rules::pow_fixed_exponent{}, 0, 0, 0, 0));
  CHECK(slopes_are(rules::pow_fixed_exponent{}, 0, 1, 1, 0));
  CHECK(slopes_are(rules::pow_fixed_exponent{}, 0, 1.5, 0, 0));
  CHECK(slopes_are(rules::pow_fixed_exponent{}, 0, -1, -inf, 0));
  CHECK(slopes_are(rules::pow_fixed_exponent{}, -2, 3, 12, 0));
  CHECK(slopes_are(rules::pow_fixed_base{}, 2, 0, 0, 0));
  CHECK(slopes_are(rules::pow_fixed_base{}, 0, 0, -inf, 0));
  CHECK(slopes_are(rules::pow_fixed_base{}, 2, 1, 0, 0));
  // Second derivatives of c x^(c - 1): a constant, a line and a square stay what they are at 0.
  CHECK(curvature_at_zero(0.0) == 0);
  CHECK(curvature_at_zero(1.0) == 0);
  CHECK(curvature_at_zero(2.0) == 2);
  CHECK(curvature_at_zero(3.0) == 0);
}

TEST_CASE("a tie belongs to the first operand, and NaN to neither in fmin and fmax") {
  CHECK(slopes_are(rules::min{}, 1, 1, 1, 0));
  CHECK(slopes_are(rules::max{}, 1, 1, 1, 0));
  CHECK(slopes_are(rules::fmin{}, 1, 1, 1, 0));
  CHECK(slopes_are(rules::fmax{}, 1, 1, 1, 0));
  CHECK(slopes_are(rules::max{}, 0.0, -0.0, 1, 0));
  CHECK(slopes_are(rules::min{}, 2, 1, 0, 1));
  CHECK(slopes_are(rules::max{}, 1, 2, 0, 1));
  CHECK(slopes_are(rules::fmax{}, not_a_number, 1, 0, 1));
  CHECK(slopes_are(rules::fmax{}, 1, not_a_number, 1, 0));
  CHECK(slopes_are(rules::fmin{}, not_a_number, 1, 0, 1));
  CHECK(slopes_are(rules::fmin{}, 1, not_a_number, 1, 0));
  CHECK(slopes_are(rules::clamp{}, 0, 0, 1, 1, 0, 0));
  CHECK(slopes_are(rules::clamp{}, 1, 0, 1, 1, 0, 0));
  CHECK(slopes_are(rules::clamp{}, -1, 0, 1, 0, 1, 0));
  CHECK(slopes_are(rules::clamp{}, 2, 0, 1, 0, 0, 1));
}

TEST_CASE("signs and remainders") {
  CHECK(slopes_are(rules::copysign{}, 0, 2, 1, 0));
  CHECK(slopes_are(rules::copysign{}, 0, -2, -1, 0));
  CHECK(slopes_are(rules::copysign{}, -3, -0.0, 1, 0));
  CHECK(slopes_are(rules::copysign{}, -3, 2, -1, 0));
  CHECK(slopes_are(rules::fmod{}, 7.5, 2, 1, -3));
  CHECK(slopes_are(rules::fmod{}, -7.5, 2, 1, 3));
  CHECK(slopes_are(rules::remainder{}, 7.5, 2, 1, -4));
  double const just_below_three = std::nextafter(3.0, 0);  // the quotient with 1 / 3 rounds to 9, and is below it
  CHECK(slopes_are(rules::fmod{}, just_below_three, 1.0 / 3, 1,
                   -std::trunc(static_cast<double>(just_below_three / (1.0L / 3)))));
}

TEST_CASE("slopes keep their digits where the obvious formula loses them") {
  CHECK(slope(rules::tanh{}, 20) == Approx(1 / (std::cosh(20.0) * std::cosh(20.0))).epsilon(1e-15));
  CHECK(slope(rules::tanh{}, 400) == 0);
  CHECK(slope(rules::tanh{}, -1e300) == 0);
  CHECK(slope(rules::asinh{}, 1e200) == Approx(1e-200).epsilon(1e-15));
  CHECK(slope(rules::atan{}, 1e200) == 0);
  CHECK(slope(rules::atan{}, inf) == 0);
  CHECK(slope(rules::sigmoid{}, -800) == 0);
  CHECK(slope(rules::sigmoid{}, 800) == 0);
  CHECK(slope(rules::sigmoid{}, 700) == Approx(std::exp(-700.0)).epsilon(1e-15));
  CHECK(slope(rules::softplus{}, 1e300) == 1);
  CHECK(slope(rules::softplus{}, -1e300) == 0);
  CHECK(slope(rules::erf{}, 1e300) == 0);
  CHECK(slopes_are(rules::hypot{}, 5e200, 0, 1, 0));
  CHECK(slopes_are(rules::atan2{}, 0, 1e200, 1e-200, 0));
  CHECK(slopes_are(rules::log_sum_exp{}, inf, 0, 1, 0));
  CHECK(slopes_are(rules::log_sum_exp{}, -inf, -inf, 0.5, 0.5));
  CHECK(slopes_are(rules::log_sum_exp{}, 1e300, -1e300, 1, 0));
  CHECK(rules::log_sum_exp::value(-inf, -inf) == -inf);
}

TEST_CASE("what does not move stays, whatever the slope") {
  CHECK(slope_through_dual([](auto const& x) { return sqrt(x * x); }, 0) == 0);
  CHECK(slope_through_dual([](auto const& x) { return sqrt(x * 0.0); }, 0.5) == 0);
  CHECK(slope_through_dual([](auto const& x) { return hypot(x, x * 0.0); }, 0) == 0);
  CHECK(slope_through_dual([](auto const& x) { return pow(x, dual(2.0)); }, -2) == -4);
  CHECK(slope_through_dual([](auto const& x) { return pow(x, dual(2.0)); }, 0) == 0);
  CHECK(slope_through_dual([](auto const& x) { return pow(dual(0.0), x); }, 2) == 0);
  CHECK(slope_through_dual([](auto const& x) { return acos(dual(1.0) + 0.0 * x); }, 0.3) == 0);
  CHECK(slope_through_dual([](auto const& x) { return 1.0 / (1.0 + exp(-x)); }, -800) == 0);
  CHECK(slope_through_dual([](auto const& x) { return sqrt(-x); }, 0) == -inf);
  CHECK(slope_through_dual([](auto const& x) { return x + log(dual(0.0)); }, 1) == 1);
}

TEST_CASE("the norm is the root of the plain sum of squares, and neither overflows nor vanishes") {
  std::vector<double> const plain{0.1, 0.2, 0.3};
  CHECK(duet::norm(plain) == std::sqrt(0.1 * 0.1 + 0.2 * 0.2 + 0.3 * 0.3));
  for (double size : {1e-320, 1e-200, 1.0, 1e200, 1e308}) {
    std::vector<dual> const x{dual(-0.6 * size), dual::independent(0.8 * size, 0)};
    dual const y = duet::norm(x);
    CHECK(y.value() == Approx(size).epsilon(size < 1e-300 ? 1e-3 : 1e-15));
    CHECK(y.partial(0) == Approx(0.8).epsilon(size < 1e-300 ? 1e-3 : 1e-15));
  }
  std::vector<dual> const origin{dual::independent(0, 0), dual(0.0)};
  dual const y = duet::norm(origin);
  CHECK(y.value() == 0);
  CHECK(y.partial(0) == 0);
  CHECK(duet::norm(std::vector<double>{}) == 0);
  CHECK(duet::norm(std::vector<double>{1, inf}) == inf);
  CHECK(std::isnan(duet::norm(std::vector<double>{1, not_a_number})));
}

TEST_CASE("log_sum_exp of a container keeps its digits, its largest entry included") {
  using two = duet::dual<double, 2>;
  for (double shift : {0.0, 1000.0, -1000.0}) {
    std::vector<two> const x{two::independent(shift, 0), two::independent(shift - 50, 1)};
    two const y = duet::log_sum_exp(x);
    CHECK(y.value() == Approx(shift + std::exp(-50.0)).epsilon(1e-15));
    CHECK(y.partial(0) == Approx(1).epsilon(1e-15));
    CHECK(y.partial(1) == Approx(std::exp(-50.0)).epsilon(1e-15));
  }
  CHECK(duet::log_sum_exp(std::vector<double>{0, -50}) == Approx(std::exp(-50.0)).epsilon(1e-15));
  std::vector<two> const tied{two::independent(3, 0), two::independent(3, 1)};
  CHECK(duet::log_sum_exp(tied).partial(0) == 0.5);
  CHECK(duet::log_sum_exp(tied).partial(1) == 0.5);
  CHECK(duet::log_sum_exp(std::vector<double>{}) == -inf);
  CHECK(duet::log_sum_exp(std::vector<double>{inf, 1}) == inf);
  CHECK(duet::log_sum_exp(std::vector<int>{0, 0}) == std::log(2.0));
}
