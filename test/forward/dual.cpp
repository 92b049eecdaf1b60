// The manners of dual: it stands where a double stood, in algorithms, comparisons, limits and output.

#include "catch.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/core/limits.hpp>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <numeric>
#include <vector>

namespace {

using duet::dual;
using D = dual<double, 2>;

D input(double value, std::size_t i) { return D::independent(value, i); }

void require_dual(D const& x, double value, double first, double second) {
  REQUIRE(x.value() == Approx(value).epsilon(1e-15).margin(1e-15));
  REQUIRE(x.partial(0) == Approx(first).epsilon(1e-14).margin(1e-15));
  REQUIRE(x.partial(1) == Approx(second).epsilon(1e-14).margin(1e-15));
}

}  // namespace

TEST_CASE("A default dual is zero, a number is a constant, an independent variable has one partial of one") {
  require_dual(D(), 0, 0, 0);
  require_dual(D(3.5), 3.5, 0, 0);
  require_dual(input(3.5, 1), 3.5, 0, 1);
  REQUIRE(D::size() == 2);
}

TEST_CASE("Every arithmetic type makes a constant") {
  require_dual(D(3), 3, 0, 0);
  require_dual(D(3u), 3, 0, 0);
  require_dual(D(std::size_t{3}), 3, 0, 0);
  require_dual(D('\3'), 3, 0, 0);
  require_dual(D(true), 1, 0, 0);
  require_dual(D(-3LL), -3, 0, 0);
  require_dual(D(2.5f), 2.5, 0, 0);
  require_dual(D(2.5L), 2.5, 0, 0);
  D x = input(1, 0);
  x = 7;
  require_dual(x, 7, 0, 0);
}

TEST_CASE("Every arithmetic type meets a dual from either side") {
  D const x = input(2, 0), y = input(3, 1);
  require_dual(x + 1, 3, 1, 0);
  require_dual(1 - x, -1, -1, 0);
  require_dual(std::size_t{3} * x, 6, 3, 0);
  require_dual(x * 0.5f, 1, 0.5, 0);
  require_dual(8.0L / x, 4, -2, 0);
  require_dual(x / 4u, 0.5, 0.25, 0);
  require_dual(3LL * x * y - 'a' + 'a', 18, 9, 6);
  D z = x * y;
  z += 2;
  z -= 1u;
  z *= 3.0f;
  z /= std::size_t{2};
  require_dual(z, 10.5, 4.5, 3);
}

TEMPLATE_TEST_CASE("Comparisons with every arithmetic type look at the value", "", int, unsigned, long long,
                   std::size_t, float, double, long double, char) {
  D const x = input(3, 0);
  auto const less = static_cast<TestType>(2), equal = static_cast<TestType>(3), more = static_cast<TestType>(4);
  REQUIRE((x == equal && equal == x && x != less && less != x));
  REQUIRE((x < more && x <= more && x <= equal && more > x && more >= x && equal >= x));
  REQUIRE((x > less && x >= less && x >= equal && less < x && less <= x && equal <= x));
  REQUIRE_FALSE((x < equal || x > equal || x < less || x > more || less > x || more < x || x == more));
  REQUIRE((2 * x > equal && equal < x * x && -x != equal));
}

TEST_CASE("Comparisons of NaN are false, as those of double") {
  D const nan = std::numeric_limits<double>::quiet_NaN(), x = input(1, 0);
  REQUIRE_FALSE((nan < x || nan > x || nan <= x || nan >= x || nan == x || nan == nan));
  REQUIRE(nan != x);
  REQUIRE((nan <=> x) == std::partial_ordering::unordered);
  REQUIRE((x <=> 2.0) == std::partial_ordering::less);
}

TEST_CASE("The value is printed with the stream's format") {
  std::ostringstream out;
  out << std::setprecision(3) << input(2.0 / 3, 0) << ' ' << input(1, 0) * 2.5;
  REQUIRE(out.str() == "0.667 2.5");
}

TEST_CASE("Limits are those of the number below, as duals") {
  using limits = std::numeric_limits<D>;
  STATIC_REQUIRE(limits::is_specialized);
  STATIC_REQUIRE(limits::digits == 53);
  STATIC_REQUIRE(std::is_same_v<decltype(limits::max()), D>);
  REQUIRE(limits::epsilon() == std::numeric_limits<double>::epsilon());
  REQUIRE(limits::infinity().value() == std::numeric_limits<double>::infinity());
  REQUIRE(std::max(input(1, 0), limits::lowest()).partial(0) == 1);
  STATIC_REQUIRE(std::numeric_limits<dual<float>>::digits == 24);
  STATIC_REQUIRE(std::numeric_limits<dual<dual<double>>>::digits == 53);
}

