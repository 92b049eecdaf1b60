// The manners of taylor: known series, nesting, number types, and that it stands where a double stood. The rules one by
// one are in test/forward/series.cpp.

#include "catch.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/eigen/traits.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/taylor.hpp>
#include <numeric>
#include <sstream>
#include <vector>

namespace {

using duet::taylor, duet::dual;
using S = taylor<double, 6>;

template <class T, std::size_t K>
bool near(taylor<T, K> const& x, std::array<double, K + 1> const& expected, double tolerance = 1e-14) {
  for (std::size_t k = 0; k <= K; ++k)
    if (!(std::abs(static_cast<double>(x.coefficient(k)) - expected[k]) <= tolerance * (1 + std::abs(expected[k])))) {
      UNSCOPED_INFO("degree " << k << ": " << x.coefficient(k) << ", not " << expected[k]);
      return false;
    }
  return true;
}

constexpr double factorial(std::size_t k) { return k == 0 ? 1 : static_cast<double>(k) * factorial(k - 1); }

}  // namespace

TEST_CASE("A default series is zero, a number is a constant, an independent variable has slope one") {
  CHECK(near(S(), {}));
  CHECK(near(S(3.5), {3.5}));
  CHECK(near(S::independent(3.5), {3.5, 1}));
  CHECK(S::order() == 6);
  CHECK(taylor<double, 0>::independent(2.0).value() == 2);
  S x = S::independent(1);
  x.set_coefficient(4, -2);
  CHECK(near(x, {1, 1, 0, 0, -2}));
  CHECK(x.derivative(4) == -48);
  x = 7;
  CHECK(near(x, {7}));
}

TEST_CASE("Series of the textbooks") {
  S const t = S::independent(0.0);
  CHECK(near(1 / (1 - t), {1, 1, 1, 1, 1, 1, 1}));
  CHECK(near(exp(t), {1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720}));
  CHECK(near(log(1 + t), {0, 1, -1.0 / 2, 1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6}));
  CHECK(near(log1p(t), {0, 1, -1.0 / 2, 1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6}));
  CHECK(near(sin(t) * exp(t), {0, 1, 1, 1.0 / 3, 0, -1.0 / 30, -1.0 / 90}));
  CHECK(near(tan(t), {0, 1, 0, 1.0 / 3, 0, 2.0 / 15, 0}));
  CHECK(near(tanh(t), {0, 1, 0, -1.0 / 3, 0, 2.0 / 15, 0}));
  CHECK(near(1 / cos(t), {1, 0, 1.0 / 2, 0, 5.0 / 24, 0, 61.0 / 720}));
  CHECK(near(sqrt(1 + t), {1, 1.0 / 2, -1.0 / 8, 1.0 / 16, -5.0 / 128, 7.0 / 256, -21.0 / 1024}));
  CHECK(near(pow(1 + t, -0.5), {1, -1.0 / 2, 3.0 / 8, -5.0 / 16, 35.0 / 128, -63.0 / 256, 231.0 / 1024}));
  CHECK(near(asin(t), {0, 1, 0, 1.0 / 6, 0, 3.0 / 40, 0}));
  CHECK(near(atan(t), {0, 1, 0, -1.0 / 3, 0, 1.0 / 5, 0}));
  CHECK(near(atanh(t), {0, 1, 0, 1.0 / 3, 0, 1.0 / 5, 0}));
  CHECK(near(asinh(t), {0, 1, 0, -1.0 / 6, 0, 3.0 / 40, 0}));
  CHECK(near(sigmoid(t), {0.5, 1.0 / 4, 0, -1.0 / 48, 0, 1.0 / 480, 0}));
  double const c = 2 / std::sqrt(std::acos(-1.0));
  CHECK(near(erf(t), {0, c, 0, -c / 3, 0, c / 10, 0}));
  CHECK(near(exp(t * t) * erf(t), {0, c, 0, c * 2 / 3, 0, c * 4 / 15, 0}));
}

