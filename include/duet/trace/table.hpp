#pragma once

// A trace as a table: a row for each operation with its value, its tangent and its adjoint, each beside the formula
// that gives it.

#include <algorithm>
#include <duet/trace/style.hpp>

namespace duet {

// The cells of a table; a cell may have several lines.
struct trace_cells {
  using cell = std::vector<std::string>;
  std::vector<std::string> heads;
  std::vector<bool> numeric;
  std::vector<std::vector<cell>> rows;
};

// left = the terms, broken before a sign where the line grows beyond a bound.
[[nodiscard]] inline trace_cells::cell wrapped(std::string const& left, formula_text const& right, int digits) {
  constexpr std::size_t widest = 44;
  trace_cells::cell lines{left + " ="};
  std::vector<std::string> parts = right.parts(digits);
  if (parts.empty()) parts.emplace_back("0");
  bool first = true;
  for (std::string const& part : parts) {
    if (!first && lines.back().size() + part.size() > widest) lines.push_back(std::string(left.size() + 1, ' '));
    lines.back() += first ? " " + part : part;
    first = false;
  }
  return lines;
}

template <class T>
[[nodiscard]] trace_cells cells_of(wengert_list<T> const& list, trace_style const& style) {
  trace_names<T> const names(list, style);
  trace_cells table;
  auto const column = [&](char const* head, bool numeric) {
    table.heads.emplace_back(head);
    table.numeric.push_back(numeric);
  };
  column("name", false), column("operation", false), column("value", true);
  if (style.formulas) column("tangent rule", false);
  column("tangent", true);
  if (style.formulas) column("adjoint rule", false);
  column("adjoint", true);

  std::vector<formula_text> tangents, adjoints;
  if (style.formulas) tangents = names.tangent_rules(), adjoints = names.adjoint_rules();
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    trace_row<T> const& r = list.rows[i];
    std::string const name = names.name(i);
    std::vector<trace_cells::cell> row{{name}, {names.operation(i)}, {names.number(r.value)}};
    if (style.formulas) row.push_back(duet::wrapped(names.reference(i) + "'", tangents[i], style.digits));
    row.push_back({names.number(r.tangent)});
    if (style.formulas) row.push_back(duet::wrapped(names.reference(i) + "~", adjoints[i], style.digits));
    row.push_back({names.number(r.adjoint)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Plain text, numbers with their decimal points below each other.
template <class T>
[[nodiscard]] std::string trace_table(wengert_list<T> const& list, trace_style const& style) {
  trace_cells table = duet::cells_of(list, style);
  auto const length = [](std::string const& text) { return duet::characters(text).size(); };
  std::size_t const columns = table.heads.size();
  std::vector<std::size_t> width(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    auto const whole = [](std::string const& number) { return std::min(number.find('.'), number.size()); };
    std::size_t before = 0;
    for (auto const& row : table.rows) before = std::max(before, whole(row[c].front()));
    width[c] = table.heads[c].size();
    for (auto& row : table.rows) {
      if (table.numeric[c]) row[c].front().insert(0, before - whole(row[c].front()), ' ');
      for (std::string const& line : row[c]) width[c] = std::max(width[c], length(line));
    }
  }

  std::string text;
  auto const write = [&](auto const& cell_at) {
    std::string line;
    std::size_t target = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      line.append(target - std::min(target, length(line)), ' ').append(cell_at(c));
      target += width[c] + 2;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  write([&](std::size_t c) { return table.heads[c]; });
  for (auto const& row : table.rows) {
    std::size_t lines = 1;
    for (auto const& cell : row) lines = std::max(lines, cell.size());
    for (std::size_t l = 0; l < lines; ++l)
      write([&](std::size_t c) { return l < row[c].size() ? row[c][l] : std::string(); });
  }
  return text;
}

// Markdown; what it reads as a sign of its own is escaped.
template <class T>
[[nodiscard]] std::string trace_markdown(wengert_list<T> const& list, trace_style const& style) {
  trace_cells const table = duet::cells_of(list, style);
  auto const escaped = [](std::string const& text) {
    std::string safe;
    for (std::string const& c : duet::characters(text)) {
      if (std::string_view("\\`*_{}[]<>~|#^").find(c) != std::string_view::npos) safe += '\\';
      safe += c;
    }
    return safe;
  };
  std::string text = "|", rule = "|";
  for (std::size_t c = 0; c < table.heads.size(); ++c) {
    text += " " + table.heads[c] + " |";
    rule += table.numeric[c] ? " ---: |" : " :--- |";
  }
  text += "\n" + rule + "\n";
  for (auto const& row : table.rows) {
    text += "|";
    for (auto const& cell : row) {
      text += " ";
      for (std::string const& line : cell)
        text += escaped(line.substr(std::min(line.find_first_not_of(' '), line.size()))) +
                (&line == &cell.back() ? " |" : " <br> ");
    }
    text += "\n";
  }
  return text;
}

}  // namespace duet
