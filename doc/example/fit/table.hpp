#pragma once

// A table of observations read from a CSV file: every column but the last is a predictor, the last is y. Whatever is
// wrong with the file is reported with its name and line.

#include <Eigen/Core>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../command_line.hpp"

namespace fit {

// Input that cannot be used. The text is "file:line: reason", or "fit: reason" for the command line.
struct bad_input : example::bad_input {
  using example::bad_input::bad_input;
  bad_input(std::string const& file, std::size_t line, std::string const& reason)
      : example::bad_input(file + ":" + std::to_string(line) + ": " + reason) {}
};

// What a file may say about itself, in comment lines that begin with "#!".
struct directive {
  std::string text;
  std::size_t line = 0;  // 0: not given
  explicit operator bool() const { return line != 0; }
};

struct table {
  std::string file;
  std::vector<std::string> names;  // of the columns, y last
  std::vector<double> predictors;  // row by row
  std::vector<double> y;
  std::vector<std::size_t> lines;  // where each row stands in the file
  directive model, start, certified, certified_errors, certified_rss;

  std::size_t rows() const { return y.size(); }
  std::size_t columns() const { return names.size() - 1; }  // of predictors
  Eigen::Map<Eigen::VectorXd const> x(std::size_t row) const {
    return {predictors.data() + row * columns(), Eigen::Index(columns())};
  }
};

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const auto first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

inline std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == line.npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

// A piece of the file as it can be shown in a message: short and printable.
inline std::string in_quotes(std::string_view text) {
  std::string shown(text.substr(0, 24));
  std::ranges::replace_if(shown, [](unsigned char c) { return c < 32 || c == 127; }, '?');
  return "'" + shown + (text.size() > 24 ? "...'" : "'");
}

// The number that is the whole of `text`; otherwise 0 and a reason.
inline double parse_number(std::string_view text, std::string& reason) {
  reason.clear();
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty())
    reason = "is empty";
  else if (failure == std::errc::result_out_of_range)
    reason = in_quotes(text) + " does not fit a double";
  else if (failure != std::errc{} || end != text.data() + text.size())
    reason = in_quotes(text) + " is not a number";
  else if (!std::isfinite(number))
    reason = in_quotes(text) + " is not a finite number";
  return reason.empty() ? number : 0;
}

// A list "1, 2.5, 3e4"; `where` opens the message if one of them is not a number.
inline std::vector<double> parse_numbers(std::string_view text, std::string const& where) {
  std::vector<double> numbers;
  std::string reason;
  for (const std::string_view field : split(text)) {
    numbers.push_back(parse_number(field, reason));
    if (!reason.empty())
      throw bad_input(where + "value " + std::to_string(numbers.size()) + (reason.front() == '\'' ? ", " : " ") +
                      reason);
  }
  return numbers;
}

inline std::vector<double> parse_numbers(directive const& given, std::string const& file) {
  return parse_numbers(given.text, file + ":" + std::to_string(given.line) + ": ");
}

class table_reader {
 public:
  static table read(std::string const& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) throw bad_input(file, 1, "no such file");
    if (std::filesystem::is_directory(file, ignored)) throw bad_input(file, 1, "is a folder, not a CSV file");
    std::ifstream in(file, std::ios::binary);
    if (!in) throw bad_input(file, 1, "cannot be read");
    table_reader reader;
    reader.data_.file = file;
    for (std::string line; std::getline(in, line);) reader.read_line(line);
    if (in.bad()) reader.fail("cannot be read further");
    reader.line_ = std::max<std::size_t>(reader.line_, 1);
    if (reader.line_ == 1 && reader.data_.names.empty()) reader.fail("the file is empty");
    if (reader.data_.y.empty()) reader.fail("the file has no row of numbers");
    return reader.data_;
  }

 private:
  [[noreturn]] void fail(std::string const& reason) const { throw bad_input(data_.file, line_, reason); }

  void read_line(std::string_view line) {
    ++line_;
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);  // byte order mark
    line = trimmed(line);
    if (line.starts_with("#!"))
      read_directive(line.substr(2));
    else if (!line.empty() && line.front() != '#')
      read_row(split(line));
  }

  void read_directive(std::string_view line) {
    const auto colon = line.find(':');
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view text = colon == line.npos ? std::string_view{} : trimmed(line.substr(colon + 1));
    directive unused;
    directive* const given = key == "model"              ? &data_.model
                             : key == "start"            ? &data_.start
                             : key == "second start"     ? &unused
                             : key == "certified"        ? &data_.certified
                             : key == "certified errors" ? &data_.certified_errors
                             : key == "certified rss"    ? &data_.certified_rss
                                                         : nullptr;
    if (given == nullptr) fail("unknown key " + in_quotes(key) + " after #!");
    if (text.empty()) fail("nothing follows the key " + in_quotes(key));
    if (*given) fail("the key " + in_quotes(key) + " was given before, in line " + std::to_string(given->line));
    *given = {std::string(text), line_};
  }

  void read_row(std::vector<std::string_view> const& fields) {
    std::vector<double> numbers;
    std::string reason, first_reason;
    std::size_t failures = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      numbers.push_back(parse_number(fields[i], reason));
      if (reason.empty()) continue;
      if (reason.ends_with("is not a number")) ++failures;
      if (first_reason.empty())
        first_reason = "field " + std::to_string(i + 1) + (reason.front() == '\'' ? ", " : " ") + reason;
    }
    if (data_.names.empty()) {  // the first row says how many columns there are; it is a header if no field is a number
      if (fields.size() < 2) fail("1 field, expected at least 2: x, y");
      const bool header = failures == fields.size();
      for (std::size_t i = 0; i < fields.size(); ++i)
        data_.names.push_back(header ? name(fields[i]) : name(i, fields.size()));
      columns_line_ = line_;
      if (header) return;
    }
    if (fields.size() != data_.names.size())
      fail(std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") + ", expected " +
           std::to_string(data_.names.size()) + " as in line " + std::to_string(columns_line_));
    if (!first_reason.empty()) fail(first_reason);
    data_.predictors.insert(data_.predictors.end(), numbers.begin(), numbers.end() - 1);
    data_.y.push_back(numbers.back());
    data_.lines.push_back(line_);
  }

  static std::string name(std::string_view field) {
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    return std::string(field);
  }
  static std::string name(std::size_t column, std::size_t columns) {
    if (column + 1 == columns) return "y";
    return columns == 2 ? "x" : "x" + std::to_string(column + 1);
  }

  table data_;
  std::size_t line_ = 0, columns_line_ = 0;
};

}  // namespace fit
