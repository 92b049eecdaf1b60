#pragma once

// Checked mode of the forward scalars: the first value or derivative that is not finite, found at the end of each
// statement. Without the macro all of it is empty.

#include <duet/core/blocks.hpp>
#include <duet/expression/checked.hpp>

namespace duet::checked {

#if DUET_CHECKED

// test(derivative) for each one that a leaf carries, until one says yes.
template <class Leaf, class Test>
[[nodiscard]] bool any_derivative(Leaf const& l, Test const& test) {
  using T = typename Leaf::value_type;
  bool found = false;
  if constexpr (requires { l.partials.size(); }) {
    for (std::size_t i = 0; i < l.partials.size(); ++i) found = found || test(T(l.partials.at(i)));
  } else {
    constexpr std::size_t n = Leaf::scalar::size();
    blocks<T, n> all;
    blocks<T, n>::for_each_block([&](auto j) { all[j] = l.partials[j]; });
    for (std::size_t i = 0; i < n; ++i) found = found || test(T(all.at(i)));
  }
  if constexpr (requires { l.hessian.at(std::size_t{0}, std::size_t{0}); })
    for (std::size_t i = 0; i < Leaf::scalar::size(); ++i)
      for (std::size_t j = i; j < Leaf::scalar::size(); ++j) found = found || test(T(l.hessian.at(i, j)));
  return found;
}
template <class X>
[[nodiscard]] bool has_bad_leaf(X const& x) {
  if constexpr (is_expression<X>)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (... || has_bad_leaf(x.template operand<I>()));
    }(std::make_index_sequence<X::arity>{});
  else if constexpr (is_passive_operand<X>)
    return false;
  else
    return !duet::all_finite(x.value()) || any_derivative(x, [](auto const& d) { return !duet::all_finite(d); });
}

// A statement of the forward scalar S at a place.
template <class S>
class [[nodiscard]] forward_statement {
 public:
  constexpr explicit forward_statement(site const& at)
      : outermost_(!std::is_constant_evaluated() && current.depth == 0), here_(at) {}

  // What the statement x has come to.
  template <class X>
  constexpr void end(S const& result, X const& x) const {
    if (!std::is_constant_evaluated() && outermost_ && !result.all_finite()) look(result, x);
  }

 private:
  template <class Rule, class... X>
  DUET_COLD static void look(S const& result, expression<Rule, X...> const& x) {
    if (!has_bad_leaf(leaf<S>(result))) return;  // what fills up a block counts for nothing
    bool const inherited = has_bad_leaf(x);
    auto const moves = [](auto const& l) {
      return any_derivative(l, [](auto const& d) { return !duet::vanishes(d); });
    };
    auto const s = first_value_not_finite(x, moves);
    if (array.depth != 0) {
      if (s && !array.noted) array.noted = s;
    } else if (s) {
      report_value(*s, current.where);
    } else if (auto const slope = first_partial_not_finite(x); slope && !inherited) {
      report_derivative(*slope, current.where);
    } else if (!inherited) {
      report_derivative(suspect_detail::of(x, 0), current.where);
    } else if (!context.not_finite_met) {
      suspect const root = suspect_detail::of(x, 0);
      deliver({duet::all_finite(result.value()) ? finding::derivative_not_finite : finding::value_not_finite,
               root.operation,
               root.operands,
               current.where,
               {},
               "an operand of " + shown(root.operation, root.operands) +
                   " is not finite, and came about where checked mode does not look"});
    }
  }

  bool outermost_;
  statement here_;
  level_inside<typename S::value_type> quiet_;
};

// A result of the eager scalar S; its operands.
template <class Rule, class S, class... X>
constexpr void applied(S const& result, X const&... x) {
  if (std::is_constant_evaluated() || current.depth != 0 || result.all_finite()) return;
  bool inherited = false;
  suspect s{std::string(Rule::name), {}, shown_number(result.value())};
  (..., [&](auto const& operand) {
    s.operands.push_back(shown_number(operand));
    if constexpr (active_scalar<std::remove_cvref_t<decltype(operand)>>) inherited = inherited || !operand.all_finite();
  }(x));
  if (inherited) return;
  if (duet::all_finite(result.value()))
    report_derivative({s.operation, s.operands, 0}, current.where);
  else
    report_value(s, current.where);
}

// The value of an independent variable.
template <class T>
constexpr void input(T const& value, site const& at) {
  if (std::is_constant_evaluated() || duet::all_finite(value)) return;
  double const number = shown_number(value);
  deliver({finding::value_not_finite,
           "input",
           {number},
           is_users(at) ? at : site{},
           {},
           "an input has the value " + shown(number) + ", the first value that is not finite"});
}

#else

template <class Rule, class S, class... X>
DUET_INLINE constexpr void applied(S const&, X const&...) {}
template <class S>
struct forward_statement {
  DUET_INLINE constexpr explicit forward_statement(site) {}
  template <class X>
  DUET_INLINE constexpr void end(S const&, X const&) const {}
};
template <class T>
DUET_INLINE constexpr void input(T const&, site) {}

#endif

}  // namespace duet::checked
