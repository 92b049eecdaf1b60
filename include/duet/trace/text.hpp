#pragma once

// Words as text of an XML file, character by character.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

// Bytes of the UTF-8 character that the text begins with; 0 if it begins with none, or with a control character.
[[nodiscard]] inline std::size_t character_length(std::string_view text) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned const first = byte(0);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  std::size_t const length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return length;
}

// The characters of a text, what is none replaced by a question mark.
[[nodiscard]] inline std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t const length = character_length(text.substr(i));
    result.emplace_back(length == 0 ? "?" : text.substr(i, length));
    i += length == 0 ? 1 : length;
  }
  return result;
}

// Its signs escaped.
[[nodiscard]] inline std::string xml_text(std::string_view words) {
  std::string safe;
  for (std::string const& c : duet::characters(words))
    safe += c == "&" ? "&amp;" : c == "<" ? "&lt;" : c == ">" ? "&gt;" : c == "\"" ? "&quot;" : c;
  return safe;
}

}  // namespace duet
