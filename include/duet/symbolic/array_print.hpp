#pragma once

// An array_graph as text, LaTeX and picture: named nodes one by one, q = W x, with their shapes.

#include <duet/symbolic/array_graph.hpp>
#include <duet/symbolic/latex.hpp>

namespace duet::symbolic {

// What is shown of an array_graph: what its named nodes and outputs need. A node is called by its name, or by its
// output's label.
class shown_array_graph {
 public:
  explicit shown_array_graph(array_graph const& graph) : graph_(graph) {
    auto const size = static_cast<std::size_t>(graph.size());
    shown_.resize(size);
    called_.resize(size);
    for (std::size_t i = 0; i < size; ++i) called_[i] = graph.name(static_cast<int>(i));
    for (auto const& [label, node] : graph.outputs()) {
      auto const at = static_cast<std::size_t>(node);
      if (called_[at].empty()) called_[at] = label;
    }
    for (std::size_t i = size; i-- > 0;) {
      shown_[i] = shown_[i] || !called_[i].empty();
      operation const& o = graph[static_cast<int>(i)];
      if (shown_[i])
        for (int const operand : o.operands)
          if (operand >= 0) shown_[static_cast<std::size_t>(operand)] = true;
      operations_.push_back(o);
    }
    std::reverse(operations_.begin(), operations_.end());
    printed_.operations = operations_;
    printed_.numbers.resize(size);
    printed_.is_number.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      if (!operations_[i].is(key_of<literal_rule>)) continue;
      printed_.is_number[i] = 1;
      printed_.numbers[i] = operations_[i].literal();
    }
  }

  [[nodiscard]] array_graph const& graph() const { return graph_; }
  [[nodiscard]] printed_graph const& printed() const { return printed_; }
  [[nodiscard]] bool is_shown(int i) const { return shown_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::string const& called(int i) const { return called_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] bool is_variable(int i) const { return graph_[i].is(key_of<input_rule>); }

 private:
  array_graph const& graph_;
  std::vector<operation> operations_;
  std::vector<bool> shown_;
  std::vector<std::string> called_;
  printed_graph printed_;
};

// A style of the scalar graphs with the operations of arrays.
template <class Base>
class array_style : public Base {
 public:
  static constexpr bool is_latex = std::same_as<Base, latex_style>;

  explicit array_style(shown_array_graph const& shown) : shown_(shown) {}

  // A name in formulas; dE/dw as a fraction.
  [[nodiscard]] static std::string spelled(std::string const& name) {
    auto const slash = name.find("/d");
    if (!is_latex || !name.starts_with('d') || slash == name.npos) return name;
    return "\\frac{" + name.substr(0, slash) + "}{" + name.substr(slash + 1) + "}";
  }

  // The formula of each node that is shown, in which others stand by their names.
  [[nodiscard]] std::vector<std::string> formulas() const {
    auto const size = static_cast<std::size_t>(shown_.graph().size());
    std::vector<written_operation> done(size);
    std::vector<std::string> result(size);
    for (std::size_t i = 0; i < size; ++i) {
      auto const node = static_cast<int>(i);
      if (!shown_.is_shown(node)) continue;
      if (!shown_.is_variable(node)) done[i] = written(shown_.printed(), node, done);
      result[i] = done[i].text;
      if (!shown_.called(node).empty() && !shown_.printed().number(node))
        done[i] = {spelled(shown_.called(node)), binding::atom};
    }
    return result;
  }

  [[nodiscard]] written_operation written(printed_graph const& g, int i,
                                          std::vector<written_operation> const& done) const override {
    operation const& o = g.at(i);
    auto const at = [&](int k) -> written_operation const& { return Base::operand(g, i, k, done); };
    auto const transposed = [&](int k) -> written_operation {
      return {this->at_least(at(k), binding::atom) + (is_latex ? "^{T}" : "^T"), binding::power};
    };
    if (o.is(key_of<operations::matrix_product>)) {
      auto const factor = [&](int k, unsigned bit) { return (o.payload & bit) != 0 ? transposed(k) : at(k); };
      return {this->at_least(factor(0, 1), binding::product) + (is_latex ? " \\, " : " ") +
                  this->at_least(factor(1, 2), binding::power),
              binding::product};
    }
    if (o.is(key_of<operations::transposition>)) return transposed(0);
    if (o.is(key_of<operations::filling>)) return Base::call("fill", {&at(0)});
    if (o.is(key_of<operations::squared_length>)) {
      if (is_latex) return {"\\left\\|" + at(0).text + "\\right\\|^{2}", binding::power};
      return {"|" + at(0).text + "|^2", binding::power};
    }
    bool const is_entrywise = o.rule->written == notation::multiply && o.operands[0] != o.operands[1] &&
                              !is_number(o.operands[0]) && !is_number(o.operands[1]);
    if (is_entrywise)
      return {this->at_least(at(0), binding::sign) + (is_latex ? " \\odot " : " .* ") +
                  this->at_least(at(1), binding::quotient),
              binding::product};
    return Base::written(g, i, done);
  }