TEST_CASE("The gamma function and its kin at one are Euler's constant and zeta values") {
  S const x = S::independent(1.0);
  double const gamma = 0.57721566490153286061, zeta2 = 1.64493406684822643647, zeta3 = 1.20205690315959428540,
               zeta4 = 1.08232323371113819152, zeta5 = 1.03692775514336992633, zeta6 = 1.01734306198444913971,
               zeta7 = 1.00834927738192282684;
  CHECK(near(digamma(x), {-gamma, zeta2, -zeta3, zeta4, -zeta5, zeta6, -zeta7}));
  CHECK(near(polygamma(1, x),
             {zeta2, -2 * zeta3, 3 * zeta4, -4 * zeta5, 5 * zeta6, -6 * zeta7, 7 * 1.00407735619794433938}));
  CHECK(near(lgamma(x), {0, -gamma, zeta2 / 2, -zeta3 / 3, zeta4 / 4, -zeta5 / 5, zeta6 / 6}));
  // 1 / Gamma(1 + t), Abramowitz and Stegun 6.1.34.
  CHECK(near(1 / tgamma(x),
             {1, 0.5772156649015329, -0.6558780715202538, -0.0420026350340952, 0.1665386113822915, -0.0421977345555443,
              -0.0096219715278770},
             1e-13));
}

TEST_CASE("Series beyond the unrolled degrees are those of the loops") {
  auto const check = []<std::size_t K>(std::integral_constant<std::size_t, K>) {
    using L = taylor<double, K>;
    auto const t = L::independent(0.0);
    L const e = exp(2 * t) / (1 - t), s = sin(t) * cos(t), l = log(1 + t) * sqrt(1 + t) / sqrt(1 + t);
    double partial = 0;
    for (std::size_t k = 0; k <= K; ++k) {
      partial += std::pow(2.0, k) / factorial(k);
      CHECK(e.coefficient(k) == Approx(partial).epsilon(1e-14));
      double const half_sine = k % 2 == 0 ? 0 : std::pow(2.0, k - 1) / factorial(k) * (k % 4 == 1 ? 1 : -1);
      CHECK(s.coefficient(k) == Approx(half_sine).epsilon(1e-13).margin(1e-16));
      CHECK(l.coefficient(k) == Approx(k == 0 ? 0 : (k % 2 == 1 ? 1.0 : -1.0) / static_cast<double>(k)).epsilon(1e-13));
    }
  };
  check(std::integral_constant<std::size_t, 1>{});
  check(std::integral_constant<std::size_t, 2>{});
  check(std::integral_constant<std::size_t, 12>{});
  check(std::integral_constant<std::size_t, 13>{});
  check(std::integral_constant<std::size_t, 40>{});
}

TEST_CASE("A differential equation solved degree by degree has the series of its solution") {
  // y' = f(y): each evaluation of f gives one more coefficient.
  auto const solve = [](double start, auto const& f) {
    S y(start);
    for (std::size_t k = 0; k < S::order(); ++k) {
      S const slope = f(y);
      y.set_coefficient(k + 1, slope.coefficient(k) / static_cast<double>(k + 1));
    }
    return y;
  };
  CHECK(near(solve(1, [](S const& y) { return y * y; }), {1, 1, 1, 1, 1, 1, 1}));                // 1 / (1 - t)
  CHECK(near(solve(0, [](S const& y) { return 1 + y * y; }), {0, 1, 0, 1.0 / 3, 0, 2.0 / 15}));  // tan t
  CHECK(near(solve(0.5, [](S const& y) { return y * (1 - y); }), {0.5, 0.25, 0, -1.0 / 48, 0, 1.0 / 480}));
  CHECK(near(solve(0, [](S const& y) { return exp(-y); }), {0, 1, -0.5, 1.0 / 3, -0.25, 0.2, -1.0 / 6}));  // log(1 + t)
}

