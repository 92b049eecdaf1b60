#pragma once

// A trace in the language of Graphviz: a node for each row, with its value and its adjoint, and the local partials on
// the edges.

#include <duet/trace/style.hpp>

namespace duet {

template <class T>
[[nodiscard]] std::string trace_dot(wengert_list<T> const& list, trace_style const& style) {
  trace_names<T> const names(list, style);
  auto const quoted = [](std::string const& words) {
    std::string safe;
    for (std::string const& c : duet::characters(words)) safe += c == "\"" || c == "\\" ? "\\" + c : c;
    return safe;
  };
  std::vector<bool> is_output(list.rows.size());
  for (trace_operand<T> const& y : list.outputs)
    if (!y.is_constant()) is_output[y.row] = true;

  std::string text = "digraph trace {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n";
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    trace_row<T> const& r = list.rows[i];
    text += "  r" + std::to_string(i) + " [label=\"" + quoted(names.name(i)) + " = " + quoted(names.operation(i)) +
            "\\nvalue " + names.number(r.value) + (style.tangents ? "\\ntangent " + names.number(r.tangent) : "") +
            "\\nadjoint " + names.number(r.adjoint) + "\"";
    if (is_output[i]) text += ", peripheries=2";
    if (r.is_input()) text += ", fillcolor=lightgrey";
    text += "];\n";
  }
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    trace_row<T> const& r = list.rows[i];
    for (std::size_t k = 0; k < r.operands.size(); ++k)
      if (!r.operands[k].is_constant())
        text += "  r" + std::to_string(r.operands[k].row) + " -> r" + std::to_string(i) + " [label=\"" +
                names.number(r.partials[k]) + "\"];\n";
  }
  return text + "}\n";
}

}  // namespace duet
