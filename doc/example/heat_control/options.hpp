#pragma once

// The command line of `heat_control`.

#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace heat {

struct bad_option : std::runtime_error {
  explicit bad_option(std::string const& reason) : std::runtime_error("heat_control: " + reason) {}
};

struct options {
  long grid = 128, steps = 10000, snapshots = 20, iterations = 30;
  std::string svg = "heat_control.svg";
  bool quiet = false, help = false;
};

inline long parse_count(std::string_view name, std::string_view text, long least, long most) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw bad_option(std::string(name) + " is '" + std::string(text) + "', expected a whole number from " +
                     std::to_string(least) + " to " + std::to_string(most));
  return number;
}

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
      if (i + 1 == arguments.size()) throw bad_option(std::string(name) + " needs a value (see heat_control --help)");
      return arguments[++i];
    };
    const auto count = [&](long least, long most) { return parse_count(name, value(), least, most); };
    if (name == "--grid")
      given.grid = count(8, 1024);
    else if (name == "--steps")
      given.steps = count(1, 100'000'000);
    else if (name == "--snapshots")
      given.snapshots = count(1, 100'000'000);
    else if (name == "--iterations")
      given.iterations = count(1, 100'000);
    else if (name == "--svg")
      given.svg = value();
    else if ((name == "--quiet" || name == "--help" || name == "-h") && attached)
      throw bad_option(std::string(name) + " takes no value");
    else if (name == "--quiet")
      given.quiet = true;
    else if (name == "--help" || name == "-h")
      given.help = true;
    else
      throw bad_option("unknown argument '" + std::string(name) + "' (see heat_control --help)");
  }
  if (given.svg.empty()) throw bad_option("--svg needs the name of a file");
  return given;
}

}  // namespace heat