TEST_CASE("Every arithmetic type meets a series from either side, and compounds assign") {
  S const t = S::independent(2.0);
  CHECK(near(t + 1, {3, 1}));
  CHECK(near(1 - t, {-1, -1}));
  CHECK(near(std::size_t{3} * t, {6, 3}));
  CHECK(near(t * 0.5f, {1, 0.5}));
  CHECK(near(8.0L / t, {4, -2, 1, -0.5, 0.25, -0.125, 0.0625}));
  CHECK(near(t / 4u, {0.5, 0.25}));
  S z = t * t;
  z += 2;
  z -= t;
  z *= 3.0f;
  z /= std::size_t{2};
  CHECK(near(z, {6, 4.5, 1.5}));
  z += z;
  CHECK(near(z, {12, 9, 3}));
  z -= z;
  CHECK(near(z, {}));
  S x = t;
  x = x * x + x;
  CHECK(near(x, {6, 5, 1}));
  x *= x;
  CHECK(near(x, {36, 60, 37, 10, 1}));
  x /= x;
  CHECK(near(x, {1}));
  x = sin(x) * x - x * x;
  CHECK(near(x, {std::sin(1.0) - 1}));
  auto const kept = [&] {
    S const local = t * t;
    return local * local;
  }();
  CHECK(near(S(kept), {16, 32, 24, 8, 1}));
}

TEST_CASE("Comparisons, limits, algorithms and output look at the value") {
  S const x = S::independent(3.0), y = 2 * x;
  CHECK((x == 3 && x < 4u && x >= 3.0f && y > x && x != y && !(x < x) && x * x > 8));
  CHECK((x <=> 2.0) == std::partial_ordering::greater);
  CHECK((isfinite(x) && !isnan(x * x) && isinf(x / 0.0) && signbit(-x)));
  CHECK(std::numeric_limits<S>::epsilon() == std::numeric_limits<double>::epsilon());
  CHECK(std::max(x, y).coefficient(1) == 2);
  CHECK(std::clamp(y, S(0), x).coefficient(1) == 1);
  std::vector<S> const v{x, y, S(1)};
  CHECK(near(std::accumulate(v.begin(), v.end(), S(0)), {10, 3}));
  CHECK(near(std::inner_product(v.begin(), v.end(), v.begin(), S(0)), {46, 30, 5}));
  CHECK(near(duet::norm(std::vector<S>{x, S(4.0)}), {5, 0.6, 0.064, -0.00768, 0.000512, 0.000036864, -0.00001687552}));
  std::ostringstream out;
  out << S::independent(0.25) << ' ' << x * 2.5;
  CHECK(out.str() == "0.25 7.5");
}

TEST_CASE("Eigen's matrices hold series, mixed with passive ones") {
  S const t = S::independent(2.0);
  Eigen::Matrix<S, 2, 2> A;
  A << t, S(1), S(1), 3 * t;
  CHECK(near(S(A.determinant()), {11, 12, 3}));
  Eigen::Matrix<S, 2, 1> const product = A * Eigen::Vector2d(1, 2);
  CHECK(near(product[1], {13, 6}));
  Eigen::Matrix<S, 2, 1> const x = A.partialPivLu().solve(Eigen::Vector2d(1, 0).cast<S>());
  CHECK(near(S(x[0] * (3 * t * t - 1)), {6, 3}));
}

TEST_CASE("Float, long double and fifty digits have their own precision") {
  auto const check = []<class T>(T const& value, double tolerance) {
    using std::cos, std::exp, std::sin;
    auto const x = taylor<T, 4>::independent(value);
    taylor<T, 4> const y = exp(x) * sin(x) / sqrt(x) * sqrt(x) + atan(x) - atan(x) + pow(x, 3) / x - x * x;
    T const e = exp(value), s = sin(value), c = cos(value);
    std::array<T, 5> const derivatives{e * s, e * (s + c), 2 * e * c, 2 * e * (c - s), -4 * e * s};
    for (std::size_t k = 0; k <= 4; ++k) {
      T const error = y.derivative(k) - derivatives[k];
      CHECK(static_cast<double>(error < 0 ? T(-error) : error) <= tolerance);
    }
  };
  check(0.75f, 3e-5);
  check(0.75L, 3e-17);
  check(boost::multiprecision::cpp_bin_float_50("0.75"), 1e-46);
}

