#pragma once

// Symbol to symbol: the derivatives of a graph are graphs, built by a reverse sweep on the tracer with the rules' own
// `first`. They can be differentiated again, to any order.

#include <boost/mp11/algorithm.hpp>
#include <duet/symbolic/variable.hpp>

namespace duet::symbolic {

// The local partials of a rule on the tracer: its `first`. Three rules stand here again: copysign and ldexp, whose
// `first` takes a plain number out of an operand (value(s), an int), which the tracer must refuse, since it has none;
// and abs, whose slope is the sign by two comparisons that are quick on numbers, but read badly.
template <class Rule>
struct traced_first {
  static constexpr auto of(auto const&... x) { return Rule::first(x...); }
};
template <>
struct traced_first<rules::copysign> {
  static constexpr auto of(symbol const& a, symbol const& s, symbol const&) {
    auto const unit = symbol::applied(rules::copysign{}, 1, s);
    return partials{symbolic::select(a < 0, -unit, unit), duet::zero{}};
  }
};
template <>
struct traced_first<rules::ldexp> {
  static constexpr auto of(symbol const&, parameter const& n, symbol const&) {
    return partials{symbol::applied(rules::ldexp{}, 1, n), duet::zero{}};
  }
};
template <>
struct traced_first<rules::abs> {
  static constexpr auto of(symbol const& x, symbol const&) { return symbol::applied(rules::sign{}, x); }
};

// Rules that choose between forms of one formula; such choices are not written when a graph is printed.
template <class Rule>
inline constexpr bool chooses_forms =
    boost::mp11::mp_contains<boost::mp11::mp_list<rules::tanh, rules::expm1, rules::sigmoid, rules::asinh, rules::atan,
                                                  rules::hypot, rules::hypot3, rules::pow, rules::pow_fixed_exponent,
                                                  rules::pow_fixed_base, rules::xlogx, rules::xlogy>,
                             Rule>::value;

// The contributions of an operation to the adjoints of its operands.
using local_partials_function = void (*)(builder&, operation, term const&, term*);

template <class Rule>
constexpr void trace_partials(builder& b, operation o, term const& y, term* partials) {
  constexpr auto arity = static_cast<std::size_t>(description_of<Rule>.arity);
  if constexpr (std::derived_from<Rule, operations::choice>) {
    condition const c(b.at(o.operands[0]));
    partials[1] = symbolic::select(c, 1, 0).as_term();
    partials[2] = symbolic::select(c, 0, 1).as_term();
  } else if constexpr (arity > 0 && !description_of<Rule>.is_condition) {
    b.choose_forms(chooses_forms<Rule>);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      auto const first = traced_first<Rule>::of(
          std::conditional_t<(I + parameter_count<Rule> >= arity), parameter, symbol>(b.at(o.operands[I]))...,
          symbol(y));
      if constexpr (arity == 1)
        partials[0] = symbolic::as_term(first);
      else
        ((partials[I] = symbolic::as_term(duet::get<I>(first))), ...);
    }(std::make_index_sequence<arity>{});
    b.choose_forms(false);
  }
}

// For each operation of a list the function that traces its partials.
template <class Name>
inline constexpr auto partials_of = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<local_partials_function, sizeof...(I)>{
      &symbolic::trace_partials<rule_of<Name::list.operations[I].rule>>...};
}(std::make_index_sequence<static_cast<std::size_t>(Name::list.size)>{});

// The contributions to an adjoint, those that differ in a known factor as one.
class contributions {
 public:
  constexpr void add(term const& t) {
    if (t.is(0)) return;
    term factor = fold::number(t.where, 1), of = t;
    if (fold::is_negative(t)) {
      factor.number = -1;
      of = fold::operand(t, 0);
    }
    while (fold::is_operation(of, key_of<rules::multiply>) && fold::operand(of, 0).known()) {
      factor.number *= fold::operand(of, 0).number;
      of = fold::operand(of, 1);
    }
    if (t.known()) {
      factor = t;
      of = fold::number(t.where, 1);
    }
    for (auto& [known, multiplied] : parts_)
      if (multiplied.index == of.index) {
        known.number += factor.number;
        return;
      }
    parts_.push_back({factor, of});
  }
  // The last first: the sweep runs from the end of a formula to its beginning.
  [[nodiscard]] constexpr term sum(builder& b) const {
    term result = fold::number(&b, 0);
    for (std::size_t i = parts_.size(); i-- > 0;)
      result = fold::add(result, fold::multiply(key_of<rules::multiply>, parts_[i].factor, parts_[i].of));
    return result;
  }

