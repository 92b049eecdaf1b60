// Every public function is found by argument-dependent lookup on an active scalar and has std's value there, also
// beside `using namespace std`, on scalars that nest and on float.

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <list>
#include <vector>

namespace lookup {

// Unqualified and without using-directives: on scalars, on expressions, and mixed with plain numbers. Never evaluated.
using S = duet::dual<double>;
extern S x, y, z;
using found = boost::mp11::mp_list<
    decltype(exp(x)), decltype(exp2(x)), decltype(expm1(x)), decltype(log(x)), decltype(log2(x)), decltype(log10(x)),
    decltype(log1p(x)), decltype(xlogx(x)), decltype(xlogy(x, y)), decltype(xlogy(2, y)), decltype(xlogy(x, 0.5)),
    decltype(log_sum_exp(x, y)), decltype(log_sum_exp(x, 1)), decltype(log_sum_exp(x, y, z)),
    decltype(log_sum_exp(x, 1.0, z)), decltype(log_sum_exp(std::vector<S>{x, y})), decltype(square(x)),
    decltype(sqrt(x * y)), decltype(cbrt(x)), decltype(pow(x, y)), decltype(pow(x, 2)), decltype(pow(2, x)),
    decltype(pow(x * y, x + y)), decltype(hypot(x, 1)), decltype(hypot(1.0, y, z)),
    decltype(norm(std::vector<S>{x, y})), decltype(norm(std::array<S, 2>{x, y})), decltype(norm(std::list<S>{x, y})),
    decltype(sin(x)), decltype(cos(x)), decltype(tan(x)), decltype(asin(x)), decltype(acos(x)), decltype(atan(x)),
    decltype(atan2(x, 1)), decltype(sinh(x)), decltype(cosh(x)), decltype(tanh(x)), decltype(asinh(x)),
    decltype(acosh(1 + x)), decltype(atanh(x)), decltype(erf(x)), decltype(erfc(x)), decltype(tgamma(x)),
    decltype(lgamma(x)), decltype(digamma(x)), decltype(polygamma(2, x)), decltype(sigmoid(x)), decltype(softplus(x)),
    decltype(relu(x)), decltype(sign(x)), decltype(abs(x * y)), decltype(fabs(x)), decltype(fmin(x, y)),
    decltype(fmax(x, 0.5)), decltype(min(x * y, y)), decltype(max(x, 0.5)), decltype(max(x * y, x + y)),
    decltype(fdim(x, y)), decltype(copysign(x, -1.0)), decltype(fma(x, 2.0, z)), decltype(lerp(x, y, 0.5)),
    decltype(clamp(x, 0.0, 1.0)), decltype(clamp(x, y, z)), decltype(floor(x)), decltype(ceil(x)), decltype(trunc(x)),
    decltype(round(x)), decltype(nearbyint(x)), decltype(rint(x)), decltype(fmod(x, y)), decltype(remainder(x, 2)),
    decltype(ldexp(x, 3)), decltype(scalbn(x, 3)), decltype(scalbln(x, 3L))>;
template <class R>
using evaluates = std::is_convertible<R, S>;

}  // namespace lookup

namespace {

// Each call is a function of its own: one with all of them would take minutes to compile under the sanitizers.
#define OF(...) [](X x, X y, X z) -> X { return (void)x, (void)y, (void)z, X(__VA_ARGS__); }

template <class X>
using call = X (*)(X, X, X);

// The same text for double, where the names are those of std, and for active scalars: rules with branches or several
// operands, and the others.
template <class X>
std::vector<call<X>> branching_calls() {
  using namespace std;
  using namespace duet;
  return {OF(expm1(x)),
          OF(log(x)),
          OF(pow(x, y)),
          OF(pow(x, 2)),
          OF(pow(x, 2.5)),
          OF(pow(2, x)),
          OF(hypot(x, y)),
          OF(hypot(x, 1)),
          OF(hypot(x, y, z)),
          OF(atan(x)),
          OF(atan2(x, y)),
          OF(tanh(x)),
          OF(asinh(x)),
          OF(atanh(x)),
          OF(erf(x)),
          OF(tgamma(x)),
          OF(lgamma(x)),
          OF(abs(-x)),
          OF(max(x * y, y * x)),
          OF(copysign(x, -y)),
          OF(fma(x, y, z)),
          OF(clamp(y, x, z)),
          OF(floor(-x)),
          OF(fmod(z, x)),
          OF(ldexp(x, 3)),
          OF(polygamma(2, x)),
          OF(sigmoid(x)),
          OF(softplus(x)),
          OF(relu(x)),
          OF(log_sum_exp(x, y)),
          OF(log_sum_exp(x, y, z)),
          OF(xlogx(x)),
          OF(xlogy(x, y)),
          OF(norm(vector<X>{x, y, z})),
          OF(log_sum_exp(vector<X>{x, y, z}))};
}
template <class X>
std::vector<call<X>> other_calls() {
  using namespace std;
  using namespace duet;
  return {
      OF(exp(x)),     OF(exp2(x)),       OF(log2(x)),         OF(log10(x)),       OF(log1p(x)),       OF(sqrt(x)),
      OF(cbrt(x)),    OF(sin(x)),        OF(cos(x)),          OF(tan(x)),         OF(asin(x)),        OF(acos(x)),
      OF(sinh(x)),    OF(cosh(x)),       OF(acosh(1 + x)),    OF(erfc(x)),        OF(fabs(-x)),       OF(fmin(x, y)),
      OF(fmax(x, y)), OF(min(x, y)),     OF(max(x, y)),       OF(min(y, x)),      OF(max(y, x)),      OF(fdim(x, y)),
      OF(fdim(y, x)), OF(lerp(x, y, z)), OF(clamp(x, y, z)),  OF(clamp(z, x, y)), OF(ceil(-x)),       OF(trunc(-x)),
      OF(round(-x)),  OF(nearbyint(-x)), OF(rint(-x)),        OF(floor(x)),       OF(ceil(x)),        OF(trunc(z)),
      OF(round(z)),   OF(nearbyint(z)),  OF(remainder(z, x)), OF(scalbn(x, -3)),  OF(scalbln(x, 3L)), OF(digamma(x)),
      OF(relu(-x)),   OF(sign(-x)),      OF(sign(x)),         OF(square(x))};
}

template <class S>
void compare(std::vector<call<S>> const& calls, std::vector<call<double>> const& expected, double tolerance) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    INFO(i);
    double const y = expected[i](0.5, 0.75, 0.875);
    CHECK(std::abs(static_cast<double>(duet::value(calls[i](S(0.5), S(0.75), S(0.875)))) - y) <=
          tolerance * std::abs(y));
  }
}

}  // namespace