 private:
  [[nodiscard]] bool is_number(int node) const { return shown_.graph().shape(node).is_scalar(); }

  shown_array_graph const& shown_;
};

namespace array_detail {

// Calls visit(name, shape, formula) for each variable, named node and output; the formula of a variable is empty.
template <class Style, class Visit>
void each_definition(array_graph const& graph, Visit const& visit) {
  shown_array_graph const shown(graph);
  auto const formulas = array_style<Style>(shown).formulas();
  auto const formula = [&](int i) { return formulas[static_cast<std::size_t>(i)]; };
  for (int i = 0; i < graph.size(); ++i)
    if (!graph.name(i).empty())
      visit(array_style<Style>::spelled(graph.name(i)), to_string(graph.shape(i)), formula(i));
  for (auto const& [label, node] : graph.outputs()) {
    bool const is_known_by_another = shown.called(node) != label && !shown.printed().number(node);
    visit(array_style<Style>::spelled(label), to_string(graph.shape(node)),
          is_known_by_another ? array_style<Style>::spelled(shown.called(node)) : formula(node));
  }
}

}  // namespace array_detail

// A line for each variable, named node and output, with its shape: "q (2) = W x". Nodes without a name are written out
// where they are used; .* is the product entry by entry.
[[nodiscard]] inline std::string to_string(array_graph const& graph) {
  std::string text;
  array_detail::each_definition<infix_style>(
      graph, [&](std::string const& name, std::string const& shape, std::string const& formula) {
        text += name + (shape.empty() ? "" : " (" + shape + ")") + (formula.empty() ? "" : " = " + formula) + "\n";
      });
  return text;
}

// The same as equations, for the environment aligned of mathematics mode; without the variables.
[[nodiscard]] inline std::string to_latex(array_graph const& graph) {
  std::string text;
  array_detail::each_definition<latex_style>(
      graph, [&](std::string const& name, std::string const&, std::string const& formula) {
        if (!formula.empty()) text += (text.empty() ? "" : " \\\\\n") + name + " &= " + formula;
      });
  return text;
}

// For `dot -Tsvg`: a node for each that is shown, with its formula, shape and further labels, an edge from each operand
// to what uses it. Variables are boxes; what append_gradient added is filled and dashed. Numbers stand in the formulas.
[[nodiscard]] inline std::string to_dot(array_graph const& graph) {
  shown_array_graph const shown(graph);
  auto const formulas = array_style<infix_style>(shown).formulas();
  auto const is_drawn = [&](int i) {
    return shown.is_shown(i) && !(graph[i].is(key_of<literal_rule>) && shown.called(i).empty());
  };
  std::string text = "digraph expression {\n  rankdir=LR;\n  node [shape=ellipse];\n";
  for (int i = 0; i < graph.size(); ++i) {
    if (!is_drawn(i)) continue;
    std::string const& name = shown.called(i);
    std::string const formula = formulas[static_cast<std::size_t>(i)];
    std::string label = name + (name.empty() || shown.is_variable(i) ? "" : " = ") + formula;
    if (std::string const shape = to_string(graph.shape(i)); !shape.empty()) label += "\\n(" + shape + ")";
    for (auto const& [other, node] : graph.outputs())
      if (node == i && other != name) label += "\\n" + other;
    text += "  n" + std::to_string(i) + " [label=\"" + label + "\"";
    if (shown.is_variable(i)) text += ", shape=box";
    if (graph[i].added) text += ", style=\"filled,dashed\", fillcolor=lightblue";
    text += "];\n";
  }
  for (int i = 0; i < graph.size(); ++i) {
    if (!is_drawn(i)) continue;
    for (int const operand : graph[i].operands)
      if (operand >= 0 && is_drawn(operand))
        text += "  n" + std::to_string(operand) + " -> n" + std::to_string(i) +
                (graph[i].added ? " [style=dashed];\n" : ";\n");
  }
  return text + "}\n";
}

}  // namespace duet::symbolic
