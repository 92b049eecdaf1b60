// Every public function is found by argument-dependent lookup on an active scalar, as it is for double with
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
  using std::abs, std::fabs, std::max, std::min, std::fmax, std::fmin, std::clamp;
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

template <class S>
void call_all_in_namespace_std(S x, S y) {
  using namespace std;
  auto const same = [](S const&) {};
  same(exp(x)), same(pow(x, 2)), same(pow(2.0, x)), same(hypot(x, y)), same(hypot(x, y, x)), same(abs(x)), same(max(x, y)), same(min(x, y)), same(clamp(x, y, x));
  same(lerp(x, y, x)), same(fma(x, y, x)), same(fmod(x, y)), same(atan2(x, y)), same(fmax(x, y)), same(norm(vector<S>{x, y}));
  same(max(x * y, y * x)), same(round(x)), same(copysign(x, y));
  CHECK(isfinite(x));
}

}  // namespace

TEST_CASE("every function of Duet is found on an active scalar by its plain name") {
  using duet::dual;
  auto const at = [](double v) { return dual<double, 2>::independent(v, 0); };
  call_all(at(0.5), at(0.75), at(0.875));
  call_all_in_namespace_std(at(0.5), at(0.75));
}

TEST_CASE("every function of Duet takes float") {
  using duet::dual;
  auto const at = [](float v) { return dual<float>::independent(v, 0); };
  call_all(at(0.5F), at(0.75F), at(0.875F));
}

TEST_CASE("every function of Duet takes nested scalars") {
  using inner = duet::dual<double>;
  auto const at = [](double v) { return duet::dual<inner>::independent(inner::independent(v, 0), 0); };
  call_all(at(0.5), at(0.75), at(0.875));
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
