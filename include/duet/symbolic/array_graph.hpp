#pragma once

// Graphs whose nodes are numbers, vectors and matrices, built while the program runs: q = W x is one node, with its
// shape. Operations are those of the scalar graphs, entry by entry, and a few of arrays. The builder shares and folds
// as it does there.

#include <boost/mp11/algorithm.hpp>
#include <duet/core/error.hpp>
#include <duet/symbolic/differentiate.hpp>
#include <string>

namespace duet::symbolic {

namespace operations {

struct array_operation {
  static constexpr notation written = notation::call;
  static constexpr int arity = 1;
  static constexpr bool infinite_slope = false;
};
// Payload: bit 0, the left factor is transposed; bit 1, the right one.
struct matrix_product : array_operation {
  static constexpr std::string_view name = "product";
  static constexpr int arity = 2;
};
struct transposition : array_operation {
  static constexpr std::string_view name = "transpose";
};
struct entry_sum : array_operation {
  static constexpr std::string_view name = "sum";
};
struct squared_length : array_operation {
  static constexpr std::string_view name = "squared_norm";
};
// An array all of whose entries are one number. Payload: its rows times 2^32, plus its columns.
struct filling : array_operation {
  static constexpr std::string_view name = "fill";
};

}  // namespace operations

// The rules that arrays take, entry by entry, and the derivatives of these.
using entry_rules = boost::mp11::mp_append<
    rules::all,
    boost::mp11::mp_list<operations::less, operations::less_equal, operations::equal, operations::both,
                         operations::either, operations::negation, operations::is_bounded, operations::choice,
                         operations::choice_of_form, operations::where_defined, operations::damped_multiply,
                         operations::gaussian, operations::shifted_exponential>>;

struct array_shape {
  int rows = 1, columns = 1;

  [[nodiscard]] constexpr bool is_scalar() const { return rows == 1 && columns == 1; }
  [[nodiscard]] constexpr array_shape transposed() const { return {columns, rows}; }
  friend constexpr bool operator==(array_shape const&, array_shape const&) = default;
};
// "2x3", a column "3", a number nothing.
[[nodiscard]] inline std::string to_string(array_shape const& s) {
  if (s.is_scalar()) return "";
  return std::to_string(s.rows) + (s.columns == 1 ? "" : "x" + std::to_string(s.columns));
}

class array_graph;

// A node of an array_graph, or a number. It takes the functions and operators of duet, entry by entry; numbers and
// 1 x 1 nodes go with every shape. a * b is the matrix product, unless one of them is a number.
class array : public math_operand {
 public:
  using value_type = double;
  using tag = void;
  using scalar = array;

  array() = default;
  template <class X>
    requires std::is_arithmetic_v<X>
  array(X x) : term_{nullptr, -1, static_cast<double>(x)} {}  // NOLINT: implicit as in double
  array(array_graph* graph, term const& t) : graph_(graph), term_(t) {}

  [[nodiscard]] array_graph* graph() const { return graph_; }
  [[nodiscard]] term const& as_term() const { return term_; }
  [[nodiscard]] inline array_shape shape() const;

  // apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static array applied(Rule, X const&... x);

 private:
  array_graph* graph_ = nullptr;
  term term_;
};

}  // namespace duet::symbolic

namespace duet {
template <>
inline constexpr bool is_active_scalar<symbolic::array> = true;
template <>
inline constexpr bool is_eager<symbolic::array> = true;
}  // namespace duet

namespace duet::symbolic {

// Nodes refer to their graph, which must outlive them and stays where it is.
class array_graph {
 public:
  // What a graph was asked for: a derivative and its label, dE/dw.
  struct output {
    std::string label;
    int node;
  };

