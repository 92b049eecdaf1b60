#pragma once

// The values of an array_graph at Eigen vectors and matrices: of doubles, or of scalars with derivatives.

#include <Eigen/Core>
#include <duet/eigen/traits.hpp>
#include <duet/symbolic/array_gradient.hpp>
#include <duet/symbolic/array_print.hpp>
#include <duet/symbolic/evaluate.hpp>

namespace duet::symbolic {

// An operation on entries, at run time.
template <class T>
struct entry_function {
  rule_key rule;
  T (*value)(T const* operands);
};

template <class Rule, class T>
[[nodiscard]] T entry_value(T const* x) {
  constexpr auto arity = static_cast<std::size_t>(description_of<Rule>.arity);
  if constexpr (std::derived_from<Rule, operations::choice>) {
    return x[0] == T(0) ? x[2] : x[1];
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      // Conditions are one and zero. The last operands may be parameters, which are plain numbers.
      constexpr notation written = description_of<Rule>.written;
      constexpr bool takes_conditions =
          written == notation::logical_and || written == notation::logical_or || written == notation::logical_not;
      auto const operand = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (takes_conditions)
          return x[K] != T(0);
        else if constexpr (K + parameter_count<Rule> >= arity)
          return duet::value(x[K]);
        else
          return x[K];
      };
      if constexpr (active<T> && !description_of<Rule>.is_condition)
        return T(duet::apply(Rule{}, operand(std::integral_constant<std::size_t, I>{})...));
      else
        return T(Rule::value(operand(std::integral_constant<std::size_t, I>{})...));
    }(std::make_index_sequence<arity>{});
  }
}

template <class T>
inline auto const entry_functions = []<class... Rule>(boost::mp11::mp_list<Rule...>) {
  return std::array{entry_function<T>{key_of<Rule>, &symbolic::entry_value<Rule, T>}...};
}(entry_rules{});

// The values of all nodes.
template <class T>
class array_values {
 public:
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

  array_values(array_graph const& graph, std::vector<matrix> const& inputs) {
    for (int i = 0; i < graph.size(); ++i) values_.push_back(evaluated(graph, i, inputs));
  }

  // Of a node: a matrix of its shape; a node's number; the node numbered so.
  [[nodiscard]] matrix operator()(array const& x) const {
    if (x.as_term().known()) return matrix::Constant(1, 1, T(x.as_term().number));
    return (*this)[x.as_term().index];
  }
  [[nodiscard]] T number(array const& x) const {
    if (!x.shape().is_scalar())
      throw std::invalid_argument("duet::symbolic: the number of a node of " + to_string(x.shape()) + " entries");
    return (*this)(x)(0, 0);
  }
  [[nodiscard]] matrix const& operator[](int node) const { return values_[static_cast<std::size_t>(node)]; }

 private:
  [[nodiscard]] matrix evaluated(array_graph const& graph, int i, std::vector<matrix> const& inputs) const {
    operation const& o = graph[i];
    auto const at = [&](int k) -> matrix const& { return (*this)[o.operands[k]]; };
    auto const factor = [&](int k, unsigned bit) -> matrix {
      if ((o.payload & bit) != 0) return at(k).transpose();
      return at(k);
    };
    if (o.is(key_of<input_rule>)) return inputs[o.payload];
    if (o.is(key_of<literal_rule>)) return matrix::Constant(1, 1, T(o.literal()));
    if (o.is(key_of<operations::matrix_product>)) return factor(0, 1) * factor(1, 2);
    if (o.is(key_of<operations::transposition>)) return at(0).transpose();
    if (o.is(key_of<operations::entry_sum>)) return matrix::Constant(1, 1, at(0).sum());
    if (o.is(key_of<operations::squared_length>)) return matrix::Constant(1, 1, at(0).squaredNorm());
    auto const [rows, columns] = graph.shape(i);
    if (o.is(key_of<operations::filling>)) return matrix::Constant(rows, columns, at(0)(0, 0));
    auto const found = std::find_if(entry_functions<T>.begin(), entry_functions<T>.end(),
                                    [&](auto const& entry) { return same_rule(entry.rule, o.rule); });
    matrix result(rows, columns);
    for (Eigen::Index c = 0; c < columns; ++c)
      for (Eigen::Index r = 0; r < rows; ++r) {
        T operands[most_operands];
        for (int k = 0; k < o.rule->arity; ++k) operands[k] = at(k).size() == 1 ? at(k)(0, 0) : at(k)(r, c);
        result(r, c) = found->value(operands);
      }
    return result;
  }

  std::vector<matrix> values_;
};

namespace array_detail {

template <class X>
struct entry_of {
  using type = X;
};
template <class X>
  requires requires { typename X::Scalar; }
struct entry_of<X> {
  using type = typename X::Scalar;
};

}  // namespace array_detail

// The values of all nodes at a number, vector or matrix for each variable, in their order: of doubles, or, if one of
// them is active, of its scalar. Every node once. Throws std::invalid_argument at a wrong number or shape.
template <class... X>
[[nodiscard]] auto evaluate(array_graph const& graph, X const&... x) {
  using T = argument_scalar_t<typename array_detail::entry_of<X>::type...>;
  using matrix = typename array_values<T>::matrix;
  require_size("duet::symbolic::evaluate", "the list of values", sizeof...(X),
               static_cast<std::size_t>(graph.variables()), "one for each variable");
  std::vector<matrix> inputs;
  auto const read = [&](auto const& value) {
    if constexpr (requires { value.rows(); })
      inputs.push_back(value.template cast<T>());
    else
      inputs.push_back(matrix::Constant(1, 1, T(value)));
  };
  (read(x), ...);
  for (int i = 0; i < graph.size(); ++i) {
    if (!graph[i].is(key_of<input_rule>)) continue;
    auto const [rows, columns] = graph.shape(i);
    auto const& given = inputs[graph[i].payload];
    if (given.rows() != rows || given.cols() != columns)
      throw std::invalid_argument("duet::symbolic::evaluate: the variable " + graph.name(i) + " has " +
                                  std::to_string(rows) + " x " + std::to_string(columns) + " entries, not " +
                                  std::to_string(given.rows()) + " x " + std::to_string(given.cols()));
  }
  return array_values<T>(graph, inputs);
}

}  // namespace duet::symbolic