 private:
  struct part {
    term factor, of;
  };
  std::vector<part> parts_;
};

// The adjoints of the operations `targets` for the seed one at the operation `output`; operations of the list
// numbered places[i] in b. Only operations on a way from the targets to the output are touched.
template <class Name>
[[nodiscard]] constexpr std::vector<term> adjoints(builder& b, std::vector<int> const& places, int output,
                                                   std::vector<int> const& targets) {
  constexpr auto const& list = Name::list;
  constexpr auto size = static_cast<std::size_t>(list.size);
  std::vector<char> moves(size, 0), damped(size, 0);
  for (int const target : targets)
    if (target >= 0) moves[static_cast<std::size_t>(target)] = 1;
  for (std::size_t i = 0; i < size; ++i)
    if (list.operations[i].type == kind::active && !moves[i])
      for (int const k : list.operations[i].operands)
        if (k >= 0 && moves[static_cast<std::size_t>(k)] && list.operations[k].type == kind::active) moves[i] = 1;
  std::vector<contributions> adjoint(size);
  adjoint[static_cast<std::size_t>(output)].add(fold::number(&b, 1));
  for (std::size_t i = static_cast<std::size_t>(output) + 1; i-- > 0;) {
    operation const& o = list.operations[i];
    bool on_the_way = false;
    for (int const k : o.operands) on_the_way = on_the_way || (k >= 0 && moves[static_cast<std::size_t>(k)]);
    if (!moves[i] || !on_the_way) continue;
    term const seed = adjoint[i].sum(b);
    if (seed.is(0)) continue;
    term const y = b.at(places[i]);
    term partials[most_operands]{};
    partials_of<Name>[i](b, b[places[i]], y, partials);
    for (int k = 0; k < o.rule->arity; ++k) {
      auto const operand = static_cast<std::size_t>(o.operands[k]);
      if (!moves[operand] || list.operations[operand].type != kind::active) continue;
      // Zero wins over infinity from the first slope on that can be infinite.
      bool const damp = damped[i] || o.rule->infinite_slope;
      auto const rule = damp ? key_of<operations::damped_multiply> : key_of<rules::multiply>;
      term const contribution = fold::multiply(rule, seed, partials[k]);
      if (contribution.is(0)) continue;
      if (damp) damped[operand] = 1;
      adjoint[operand].add(contribution);
    }
  }
  std::vector<term> result;
  for (int const target : targets)
    result.push_back(target < 0 ? fold::number(&b, 0) : adjoint[static_cast<std::size_t>(target)].sum(b));
  return result;
}

// Where the input i is in a list, or -1.
template <class List>
[[nodiscard]] constexpr int place_of_input(List const& list, int i) {
  for (int k = 0; k < list.size; ++k)
    if (list.operations[k].is(key_of<input_rule>) && list.operations[k].payload == static_cast<std::uint64_t>(i))
      return k;
  return -1;
}

template <class X>
inline constexpr int variable_index = -1;
template <class Name>
  requires(Name::list.size == 1 && Name::list.operations[0].is(key_of<input_rule>))
inline constexpr int variable_index<graph<Name>> = static_cast<int>(Name::list.operations[0].payload);

// variable<I>.
template <class X>
concept graph_variable = variable_index<std::remove_cvref_t<X>> >= 0;

// The derivatives of all outputs in the inputs listed, output by output.
template <class Name, int Columns, int... Input>
struct derivative_recipe {
  static constexpr draft made() {
    builder b;
    auto const places = b.import(Name::list, 0);
    std::vector<int> const targets{symbolic::place_of_input(Name::list, Input)...};
    std::vector<term> outputs;
    for (int const output : Name::list.outputs)
      for (auto const& derivative : symbolic::adjoints<Name>(b, places, output, targets)) outputs.push_back(derivative);
    return finished(b, outputs, Columns);
  }
};

// The derivative of a graph in a variable, a graph of the same shape; zero and one if it is that everywhere. It costs
// no more than a few operations for each of the graph, common ones shared.
template <class Name, graph_variable X>
[[nodiscard]] constexpr auto differentiate(graph<Name> const& g, X const&) {
  static_assert(!graph<Name>::is_condition, "duet::symbolic::differentiate: a condition has no derivative");
  return symbolic::graph_by<derivative_recipe<Name, Name::list.columns, variable_index<X>>>(g.constants());
}
// In one variable after the other.
template <class Name, graph_variable X, graph_variable... Rest>
  requires(sizeof...(Rest) > 0)
