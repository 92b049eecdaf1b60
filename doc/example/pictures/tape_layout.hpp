#pragma once

// What a short recording leaves on the tape, drawn byte by byte. The number of bytes of each statement is measured.

#include <cmath>
#include <duet/duet.hpp>
#include <duet/trace/formula_text.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "../fit/chart.hpp"

namespace pictures {

// A piece of a record: a partial, an index, or an index whose partial is one or minus one.
struct cell {
  enum kind_of { partial, index, unit_index } kind;
  std::string text;
  [[nodiscard]] std::size_t bytes() const { return kind == partial ? 8 : 4; }
};

struct recorded {
  std::string source, descriptor, note;
  std::vector<cell> cells;
  double adjoint = 0;
};

// Four statements of two inputs, with what the tape should hold of each; throws if it takes other bytes than that.
inline std::vector<recorded> record_statements() {
  duet::tape<> tape;
  duet::recording scope(tape);
  std::vector<recorded> rows;
  std::vector<duet::var<>> made;
  auto const add = [&](std::string source, std::string descriptor, std::string note, std::vector<cell> cells,
                       auto const& statement) {
    std::size_t const before = tape.statistics().bytes;
    made.push_back(statement());
    std::size_t expected = 1;
    for (cell const& c : cells) expected += c.bytes();
    std::size_t const taken = tape.statistics().bytes - before;
    if (taken != expected)
      throw std::logic_error(source + " takes " + std::to_string(taken) + " bytes, not " + std::to_string(expected));
    rows.push_back({std::move(source), std::move(descriptor), std::move(note), std::move(cells)});
  };
  auto const number = [](double x) { return duet::number_text(static_cast<long double>(x), 3); };

  double const a = 1.5, b = 0.5, y = a * std::sin(b), z = y - b, w = std::exp(z);
  add("a = tape.independent(1.5)", "input", "an input: its descriptor only", {}, [&] { return tape.independent(a); });
  add("b = tape.independent(0.5)", "input", "an input: its descriptor only", {}, [&] { return tape.independent(b); });
  add("y = a * sin(b)", "2 partials, predecessor", "two partials; b was just before and needs no index",
      {{cell::partial, number(std::sin(b))}, {cell::partial, number(a * std::cos(b))}, {cell::index, "1"}},
      [&] { return duet::var<>(made[0] * sin(made[1])); });
  add("z = y - b", "1 unit, carry", "the partial \u22121 is the sign of an index; y, just before, takes nothing",
      {{cell::unit_index, "\u22122"}}, [&] { return duet::var<>(made[2] - made[1]); });
  add("w = exp(z)", "1 partial, predecessor", "z was just before: a partial and no index", {{cell::partial, number(w)}},
      [&] { return duet::var<>(exp(made[3])); });
  add("q = y * w", "2 partials, predecessor", "w was just before: no index; y has one",
      {{cell::partial, number(w)}, {cell::partial, number(y)}, {cell::index, "3"}},
      [&] { return duet::var<>(made[2] * made[4]); });

  tape.reverse(made.back());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].adjoint = tape.adjoint(made[i]);
  double const expected_a = (w + y * w) * std::sin(b);
  if (std::abs(rows[0].adjoint - expected_a) > 1e-12) throw std::logic_error("the adjoint of a is wrong");
  return rows;
}

inline std::string draw_tape(std::vector<recorded> const& rows) {
  constexpr double width = 860, height = 552, left = 28, byte = 13.4, list_top = 92, row_height = 25;
  constexpr std::string_view ink = "#1f2933", grey = "#52606d", frame = "#9aa5b1", mono = "DejaVu Sans Mono, monospace";
  constexpr std::string_view colours[] = {"#e4e7eb", "#e4e7eb", "#d6e6f6", "#f6ddd6", "#dcefdc", "#eadcf2"};
  auto const fill = [](std::string_view colour, std::string_view more = "") {
    return std::string("fill=\"").append(colour).append("\" ").append(more);
  };
  std::string const code = "font-family=\"" + std::string(mono) + "\" ";

  fit::svg s(width, height);
  s.text(left, 34, fill(ink, "font-size=\"19\" font-weight=\"bold\""), "What four statements leave on the tape");
  s.text(left, 58, fill(grey), "in the order in which they are recorded; the sweep goes back from right to left");
  auto const box = [&](double x, double y, double w, double h, std::string_view colour) {
    s.put("<rect x=\"", x, "\" y=\"", y, "\" width=\"", w, "\" height=\"", h, "\" fill=\"", colour, "\" stroke=\"",
          frame, "\"/>\n");
  };

  for (std::size_t i = 0; i < rows.size(); ++i) {
    double const y = list_top + row_height * static_cast<double>(i);
    box(left, y - 14, 18, 18, colours[i]);
    s.text(left + 9, y, fill(ink, "text-anchor=\"middle\" font-size=\"12\""), std::to_string(i + 1));
    s.text(left + 30, y, fill(ink, code), rows[i].source);
    s.text(left + 262, y, fill(grey), rows[i].note);
  }

  // One descriptor a statement.
  double const descriptors = 288, records = 372, adjoints = 460;
  double const pitch = (width - 2 * left) / static_cast<double>(rows.size());
  s.text(left, descriptors - 12, fill(ink, "font-weight=\"bold\""),
         "descriptors: one byte each; the position is the index");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double const x = left + pitch * static_cast<double>(i);
    box(x, descriptors, pitch, 34, colours[i]);
    // Two lines where one does not fit.
    std::string const& words = rows[i].descriptor;
    auto const comma = words.find(", ");
    s.text(x + pitch / 2, descriptors + (comma == words.npos ? 21 : 14),
           fill(ink, "text-anchor=\"middle\" font-size=\"12\""), words.substr(0, comma));
    if (comma != words.npos)
      s.text(x + pitch / 2, descriptors + 29, fill(ink, "text-anchor=\"middle\" font-size=\"12\""),
             words.substr(comma + 2));
  }

  std::size_t total = 0;
  for (recorded const& r : rows)
    for (cell const& c : r.cells) total += c.bytes();
  s.text(left, records - 12, fill(ink, "font-weight=\"bold\""),
         "records: partials of 8 bytes, then indices of 4; " + std::to_string(total) + " bytes here");
  double x = left;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (cell const& c : rows[i].cells) {
      double const w = byte * static_cast<double>(c.bytes());
      box(x, records, w, 34, colours[i]);
      s.text(x + w / 2, records + 22, fill(ink, code + "text-anchor=\"middle\" font-size=\"12.5\""),
             c.kind == cell::partial ? c.text : "[" + c.text + "]");
      x += w;
    }

  s.text(left, adjoints - 12, fill(ink, "font-weight=\"bold\""), "adjoints: one number an index, made for the sweep");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double const at = left + pitch * static_cast<double>(i);
    box(at, adjoints, pitch, 34, colours[i]);
    s.text(at + pitch / 2, adjoints + 22, fill("#b3261e", code + "text-anchor=\"middle\" font-size=\"12.5\""),
           duet::number_text(static_cast<long double>(rows[i].adjoint), 4));
  }
  double const arrow = adjoints + 62;
  s.line(width - left, arrow, left + 8, arrow, "stroke=\"#b3261e\" stroke-width=\"2\"");
  s.put("<path d=\"M", left, " ", arrow, " l12 -6 v12 z\" fill=\"#b3261e\"/>\n");
  s.text(width / 2, arrow - 8, fill("#b3261e", "text-anchor=\"middle\""), "the sweep");
  return s.finish();
}

}  // namespace pictures