TEST_CASE("A branch of the conditional operator may be a dual, an expression or a number") {
  D const x = input(2, 0), y = input(3, 1);
  for (bool const first : {true, false}) {
    D const a = first ? x : y;
    require_dual(a, first ? 2 : 3, first, !first);
    D const b = first ? x * y : y;
    require_dual(b, first ? 6 : 3, first ? 3 : 0, first ? 2 : 1);
    D const c = first ? x : 5.0;
    require_dual(c, first ? 2 : 5, first, 0);
  }
}

TEST_CASE("The standard algorithms take duals") {
  std::vector<D> const v{input(3, 0), D(1), input(2, 1)};
  require_dual(std::max(v[0], v[1]), 3, 1, 0);
  require_dual(std::min(v[2], v[0]), 2, 0, 1);
  require_dual(std::clamp(v[0], D(0), v[2]), 2, 0, 1);
  require_dual(std::accumulate(v.begin(), v.end(), D(0)), 6, 1, 1);
  require_dual(std::inner_product(v.begin(), v.end(), v.begin(), D(0)), 14, 6, 4);
  auto const [least, most] = std::minmax_element(v.begin(), v.end());
  require_dual(*least, 1, 0, 0);
  require_dual(*most, 3, 1, 0);
  std::vector<D> sorted = v;
  std::sort(sorted.begin(), sorted.end());
  require_dual(sorted[0], 1, 0, 0);
  require_dual(sorted[1], 2, 0, 1);
  require_dual(sorted[2], 3, 1, 0);
  std::vector<D> sums(3);
  std::partial_sum(v.begin(), v.end(), sums.begin());
  require_dual(sums[2], 6, 1, 1);
  D a = v[0], b = v[2];
  std::swap(a, b);
  require_dual(a, 2, 0, 1);
}

TEST_CASE("A partial that does not exist throws and names both numbers") {
  REQUIRE_THROWS_AS(D::independent(1, 2), std::invalid_argument);
  require_dual(D::seeded(3, 1), 3, 0, 1);
  for (std::size_t const none : {std::size_t{2}, std::size_t{5}, ~std::size_t{0}})
    require_dual(D::seeded(3, none), 3, 0, 0);
  REQUIRE_THROWS_AS(input(1, 0).partial(2), std::invalid_argument);
  REQUIRE_THROWS_WITH(input(1, 0).partial(7), duet_test::contains("7") && duet_test::contains("2"));
}

TEST_CASE("set_partial sets one partial and leaves the others") {
  D x = input(1, 0);
  x.set_partial(1, -4);
  require_dual(x, 1, 1, -4);
}

namespace {

// (x y + x / y, sin x exp y) and closed forms of its partials, in the number type T.
template <class T, std::size_t N>
void check_closed_forms(double tolerance) {
  using std::cos, std::exp, std::sin;
  using S = dual<T, N>;
  T const a = T(0.75), b = T(-1.25);
  S const x = S::independent(a, 0), y = S::independent(b, 1);
  S const p = x * y + x / y, q = sin(x) * exp(y);
  auto const close = [&](T const& got, T const& expected) {
    T const error = got - expected;
    REQUIRE(static_cast<double>(error < 0 ? T(-error) : error) <= tolerance);
  };
  close(p.value(), a * b + a / b);
  close(p.partial(0), b + 1 / b);
  close(p.partial(1), a - a / (b * b));
  close(q.value(), sin(a) * exp(b));
  close(q.partial(0), cos(a) * exp(b));
  close(q.partial(1), sin(a) * exp(b));
  for (std::size_t i = 2; i < N; ++i) close(q.partial(i), T(0));
}

}  // namespace

TEST_CASE("Duals of float, long double and fifty digits follow closed forms to their own precision") {
  check_closed_forms<float, 3>(5e-7);
  check_closed_forms<long double, 2>(1e-18);
  check_closed_forms<boost::multiprecision::cpp_bin_float_50, 3>(1e-48);
}

