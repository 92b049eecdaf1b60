// Laws of the ring of truncated series, on seeded random ones: products and quotients, functions and their inverses,
// the chain rule; and rules of a user.

#include "catch.hpp"

#include <cmath>
#include <duet/forward/taylor.hpp>
#include <random>

namespace {

constexpr std::size_t degree = duet::recurrences::most_unrolled_degree + 2;  // the sums are loops
using L = duet::taylor<double, degree>;

class random_series {
 public:
  L next(double value) {
    L x(value);
    for (std::size_t k = 1; k <= degree; ++k) x.set_coefficient(k, uniform_(engine_));
    return x;
  }

 private:
  std::mt19937 engine_{7};
  std::uniform_real_distribution<double> uniform_{-0.25, 0.25};
};

bool near(L const& a, L const& b, double tolerance = 1e-13) {
  double scale = 1;
  for (std::size_t k = 0; k <= degree; ++k) scale = std::max(scale, std::abs(b.coefficient(k)));
  for (std::size_t k = 0; k <= degree; ++k)
    if (!(std::abs(a.coefficient(k) - b.coefficient(k)) <= tolerance * scale)) {
      UNSCOPED_INFO("degree " << k << ": " << a.coefficient(k) << ", not " << b.coefficient(k));
      return false;
    }
  return true;
}

// t d/dt of a series: exact on coefficients.
L moved(L const& x) {
  L result;
  for (std::size_t k = 1; k <= degree; ++k) result.set_coefficient(k, static_cast<double>(k) * x.coefficient(k));
  return result;
}

}  // namespace

TEST_CASE("series form a ring: products are Cauchy's, quotients and roots undo them") {
  random_series draw;
  for (int sample = 0; sample < 20; ++sample) {
    L const a = draw.next(1.3), b = draw.next(-0.8), c = draw.next(0.6);
    L cauchy;
    for (std::size_t k = 0; k <= degree; ++k) {
      long double sum = 0;
      for (std::size_t j = 0; j <= k; ++j)
        sum += static_cast<long double>(a.coefficient(j)) * static_cast<long double>(b.coefficient(k - j));
      cauchy.set_coefficient(k, static_cast<double>(sum));
    }
    CHECK(near(a * b, cauchy, 1e-15));
    CHECK(near(square(a), a * a, 1e-15));
    CHECK(near(a * (b + c), a * b + a * c));
    CHECK(near((a * b) * c, a * (b * c)));
    CHECK(near(a / b * b, a));
    CHECK(near(2.5 / a * a, L(2.5)));
    CHECK(near((a - b) + b, a));
    CHECK(near(sqrt(a) * sqrt(a), a));
    CHECK(near(cbrt(b) * cbrt(b) * cbrt(b), b));
    CHECK(near(pow(a, 1.7) * pow(a, -0.7), a));
    CHECK(near(pow(a, 5), a * a * a * a * a));
    CHECK(near(pow(b, -3), 1 / (b * b * b)));
    CHECK(near(pow(a, b), exp(b * log(a))));
    CHECK(near(pow(a, L(2.5)), pow(a, 2.5)));
    CHECK(near(square(hypot(a, b, c)), a * a + b * b + c * c));
    CHECK(near(square(hypot(a, 2.0)), a * a + 4));
    CHECK(near(fma(a, b, c), a * b + c));
    CHECK(near(lerp(a, b, c), a + c * (b - a)));
  }
}

TEST_CASE("inverse functions undo each other and identities hold for series") {
  random_series draw;
  for (int sample = 0; sample < 20; ++sample) {
    L const a = draw.next(0.7), b = draw.next(-0.4);
    CHECK(near(exp(log(a)), a));
    CHECK(near(log(exp(b)), b));
    CHECK(near(exp(a + b), exp(a) * exp(b)));
    CHECK(near(exp2(log2(a)), a));
    CHECK(near(pow(10.0, log10(a)), a));
    CHECK(near(expm1(log1p(b)), b));
    CHECK(near(square(sin(a)) + square(cos(a)), L(1)));
    CHECK(near(square(cosh(a)) - square(sinh(a)), L(1)));
    CHECK(near(tan(a) * cos(a), sin(a)));
    CHECK(near(tanh(a) * cosh(a), sinh(a)));
    CHECK(near(sin(a + b), sin(a) * cos(b) + cos(a) * sin(b)));
    CHECK(near(asin(sin(b)), b));
    CHECK(near(acos(cos(a)), a, 1e-12));
    CHECK(near(atan(tan(b)), b));
    CHECK(near(asinh(sinh(a)), a));
    CHECK(near(acosh(cosh(a)), a, 1e-12));
    CHECK(near(atanh(tanh(b)), b));
    CHECK(near(tan(atan2(a, b)) * b, a));
    CHECK(near(erf(a) + erfc(a), L(1)));
    CHECK(near(log(tgamma(a)), lgamma(a), 1e-12));
    CHECK(near(tgamma(a + 1), a * tgamma(a), 1e-12));
    CHECK(near(digamma(a + 1), digamma(a) + 1 / a, 1e-12));
    CHECK(near(softplus(b), log1p(exp(b))));
    CHECK(near(sigmoid(b), 1 / (1 + exp(-b))));
    CHECK(near(duet::log_sum_exp(a, b), log(exp(a) + exp(b))));
    CHECK(near(duet::xlogx(a), a * log(a)));
    CHECK(near(duet::xlogy(b, a), b * log(a)));
    CHECK(near(moved(sin(a)), cos(a) * moved(a)));  // the chain rule
    CHECK(near(moved(erf(a)), 2 / std::sqrt(std::acos(-1.0)) * exp(-a * a) * moved(a)));
    CHECK(near(moved(lgamma(a)), digamma(a) * moved(a), 1e-12));
  }
}

// ---- rules of a user ----

namespace {

struct user_rule {
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;
};
struct growing : user_rule {  // its slope reads y
  static constexpr std::string_view name = "growing";
  static auto value(auto const& x) {
    using std::exp;
    return exp(2 * x);
  }
  static auto first(auto const&, auto const& y) { return 2 * y; }
};
struct turning : user_rule {  // its slope does not
  static constexpr std::string_view name = "turning";
  static auto value(auto const& x) {
    using std::atan;
    return atan(x);
  }
  static auto first(auto const& x, auto const&) { return 1 / (1 + x * x); }
};
struct length {
  static constexpr std::string_view name = "length";
  static constexpr std::array domain{duet::real_line, duet::real_line};
  static constexpr bool infinite_slope = true;
  static auto value(auto const& a, auto const& b) {
    using std::sqrt;
    return sqrt(a * a + b * b);
  }
  static auto first(auto const& a, auto const& b, auto const& y) { return duet::partials{a / y, b / y}; }
};

}  // namespace

TEST_CASE("a user's rule with nothing but its value and first partials has all coefficients") {
  random_series draw;
  L const a = draw.next(0.6), b = draw.next(-0.9);
  CHECK(near(duet::apply(growing{}, b), exp(2 * b)));
  CHECK(near(duet::apply(turning{}, a), atan(a)));
  CHECK(near(duet::apply(length{}, a, b), hypot(a, b)));
  CHECK(near(duet::apply(length{}, 2.0, b), hypot(2.0, b)));
}
