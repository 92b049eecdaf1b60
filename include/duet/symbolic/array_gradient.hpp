#pragma once

// Appends the derivatives of a number to an array_graph, in the language of its own nodes: those of arrays by Giles
// (2008), "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", section 2,
// those of entries by the rules.

#include <duet/symbolic/array_graph.hpp>

namespace duet::symbolic {

// How the partials of a rule that is known at run time are traced; null for operations that have none.
[[nodiscard]] inline local_partials_function entry_partials(rule_key rule) {
  local_partials_function found = nullptr;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, entry_rules>>(
      [&]<class Rule>(std::type_identity<Rule>) {
        if (same_rule(rule, key_of<Rule>)) found = &symbolic::trace_partials<Rule>;
      });
  return found;
}

class array_sweep {
 public:
  array_sweep(array_graph& graph, int output, std::vector<int> const& targets)
      : graph_(graph), size_(static_cast<std::size_t>(graph.size())), moves_(size_), damped_(size_), adjoints_(size_) {
    for (int const target : targets) moves_[place(target)] = true;
    for (std::size_t i = 0; i < size_; ++i)
      for (int const k : graph_[static_cast<int>(i)].operands)
        if (k >= 0 && moves_[place(k)] && is_active(static_cast<int>(i))) moves_[i] = true;
    adjoints_[place(output)].add(fold::number(&graph_.terms(), 1));
    for (int i = output; i >= 0; --i)
      if (moves_[place(i)]) pull_back(i);
  }

  // In the shape of the node.
  [[nodiscard]] array adjoint(int node) {
    return graph_.made(graph_.filled(adjoints_[place(node)].sum(graph_.terms()), graph_.shape(node)));
  }

 private:
  [[nodiscard]] static std::size_t place(int node) { return static_cast<std::size_t>(node); }
  [[nodiscard]] bool is_active(int node) const { return graph_[node].type == kind::active; }
  [[nodiscard]] bool is_wanted(int node) const { return node >= 0 && moves_[place(node)] && is_active(node); }

  void contribute(int to, array const& adjoint) { adjoints_[place(to)].add(adjoint.as_term()); }

  void pull_back(int i) {
    operation const o = graph_[i];  // a copy: the graph grows
    bool wanted = false;
    for (int const k : o.operands) wanted = wanted || is_wanted(k);
    if (!wanted) return;
    term const sum_of_consumers = adjoints_[place(i)].sum(graph_.terms());
    if (sum_of_consumers.is(0)) return;
    array const seed = graph_.made(graph_.filled(sum_of_consumers, graph_.shape(i)));
    if (o.is(key_of<operations::matrix_product>)) {
      // C = A B: the adjoint of A is that of C times B^T, that of B is A^T times that of C.
      bool const left = (o.payload & 1) != 0, right = (o.payload & 2) != 0;
      array const a = graph_.at(o.operands[0]), b = graph_.at(o.operands[1]);
      array const first = left ? transpose(a) : a, second = right ? transpose(b) : b;
      if (is_wanted(o.operands[0]))
        contribute(o.operands[0], left ? second * transpose(seed) : seed * transpose(second));
      if (is_wanted(o.operands[1]))
        contribute(o.operands[1], right ? transpose(seed) * first : transpose(first) * seed);
    } else if (o.is(key_of<operations::transposition>)) {
      contribute(o.operands[0], transpose(seed));
    } else if (o.is(key_of<operations::entry_sum>)) {
      contribute(o.operands[0], graph_.made(graph_.filled(seed.as_term(), graph_.shape(o.operands[0]))));
    } else if (o.is(key_of<operations::squared_length>)) {
      contribute(o.operands[0], seed * (2 * graph_.at(o.operands[0])));
    } else if (o.is(key_of<operations::filling>)) {
      contribute(o.operands[0], sum(seed));
    } else {
      pull_back_entries(i, o, seed);
    }
  }

  void pull_back_entries(int i, operation const& o, array const& seed) {
    term partials[most_operands]{};
    builder& terms = graph_.terms();
    symbolic::entry_partials(o.rule)(terms, o, terms.at(i), partials);
    for (int k = 0; k < o.rule->arity; ++k) {
      int const operand = o.operands[k];
      if (!is_wanted(operand)) continue;
      // Zero wins over infinity from the first slope on that can be infinite.
      bool const damp = damped_[place(i)] || o.rule->infinite_slope;
      auto const rule = damp ? key_of<operations::damped_multiply> : key_of<rules::multiply>;
      array const contribution = graph_.made(fold::multiply(rule, factor(seed, partials[k]), partials[k]));
      if (contribution.as_term().is(0)) continue;
      if (damp) damped_[place(operand)] = true;
      // A number that went with every entry gathers from all.
      bool const gathers = graph_.shape(operand).is_scalar() && !graph_.shape(i).is_scalar();
      contribute(operand, gathers ? sum(contribution) : contribution);
    }
  }

  // The seed beside a partial: where that has all entries, of an array filled with a number the number is enough.
  [[nodiscard]] term factor(array const& seed, term const& partial) {
    bool const is_filled = fold::is_operation(seed.as_term(), key_of<operations::filling>);
    return is_filled && graph_.shape_of(partial) == seed.shape() ? fold::operand(seed.as_term(), 0) : seed.as_term();
  }

  array_graph& graph_;
  std::size_t size_;
  std::vector<bool> moves_, damped_;
  std::vector<contributions> adjoints_;
};

// Appends the derivatives of the number z in the targets, variables or nodes on the way, each in the shape of its
// target, and makes them outputs called dz/dx. Consumers are summed, nodes that exist are shared, and those that did
// not are marked, which to_dot draws apart. The derivative of z itself is the node 1. One sweep for all targets; the
// derivatives can be differentiated again.
inline std::vector<array> append_gradient(array_graph& graph, array const& z, std::vector<array> const& targets) {
  if (!z.shape().is_scalar())
    throw std::invalid_argument("duet::symbolic::append_gradient needs a number, but z has " +
                                std::to_string(z.shape().rows) + " x " + std::to_string(z.shape().columns) +
                                " entries: take its sum or squared_norm");
  int const output = graph.index(z);
  std::vector<int> nodes;
  for (array const& target : targets) nodes.push_back(graph.index(target));
  graph.terms().mark_added();
  array_sweep sweep(graph, output, nodes);
  std::vector<array> result;
  auto const called = [&](int node) {
    return graph.name(node).empty() ? "v" + std::to_string(node) : graph.name(node);
  };
  for (int const node : nodes) {
    result.push_back(sweep.adjoint(node));
    graph.add_output("d" + called(output) + "/d" + called(node), graph.index(result.back()));
  }
  graph.terms().mark_added(false);
  return result;
}

}  // namespace duet::symbolic
