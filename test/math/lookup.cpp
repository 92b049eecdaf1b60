// Every public function is found by argument-dependent lookup on an active scalar and has std's value there, also beside
// `using namespace std`, on scalars that nest and on float.

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <list>
#include <vector>

namespace {

template <class S>
void call_all(S x, S y, S z) {
  auto const same = [](S const&) {};
  // Unqualified, on scalars, on expressions and mixed with plain numbers.
  same(exp(x)), same(exp2(x)), same(expm1(x)), same(log(x)), same(log2(x)), same(log10(x)), same(log1p(x));
  same(sqrt(x)), same(cbrt(x)), same(square(x)), same(pow(x, y)), same(pow(x, 2)), same(pow(x, 2.5)), same(pow(2, x));
  same(pow(x * y, y)), same(pow(x * y, x + y)), same(hypot(x, y)), same(hypot(x, 1)), same(hypot(x, y, z)), same(hypot(1.0, y, z));
  same(sin(x)), same(cos(x)), same(tan(x)), same(asin(x)), same(acos(x)), same(atan(x)), same(atan2(x, y)), same(atan2(x, 1));
  same(sinh(x)), same(cosh(x)), same(tanh(x)), same(asinh(x)), same(acosh(1 + x)), same(atanh(x));
  same(erf(x)), same(erfc(x)), same(tgamma(x)), same(lgamma(x)), same(digamma(x)), same(polygamma(2, x));
  same(sigmoid(x)), same(softplus(x)), same(relu(x)), same(log_sum_exp(x, y)), same(log_sum_exp(x, y, z));
  same(log_sum_exp(x, 1.0)), same(xlogx(x)), same(xlogy(x, y)), same(xlogy(2, y)), same(sign(x));
  same(abs(x)), same(fabs(x)), same(abs(x * y)), same(fmin(x, y)), same(fmax(x, 0.5)), same(min(x, y)), same(max(x, 0.5));
  same(min(x * y, y)), same(max(x * y, y * x)), same(fdim(x, y)), same(copysign(x, y)), same(copysign(x, -1.0));
  same(fma(x, y, z)), same(fma(x, 2.0, z)), same(lerp(x, y, z)), same(lerp(x, y, 0.5)), same(clamp(x, y, z)), same(clamp(x, 0.0, 1.0));
  same(floor(x)), same(ceil(x)), same(trunc(x)), same(round(x)), same(nearbyint(x)), same(rint(x));
  same(fmod(x, y)), same(remainder(x, y)), same(ldexp(x, 3)), same(scalbn(x, 3)), same(scalbln(x, 3L));
  int n = 0;
  S integral;
  same(modf(x, &integral)), same(frexp(x, &n)), same(remquo(x, y, &n));
  CHECK(isfinite(x));
  CHECK_FALSE(isinf(x));
  CHECK_FALSE(isnan(x * y));
  CHECK(isnormal(x));
  CHECK_FALSE(signbit(x));
  CHECK(fpclassify(x) == FP_NORMAL);
  CHECK(lround(x) + llround(x) + lrint(x) + llrint(x) == 2 + 2 * std::lrint(static_cast<double>(duet::value(x))));
  CHECK(ilogb(x) == -1);
  CHECK(logb(x) == -1);
  same(norm(std::vector<S>{x, y})), same(norm(std::array<S, 3>{x, y, z})), same(duet::norm(std::list<S>{x, y}));
  same(log_sum_exp(std::vector<S>{x, y}));
}

// The same text for double, where the names are those of std, and for active scalars.
template <class X>
std::vector<X> results(X x, X y, X z) {
  using namespace std;
  using namespace duet;
  int n = 0;
  X integral;
  vector<X> list{
      exp(x), exp2(x), expm1(x), log(x), log2(x), log10(x), log1p(x), sqrt(x), cbrt(x), pow(x, y), pow(x, 2), pow(x, 2.5), pow(2, x),
      hypot(x, y), hypot(x, 1), hypot(x, y, z), sin(x), cos(x), tan(x), asin(x), acos(x), atan(x), atan2(x, y), sinh(x), cosh(x),
      tanh(x), asinh(x), acosh(1 + x), atanh(x), erf(x), erfc(x), tgamma(x), lgamma(x), abs(-x), fabs(-x), fmin(x, y), fmax(x, y),
      min(x, y), max(x, y), min(y, x), max(y, x), fdim(x, y), fdim(y, x), copysign(x, -y), fma(x, y, z), lerp(x, y, z),
      clamp(x, y, z), clamp(y, x, z), clamp(z, x, y), floor(-x), ceil(-x), trunc(-x), round(-x), nearbyint(-x), rint(-x), floor(x),
      ceil(x), trunc(z), round(z), nearbyint(z), fmod(z, x), remainder(z, x), ldexp(x, 3), scalbn(x, -3), scalbln(x, 3L),
      modf(x + 2, &integral), frexp(x * 6, &n), remquo(z, x, &n), digamma(x), polygamma(2, x), sigmoid(x), softplus(x), relu(-x),
      relu(x), log_sum_exp(x, y), log_sum_exp(x, y, z), xlogx(x), xlogy(x, y), sign(-x), sign(x), square(x)};
  list.push_back(integral);
  list.push_back(X(n));
  list.push_back(norm(vector<X>{x, y, z}));
  list.push_back(log_sum_exp(vector<X>{x, y, z}));
  return list;
}

template <class S>
void values_are_those_of_double(double tolerance) {
  auto const expected = results<double>(0.5, 0.75, 0.875);
  auto const got = results<S>(S(0.5), S(0.75), S(0.875));
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO(i);
    CHECK(std::abs(static_cast<double>(duet::value(got[i])) - expected[i]) <= tolerance * std::abs(expected[i]));
  }
}

}  // namespace

TEST_CASE("every function of Duet is found on an active scalar by its plain name") {
  auto const at = [](double v) { return duet::dual<double, 2>::independent(v, 0); };
  call_all(at(0.5), at(0.75), at(0.875));
}

TEST_CASE("every function has std's value, in any nesting and precision, with namespace std visible") {
  values_are_those_of_double<duet::dual<double>>(0);
  values_are_those_of_double<duet::dual<duet::dual<double>>>(0);
  values_are_those_of_double<duet::dual<float>>(2e-6);
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