TEST_CASE("every function of Duet is found on an active scalar by its plain name") {
  STATIC_REQUIRE(boost::mp11::mp_all_of<lookup::found, lookup::evaluates>::value);
}

TEST_CASE("every function has std's value, in any nesting and precision, with namespace std visible") {
  using scalar = duet::dual<double>;
  compare(branching_calls<scalar>(), branching_calls<double>(), 0);
  compare(other_calls<scalar>(), other_calls<double>(), 0);
  using nested = duet::dual<duet::dual<double>>;
  compare(branching_calls<nested>(), branching_calls<double>(), 0);
  using narrow = duet::dual<float>;
  compare(branching_calls<narrow>(), branching_calls<double>(), 2e-6);
}

TEST_CASE("a number is classified and taken apart by its value, and its parts move with it") {
  auto const x = duet::dual<double>::independent(6.5, 0);
  CHECK(isfinite(x * x));
  CHECK_FALSE(isinf(x));
  CHECK_FALSE(isnan(x));
  CHECK(isnormal(x));
  CHECK(signbit(-x));
  CHECK(fpclassify(x) == FP_NORMAL);
  CHECK(lround(x) == 7);
  CHECK(llround(x) == 7);
  CHECK(lrint(x) == 6);
  CHECK(llrint(x) == 6);
  CHECK(ilogb(x) == 2);
  CHECK(logb(x) == 2);
  duet::dual<double> integral;
  duet::dual<double> const fraction = modf(x, &integral);
  CHECK(integral.value() == 6);
  CHECK(integral.partial(0) == 0);
  CHECK(fraction.value() == 0.5);
  CHECK(fraction.partial(0) == 1);
  int exponent = 0;
  duet::dual<double> const mantissa = frexp(x, &exponent);
  CHECK(exponent == 3);
  CHECK(mantissa.value() == 6.5 / 8);
  CHECK(mantissa.partial(0) == 1.0 / 8);
  int quotient = 0;
  duet::dual<double> const rest = remquo(x, 4, &quotient);
  CHECK(quotient == 2);
  CHECK(rest.value() == -1.5);
  CHECK(rest.partial(0) == 1);
}

TEST_CASE("functions that std does not have take plain numbers too") {
  CHECK(duet::square(3) == 9.0);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::square(3)), double>);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::square(3.0F)), float>);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::xlogy(1, 2.0F)), double>);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::digamma(1.0F)), float>);
  STATIC_REQUIRE(std::is_same_v<decltype(duet::norm(std::vector<float>{})), float>);
  CHECK(duet::sigmoid(0) == 0.5);
  CHECK(duet::softplus(0.0) == std::log(2.0));
  CHECK(duet::relu(-1) == 0);
  CHECK(duet::sign(-2.5) == -1);
  CHECK(duet::xlogx(0) == 0);
  CHECK(duet::xlogy(0, 0) == 0);
  CHECK(duet::log_sum_exp(0.0, 0.0) == std::log(2.0));
  CHECK(duet::log_sum_exp(0.0, 0.0, 0.0) == Approx(std::log(3.0)).epsilon(1e-15));
  CHECK(duet::digamma(1) == Approx(-0.57721566490153286).epsilon(1e-15));
  CHECK(duet::polygamma(1, 1) == Approx(1.6449340668482264).epsilon(1e-15));
  int const legs[] = {3, 4};
  CHECK(duet::norm(legs) == 5);
}