  // A column of so many rows, or a matrix; a number if no size is given. Its values are given in the order of the
  // variables when the graph is evaluated.
  [[nodiscard]] array variable(std::string name, int rows = 1, int columns = 1) {
    if (rows < 1 || columns < 1)
      throw std::invalid_argument("duet::symbolic: the variable " + name + " of an array_graph has " +
                                  std::to_string(rows) + " rows and " + std::to_string(columns) + " columns");
    inputs_.push_back({rows, columns});
    array const x = made(nodes_.input(static_cast<int>(inputs_.size()) - 1));
    return named(std::move(name), x);
  }
  // The node with a name of its own, by which text and pictures call it.
  array named(std::string name, array const& x) {
    int const node = index(x);
    names_[static_cast<std::size_t>(node)] = std::move(name);
    return x;
  }

  [[nodiscard]] int size() const { return nodes_.size(); }
  [[nodiscard]] int variables() const { return static_cast<int>(inputs_.size()); }
  [[nodiscard]] operation const& operator[](int node) const { return nodes_[node]; }
  [[nodiscard]] array_shape shape(int node) const { return shapes_[static_cast<std::size_t>(node)]; }
  // Empty if it has none.
  [[nodiscard]] std::string const& name(int node) const { return names_[static_cast<std::size_t>(node)]; }
  [[nodiscard]] std::vector<output> const& outputs() const { return outputs_; }
  void add_output(std::string label, int node) { outputs_.push_back({std::move(label), node}); }

  // The node of x; a number becomes one.
  [[nodiscard]] int index(array const& x) {
    if (x.graph() != nullptr && x.graph() != this)
      throw error("duet::symbolic: a node of another array_graph was given");
    int const node = nodes_.place(x.as_term());
    measure();
    return node;
  }
  [[nodiscard]] array at(int node) { return {this, nodes_.at(node)}; }
  // What was built of the builder's terms.
  [[nodiscard]] array made(term const& t) {
    measure();
    return {this, t};
  }
  [[nodiscard]] builder& terms() { return nodes_; }

  // An operation with a payload, on terms that are made nodes.
  [[nodiscard]] term apply(rule_key rule, std::uint64_t payload, term const& a, term const& b = {}) {
    operation o;
    o.rule = rule;
    o.payload = payload;
    o.operands[0] = nodes_.place(a);
    if (rule->arity > 1) o.operands[1] = nodes_.place(b);
    for (int const operand : o.operands)
      if (operand >= 0 && nodes_[operand].type == kind::active) o.type = kind::active;
    term const result{&nodes_, nodes_.add(o), 0};
    measure();
    return result;
  }
  // t, or if it is a number where an array is wanted, the array of it.
  [[nodiscard]] term filled(term const& t, array_shape wanted) {
    if (shape_of(t) == wanted) return t;
    return apply(key_of<operations::filling>,
                 static_cast<std::uint64_t>(wanted.rows) << 32 | static_cast<std::uint64_t>(wanted.columns), t);
  }
  [[nodiscard]] array_shape shape_of(term const& t) {
    measure();
    return t.known() ? array_shape{} : shape(t.index);
  }

 private:
  // The shapes of new nodes.
  void measure() {
    names_.resize(static_cast<std::size_t>(nodes_.size()));
    while (static_cast<int>(shapes_.size()) < nodes_.size()) {
      operation const& o = nodes_[static_cast<int>(shapes_.size())];
      array_shape result;
      if (o.is(key_of<input_rule>)) {
        result = inputs_[o.payload];
      } else if (o.is(key_of<operations::matrix_product>)) {
        array_shape const a = shape(o.operands[0]), b = shape(o.operands[1]);
        result = {(o.payload & 1) != 0 ? a.columns : a.rows, (o.payload & 2) != 0 ? b.rows : b.columns};
      } else if (o.is(key_of<operations::transposition>)) {
        result = shape(o.operands[0]).transposed();
      } else if (o.is(key_of<operations::filling>)) {
        result = {static_cast<int>(o.payload >> 32), static_cast<int>(o.payload & 0xffffffff)};
      } else if (!o.is(key_of<operations::entry_sum>) && !o.is(key_of<operations::squared_length>)) {
        for (int const operand : o.operands)
          if (operand >= 0 && !shape(operand).is_scalar()) result = shape(operand);
      }
      shapes_.push_back(result);
    }
  }

