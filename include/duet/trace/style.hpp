#pragma once

// How rows, numbers and formulas of a trace are called in its tables and pictures.

#include <duet/trace/row.hpp>
#include <duet/trace/text.hpp>
#include <string>
#include <vector>

namespace duet {

enum class picture_flow { fitting, right, down };

struct trace_style {
  std::string letter = "v";                   // rows are called v0, v1, ... unless they have names
  std::size_t first = 0;                      // the number of the first row
  int digits = 6;                             // significant ones
  bool formulas = true;                       // tables: the chain rule of each row beside its numbers
  bool tangents = false;                      // pictures: tangents beside values and adjoints
  picture_flow flow = picture_flow::fitting;  // pictures: where they run; fitting takes what suits a page
  std::string title = {};                     // pictures
};

// A list with its names.
template <class T>
class trace_names {
 public:
  trace_names(wengert_list<T> const& list, trace_style const& style) : list_(list), style_(style) {}

  [[nodiscard]] std::string name(std::size_t row) const {
    std::string const& given = list_.names[row];
    return given.empty() ? style_.letter + std::to_string(style_.first + row) : given;
  }
  // The name inside a formula: in parentheses unless it is one word.
  [[nodiscard]] std::string reference(std::size_t row) const {
    std::string const words = name(row);
    bool const plain = words.find_first_of(" +-*/^()~',") == std::string::npos;
    return plain ? words : "(" + words + ")";
  }
  [[nodiscard]] std::string number(T const& x) const { return number_text(static_cast<long double>(x), style_.digits); }
  [[nodiscard]] std::string operand(trace_operand<T> const& x) const {
    return x.is_constant() ? number(x.value) : reference(x.row);
  }

  // "v0 * v1"; of an input "x[0]".
  [[nodiscard]] std::string operation(std::size_t row) const {
    trace_row<T> const& r = list_.rows[row];
    if (r.is_input()) return list_.labels[row];
    std::vector<std::string> operands;
    for (trace_operand<T> const& x : r.operands) operands.push_back(operand(x));
    return r.written(operands);
  }

  // The partials of a row: in v0 and v1 of v0 * v1 the texts v1 and v0.
  [[nodiscard]] std::vector<formula_text> partials(std::size_t row) const {
    trace_row<T> const& r = list_.rows[row];
    if (r.is_input()) return {};
    std::vector<formula<T>> operands;
    for (trace_operand<T> const& x : r.operands)
      operands.push_back(x.is_constant() ? formula<T>(x.value) : formula<T>(x.value, symbol(x.row)));
    return r.partial_texts(operands, formula<T>(r.value, symbol(row)));
  }

  // v3' = v1 v0' + v0 v1', row by row: what follows the equals sign.
  [[nodiscard]] std::vector<formula_text> tangent_rules() const {
    std::vector<formula_text> rules(list_.rows.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      trace_row<T> const& r = list_.rows[i];
      if (r.is_input()) {
        rules[i] = formula_text::number(static_cast<long double>(list_.direction[i]));
        continue;
      }
      std::vector<formula_text> const slopes = partials(i);
      for (std::size_t k = 0; k < slopes.size(); ++k)
        if (!r.operands[k].is_constant())
          rules[i] = rules[i] + slopes[k] * formula_text::symbol(reference(r.operands[k].row) + "'");
    }
    return rules;
  }
  // v0~ = v3~ v1 + v4~: the sum over all rows that read v0.
  [[nodiscard]] std::vector<formula_text> adjoint_rules() const {
    std::vector<formula_text> rules(list_.rows.size());
    for (std::size_t o = 0; o < list_.outputs.size(); ++o)
      if (trace_operand<T> const& y = list_.outputs[o]; !y.is_constant())
        rules[y.row] = rules[y.row] + formula_text::number(static_cast<long double>(list_.weights[o]));
    for (std::size_t i = 0; i < rules.size(); ++i) {
      trace_row<T> const& r = list_.rows[i];
      std::vector<formula_text> const slopes = partials(i);
      for (std::size_t k = 0; k < slopes.size(); ++k)
        if (!r.operands[k].is_constant())
          rules[r.operands[k].row] = rules[r.operands[k].row] + formula_text::symbol(reference(i) + "~") * slopes[k];
    }
    return rules;
  }

  [[nodiscard]] trace_style const& style() const { return style_; }
  [[nodiscard]] wengert_list<T> const& list() const { return list_; }

 private:
  [[nodiscard]] formula_text symbol(std::size_t row) const { return formula_text::symbol(reference(row)); }

  wengert_list<T> const& list_;
  trace_style const& style_;
};

}  // namespace duet
