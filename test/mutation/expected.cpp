// Prints what the derivatives of every rule are: differences of its value in 75 digits at the points of the laws. One
// line for a point: the rule's name, operands, value, first and second partials; "nan" where differences do not resolve
// them.

#include "../math/oracle.hpp"

#include <cstdio>

int main() {
  using namespace oracle;
  double const unknown = std::numeric_limits<double>::quiet_NaN();
  auto const number = [&](difference const& d, bool says_zero) {
    if (says_zero) return 0.0;
    return isfinite(d.number) && d.resolved() ? static_cast<double>(d.number) : unknown;
  };
  for (subject const& s : all_subjects()) {
    differences const d(s);
    auto points = samples_of(s);
    if (s.parameters == 0)  // where values are 0 or 1
      for (double a : {0.0, 0.5, 1.0, 2.0, -1.0})
        for (double b : {0.5, 1.0, 2.0})
          if (a > s.domain[0].lower && a < s.domain[0].upper) points.push_back({a, b, 3 * b});
    for (point const& x : points) {
      operand_values<big> const at{big(x[0]), big(x[1]), big(x[2])};
      std::printf("%s", s.name.c_str());
      for (double operand : x) std::printf(" %a", operand);
      std::printf(" %a", static_cast<double>(s.in_big.value(at)));
      std::size_t const moving = s.operands - s.parameters;
      for (std::size_t k = 0; k < moving; ++k) std::printf(" %a", number(d.first(at, k), s.first_says_zero[k]));
      std::size_t entry = 0;
      for (std::size_t k = 0; k < s.operands; ++k)
        for (std::size_t l = k; l < s.operands; ++l, ++entry)
          if (l < moving) std::printf(" %a", number(d.second(at, k, l), s.second_says_zero[entry]));
      std::printf("\n");
    }
  }
  // Where differences do not reach: of two numbers that are infinitely small each has half; far out on a bell;
  // where a square overflows.
  double const inf = std::numeric_limits<double>::infinity();
  std::printf("log_sum_exp %a %a %a %a %a %a %a %a %a\n", -inf, -inf, -inf, -inf, 0.5, 0.5, unknown, unknown, unknown);
  for (double const x : {25.9, -26.3}) {
    big const bell = 2 / sqrt(boost::math::constants::pi<big>()) * exp(-big(x) * x);
    std::printf("erf %a 0 0 %a %a %a\n", x, x > 0 ? 1.0 : -1.0, static_cast<double>(bell),
                static_cast<double>(-2 * x * bell));
  }
  std::printf("erf %a 0 0 1 0 %a\n", inf, unknown);
  std::printf("atan 1e155 0 0 %a 1e-310 %a\n", std::acos(0.0), unknown);
}