TEST_CASE("Duals nest: the second derivative is the partial of a partial") {
  using DD = dual<dual<double>>;
  double const v = 0.6;
  DD const x = DD::independent(dual<double>::independent(v, 0), 0);
  DD const y = x * x * exp(2 * x) / (1 + x);
  // y = g / (1 + x) with g = x^2 e^2x
  double const e = std::exp(2 * v), g = v * v * e, dg = (2 * v + 2 * v * v) * e, ddg = (2 + 8 * v + 4 * v * v) * e,
               s = 1 + v;
  REQUIRE(y.value().value() == Approx(g / s).epsilon(1e-14));
  REQUIRE(y.value().partial(0) == Approx(dg / s - g / (s * s)).epsilon(1e-14));
  REQUIRE(y.partial(0).value() == Approx(dg / s - g / (s * s)).epsilon(1e-14));
  REQUIRE(y.partial(0).partial(0) == Approx(ddg / s - 2 * dg / (s * s) + 2 * g / (s * s * s)).epsilon(1e-13));
  DD const z = dual<double>::independent(2, 0) * x;  // a number of the level below is a constant of this one
  REQUIRE(z.partial(0).value() == 2);
  REQUIRE(z.partial(0).partial(0) == 1);
}

TEMPLATE_TEST_CASE_SIG("Duals that are not aligned compute the same bits in less memory", "", ((std::size_t N), N), 1,
                       2, 4, 5, 8, 12) {
  using close = dual<double, N, duet::unaligned<void>>;
  using aligned = dual<double, N>;
  STATIC_REQUIRE(sizeof(close) <= sizeof(aligned));
  STATIC_REQUIRE(alignof(close) == alignof(double));
  if constexpr (N == 4 || N == 8) STATIC_REQUIRE(sizeof(close) == (N + 1) * sizeof(double));
  auto const computed = []<class S>(std::type_identity<S>) {
    std::vector<S> x;
    for (std::size_t i = 0; i < 2 * N + 1; ++i) x.push_back(S::seeded(0.3 + 0.1 * static_cast<double>(i), i % (N + 1)));
    x[1].set_partial(N - 1, 2.5);
    for (std::size_t i = 2; i < x.size(); ++i) {
      x[i] = x[i - 1] * sin(x[i]) - x[i - 2] / 3;
      x[i - 1] += x[i] * x[i];
    }
    return x;
  };
  auto const a = computed(std::type_identity<close>{});
  auto const b = computed(std::type_identity<aligned>{});
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].value() == b[i].value());
    for (std::size_t k = 0; k < N; ++k) REQUIRE(a[i].partial(k) == b[i].partial(k));
  }
}

TEMPLATE_TEST_CASE_SIG("Duals whose partials are stored late compute the same bits", "", ((std::size_t N), N), 1, 3, 8,
                       20, 32, 150) {
  auto const computed = []<class S>(std::type_identity<S>) {
    std::vector<S> x;
    for (std::size_t i = 0; i < 14; ++i) {  // one in two is a constant
      double const value = 0.3 + 0.1 * static_cast<double>(i);
      x.push_back(i % 2 == 0 ? S::independent(value, i % N) : S(value));
    }
    std::array<S, 9> y;  // default
    S unread, sum{}, rest = 2;
    y[0] = x[1] * x[3] - 1;                 // of constants alone, to one without partials
    y[1] = x[0] * y[0] + unread;            // the first that has some
    y[1] = x[5] + 3;                        // and has none again
    y[2] = y[1] / x[2] - y[1] * y[1];       // of one with and one without
    for (S const& e : x) sum += e * y[2];   // added up from none
    for (S const& e : x) rest -= e * x[7];  // a constant with partials of a few
    y[3] = sum;                             // copies
    y[4] = y[0];
    y[4] += x[9];  // stays constant
    y[5] = x[3];
    y[5] *= y[5];                    // of itself
    y[5].set_partial(N - 1, 2.5);    // the first partial of a constant
    y[6] = sqrt(x[1] * 0.0) * x[0];  // an infinite slope of a constant
    y[7] = sqrt(x[0] * 0.0) + y[6];  // and of an input that does not matter
    rest = 4;
    y[8] = rest = rest * 2;
    std::vector<S> result(y.begin(), y.end());
    for (S const& e : {unread, sum, rest, S(y[8] - y[3])}) result.push_back(e);
    duet::infinite_partials_met = false;
    return result;
  };
  auto const a = computed(std::type_identity<dual<double, N, duet::stored_late<void>>>{});
  auto const b = computed(std::type_identity<dual<double, N>>{});
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    CHECK(a[i].value() == b[i].value());
    CHECK(a[i].vanishes() == b[i].vanishes());
    CHECK(a[i].all_finite());
    for (std::size_t k = 0; k < N; ++k) {
      CHECK(a[i].partial(k) == b[i].partial(k));
      CHECK(a[i].partials().at(k) == b[i].partial(k));
    }
  }
}
