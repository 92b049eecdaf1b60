// Statements as functions of their own (DUET_OUTLINED_STATEMENTS) against the same statements in place, which a tag
// turns the switch off for: the same bits, wherever the compiler cannot know that two leaves next to each other are
// one.

#include "catch.hpp"

#include <array>
#include <cstring>
#include <duet/forward/dual.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <limits>
#include <reverse/straight_line.hpp>
#include <utility>
#include <vector>

static_assert(DUET_OUTLINED_STATEMENTS && !DUET_TAPE_MERGE);

namespace {

struct in_place {};

}  // namespace

template <class T, std::size_t N>
inline constexpr bool duet::has_outlined_statements<duet::dual<T, N, in_place>> = false;
template <class T>
inline constexpr bool duet::has_outlined_statements<duet::var<T, in_place>> = false;

namespace {

using std::size_t;
constexpr size_t inputs = 5;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Bit by bit, but that one NaN is as good as another.
template <class T>
bool same(T a, T b) {
  return (a != a && b != b) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

// Every shape of statement; no leaf twice in a row.
template <class S>
std::vector<S> statements(std::array<S, inputs> const& x) {
  using std::sqrt, std::pow;
  S const &a = x[0], &b = x[1], &c = x[2], &d = x[3], &e = x[4];
  std::vector<S> y;
  auto const keep = [&](S const& s) { y.push_back(s); };
  keep(a * b + c);
  keep(-a);
  keep(sin(b) - 0.5 * c);
  keep(exp(-a) * (b + c) / d);
  keep(sqrt(1 + a * b + c * d) - e);
  keep(pow(abs(a), b) + pow(abs(c), 3) + pow(2.5, d));
  keep(atan2(a, b) + hypot(c, d));
  keep(max(a, b) - min(c, 0.25));
  keep(3 - a);
  keep(2.0F * a + 1 - b / 4L);  // passive operands of other types
  keep(tanh(a * b - c * d + e * a - b * c + d * e - a * c + b * d) - log(2 + cos(e)));
  keep(a * b * c * d * e * a * b * c * d * e * a * b * c * d * e * a * b * c * d * e);  // longer than longest_operand
  keep((a * b) * 2 > c ? S(a * d) : S(b * e));
  S s = a;
  s += b;
  s += b * c;
  s -= d * a - 0.75;
  s -= e;
  keep(s);
  s *= b + c;
  s /= 2 + sin(d);
  s += 1;
  s -= 0.5F;
  s *= 3;
  keep(s);
  s = s * a + b * s;
  s += s * c;
  s -= c * s;
  keep(s);
  auto const kept = a * b + s;
  s = 7;
  keep(kept * s + kept);  // of the old s
  S target;
  target = kept - s;
  keep(target);
  return y;
}

template <class S, class T = typename S::value_type>
std::vector<S> forward_statements() {
  std::array<S, inputs> x;
  for (size_t i = 0; i < inputs; ++i) {
    x[i] = S(T(0.3 + 0.37 * double(i) * (i % 2 == 0 ? 1 : -1)));
    for (size_t j = 0; j < S::size(); ++j) x[i].set_partial(j, T(0.1 + 0.7 * double(i) - 0.31 * double(j)));
  }
  return statements(x);
}

template <class T, size_t N>
void require_same_duals() {
  auto const apart = forward_statements<duet::dual<T, N>>();
  auto const inside = forward_statements<duet::dual<T, N, in_place>>();
  REQUIRE(apart.size() == inside.size());
  for (size_t k = 0; k < apart.size(); ++k) {
    INFO("N = " << N << ", statement " << k);
    REQUIRE(same(apart[k].value(), inside[k].value()));
    for (size_t j = 0; j < N; ++j) REQUIRE(same(apart[k].partial(j), inside[k].partial(j)));
  }
}

// What a tape gives: values and, of each result, the adjoints of all inputs; how many statements.
template <class S, class F>
std::vector<double> swept(std::vector<double> const& at, F const& f) {
  duet::tape<> t;
  duet::recording<double> const scope(t);
  std::vector<S> x;
  for (double const v : at) x.push_back(S::retagged(t.independent(v)));
  std::vector<S> const y = f(x);
  std::vector<double> result;
  for (S const& s : y) result.push_back(s.value());
  for (S const& s : y) {
    if (s.index() == 0) continue;
    t.reverse(duet::var<>::retagged(s));
    for (S const& input : x) result.push_back(t.adjoint(duet::var<>::retagged(input)));
  }
  result.push_back(static_cast<double>(t.statistics().statements));
  return result;
}
template <class F>
void require_same_sweeps(std::vector<double> const& at, F const& f) {
  auto const apart = swept<duet::var<>>(at, f);
  auto const inside = swept<duet::var<double, in_place>>(at, f);
  REQUIRE(apart.size() == inside.size());
  for (size_t k = 0; k < apart.size(); ++k) {
    INFO("number " << k << ": " << apart[k] << " and " << inside[k]);
    REQUIRE(same(apart[k], inside[k]));
  }
}

// What awkward points are made of: infinite slopes at which some partials vanish, and what comes after them.
template <class S>
std::vector<S> awkward(S const& zero, S const& x) {
  std::vector<S> y;
  y.push_back(sqrt(zero) * x);
  y.push_back(sqrt(zero * zero) + x);
  y.push_back(pow(zero, 0.5) - pow(zero, 2));
  y.push_back(acos(zero + 1) * x);
  y.push_back(log(zero) + x * zero);
  y.push_back(y[0] * y[4] + x);
  S s = x;
  s += sqrt(zero) * x;
  s -= cbrt(zero * x);
  s *= y[1];
  y.push_back(s);
  return y;
}

}  // namespace

TEST_CASE("Which scalars have outlined statements") {
  using duet::dual, duet::var, duet::has_outlined_statements;
  STATIC_REQUIRE(has_outlined_statements<dual<double, 4>>);
  STATIC_REQUIRE(has_outlined_statements<dual<float, 100>>);
  STATIC_REQUIRE(has_outlined_statements<var<>>);
  STATIC_REQUIRE(!has_outlined_statements<dual<double, duet::dynamic>>);
  STATIC_REQUIRE(!has_outlined_statements<dual<dual<double, 2>, 2>>);
  STATIC_REQUIRE(!has_outlined_statements<var<dual<double, 2>>>);
  STATIC_REQUIRE(!has_outlined_statements<duet::hyperdual<double, 2>>);
  auto const x = dual<double, 2>::independent(3, 0);
  STATIC_REQUIRE(duet::is_deferred<decltype(x * x + 1)>);
  auto const y = dual<double, 2, in_place>::independent(3, 0);
  STATIC_REQUIRE(!duet::is_deferred<decltype(y * y + 1)>);
}

TEST_CASE("Outlined statements of duals give the same bits") {
  require_same_duals<double, 1>();
  require_same_duals<double, 4>();
  require_same_duals<float, 3>();
}

TEST_CASE("Outlined statements of duals of many partials give the same bits") {
  auto const run = []<class D>(D) {
    D x(0.7), y(-1.3);
    for (size_t j = 0; j < D::size(); ++j) {
      x.set_partial(j, 1 + 0.25 * static_cast<double>(j));
      y.set_partial(j, 2 - 0.75 * static_cast<double>(j));
    }
    D z = x * y + sin(x);
    z -= y / x;
    std::vector<double> result{z.value()};
    for (size_t j = 0; j < D::size(); ++j) result.push_back(z.partial(j));
    return result;
  };
  REQUIRE(run(duet::dual<double, 13>()) == run(duet::dual<double, 13, in_place>()));  // more parts than registers
  REQUIRE(run(duet::dual<double, 40>()) == run(duet::dual<double, 40, in_place>()));  // an array of blocks
}

TEST_CASE("Outlined statements of variables give the same adjoints bit by bit as in place") {
  require_same_sweeps({0.3, -0.67, 1.04, -1.41, 1.78}, []<class S>(std::vector<S> const& x) {
    return statements(std::array<S, inputs>{x[0], x[1], x[2], x[3], x[4]});
  });
  for (unsigned seed = 0; seed < 20; ++seed) {
    auto const at = duet_test::straight_line_point(seed);
    require_same_sweeps({at.begin(), at.end()}, [&]<class S>(std::vector<S> const& x) {
      return duet_test::straight_line(seed, 60, std::array<S, 4>{x[0], x[1], x[2], x[3]});
    });
  }
}

TEST_CASE("Outlined statements let zero win over infinity as those in place do") {
  require_same_sweeps({0, 1.5}, []<class S>(std::vector<S> const& x) { return awkward(x[0], x[1]); });
  auto const duals = []<class S>(S) {
    bool const before = std::exchange(duet::infinite_partials_met, false);
    std::vector<double> result;
    for (S const& y : awkward(S::independent(0, 0), S::independent(1.5, 2)))
      for (double const v : {y.value(), y.partial(0), y.partial(1), y.partial(2)}) result.push_back(v);
    REQUIRE(duet::infinite_partials_met);
    duet::infinite_partials_met = before;
    return result;
  };
  auto const apart = duals(duet::dual<double, 3>()), inside = duals(duet::dual<double, 3, in_place>());
  REQUIRE(apart[1] == infinity);  // of sqrt(zero) x
  REQUIRE(apart[2] == 0);
  REQUIRE(apart[3] == 0);
  for (size_t k = 0; k < apart.size(); ++k) {
    INFO("number " << k << ": " << apart[k] << " and " << inside[k]);
    REQUIRE(same(apart[k], inside[k]));
  }
}

TEST_CASE("Scalars of scalars with outlined statements give the same bits") {
  auto const run = []<class Inner>(Inner) {
    using outer = duet::dual<Inner, 2>;
    outer const x = outer::independent(Inner::independent(0.75, 0), 0);
    outer const y = outer::independent(Inner::independent(-1.25, 1), 1);
    outer z = sin(x) * y + exp(y) / x;
    z += x * y * 0.5;
    std::vector<double> result;
    for (Inner const& i : {z.value(), z.partial(0), z.partial(1)})
      for (double const v : {i.value(), i.partial(0), i.partial(1)}) result.push_back(v);
    return result;
  };
  auto const apart = run(duet::dual<double, 2>()), inside = run(duet::dual<double, 2, in_place>());
  for (size_t k = 0; k < apart.size(); ++k) REQUIRE(apart[k] == Approx(inside[k]).epsilon(1e-15));
}

TEST_CASE("Where a statement in place adds coefficients of one variable, derivatives differ by rounding") {
  auto const run = []<class D>(D) {
    D const x = D::independent(1.3, 0);
    return D(x * sin(x) * x / exp(x) + x * x * x);
  };
  auto const apart = run(duet::dual<double, 2>());
  auto const inside = run(duet::dual<double, 2, in_place>());
  REQUIRE(same(apart.value(), inside.value()));
  REQUIRE(apart.partial(0) == Approx(inside.partial(0)).epsilon(1e-15));
  REQUIRE(apart.partial(1) == 0);
}

TEST_CASE("Statements that constant expressions contain are computed there") {
  using D = duet::dual<double, 2>;
  constexpr D x = D::independent(3, 0), y = D::independent(2, 1);
  constexpr D z = x * y + x;
  STATIC_REQUIRE(z.value() == 9);
  REQUIRE(z.partial(0) == 3);
  REQUIRE(z.partial(1) == 3);
}