TEST_CASE("A series of series has the mixed derivatives") {
  using inner = taylor<double, 3>;
  using outer = taylor<inner, 3>;
  outer const s = outer::independent(inner(0.5)), t = inner::independent(0.8);
  outer const y = exp(2 * s) * sin(t) + pow(s, 3) / t;
  for (std::size_t i = 0; i <= 3; ++i)
    for (std::size_t j = 0; j <= 3; ++j) {
      double const sines[] = {std::sin(0.8), std::cos(0.8), -std::sin(0.8), -std::cos(0.8)};
      double const powers[] = {0.125, 0.75, 3, 6}, inverses[] = {1, -1, 2, -6};
      double const expected = std::pow(2.0, i) * std::exp(1.0) * sines[j] +
                              powers[i] * inverses[j] / std::pow(0.8, static_cast<double>(j + 1));
      CHECK(y.derivative(i).derivative(j) == Approx(expected).epsilon(1e-13));
    }
}

TEST_CASE("A series of duals has the gradient of each coefficient, a dual of series the series of each partial") {
  using D = dual<double, 2>;
  using T = taylor<D, 3>;
  D const a = D::independent(0.7, 0), b = D::independent(-0.4, 1);
  T const t = T::independent(D(0.3));
  T const y = exp(a * t) * b + atan(b * t) / (1 + a * a);  // numbers of the level below are constants
  double const h = 1e-5;
  auto const at = [](double p, double q) {
    auto const u = taylor<double, 3>::independent(0.3);
    return taylor<double, 3>(exp(p * u) * q + atan(q * u) / (1 + p * p));
  };
  for (std::size_t k = 0; k <= 3; ++k) {
    CHECK(y.coefficient(k).value() == Approx(at(0.7, -0.4).coefficient(k)).epsilon(1e-14));
    CHECK(y.coefficient(k).partial(0) ==
          Approx((at(0.7 + h, -0.4).coefficient(k) - at(0.7 - h, -0.4).coefficient(k)) / (2 * h)).epsilon(1e-7));
    CHECK(y.coefficient(k).partial(1) ==
          Approx((at(0.7, -0.4 + h).coefficient(k) - at(0.7, -0.4 - h).coefficient(k)) / (2 * h)).epsilon(1e-7));
  }
  using U = dual<taylor<double, 3>, 1>;
  U const x = U::independent(taylor<double, 3>::independent(0.3), 0);
  U const z = x * sin(x);
  CHECK(z.partial(0).coefficient(1) == Approx(2 * std::cos(0.3) - 0.3 * std::sin(0.3)));
}

TEST_CASE("An index that does not exist throws and names it and the degree") {
  S x;
  CHECK_THROWS_AS(x.coefficient(7), std::invalid_argument);
  CHECK_THROWS_AS(x.derivative(7), std::invalid_argument);
  CHECK_THROWS_AS(x.set_coefficient(9, 1), std::invalid_argument);
  CHECK_THROWS_WITH(x.coefficient(17), duet_test::contains("17") && duet_test::contains("degree 6"));
}

// ---- compiling is the test ----

namespace {

template <class X>
inline constexpr bool gives_no_number = !std::is_constructible_v<double, X> && !std::is_assignable_v<double&, X>;
template <class A, class B>
concept multiply = requires(A a, B b) { a* b; };

static_assert(std::is_trivially_copyable_v<S> && std::regular<S> && sizeof(S) == 7 * sizeof(double));
static_assert(std::is_trivially_copyable_v<taylor<taylor<float, 2>, 3>>);
static_assert(std::is_convertible_v<int, S> && std::is_convertible_v<long double, S> && gives_no_number<S>);
static_assert(!std::is_convertible_v<S, taylor<double, 5>> && duet::scalars_of_two_kinds<S, taylor<double, 5>>);
static_assert(duet::scalars_of_two_kinds<S, dual<double, 2>> && multiply<taylor<S, 2>, S> &&
              !std::is_constructible_v<S, char const*>);
static_assert(std::is_same_v<std::common_type_t<S, double>, S> && std::is_same_v<decltype(S() * 2), S>);
static_assert(duet::active_scalar<S> && duet::nesting<taylor<S, 2>> == 2);

constexpr double third_derivative_at(double v) {
  auto const t = S::independent(v);
  S y = t * t * t * t / (1 + t);
  y -= t;
  return y.derivative(3);
}
static_assert(third_derivative_at(1.0) > 5.624999 && third_derivative_at(1.0) < 5.625001);

}  // namespace
