#pragma once

// The scalar that a function runs on to become a graph, and on which the rules' own `first` becomes derivatives. Each
// operation is added to the builder behind it. It has no value: what looks at one does not compile.

#include <duet/math/compound_assignment.hpp>
#include <duet/symbolic/builder.hpp>

namespace duet::symbolic {

// traced<double> is passive, a rule's parameter; traced<traced<double>> depends on inputs.
template <class Below>
class traced;
using parameter = traced<double>;
using symbol = traced<parameter>;

template <class X>
concept traced_scalar = std::same_as<X, parameter> || std::same_as<X, symbol>;

// A condition on traced numbers: known, or an operation.
class condition {
 public:
  constexpr condition(bool known) : term_{nullptr, -1, known ? 1.0 : 0.0} {}  // NOLINT: as a bool would be
  constexpr explicit condition(term const& t) : term_(t) {}
  [[nodiscard]] constexpr term const& as_term() const { return term_; }
  [[nodiscard]] constexpr bool known() const { return term_.known(); }
  [[nodiscard]] constexpr bool holds() const { return term_.number != 0; }

  template <class B>
    requires std::same_as<B, bool>
  constexpr operator B() const {  // NOLINT: where a bool is wanted
    static_assert(
        !std::same_as<B, bool>,
        "duet::symbolic: a branch on an active value cannot be traced, since the value is not known when the "
        "graph is built; write select(condition, a, b), which evaluates both, or differentiate with duet::dual "
        "or duet::preaccumulate, which take the branch");
    return false;
  }

  friend constexpr condition operator!(condition const& a) {
    if (a.known()) return !a.holds();
    if (fold::is_operation(a.term_, key_of<operations::negation>)) return condition(fold::operand(a.term_, 0));
    return condition(a.term_.where->apply(key_of<operations::negation>, a.term_));
  }
  friend constexpr condition operator&&(condition const& a, condition const& b) {
    if (a.known()) return a.holds() ? b : a;
    if (b.known()) return b.holds() ? a : b;
    return condition(a.term_.where->apply(key_of<operations::both>, a.term_, b.term_));
  }
  friend constexpr condition operator||(condition const& a, condition const& b) {
    if (a.known()) return a.holds() ? a : b;
    if (b.known()) return b.holds() ? b : a;
    return condition(a.term_.where->apply(key_of<operations::either>, a.term_, b.term_));
  }

 private:
  term term_;
};

}  // namespace duet::symbolic

namespace duet {
template <class Below>
inline constexpr bool is_active_scalar<symbolic::traced<Below>> = true;
template <class Below>
inline constexpr bool is_eager<symbolic::traced<Below>> = true;

// Puts the functions of this namespace within reach of argument-dependent lookup.
struct math_operand {};
}  // namespace duet

namespace duet::symbolic {

template <class Below>
class traced : public duet::compound_assignment<traced<Below>>, public duet::math_operand {
 public:
  using value_type = Below;
  using tag = void;
  using scalar = traced;

  constexpr traced() = default;
  template <constant_of<traced> X>
  constexpr traced(X const& x) : term_(symbolic_term(x)) {}  // NOLINT: implicit as in double
  constexpr explicit traced(term const& t) : term_(t) {}

  [[nodiscard]] constexpr term const& as_term() const { return term_; }

  template <class X = Below>
  [[nodiscard]] constexpr double value() const {
    static_assert(!std::same_as<X, X>,
                  "duet::symbolic: the value of a traced number is not known when the graph is built; use "
                  "select(condition, a, b) in place of a branch");
    return 0;
  }

  template <class Rule, class... X>
  [[nodiscard]] static constexpr traced applied(Rule, X const&... x) {
    return traced(symbolic::applied(Rule{}, symbolic_term(x)...));
  }

  template <class X>
  [[nodiscard]] static constexpr term symbolic_term(X const& x) {
    if constexpr (traced_scalar<X>)
      return x.as_term();
    else if constexpr (constant_number<X>)
      return {nullptr, -1, static_cast<double>(X::number)};
    else
      return {nullptr, -1, static_cast<double>(x)};
  }

 private:
  term term_;
};

template <class X>
[[nodiscard]] constexpr term as_term(X const& x) {
  return symbol::symbolic_term(x);
}

}  // namespace duet::symbolic

