// Truncated Taylor series of every rule in rules::all: coefficients against an interpolation of the rule's value in 75
// digits, values against those of double, and the conventions at awkward points.

#include "catch.hpp"

#include "math/oracle.hpp"

#include <boost/mp11/algorithm.hpp>
#include <cstring>
#include <duet/forward/taylor.hpp>
#include <map>

namespace {

using duet::taylor;
using oracle::big;

constexpr std::size_t order = 6;
using S = taylor<double, order>;
using curve = std::array<double, order + 1>;
constexpr double inf = duet::infinity;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class R>
auto apply_to(std::array<S, 3> const& a) {
  if constexpr (oracle::operand_count<R> == 1)
    return duet::apply(R{}, a[0]);
  else if constexpr (oracle::operand_count<R> == 2 && duet::parameter_count<R> == 1)
    return duet::apply(R{}, a[0], a[1].value());
  else if constexpr (oracle::operand_count<R> == 2)
    return duet::apply(R{}, a[0], a[1]);
  else
    return duet::apply(R{}, a[0], a[1], a[2]);
}

// What a rule is on series and in 75 digits.
struct tested {
  std::string name;
  std::size_t operands, parameters;
  std::array<duet::interval, 3> domain;
  S (*on_series)(std::array<S, 3> const&);
  double (*in_double)(std::array<double, 3> const&);
  big (*in_big)(std::array<big, 3> const&);
};
std::vector<tested> const& all_tested() {
  static std::vector<tested> const rules = [] {
    std::vector<tested> list;
    boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) {
      tested rule{std::string(R::name),
                  oracle::operand_count<R>,
                  duet::parameter_count<R>,
                  {},
                  [](std::array<S, 3> const& x) { return S(apply_to<R>(x)); },
                  [](std::array<double, 3> const& x) { return double(oracle::value_of<R>(x)); },
                  [](std::array<big, 3> const& x) { return big(oracle::value_of<R>(x)); }};
      if constexpr (oracle::is_unary<R>)
        rule.domain[0] = R::domain;
      else
        std::copy(R::domain.begin(), R::domain.end(), rule.domain.begin());
      list.push_back(rule);
    });
    return list;
  }();
  return rules;
}

// Points of a domain where the coefficients stay within double's range, and parameters.
std::vector<double> points_of(duet::interval domain) {
  if (domain.lower == -1 && domain.upper == 1) return {-0.95, -0.4, 0.1, 0.6, 0.97};
  if (domain.lower == -1) return {-0.9, -0.2, 0.5, 3};
  if (domain.lower == 0) return {0.05, 0.3, 0.8, 1.7, 4.2, 11};
  if (domain.lower == 1) return {1.02, 1.5, 3, 20};
  return {-6.5, -2.4, -0.9, -0.2, 0.3, 1.2, 3.7};
}
std::map<std::string, std::vector<double>> const parameters{
    {"pow_fixed_exponent", {0, 1, 2, 3, 7, -1, -2, 0.5, 2.5, 1.0 / 3, -0.75}},
    {"pow_fixed_base", {2, 0.5, 10}},
    {"polygamma", {0, 1, 3}},
    {"ldexp", {3, -2}}};

// Curves through such points, each so short that it stays well inside the domain.
class curves {
 public:
  explicit curves(tested const& rule) : rule_(rule) {}

  std::array<curve, 3> next() {
    std::array<curve, 3> x{};
    for (std::size_t i = 0; i < rule_.operands; ++i) {
      if (i + rule_.parameters >= rule_.operands) {
        x[i][0] = pick(parameters.at(rule_.name));
        continue;
      }
      x[i][0] = pick(points_of(rule_.domain[i]));
      double room = 1;
      for (double end : {rule_.domain[i].lower, rule_.domain[i].upper})
        if (std::isfinite(end)) room = std::min(room, std::abs(x[i][0] - end));
      x[i][0] += room * 0.1 * uniform_(engine_);
      for (std::size_t k = 1; k <= order; ++k) x[i][k] = room * 0.4 * uniform_(engine_);
    }
    if (rule_.name == "clamp" && x[1][0] > x[2][0]) std::swap(x[1], x[2]);
    return x;
  }

 private:
  double pick(std::vector<double> const& list) { return list[engine_() % list.size()]; }

  tested const& rule_;
  std::mt19937 engine_{20240607};
  std::uniform_real_distribution<double> uniform_{-1, 1};
};

