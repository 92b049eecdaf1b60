#pragma once

// The scalar whose operations write formulas: a rule's `first` evaluated on it says what the partial is in the words of
// the rule itself, cos(v1) for sin(v1). Comparisons look at the value, so of a rule's branches the one taken is
// written.

#include <boost/mp11/algorithm.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/math/compound_assignment.hpp>
#include <duet/math/math.hpp>
#include <duet/trace/formula_text.hpp>
#include <type_traits>

namespace duet {

template <class T>
class formula;

template <class T>
inline constexpr bool is_active_scalar<formula<T>> = true;
template <class T>
inline constexpr bool is_eager<formula<T>> = true;

// How a rule is called in a formula: the sign of an operator, the function's name in C++.
template <class Rule>
inline constexpr std::string_view operation_name = [] {
  using std::is_same_v;
  if constexpr (is_same_v<Rule, rules::add>)
    return std::string_view("+");
  else if constexpr (is_same_v<Rule, rules::subtract> || is_same_v<Rule, rules::negate>)
    return std::string_view("-");
  else if constexpr (is_same_v<Rule, rules::multiply>)
    return std::string_view("*");
  else if constexpr (is_same_v<Rule, rules::divide>)
    return std::string_view("/");
  else if constexpr (is_same_v<Rule, rules::pow_fixed_exponent> || is_same_v<Rule, rules::pow_fixed_base>)
    return std::string_view("pow");
  else if constexpr (is_same_v<Rule, rules::hypot3>)
    return std::string_view("hypot");
  else if constexpr (is_same_v<Rule, rules::log_sum_exp3>)
    return std::string_view("log_sum_exp");
  else
    return std::string_view(Rule::name);
}();

// The rule applied to formulas.
template <class Rule>
[[nodiscard]] formula_text rule_text(std::vector<formula_text> const& x, int digits) {
  using std::is_same_v;
  if constexpr (is_same_v<Rule, rules::add>)
    return x[0] + x[1];
  else if constexpr (is_same_v<Rule, rules::subtract>)
    return x[0] - x[1];
  else if constexpr (is_same_v<Rule, rules::multiply>)
    return x[0] * x[1];
  else if constexpr (is_same_v<Rule, rules::divide>)
    return x[0] / x[1];
  else if constexpr (is_same_v<Rule, rules::negate>)
    return -x[0];
  else if constexpr (is_same_v<Rule, rules::square>)
    return formula_text::power(x[0], formula_text::number(2), digits);
  else if constexpr (is_same_v<Rule, rules::pow> || is_same_v<Rule, rules::pow_fixed_exponent>)
    return formula_text::power(x[0], x[1], digits);
  else if constexpr (is_same_v<Rule, rules::pow_fixed_base>)
    return formula_text::power(x[1], x[0], digits);
  else
    return formula_text::call(operation_name<Rule>, x, digits);
}

template <class T>
class formula : public compound_assignment<formula<T>> {
 public:
  using value_type = T;
  using scalar = formula;
  using tag = void;

  formula() = default;
  template <constant_of<formula> X>
  formula(X const& x)  // NOLINT: implicit as in double
      : value_(static_cast<T>(x)), text_(formula_text::number(static_cast<long double>(value_))) {}
  formula(T const& value, formula_text text) : value_(value), text_(std::move(text)) {}

  [[nodiscard]] T const& value() const { return value_; }
  [[nodiscard]] formula_text const& text() const { return text_; }
  [[nodiscard]] bool vanishes() const { return text_.is_zero(); }
  [[nodiscard]] bool all_finite() const { return duet::all_finite(value_); }

  // Digits of the numbers inside calls and powers.
  static constexpr int digits = 6;

  // apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static formula applied(Rule, X const&... x) {
    return evaluate<Rule>(duet::eager_operand<formula>(x)...);
  }

 private:
  template <class Rule, class... X>
  [[nodiscard]] DUET_COLD static formula evaluate(X const&... x) {
    return formula(T(Rule::value(x.value()...)), duet::rule_text<Rule>({text_of(x)...}, digits));
  }
  [[nodiscard]] static formula_text text_of(formula const& x) { return x.text_; }
  template <class P>
  [[nodiscard]] static formula_text text_of(passive<P> const& x) {
    return formula_text::number(static_cast<long double>(x.number));
  }

  T value_{};
  formula_text text_;
};

// What a rule's `first` gave, as a text.
template <class T, class D>
[[nodiscard]] formula_text text_of_partial(D const& d) {
  if constexpr (std::is_same_v<D, formula<T>>)
    return d.text();
  else
    return formula_text::number(static_cast<long double>(duet::number<T>(d)));
}

// The partials of a rule at the operands x, as texts. A rule outside Duet may be written for numbers alone: its
// partials get names.
template <class Rule, class T, std::size_t Arity>
[[nodiscard]] DUET_COLD std::vector<formula_text> partial_texts(std::vector<formula<T>> const& x, formula<T> const& y) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> std::vector<formula_text> {
    if constexpr (!boost::mp11::mp_contains<rules::all, Rule>::value) {
      std::vector<formula_text> operands;
      for (formula<T> const& operand : x) operands.push_back(operand.text());
      auto const named = [&](std::size_t k) {
        std::string const name = std::string(Rule::name) + (Arity == 1 ? "'" : "_" + std::to_string(k + 1));
        return formula_text::call(name, operands, formula<T>::digits);
      };
      return {named(I)...};
    } else {
      auto const operand = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (K + parameter_count<Rule> >= Arity)
          return x[K].value();
        else
          return x[K];
      };
      // Of two forms of one slope, the second for far out, the first is what people write: y (1 - y), 1 - y^2.
      constexpr bool has_forms = std::is_same_v<Rule, rules::sigmoid> || std::is_same_v<Rule, rules::tanh>;
      auto const result = has_forms ? formula<T>(T(1) / 2, y.text()) : y;
      auto const first = Rule::first(operand(std::integral_constant<std::size_t, I>{})..., result);
      if constexpr (Arity == 1)
        return {duet::text_of_partial<T>(first)};
      else
        return {duet::text_of_partial<T>(get<I>(first))...};
    }
  }(std::make_index_sequence<Arity>{});
}

}  // namespace duet
