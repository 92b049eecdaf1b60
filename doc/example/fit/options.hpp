#pragma once

// The command line of `fit`.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table.hpp"

namespace fit {

struct options {
  std::string data, model, svg;
  std::optional<std::vector<double>> start;
  bool help = false;
};

inline options parse_options(std::vector<std::string_view> const& arguments) {
  options given;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    std::optional<std::string_view> attached;
    if (const auto equals = name.find('='); name.starts_with("--") && equals != name.npos) {
      attached = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    const auto value = [&] {
      if (attached) return *attached;
      if (i + 1 == arguments.size()) throw bad_input("fit: " + std::string(name) + " needs a value (see fit --help)");
      return arguments[++i];
    };
    if (name == "--help" || name == "-h")
      given.help = true;
    else if (name == "--model")
      given.model = value();
    else if (name == "--svg")
      given.svg = value();
    else if (name == "--start")
      given.start = parse_numbers(value(), "fit: --start: ");
    else if (name.starts_with("-") && name.size() > 1)
      throw bad_input("fit: unknown option " + in_quotes(name) + " (see fit --help)");
    else if (!given.data.empty())
      throw bad_input("fit: one file at a time, but " + in_quotes(given.data) + " and " + in_quotes(name) +
                      " are given");
    else
      given.data = name;
  }
  if (given.data.empty() && !given.help) throw bad_input("fit: no data file given (see fit --help)");
  return given;
}

}  // namespace fit
