#pragma once

// The command line of `fit`.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../command_line.hpp"
#include "table.hpp"

namespace fit {

struct options {
  std::string data, model, svg;
  std::optional<std::vector<double>> start;
  bool help = false;
};

inline options parse_options(std::vector<std::string_view> const& arguments) {
  options given;
  example::command_line line("fit", arguments);
  while (line.next()) {
    if (line.name() == "--help" || line.name() == "-h")
      given.help = true;
    else if (line.name() == "--model")
      given.model = line.value();
    else if (line.name() == "--svg")
      given.svg = line.value();
    else if (line.name() == "--start")
      given.start = parse_numbers(line.value(), "fit: --start: ");
    else if (line.name().starts_with("-") && line.name().size() > 1)
      line.fail("unknown option " + in_quotes(line.name()), true);
    else if (!given.data.empty())
      line.fail("one file at a time, but " + in_quotes(given.data) + " and " + in_quotes(line.name()) + " are given");
    else
      given.data = line.name();
  }
  if (given.data.empty() && !given.help) line.fail("no data file given", true);
  return given;
}

}  // namespace fit
