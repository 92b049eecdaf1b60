#pragma once

// What Duet throws: `error` for misuse of a tape or a derivative, std::invalid_argument for sizes that do not
// fit. Messages name what was given and what was expected.

#include <cstddef>
#include <duet/core/config.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duet {

class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws unless the size given is the size expected: "duet::jvp: the direction has 3 entries, expected 2 (...)".
DUET_COLD inline void throw_wrong_size(std::string_view where, std::string_view what, std::size_t given,
                                       std::size_t expected, std::string_view why) {
  std::string text(where);
  text.append(": ").append(what).append(" has ").append(std::to_string(given));
  text.append(given == 1 ? " entry, expected " : " entries, expected ").append(std::to_string(expected));
  if (!why.empty()) text.append(" (").append(why).append(")");
  throw std::invalid_argument(text);
}

inline void require_size(std::string_view where, std::string_view what, std::size_t given, std::size_t expected,
                         std::string_view why = {}) {
  if (given != expected) throw_wrong_size(where, what, given, expected, why);
}

}  // namespace duet