  builder nodes_;
  std::vector<array_shape> shapes_, inputs_;
  std::vector<std::string> names_;
  std::vector<output> outputs_;
};

inline array_shape array::shape() const { return term_.known() ? array_shape{} : graph_->shape(term_.index); }

namespace array_detail {

[[noreturn]] inline void refuse(std::string_view what, array_shape const& a, array_shape const& b) {
  auto const text = [](array_shape const& s) { return std::to_string(s.rows) + " x " + std::to_string(s.columns); };
  throw std::invalid_argument("duet::symbolic: " + std::string(what) + " of arrays of " + text(a) + " and " + text(b));
}
[[nodiscard]] inline array_graph* graph_of(array const& a, array const& b) {
  if (a.graph() != nullptr && b.graph() != nullptr && a.graph() != b.graph())
    throw error("duet::symbolic: nodes of two array_graphs in one operation");
  return a.graph() != nullptr ? a.graph() : b.graph();
}

}  // namespace array_detail

template <class Rule, class... X>
array array::applied(Rule, X const&... x) {
  constexpr bool is_known = boost::mp11::mp_contains<entry_rules, Rule>::value;
  static_assert(
      is_known,
      "duet::symbolic: an array_graph takes the functions of Duet and no rules of your own, whose derivatives it "
      "cannot look up while the program runs; write the function with operators, or as duet::symbolic::graph");
  if constexpr (is_known) {
    array const all[] = {array(x)...};
    array_graph* graph = nullptr;
    array_shape shape;
    for (array const& operand : all) {
      graph = array_detail::graph_of(array(graph, {}), operand);
      if (operand.shape().is_scalar()) continue;
      if (!shape.is_scalar() && shape != operand.shape())
        array_detail::refuse(std::string(Rule::name) + ", entry by entry,", shape, operand.shape());
      shape = operand.shape();
    }
    term const result = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return symbolic::applied(Rule{}, all[I].as_term()...);
    }(std::index_sequence_for<X...>{});
    if (graph != nullptr) return graph->made(graph->filled(result, shape));
    return array(result.number);
  } else {
    return {};
  }
}

// Its transpose; of a product's factor it becomes part of the product.
[[nodiscard]] inline array transpose(array const& a) {
  if (a.shape().is_scalar()) return a;
  if (fold::is_operation(a.as_term(), key_of<operations::transposition>))
    return a.graph()->made(fold::operand(a.as_term(), 0));
  return a.graph()->made(a.graph()->apply(key_of<operations::transposition>, 0, a.as_term()));
}

// The matrix product, one node; with a number a multiple.
[[nodiscard]] inline array operator*(array const& a, array const& b) {
  array_graph* const graph = array_detail::graph_of(a, b);
  if (a.shape().is_scalar()) return array::applied(rules::multiply{}, a, b);
  if (b.shape().is_scalar()) return array::applied(rules::multiply{}, b, a);
  if (a.shape().columns != b.shape().rows) array_detail::refuse("the product", a.shape(), b.shape());
  std::uint64_t payload = 0;
  auto const factor = [&](array const& x, std::uint64_t bit) {
    if (!fold::is_operation(x.as_term(), key_of<operations::transposition>)) return x.as_term();
    payload |= bit;
    return fold::operand(x.as_term(), 0);
  };
  term const left = factor(a, 1), right = factor(b, 2);
  return graph->made(graph->apply(key_of<operations::matrix_product>, payload, left, right));
}
// Entry by entry.
[[nodiscard]] inline array entrywise_product(array const& a, array const& b) {
  return array::applied(rules::multiply{}, a, b);
}
// The sum of all entries, and of their squares.
[[nodiscard]] inline array sum(array const& a) {
  if (a.shape().is_scalar()) return a;
  return a.graph()->made(a.graph()->apply(key_of<operations::entry_sum>, 0, a.as_term()));
}
[[nodiscard]] inline array squared_norm(array const& a) {
  if (a.shape().is_scalar()) return array::applied(rules::square{}, a);
  return a.graph()->made(a.graph()->apply(key_of<operations::squared_length>, 0, a.as_term()));
}

}  // namespace duet::symbolic
