#pragma once

// Numbers that an example prints and checks: what is off is said, counted, and makes the program fail.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <duet/trace/formula_text.hpp>
#include <string>

namespace example {

inline int failures = 0;

inline void check(bool holds, std::string const& what) {
  if (holds) return;
  ++failures;
  std::printf("  WRONG: %s\n", what.c_str());
}
inline void check_close(std::string const& what, double number, double expected, double tolerance = 1e-12) {
  check(std::abs(number - expected) <= tolerance * std::fmax(1, std::abs(expected)),
        what + " is " + duet::number_text(number, 17) + ", expected " + duet::number_text(expected, 17));
}

inline std::string text(double number, int digits = 6) { return duet::number_text(number, digits); }

// A number with its name; it has to be what the formula says.
inline void print(std::string const& what, double number, double expected) {
  std::printf("  %-48s %s\n", what.c_str(), text(number).c_str());
  check_close(what, number, expected);
}

inline void heading(char const* words) { std::printf("\n%s\n\n", words); }

// The exit code, and a last line if something is off.
inline int verdict() {
  if (failures > 0) std::printf("\n%d numbers are off\n", failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace example