// The Taylor coefficients at zero of a function of t, from the polynomial through 13 of its values.
template <class F>
std::array<big, order + 1> interpolated(F const& f) {
  constexpr int side = 6;
  constexpr std::size_t count = 2 * side + 1;
  big const h("1e-8");
  std::array<big, count> node, difference;
  for (std::size_t i = 0; i < count; ++i) {
    node[i] = (static_cast<int>(i) - side) * h;
    difference[i] = f(node[i]);
  }
  for (std::size_t j = 1; j < count; ++j)
    for (std::size_t i = count - 1; i >= j; --i)
      difference[i] = (difference[i] - difference[i - 1]) / (node[i] - node[i - j]);
  std::array<big, count> c{};  // Newton's form, multiplied out by Horner's rule
  for (std::size_t i = count; i-- > 0;) {
    for (std::size_t k = count - 1; k > 0; --k) c[k] = c[k - 1] - node[i] * c[k];
    c[0] = difference[i] - node[i] * c[0];
  }
  std::array<big, order + 1> result;
  std::copy_n(c.begin(), result.size(), result.begin());
  return result;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
bool coefficients_are(S const& x, curve const& expected) {
  for (std::size_t k = 0; k <= order; ++k)
    if (!same(x.coefficient(k), expected[k])) {
      UNSCOPED_INFO("degree " << k << ": " << x.coefficient(k) << ", not " << expected[k]);
      return false;
    }
  return true;
}

}  // namespace

TEST_CASE("the coefficients of every rule are those of the curve through its values in 75 digits") {
  for (tested const& rule : all_tested()) {
    curves draw(rule);
    for (int sample = 0; sample < 12; ++sample) {
      auto const x = draw.next();
      std::array<S, 3> const operands{S(x[0]), S(x[1]), S(x[2])};
      S const y = rule.on_series(operands);
      auto const exact = interpolated([&](big const& t) {
        std::array<big, 3> at;
        for (std::size_t i = 0; i < 3; ++i) {
          at[i] = 0;
          for (std::size_t k = order + 1; k-- > 0;) at[i] = at[i] * t + x[i][k];
        }
        return rule.in_big(at);
      });
      INFO(rule.name << " at " << x[0][0] << ' ' << x[1][0] << ' ' << x[2][0]);
      big scale = 0;  // coefficients of a curve of bounded length: all of one size
      for (std::size_t k = 1; k <= order; ++k) scale = std::max<big>(scale, abs(exact[k]));
      for (std::size_t k = 1; k <= order; ++k) {
        INFO("degree " << k << ": " << y.coefficient(k) << ", not " << exact[k].convert_to<double>());
        CHECK(abs(y.coefficient(k) - exact[k]) <= scale * 1e-13 + 1e-20);
      }
    }
  }
}

TEST_CASE("the value of a series is that of double bit for bit, far out too") {
  for (tested const& rule : all_tested()) {
    oracle::samples draw(1e-300, 1e300);
    for (int sample = 0; sample < 200; ++sample) {
      std::array<double, 3> x{};
      std::array<S, 3> operands;
      for (std::size_t i = 0; i < rule.operands; ++i) {
        bool const parameter = i + rule.parameters >= rule.operands;
        x[i] = parameter ? parameters.at(rule.name)[static_cast<std::size_t>(sample) % parameters.at(rule.name).size()]
                         : draw.next(rule.domain[i]);
        if (rule.name == "polygamma" || rule.name == "digamma") x[0] = std::min(std::max(x[0], 1e-20), 1e10);
        operands[i] = S::independent(x[i]);
      }
      double const got = rule.on_series(operands).value(), expected = rule.in_double(x);
      INFO(rule.name << ' ' << x[0] << ' ' << x[1] << ' ' << x[2]);
      CHECK((std::memcmp(&got, &expected, sizeof got) == 0 || (std::isnan(got) && std::isnan(expected))));
    }
  }
}

// ---- awkward points ----

TEST_CASE("what does not move stays, whatever the slope") {
  S const t = S::independent(0.0), zero(0.0);
  CHECK(coefficients_are(sqrt(zero), {0}));
  CHECK(coefficients_are(sqrt(0.0 * t), {0}));
  CHECK(coefficients_are(log(zero), {-inf}));
  CHECK(coefficients_are(t + log(zero), {-inf, 1}));
  CHECK(coefficients_are(acos(1.0 + zero * t), {0}));
  CHECK(coefficients_are(0.0 * (1 / t), {not_a_number}));
  CHECK(coefficients_are(exp(t - 800), {0}));
  CHECK(coefficients_are(1 / (1 + exp(-(t - 800))), {0}));
  CHECK(sqrt(t * t).coefficient(1) == 0);
  CHECK(coefficients_are(duet::xlogy(0.0, t), {0}));
}

