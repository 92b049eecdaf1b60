#pragma once

// The command line of `heat_control`.

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../command_line.hpp"

namespace heat {

struct options {
  long grid = 128, steps = 10000, snapshots = 20, iterations = 30;
  std::string svg = "heat_control.svg";
  bool quiet = false, help = false;
};

inline long parse_count(example::command_line& line, long least, long most) {
  const std::string_view text = line.value();
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    line.fail(std::string(line.name()) + " is '" + std::string(text) + "', expected a whole number from " +
              std::to_string(least) + " to " + std::to_string(most));
  return number;
}

inline options parse_options(std::vector<std::string_view> const& arguments) {
  options given;
  example::command_line line("heat_control", arguments);
  while (line.next()) {
    const std::string_view name = line.name();
    if (name == "--grid")
      given.grid = parse_count(line, 8, 1024);
    else if (name == "--steps")
      given.steps = parse_count(line, 1, 100'000'000);
    else if (name == "--snapshots")
      given.snapshots = parse_count(line, 1, 100'000'000);
    else if (name == "--iterations")
      given.iterations = parse_count(line, 1, 100'000);
    else if (name == "--svg")
      given.svg = line.value();
    else if ((name == "--quiet" || name == "--help" || name == "-h") && line.has_attached_value())
      line.fail(std::string(name) + " takes no value");
    else if (name == "--quiet")
      given.quiet = true;
    else if (name == "--help" || name == "-h")
      given.help = true;
    else
      line.fail("unknown argument '" + std::string(name) + "'", true);
  }
  if (given.svg.empty()) line.fail("--svg needs the name of a file");
  return given;
}

}  // namespace heat