[[nodiscard]] constexpr auto differentiate(graph<Name> const& g, X const& x, Rest const&... rest) {
  return symbolic::differentiate(symbolic::differentiate(g, x), rest...);
}

namespace derivative_detail {

template <int Columns, class Name, int... I>
[[nodiscard]] constexpr auto in_inputs(graph<Name> const& g, std::integer_sequence<int, I...>) {
  return symbolic::graph_by<derivative_recipe<Name, Columns, I...>>(g.constants());
}

}  // namespace derivative_detail

// The gradient of a graph with one output as a graph with a vector of outputs: in all its inputs, or in the variables
// named.
template <scalar_graph G>
[[nodiscard]] constexpr auto gradient(G const& g) {
  static_assert(G::inputs > 0, "duet::symbolic::gradient: this graph has no inputs");
  return derivative_detail::in_inputs<0>(g, std::make_integer_sequence<int, G::inputs>{});
}
template <scalar_graph G, graph_variable... X>
  requires(sizeof...(X) > 0)
[[nodiscard]] constexpr auto gradient(G const& g, X const&...) {
  return derivative_detail::in_inputs<0>(g, std::integer_sequence<int, variable_index<X>...>{});
}

// The Jacobian of a graph with a vector of outputs as a graph with a matrix of them, a row for each output.
template <any_graph G>
[[nodiscard]] constexpr auto jacobian(G const& g) {
  static_assert(G::list.columns == 0 && G::inputs > 0,
                "duet::symbolic::jacobian needs a graph with a vector of outputs; for one output call gradient");
  return derivative_detail::in_inputs<G::inputs>(g, std::make_integer_sequence<int, G::inputs>{});
}

// The Hessian of a graph with one output: the Jacobian of its gradient, symmetric.
template <scalar_graph G>
[[nodiscard]] constexpr auto hessian(G const& g) {
  constexpr int n = G::inputs;
  auto const slopes = symbolic::gradient(g);
  if constexpr (decltype(slopes)::inputs == n)
    return symbolic::jacobian(slopes);
  else
    return derivative_detail::in_inputs<n>(slopes, std::make_integer_sequence<int, n>{});
}

// One graph with the outputs of g and, after them, the derivatives of z in the targets. z and the targets are graphs of
// one output whose operations are in g (with expression<N>(f), or without numbers typed through operators): inputs,
// or results on the way. Derivatives of an operation used several times are summed; those that exist are shared.
// Operations that g did not have are marked, and to_dot draws them apart.
template <class G, class Z, class... Target>
struct appended_recipe {
  static constexpr draft made() {
    builder b;
    auto const original = b.import(G::list, 0);
    std::vector<term> outputs;
    for (int const output : G::list.outputs) outputs.push_back(b.at(original[static_cast<std::size_t>(output)]));
    constexpr bool is_same = std::same_as<G, Z>;
    std::vector<int> places = original;
    if constexpr (!is_same) places = b.import(Z::list, G::list.slots);
    auto const in_z = [&](auto const& target_list) {
      auto const found = b.import(target_list, G::list.slots + (is_same ? 0 : Z::list.slots));
      int const place = found[static_cast<std::size_t>(target_list.outputs[0])];
      for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] == place) return static_cast<int>(i);
      return -1;
    };
    std::vector<int> const targets{in_z(Target::list)...};
    b.mark_added();
    for (auto const& derivative : symbolic::adjoints<Z>(b, places, Z::list.outputs[0], targets))
      outputs.push_back(derivative);
    return finished(b, outputs, 0);
  }
};
template <any_graph G, scalar_graph Z, scalar_graph... Target>
  requires(sizeof...(Target) > 0)
[[nodiscard]] constexpr auto append_gradient(G const& g, Z const& z, Target const&... targets) {
  using recipe = appended_recipe<typename G::name, typename Z::name, typename Target::name...>;
  if constexpr (std::same_as<G, Z>)
    return symbolic::graph_by<recipe>(g.constants(), targets.constants()...);
  else
    return symbolic::graph_by<recipe>(g.constants(), z.constants(), targets.constants()...);
}

}  // namespace duet::symbolic
