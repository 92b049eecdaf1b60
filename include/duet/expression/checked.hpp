#pragma once

// Checked mode: which operation of a statement is the first with a value or a partial that is not finite. Operands that
// are not finite themselves were reported where they came about, so that the operation found is the cause.

#include <duet/core/checked.hpp>
#include <duet/expression/traverse.hpp>

namespace duet::checked {

#if DUET_CHECKED

namespace suspect_detail {

template <class X, class Visit>
void for_each_operand(X const& x, Visit const& visit) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(x.template operand<I>()), ...);
  }(std::make_index_sequence<X::arity>{});
}
template <class Rule, class... X>
suspect of(expression<Rule, X...> const& x, double found) {
  suspect s{std::string(Rule::name), {}, found};
  for_each_operand(x, [&](auto const& operand) { s.operands.push_back(shown_number(operand.value())); });
  return s;
}
// The first operation in the order of evaluation for which test(operation) gives a suspect.
template <class X, class Test>
std::optional<suspect> first(X const& x, Test const& test) {
  if constexpr (is_expression<X>) {
    std::optional<suspect> found;
    for_each_operand(x, [&](auto const& operand) {
      if (!found) found = first(operand, test);
    });
    return found ? found : test(x);
  } else {
    return std::nullopt;
  }
}

}  // namespace suspect_detail

// The first operation whose value is not finite though the operands that moves(leaf) says to carry derivatives are.
template <class X, class Moves>
[[nodiscard]] std::optional<suspect> first_value_not_finite(X const& x, Moves const& moves) {
  return suspect_detail::first(x, [&](auto const& operation) -> std::optional<suspect> {
    if (duet::all_finite(operation.value())) return std::nullopt;
    bool inherited = false;
    suspect_detail::for_each_operand(operation, [&]<class Operand>(Operand const& operand) {
      if constexpr (is_expression<Operand>)
        inherited = inherited || !duet::all_finite(operand.value());
      else if constexpr (!is_passive_operand<Operand>)
        inherited = inherited || (moves(operand) && !duet::all_finite(operand.value()));
    });
    if (inherited) return std::nullopt;
    return suspect_detail::of(operation, shown_number(operation.value()));
  });
}

// The first operation of finite operands with a partial that is not finite.
template <class X>
[[nodiscard]] std::optional<suspect> first_partial_not_finite(X const& x) {
  return suspect_detail::first(x, [&]<class Operation>(Operation const& operation) -> std::optional<suspect> {
    std::optional<suspect> found;
    bool finite = duet::all_finite(operation.value());
    suspect_detail::for_each_operand(
        operation, [&](auto const& operand) { finite = finite && duet::all_finite(operand.value()); });
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (..., [&](auto const& partial) {
        if (finite && !found && !duet::all_finite(partial))
          found = suspect_detail::of(operation, shown_number(partial));
      }(operation.template partial<I>()));
    }(std::make_index_sequence<Operation::arity>{});
    return found;
  });
}

// Where the number found is finite itself, it is what it carries inside that is not, or what is not known.
inline void report_derivative(suspect const& s, site const& where) {
  std::string const of = shown(s.operation, s.operands);
  deliver({finding::derivative_not_finite,
           s.operation,
           s.operands,
           where,
           {},
           (std::isfinite(s.found) ? "a derivative of " + of + " is infinite or NaN"
                                   : "the derivative of " + of + " is " + shown(s.found)) +
               ", the first derivative that is not finite"});
}
inline void report_value(suspect const& s, site const& where) {
  if (std::isfinite(s.found)) return report_derivative(s, where);
  deliver({finding::value_not_finite,
           s.operation,
           s.operands,
           where,
           {},
           shown(s.operation, s.operands) + " = " + shown(s.found) + ", the first value that is not finite"});
}

#endif

}  // namespace duet::checked
