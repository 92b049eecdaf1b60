#pragma once

// What Duet throws: `error` for misuse of a tape or a derivative, std::invalid_argument for sizes that do not
// fit. Messages name what was given and what was expected.

#include <cstddef>
#include <cstdio>
#include <duet/core/config.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duet {

class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws unless the size given is the size expected: "duet::jvp: the direction has 3 entries, expected 2 (...)". (Put
// together by the C library: g++ compiles the functions of std::string anew in every file that calls them.)
DUET_COLD inline void throw_wrong_size(std::string_view where, std::string_view what, std::size_t given,
                                       std::size_t expected, std::string_view why) {
  auto const length = [](std::string_view text) { return static_cast<int>(text.size()); };
  char text[500];
  std::snprintf(text, sizeof text, "%.*s: %.*s has %zu %s, expected %zu%s%.*s%s", length(where), where.data(),
                length(what), what.data(), given, given == 1 ? "entry" : "entries", expected, why.empty() ? "" : " (",
                length(why), why.data(), why.empty() ? "" : ")");
  throw std::invalid_argument(text);
}

inline void require_size(std::string_view where, std::string_view what, std::size_t given, std::size_t expected,
                         std::string_view why = {}) {
  if (given != expected) throw_wrong_size(where, what, given, expected, why);
}

}  // namespace duet