TEST_CASE("at a singularity the coefficients are the limits from inside the domain") {
  S const t = S::independent(0.0);
  CHECK(coefficients_are(sqrt(t), {0, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(sqrt(-t), {0, -inf, -inf, -inf, -inf, -inf, -inf}));
  CHECK(coefficients_are(sqrt(t + t * t), {0, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(cbrt(t), {0, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(log(t), {-inf, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(log(t + t * t), {-inf, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(1 / t, {inf, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(1 / (t + t * t), {inf, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(asin(1 - t), {std::asin(1.0), -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(acosh(1 + t), {0, inf, -inf, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(atanh(1 - t), {inf, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(duet::xlogx(t), {0, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(exp(t + 800), {inf, inf, inf, inf, inf, inf, inf}));
  CHECK(coefficients_are(
      log(t - 1), {not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, not_a_number}));
}

TEST_CASE("powers at zero") {
  S const t = S::independent(0.0);
  CHECK(coefficients_are(pow(t, 0), {1}));
  CHECK(coefficients_are(pow(t, 1), {0, 1}));
  CHECK(coefficients_are(pow(t, 2), {0, 0, 1}));
  CHECK(coefficients_are(pow(t, 2.0), {0, 0, 1}));
  CHECK(coefficients_are(pow(t, S(2.0)), {0, 0, 1}));
  CHECK(coefficients_are(pow(t, 3), {0, 0, 0, 1}));
  CHECK(coefficients_are(pow(t, 4), {0, 0, 0, 0, 1}));
  CHECK(coefficients_are(pow(t, 2.5), {0, 0, 0, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(pow(t, S(2.5)), {0, 0, 0, inf, -inf, inf, -inf}));
  CHECK(coefficients_are(pow(t, -1), {inf, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(pow(t + t * t, 4), {0, 0, 0, 0, 1, 4, 6}));
  CHECK(coefficients_are(pow(t - 2, 3), {-8, 12, -6, 1}));
  CHECK(coefficients_are(pow(t - 2, S(3)), {-8, 12, -6, 1}));
  // With a moving exponent: x^x = 1 + x log x + ..., x^(2 + x) = x^2 + x^3 log x + ...
  CHECK(coefficients_are(pow(t, t), {1, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(pow(S(0.0), t), {1, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(pow(0.0, t), {1, -inf, inf, -inf, inf, -inf, inf}));
  CHECK(coefficients_are(pow(0.0, t + 2), {0}));
  CHECK(pow(t, 2 + t).coefficient(2) == 1);
  CHECK(pow(t, 2 + t).coefficient(3) == -inf);
  CHECK(pow(t - 2, 3 + t * t).coefficient(1) == 12);
  CHECK(std::isnan(pow(t - 2, 3 + t).coefficient(1)));
  // Beyond the range of double in between.
  CHECK(pow(1e-200 + t, 3).coefficient(3) == 1);
  CHECK(cbrt(t - 1e-300).coefficient(1) == Approx(1e200 / 3).epsilon(1e-15));
}

TEST_CASE("kinks have the subgradient of the rule, and pieces act linearly") {
  S const t = S::independent(0.0), u(curve{1, 2, 3, 4, 5, 6, 7});
  CHECK(coefficients_are(abs(t), {0}));
  CHECK(coefficients_are(abs(-u), {1, 2, 3, 4, 5, 6, 7}));
  CHECK(coefficients_are(duet::relu(t), {0}));
  CHECK(coefficients_are(hypot(t, t), {0}));
  CHECK(coefficients_are(hypot(t, 0.0, t), {0}));
  CHECK(coefficients_are(max(t, 2 * t), {0, 1}));
  CHECK(coefficients_are(min(t, -t), {0, 1}));
  CHECK(coefficients_are(fmax(S(not_a_number), u), {1, 2, 3, 4, 5, 6, 7}));
  CHECK(coefficients_are(clamp(u, 0.0, 1.0), {1, 2, 3, 4, 5, 6, 7}));
  CHECK(coefficients_are(floor(u + 0.5), {1}));
  CHECK(coefficients_are(fmod(u + 6.5, u + 2.5), {0.5, -2, -3, -4, -5, -6, -7}));
  CHECK(coefficients_are(copysign(t, S(-1)), {-0.0, -1}));
  CHECK(std::isnan(atan2(t, S(0.0)).coefficient(1)));
  CHECK(std::isnan((t / t).coefficient(1)));
}
