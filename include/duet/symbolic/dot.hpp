#pragma once

// A graph as a picture: the language of Graphviz.

#include <duet/symbolic/print.hpp>

namespace duet::symbolic {

// The graph for `dot -Tsvg`: a node for each operation, number and input, an edge from each operand to what uses it.
// Inputs are boxes, outputs have a double border; what append_gradient added is filled and dashed. Inputs are named x0,
// x1, ... or as given.
template <class Name>
[[nodiscard]] std::string to_dot(graph<Name> const& g, std::vector<std::string> const& names = {}) {
  printed_graph const p = symbolic::printed(g, names);
  auto const quoted = [](std::string_view label) {
    std::string text = "\"";
    for (char const c : label) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text + "\"";
  };
  auto const label = [&](std::size_t i) -> std::string {
    operation const& o = p.operations[i];
    switch (o.rule->written) {
      case notation::input:
        return p.names[o.payload];
      case notation::literal:
      case notation::slot:
        return shortest_number(p.numbers[i]);
      case notation::add:
        return "+";
      case notation::subtract:
      case notation::negate:
        return "-";
      case notation::multiply:
        return "*";
      case notation::divide:
        return "/";
      case notation::power:
      case notation::swapped_power:
        return "^";
      default:
        return std::string(o.rule->name);
    }
  };
  std::string text =
      "digraph expression {\n  rankdir=LR;\n  node [shape=ellipse];\n  edge [labeldistance=1.8, labelfontsize=10];\n";
  for (std::size_t i = 0; i < p.operations.size(); ++i) {
    operation const& o = p.operations[i];
    bool const is_output = std::find(p.outputs.begin(), p.outputs.end(), static_cast<int>(i)) != p.outputs.end();
    text += "  n" + std::to_string(i) + " [label=" + quoted(label(i));
    if (o.is(key_of<input_rule>)) text += ", shape=box";
    if (o.is(key_of<literal_rule>) || o.is(key_of<slot_rule>)) text += ", shape=plaintext";
    if (is_output) text += ", peripheries=2";
    if (o.added) text += ", style=\"filled,dashed\", fillcolor=lightblue";
    text += "];\n";
  }
  for (std::size_t i = 0; i < p.operations.size(); ++i) {
    operation const& o = p.operations[i];
    for (int k = 0; k < o.rule->arity; ++k) {
      text += "  n" + std::to_string(o.operands[k]) + " -> n" + std::to_string(i);
      // Where it matters which operand comes first.
      std::string attributes;
      if (o.rule->arity > 1 && !o.rule->commutes) attributes = "headlabel=\"" + std::to_string(k + 1) + "\"";
      if (o.added) attributes += attributes.empty() ? "style=dashed" : ", style=dashed";
      if (!attributes.empty()) text += " [" + attributes + "]";
      text += ";\n";
    }
  }
  return text + "}\n";
}

}  // namespace duet::symbolic
