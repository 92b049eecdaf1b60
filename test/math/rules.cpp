// The laws of every rule in rules::all. Values are those of std; derivatives are differences of `value` in 75 digits
// (test/math/oracle.hpp), over the domain, near its ends and far out. Run with "[errors]" to print the worst errors.

#include "oracle.hpp"

#include <boost/math/special_functions/polygamma.hpp>
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

namespace {

using namespace oracle;
double whole;  // of modf

// What std says.
std::map<std::string, double (*)(point const&)> const standard{
    {"add", [](point const& x) { return x[0] + x[1]; }},
    {"subtract", [](point const& x) { return x[0] - x[1]; }},
    {"multiply", [](point const& x) { return x[0] * x[1]; }},
    {"divide", [](point const& x) { return x[0] / x[1]; }},
    {"negate", [](point const& x) { return -x[0]; }},
    {"sqrt", [](point const& x) { return std::sqrt(x[0]); }},
    {"cbrt", [](point const& x) { return std::cbrt(x[0]); }},
    {"pow", [](point const& x) { return std::pow(x[0], x[1]); }},
    {"pow_fixed_exponent", [](point const& x) { return std::pow(x[0], x[1]); }},
    {"pow_fixed_base", [](point const& x) { return std::pow(x[1], x[0]); }},
    {"hypot", [](point const& x) { return std::hypot(x[0], x[1]); }},
    {"hypot3", [](point const& x) { return std::hypot(x[0], x[1], x[2]); }},
    {"exp", [](point const& x) { return std::exp(x[0]); }},
    {"exp2", [](point const& x) { return std::exp2(x[0]); }},
    {"expm1", [](point const& x) { return std::expm1(x[0]); }},
    {"log", [](point const& x) { return std::log(x[0]); }},
    {"log2", [](point const& x) { return std::log2(x[0]); }},
    {"log10", [](point const& x) { return std::log10(x[0]); }},
    {"log1p", [](point const& x) { return std::log1p(x[0]); }},
    {"sin", [](point const& x) { return std::sin(x[0]); }},
    {"cos", [](point const& x) { return std::cos(x[0]); }},
    {"tan", [](point const& x) { return std::tan(x[0]); }},
    {"asin", [](point const& x) { return std::asin(x[0]); }},
    {"acos", [](point const& x) { return std::acos(x[0]); }},
    {"atan", [](point const& x) { return std::atan(x[0]); }},
    {"atan2", [](point const& x) { return std::atan2(x[0], x[1]); }},
    {"sinh", [](point const& x) { return std::sinh(x[0]); }},
    {"cosh", [](point const& x) { return std::cosh(x[0]); }},
    {"tanh", [](point const& x) { return std::tanh(x[0]); }},
    {"asinh", [](point const& x) { return std::asinh(x[0]); }},
    {"acosh", [](point const& x) { return std::acosh(x[0]); }},
    {"atanh", [](point const& x) { return std::atanh(x[0]); }},
    {"erf", [](point const& x) { return std::erf(x[0]); }},
    {"erfc", [](point const& x) { return std::erfc(x[0]); }},
    {"tgamma", [](point const& x) { return std::tgamma(x[0]); }},
    {"lgamma", [](point const& x) { return std::lgamma(x[0]); }},
    {"abs", [](point const& x) { return std::abs(x[0]); }},
    {"min", [](point const& x) { return std::min(x[0], x[1]); }},
    {"max", [](point const& x) { return std::max(x[0], x[1]); }},
    {"fmin", [](point const& x) { return std::fmin(x[0], x[1]); }},
    {"fmax", [](point const& x) { return std::fmax(x[0], x[1]); }},
    {"fdim", [](point const& x) { return std::fdim(x[0], x[1]); }},
    {"copysign", [](point const& x) { return std::copysign(x[0], x[1]); }},
    {"fma", [](point const& x) { return std::fma(x[0], x[1], x[2]); }},
    {"lerp", [](point const& x) { return std::lerp(x[0], x[1], x[2]); }},
    {"clamp", [](point const& x) { return std::clamp(x[0], x[1], x[2]); }},
    {"floor", [](point const& x) { return std::floor(x[0]); }},
    {"ceil", [](point const& x) { return std::ceil(x[0]); }},
    {"trunc", [](point const& x) { return std::trunc(x[0]); }},
    {"round", [](point const& x) { return std::round(x[0]); }},
    {"nearbyint", [](point const& x) { return std::nearbyint(x[0]); }},
    {"fmod", [](point const& x) { return std::fmod(x[0], x[1]); }},
    {"remainder", [](point const& x) { return std::remainder(x[0], x[1]); }},
    {"ldexp", [](point const& x) { return std::ldexp(x[0], static_cast<int>(x[1])); }},
    {"fractional_part", [](point const& x) { return std::modf(x[0], &whole); }}};

// What the others are by definition, in 75 digits.
using wide_point = operand_values<big>;
std::map<std::string, big (*)(wide_point const&)> const definition{
    {"square", [](wide_point const& x) -> big { return x[0] * x[0]; }},
    {"xlogx", [](wide_point const& x) -> big { return x[0] * log(x[0]); }},
    {"xlogy", [](wide_point const& x) -> big { return x[0] * log(x[1]); }},
    {"log_sum_exp", [](wide_point const& x) -> big { return log(exp(x[0]) + exp(x[1])); }},
    {"log_sum_exp3", [](wide_point const& x) -> big { return log(exp(x[0]) + exp(x[1]) + exp(x[2])); }},
    {"digamma", [](wide_point const& x) -> big { return boost::math::digamma(x[0]); }},
    {"polygamma", [](wide_point const& x) -> big { return boost::math::polygamma(static_cast<int>(x[1]), x[0]); }},
    {"sigmoid", [](wide_point const& x) -> big { return 1 / (1 + exp(-x[0])); }},
    {"softplus", [](wide_point const& x) -> big { return log1p(exp(x[0])); }},
    {"relu", [](wide_point const& x) -> big { return x[0] > 0 ? x[0] : big(0); }},
    {"sign", [](wide_point const& x) -> big { return x[0] > 0 ? 1 : -1; }}};

// Where a partial is a sum, rounding is measured against its largest term.
double first_term(subject const& s) { return s.name == "xlogx" ? 1 : 0; }
double second_term(subject const& s, std::size_t entry, point const& x) {
  return s.name == "pow" && entry == 1 ? std::pow(x[0], x[1] - 1) : 0;
}

operand_values<big> widened(point const& x) { return {big(x[0]), big(x[1]), big(x[2])}; }

std::string at(subject const& s, point const& x) {
  std::ostringstream text;
  text << s.name << std::setprecision(17);
  for (std::size_t k = 0; k < s.operands; ++k) text << ' ' << x[k];
  return text.str();
}

constexpr double ulp = std::numeric_limits<double>::epsilon();
constexpr double smallest_normal = std::numeric_limits<double>::min();
constexpr double largest = std::numeric_limits<double>::max();

// |got - exact| in units of |exact| or of `term`, whichever is larger; beyond the range of double infinity is right,
// and below it anything that small.
double relative_error(double got, big const& exact, double term) {
  if (abs(exact) > largest * (1 - 1e-12))
    return std::abs(got) > largest * (1 - 1e-12) && (got > 0) == (exact > 0) ? 0 : duet::infinity;
  if (!std::isfinite(got)) return duet::infinity;
  return static_cast<double>(abs(big(got) - exact) / std::max<big>(abs(exact), std::max(term, smallest_normal)));
}

// Beside a subnormal value, a partial made from it has lost digits.
bool value_is_subnormal(subject const& s, point const& x) {
  double const y = s.in_double.value(x);
  return y != 0 && std::abs(y) < smallest_normal;
}

struct worst_case {
  double error = 0;
  std::string where;
  void see(double e, std::string const& place) {
    if (!(e <= error)) error = e, where = place;
  }
};

worst_case value_error(subject const& s) {
  worst_case worst;
  auto const exact = definition.at(s.name);
  for (point const& x : samples_of(s))
    if (big const y = exact(widened(x)); isfinite(y))
      worst.see(relative_error(s.in_double.value(x), y, 0) / ulp, at(s, x));
  return worst;
}

// The law for one partial: what the rule states in 75 digits is the difference wherever that is resolved, which must be
// often; what it states in double is close to it. Returns the worst error in double.
struct law {
  bool says_zero;
  std::function<difference(operand_values<big> const&)> expected;
  std::function<big(operand_values<big> const&)> in_big;
  std::function<double(point const&)> in_double;
  std::function<double(point const&)> term;
};
worst_case check(subject const& s, law const& l) {
  worst_case worst;
  auto const points = samples_of(s);
  std::size_t resolved = 0;
  bool nonzero = false;
  for (point const& x : points) {
    auto const wide = widened(x);
    difference const d = l.expected(wide);
    if (!isfinite(d.number) || !isfinite(d.noise)) continue;  // overflow even of 75 digits
    INFO(at(s, x));
    if (l.says_zero) {
      CHECK(abs(d.number) <= d.noise);
      continue;
    }
    big const stated = l.in_big(wide);
    CHECK(abs(d.number - stated) <= abs(stated) * 1e-15 + d.noise * 1e3);
    resolved += d.resolved();
    nonzero = nonzero || stated != 0;
    if (!value_is_subnormal(s, x))
      worst.see(relative_error(l.in_double(x), d.resolved() ? d.number : stated, l.term(x)), at(s, x));
  }
  INFO(s.name);
  CHECK((l.says_zero || nonzero));
  CHECK((l.says_zero || resolved >= points.size() / 5));
  return worst;
}

worst_case check_first(subject const& s) {
  worst_case worst;
  for (std::size_t k = 0; k < s.operands; ++k) {
    if (k + s.parameters >= s.operands) {
      CHECK(s.first_says_zero[k]);
      continue;
    }
    differences const d(s);
    auto const w =
        check(s, {s.first_says_zero[k], [&](auto const& x) { return d.first(x, k); },
                  [&](auto const& x) { return s.in_big.first(x)[k]; },
                  [&](auto const& x) { return s.in_double.first(x)[k]; }, [&](auto const&) { return first_term(s); }});
    worst.see(w.error, w.where);
  }
  return worst;
}

worst_case check_second(subject const& s) {
  worst_case worst;
  std::size_t entry = 0;
  for (std::size_t k = 0; k < s.operands; ++k) {
    for (std::size_t l = k; l < s.operands; ++l, ++entry) {
      if (l + s.parameters >= s.operands) {
        CHECK(s.second_says_zero[entry]);
        continue;
      }
      differences const d(s);
      auto const w = check(s, {s.second_says_zero[entry], [&](auto const& x) { return d.second(x, k, l); },
                               [&](auto const& x) { return s.in_big.second(x)[entry]; },
                               [&](auto const& x) { return s.in_double.second(x)[entry]; },
                               [&](auto const& x) { return second_term(s, entry, x); }});
      worst.see(w.error, w.where);
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("names of rules are unique") {
  std::set<std::string> names;
  for (subject const& s : all_subjects()) {
    INFO(s.name);
    CHECK(names.insert(s.name).second);
  }
}

TEST_CASE("the value of a rule is std's bit for bit") {
  for (auto const& [name, expected] : standard) {
    auto const s =
        std::find_if(all_subjects().begin(), all_subjects().end(), [&](subject const& t) { return t.name == name; });
    REQUIRE(s != all_subjects().end());
    for (point const& x : samples_of(*s)) {
      double const got = s->in_double.value(x), wanted = expected(x);
      INFO(at(*s, x));
      CHECK(std::memcmp(&got, &wanted, sizeof got) == 0);
    }
  }
}

// The three tests of accuracy print the worst error of every rule: test_math "[errors]".
TEST_CASE("the value of a rule that std does not have is within 2 ulp", "[errors]") {
  for (subject const& s : all_subjects()) {
    if (standard.contains(s.name)) continue;
    INFO(s.name);
    REQUIRE(definition.contains(s.name));
    auto const worst = value_error(s);
    std::cout << s.name << ": value " << worst.error << " ulp\n";
    INFO(worst.where);
    CHECK(worst.error <= 2);
  }
}

TEST_CASE("the first derivative of a rule is the difference of its value, within 16 ulp of its largest term",
          "[errors]") {
  for (subject const& s : all_subjects()) {
    auto const worst = check_first(s);
    std::cout << s.name << ": first derivative " << worst.error / ulp << " ulp\n";
    INFO(worst.where);
    CHECK(worst.error <= 16 * ulp);
  }
}

TEST_CASE("the second derivative of a rule is the second difference of its value, within 1e-12", "[errors]") {
  for (subject const& s : all_subjects()) {
    auto const worst = check_second(s);
    std::cout << s.name << ": second derivative " << worst.error << " relative\n";
    INFO(worst.where);
    CHECK(worst.error <= 1e-12);
  }
}

TEST_CASE("a slope that is computed before the value does not read it") {
  std::size_t early = 0;
  boost::mp11::mp_for_each<duet::rules::all>([&]<class Rule>(Rule) {
    if constexpr (duet::has_early_first<Rule>) {
      ++early;
      for (double x : {-2.0, -0.5, -0.0, 0.0, 1e-300, 0.3, 1.0, 7.5, 1e300}) {
        double const with = Rule::first(x, Rule::value(x)), without = Rule::first(x, -123.0);
        INFO(Rule::name << " at " << x);
        CHECK(std::memcmp(&with, &without, sizeof with) == 0);
      }
    }
  });
  CHECK(early == 4);
}

TEST_CASE("a rule says that its slope can be infinite exactly if it can") {
  constexpr double far[] = {0, 5e-324, -5e-324, 1, -1, 1e-300, 5, 750, -750, 2000, 1e300, -1e300};
  for (subject const& s : all_subjects()) {
    auto points = samples_of(s);
    for (double a : far)
      for (double b : far)
        for (double c : {0.0, 1.0, 1e300})
          if (point const x{a, b, c};
              s.parameters == 0 || (s.name != "polygamma" && std::abs(b) <= 2000) || (b >= 0 && b <= 5))
            points.push_back(x);
    bool reached = false;
    for (point const& x : points) {
      bool inside = true;
      for (std::size_t k = 0; k < s.operands; ++k)
        inside = inside && x[k] >= s.domain[k].lower && x[k] <= s.domain[k].upper;
      if (inside)
        for (double slope : s.in_double.first(x)) reached = reached || std::isinf(slope);
    }
    INFO(s.name);
    CHECK(s.infinite_slope == reached);
  }
}

template <class... D>
constexpr bool float_or_constant(std::type_identity<std::tuple<D...>>) {
  return ((std::is_same_v<D, float> || duet::constant_number<D>) && ...);
}

TEST_CASE("rules take float and give float") {
  boost::mp11::mp_for_each<duet::rules::all>([]<class R>(R) {
    using values = operand_values<float>;
    STATIC_REQUIRE(std::is_same_v<decltype(value_of<R>(values{})), float>);
    STATIC_REQUIRE(float_or_constant(std::type_identity<decltype(first_of<R>(values{}))>{}));
    STATIC_REQUIRE(float_or_constant(std::type_identity<decltype(second_of<R>(values{}))>{}));
  });
}
