#pragma once

// What check_derivatives returns: a line for each pair of ways to the same derivatives, the entries in which they
// differ, and what could not be compared; and all of it as text.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace duet {

struct check_options {
  std::uint32_t seed = 1;         // of the random directions and weights
  std::size_t directions = 2;     // that each test by products takes
  std::size_t most_inputs = 256;  // of more inputs so many, chosen at random, are differenced; no Hessian is formed
};

// An entry in which two ways differ by more than rounding and the error of the differences explain.
struct derivative_finding {
  std::string test;
  std::size_t output;  // in storage order, as the inputs
  std::optional<std::size_t> input, second_input;
  double first, second;     // in the order in which the test names them
  double error, tolerance;  // how far they are apart, and how far they may be
};

// Two ways to the same numbers.
struct derivative_test {
  std::string name;
  std::size_t compared = 0;
  std::size_t left_out = 0;  // entries of which differences say nothing; the notes say why
  double worst_error = 0;    // of the entry that comes closest to its tolerance or exceeds it most
  double tolerance = 0;      // of that entry
  bool passed = true;
};

struct derivative_check {
  bool passed = true;
  std::size_t inputs = 0, outputs = 0;
  std::vector<derivative_test> tests;
  std::vector<derivative_finding> findings;
  std::vector<std::string> notes;  // derivatives that do not exist, are infinite or could not be differenced
};

// A number with enough digits to show by how much it differs from another.
[[nodiscard]] inline std::string all_digits(double x) {
  std::ostringstream text;
  text << std::setprecision(std::numeric_limits<double>::max_digits10) << x;
  return text.str();
}

[[nodiscard]] inline std::string entry_name(std::size_t output, std::optional<std::size_t> input,
                                            std::optional<std::size_t> second_input) {
  std::string text = "output " + std::to_string(output);
  if (second_input)
    text += ", inputs " + std::to_string(*input) + " and " + std::to_string(*second_input);
  else if (input)
    text += ", input " + std::to_string(*input);
  return text;
}

// One line: "Jacobian, forward and differences: output 0, input 1: 0.5 and 0.25 differ by 0.25, allowed 3e-12".
[[nodiscard]] inline std::string to_string(derivative_finding const& finding) {
  std::ostringstream text;
  text << finding.test << ": " << entry_name(finding.output, finding.input, finding.second_input) << ": "
       << all_digits(finding.first) << " and " << all_digits(finding.second);
  text << std::setprecision(2);
  text << " differ by " << finding.error << ", allowed " << finding.tolerance;
  return text.str();
}

// A table of the tests, then the first findings and notes, each on its line.
[[nodiscard]] inline std::string to_string(derivative_check const& check) {
  constexpr std::size_t most_lines = 8;
  auto const counted = [](std::size_t n, char const* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  std::size_t width = 4;
  for (auto const& t : check.tests) width = std::max(width, t.name.size());

  std::ostringstream text;  // lines of at most 78 columns, which Catch does not break
  text << (check.passed ? "correct derivatives" : "wrong derivatives") << ": " << counted(check.inputs, "input") << ", "
       << counted(check.outputs, "output");
  if (!check.passed) text << ", " << counted(check.findings.size(), "finding");
  auto const row = [&](auto const& name, auto const& compared, auto const& error, auto const& tolerance) {
    text << '\n' << std::left << std::setw(static_cast<int>(width)) << name << std::right << std::setw(9) << compared;
    text << std::setw(8) << error << std::setw(10) << tolerance;
  };
  text << std::setprecision(2);
  row("test", "compared", "worst", "tolerance");
  for (auto const& t : check.tests) {
    row(t.name, t.compared, t.worst_error, t.tolerance);
    text << (t.passed ? "  ok" : "  WRONG");
    if (t.left_out != 0) text << ", " << t.left_out << " left out";
  }
  text << '\n';
  auto const list = [&](auto const& lines, char const* what, auto const& line) {
    for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) text << line(lines[i]) << '\n';
    if (lines.size() > most_lines) text << "and " << counted(lines.size() - most_lines, what) << " more\n";
  };
  list(check.findings, "finding", [](derivative_finding const& f) { return to_string(f); });
  list(check.notes, "note", [](std::string const& note) { return "note: " + note; });
  return text.str();
}

}  // namespace duet