namespace duet {

// The partials of a rule on the tracer. In constant evaluation g++ 12 loses a slot beside an empty one that has no
// address of its own, so that here each has one.
template <std::size_t I, class T>
struct traced_slot {
  T number;
};
template <std::size_t I, class T>
[[nodiscard]] constexpr T const& get(traced_slot<I, T> const& slot) {
  return slot.number;
}
template <std::size_t... I, class... T>
  requires(symbolic::traced_scalar<T> || ...)
struct partial_list<std::index_sequence<I...>, T...> : traced_slot<I, T>... {
  constexpr partial_list() = default;
  constexpr explicit partial_list(T const&... t) : traced_slot<I, T>{t}... {}
};

}  // namespace duet

namespace duet::symbolic {

// Numbers that a comparison is traced for.
template <class A, class B>
concept traced_comparable = comparable<A, B> && traced_scalar<result_scalar_t<A, B>>;

template <class Relation>
[[nodiscard]] constexpr condition related(Relation, term const& a, term const& b) {
  if (a.known() && b.known()) return Relation::value(a.number, b.number);
  auto* const where = fold::place_of(a, b);
  if (std::same_as<Relation, operations::less_equal> && b.is(std::numeric_limits<double>::max()))
    return condition(where->apply(key_of<operations::is_bounded>, a));
  return condition(where->apply(key_of<Relation>, a, b));
}

template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator<(A const& a, B const& b) {
  return symbolic::related(operations::less{}, symbolic::as_term(a), symbolic::as_term(b));
}
template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator<=(A const& a, B const& b) {
  return symbolic::related(operations::less_equal{}, symbolic::as_term(a), symbolic::as_term(b));
}
template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator>(A const& a, B const& b) {
  return b < a;
}
template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator>=(A const& a, B const& b) {
  return b <= a;
}
template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator==(A const& a, B const& b) {
  return symbolic::related(operations::equal{}, symbolic::as_term(a), symbolic::as_term(b));
}
template <class A, class B>
  requires comparable<A, B> && traced_comparable<A, B>
[[nodiscard]] constexpr condition operator!=(A const& a, B const& b) {
  return !(a == b);
}

// condition ? a : b as an operation, of numbers or of callables that give them.
template <class A, class B>
[[nodiscard]] constexpr symbol select_by(rule_key rule, condition const& c, A const& a, B const& b) {
  if constexpr (std::invocable<A>) {
    return symbolic::select_by(rule, c, a(), b());
  } else {
    term const first = symbolic::as_term(a), second = symbolic::as_term(b);
    if (c.known()) return symbol(c.holds() ? first : second);
    if (first.known() && second.known() &&
        std::bit_cast<std::uint64_t>(first.number) == std::bit_cast<std::uint64_t>(second.number))
      return symbol(first);
    if (!first.known() && first.index == second.index) return symbol(first);
    return symbol(c.as_term().where->apply(rule, c.as_term(), first, second));
  }
}
template <class A, class B>
[[nodiscard]] constexpr symbol select(condition const& c, A const& a, B const& b) {
  return symbolic::select_by(c.known() ? nullptr : c.as_term().where->choice(), c, a, b);
}

// What rules compute with plain numbers or decide by them; found by argument-dependent lookup.
template <class Slope>
[[nodiscard]] constexpr symbol slope_if(condition const& defined, Slope const& slope) {
  return symbolic::select_by(key_of<operations::where_defined>, defined, slope,
                             std::numeric_limits<double>::quiet_NaN());
}
[[nodiscard]] constexpr symbol indicator(symbol const&, condition const& c) { return symbolic::select(c, 1, 0); }
// False: of two formulas that is the one that always holds.
[[nodiscard]] constexpr condition has_full_precision(symbol const&) { return false; }
[[nodiscard]] constexpr symbol exp_minus_square(symbol const& x) { return symbol::applied(operations::gaussian{}, x); }
[[nodiscard]] constexpr symbol shifted_exp(symbol const& a, symbol const& m) {
  return symbol::applied(operations::shifted_exponential{}, a, m);
}

}  // namespace duet::symbolic
