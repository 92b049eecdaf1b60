#pragma once

// The node of an expression: a rule and its operands, held by value. A user function applied to active scalars builds
// nodes; assigning one to a scalar lets that scalar's mode read it (traverse.hpp). Nodes own their leaves too, so an
// expression kept by `auto`, returned or stored stays valid. Owning costs nothing as long as every copy is memberwise
// and inlined: a defaulted copy makes g++ move whole leaves through memory, which was measured 10 times slower.

#include <algorithm>
#include <duet/core/checked.hpp>
#include <duet/core/rule.hpp>
#include <duet/core/scalar.hpp>
#include <utility>

namespace duet {

// What an expression keeps of an active scalar; each mode specialises it. A leaf has value() and the types `scalar` and
// `value_type`.
template <class S>
struct leaf;

// The same of a scalar whose statements are evaluated apart (apart.hpp): an expression of such leaves knows nothing
// else.
template <class S>
struct deferred_leaf;
template <class S>
inline constexpr bool has_outlined_statements = false;

// A number without derivatives, as an operand.
template <class T>
struct passive {
  T number;
  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return number; }
};

template <class X>
inline constexpr bool is_passive_operand = false;
template <class T>
inline constexpr bool is_passive_operand<passive<T>> = true;

template <class Rule, class... X>
class expression;

template <class Rule, class... X>
inline constexpr bool is_expression<expression<Rule, X...>> = true;

// Numbers for the operands of X; none for a leaf.
template <class X>
struct operand_indices : std::index_sequence<> {};
template <class Rule, class... X>
struct operand_indices<expression<Rule, X...>> : std::index_sequence_for<X...> {};

// Beyond this many operations an operand is evaluated to a scalar: nested copies make long statements slow to compile.
inline constexpr int longest_operand = 16;

template <class X>
inline constexpr int operation_count = 0;
template <class Rule, class... X>
inline constexpr int operation_count<expression<Rule, X...>> = 1 + (0 + ... + operation_count<X>);

// True if some partial below X can become infinite or meet an infinite one: evaluation then looks at the coefficients.
template <class X>
inline constexpr bool has_infinite_slope = false;
template <class Rule, class... X>
inline constexpr bool has_infinite_slope<expression<Rule, X...>> =
    Rule::infinite_slope || (false || ... || has_infinite_slope<X>);

namespace operand_detail {

template <class A, class B>
using deeper = std::conditional_t<(nesting<B> > nesting<A>), B, A>;

template <class S, class... Rest>
struct deepest {
  using type = S;
};
template <class A, class B, class... Rest>
struct deepest<A, B, Rest...> : deepest<deeper<A, B>, Rest...> {};

// X meets the scalar S as an equal, or as a number of the level below it.
template <class X, class S>
inline constexpr bool fits =
    std::is_same_v<scalar_of_t<X>, S> || std::is_arithmetic_v<X> ||
    ((nesting<scalar_of_t<X>> < nesting<S>) && std::is_convertible_v<X, typename S::value_type>);

template <class S, class... X>
inline constexpr bool all_fit = false;
template <active_scalar S, class... X>
inline constexpr bool all_fit<S, X...> = (fits<X, S> && ...);

}  // namespace operand_detail

// The scalar that an operation on X... yields: that of the operand with the most levels of derivatives.
template <class... X>
using result_scalar_t = typename operand_detail::deepest<scalar_of_t<X>...>::type;

// One operand at least is active, and the others are of the same scalar or numbers of a level below.
template <class... X>
concept operands = (active<X> || ...) && operand_detail::all_fit<result_scalar_t<X...>, X...>;

// x as a node keeps it, when the result is the scalar S.
template <class S, class X>
[[nodiscard]] DUET_INLINE constexpr auto as_operand(X const& x) {
  using kept = std::conditional_t<has_outlined_statements<S>, deferred_leaf<S>, leaf<S>>;
  if constexpr (std::is_same_v<X, kept> || std::is_same_v<X, leaf<S>> || is_passive_operand<X>) {
    return x;
  } else if constexpr (!std::is_same_v<scalar_of_t<X>, S>) {
    using element = element_of_t<passive_of_t<S>>;
    if constexpr (active<X>)
      return passive<scalar_of_t<X>>{scalar_of_t<X>(x)};
    else if constexpr (std::is_arithmetic_v<X>)
      return passive<element>{static_cast<element>(x)};
    else
      return passive<passive_of_t<S>>{static_cast<passive_of_t<S>>(x)};
  } else if constexpr (is_expression<X>) {
    if constexpr (operation_count<X> < longest_operand)
      return x;
    else
      return kept(S(x));
  } else {
    return kept(x);
  }
}
// The same without a copy where x is kept as it is: for those who only read it.
template <class S, class X>
[[nodiscard]] DUET_INLINE constexpr decltype(auto) read_operand(X const& x) {
  if constexpr (std::is_same_v<decltype(duet::as_operand<S>(x)), X>)
    return (x);
  else
    return duet::as_operand<S>(x);
}
template <class S, class X>
using operand_t = decltype(duet::as_operand<S>(std::declval<X const&>()));

// What a rule's `first` gave for an operand; of a passive one nobody asks.
template <bool Passive, class D>
[[nodiscard]] DUET_INLINE constexpr auto local_partial(D const& d) {
  if constexpr (Passive)
    return zero{};
  else
    return duet::evaluated(d);
}
// All of it as a list. (Not a template of the operands: it would be another one for each node.)
template <bool... Passive, class First>
[[nodiscard]] DUET_INLINE constexpr auto local_partials(First const& first) {
  if constexpr (sizeof...(Passive) == 1)
    return partials{duet::local_partial<Passive>(first)...};
  else
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return partials{duet::local_partial<Passive>(get<I>(first))...};
    }(std::make_index_sequence<sizeof...(Passive)>{});
}

struct not_stored {};

// The value of a node that is built again from its operands.
template <class T>
struct known_value {
  T const& value;
};

// The operands of a node, with the memberwise copy that keeps leaves in registers.
template <class X, class... Rest>
struct operand_list {
  X first;
  operand_list<Rest...> rest;
  template <class S, class U, class... V>
  DUET_INLINE constexpr operand_list(std::type_identity<S> as, U const& x, V const&... more)
      : first(duet::as_operand<S>(x)), rest(as, more...) {}
  DUET_INLINE constexpr operand_list(operand_list const& other) : first(other.first), rest(other.rest) {}
  constexpr operand_list& operator=(operand_list const&) = default;
};
template <class X>
struct operand_list<X> {
  X first;
  template <class S, class U>
  DUET_INLINE constexpr operand_list(std::type_identity<S>, U const& x) : first(duet::as_operand<S>(x)) {}
  DUET_INLINE constexpr operand_list(operand_list const& other) : first(other.first) {}
  constexpr operand_list& operator=(operand_list const&) = default;
};

// Two, as most nodes have: one list less to construct and to copy.
template <class X, class Y>
struct operand_list<X, Y> {
  X first;
  Y second;
  template <class S, class U, class V>
  DUET_INLINE constexpr operand_list(std::type_identity<S>, U const& x, V const& y)
      : first(duet::as_operand<S>(x)), second(duet::as_operand<S>(y)) {}
  DUET_INLINE constexpr operand_list(operand_list const& other) : first(other.first), second(other.second) {}
  constexpr operand_list& operator=(operand_list const&) = default;
};

template <std::size_t I, class X, class... Rest>
[[nodiscard]] DUET_INLINE constexpr auto const& operand_at(operand_list<X, Rest...> const& list) {
  if constexpr (I == 0)
    return list.first;
  else if constexpr (sizeof...(Rest) == 1)
    return list.second;
  else
    return duet::operand_at<I - 1>(list.rest);
}

// The scalar of the first operand that has one.
template <class... X>
struct operand_scalar;
template <class X, class... Rest>
struct operand_scalar<X, Rest...> {
  using type = typename X::scalar;
};
template <class T, class... Rest>
struct operand_scalar<passive<T>, Rest...> : operand_scalar<Rest...> {};

template <class Rule, class... X>
class expression : operand_list<X...> {
  using list = operand_list<X...>;

 public:
  using scalar = typename operand_scalar<X...>::type;
  using value_type = typename scalar::value_type;
  static constexpr std::size_t arity = sizeof...(X);
  static constexpr bool is_product = requires { requires Rule::is_product; };

  // Of operands as a user wrote them; each becomes what a node keeps where it will stay.
  template <class S, class... U>
  DUET_INLINE constexpr explicit expression(std::type_identity<S> as, U const&... x)
      : list(as, x...),
        value_(is_value_last ? value_type() : value_of_operands(std::index_sequence_for<X...>{})),
        stored_(partials_to_store(std::index_sequence_for<X...>{})) {
    if constexpr (is_value_last) value_ = value_of_operands(std::index_sequence_for<X...>{});
  }
  template <class S, class... U>
  DUET_INLINE constexpr expression(std::type_identity<S> as, known_value<value_type> y, U const&... x)
      : list(as, x...), value_(y.value), stored_(partials_to_store(std::index_sequence_for<X...>{})) {}
  DUET_INLINE constexpr expression(expression const& other)
      : list(static_cast<list const&>(other)), value_(other.value_), stored_(other.stored_) {}
  constexpr expression& operator=(expression const&) = default;

  [[nodiscard]] DUET_INLINE constexpr value_type const& value() const { return value_; }

  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto const& operand() const {
    if constexpr (I == 0)  // a function less for each of most operands
      return (list::first);
    else if constexpr (arity == 2)
      return (list::second);
    else
      return duet::operand_at<I>(static_cast<list const&>(*this));
  }

  // The partial of this operation in its operand I: a number, or a constant of the type system.
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto partial() const {
    if constexpr (!has_cheap_first<Rule>)
      return get<I>(stored_);
    else if constexpr (constant_number<partial_t<I>>)
      return partial_t<I>{};
    else if constexpr (arity == 1)
      return duet::evaluated(first_of_operands(std::index_sequence_for<X...>{}));
    else
      return duet::evaluated(get<I>(first_of_operands(std::index_sequence_for<X...>{})));
  }

 private:
  static constexpr bool is_value_last = has_early_first<Rule> && std::is_arithmetic_v<value_type>;

  template <std::size_t... I>
  DUET_INLINE constexpr value_type value_of_operands(std::index_sequence<I...>) const {
    [[maybe_unused]] checked::level_inside<value_type> const quiet;
    return Rule::value(operand<I>().value()...);
  }
  template <std::size_t... I>
  DUET_INLINE constexpr auto first_of_operands(std::index_sequence<I...>) const {
    [[maybe_unused]] checked::level_inside<value_type> const quiet;
    return Rule::first(operand<I>().value()..., value_);
  }
  template <std::size_t... I>
  DUET_INLINE constexpr auto partials_to_store(std::index_sequence<I...> all) const {
    if constexpr (has_cheap_first<Rule>)
      return not_stored{};
    else
      return duet::local_partials<is_passive_operand<X>...>(first_of_operands(all));
  }
  using all_partials = decltype(duet::local_partials<is_passive_operand<X>...>(
      Rule::first(std::declval<X const&>().value()..., std::declval<value_type const&>())));
  using stored = std::conditional_t<has_cheap_first<Rule>, not_stored, all_partials>;
  template <std::size_t I>
  using partial_t = std::remove_cvref_t<decltype(get<I>(std::declval<all_partials const&>()))>;

  value_type value_;
  [[no_unique_address]] stored stored_;
};

// A scalar whose operations are evaluated at once, by S::applied(rule, operands...), since a statement gains nothing by
// being seen whole.
template <class S>
inline constexpr bool is_eager = false;

// x as an eager scalar's rules read it: itself, or a number without derivatives.
template <class S, class X>
[[nodiscard]] DUET_INLINE constexpr decltype(auto) eager_operand(X const& x) {
  if constexpr (std::is_same_v<X, S>)
    return (x);
  else
    return duet::as_operand<S>(x);
}

// A rule applied to x...: the way in for every function, a user's own rules included. A node, or its value if the
// scalar is eager.
template <rule Rule, class... X>
  requires operands<X...>
[[nodiscard]] DUET_INLINE constexpr auto apply(Rule, X const&... x) {
  using S = result_scalar_t<X...>;
  if constexpr (is_eager<S>)
    return S::applied(Rule{}, x...);
  else
    return expression<Rule, operand_t<S, X>...>(std::type_identity<S>{}, x...);
}

}  // namespace duet

// An expression meets scalars and arithmetic types as the scalar it evaluates to.
template <class Rule, class... X, class U>
  requires(!duet::is_expression<U> && duet::operands<duet::expression<Rule, X...>, U>)
struct std::common_type<duet::expression<Rule, X...>, U> {
  using type = duet::result_scalar_t<duet::expression<Rule, X...>, U>;
};
template <class U, class Rule, class... X>
  requires(!duet::is_expression<U> && duet::operands<duet::expression<Rule, X...>, U>)
struct std::common_type<U, duet::expression<Rule, X...>> {
  using type = duet::result_scalar_t<duet::expression<Rule, X...>, U>;
};
template <class Rule, class... X, class OtherRule, class... Y>
  requires duet::operands<duet::expression<Rule, X...>, duet::expression<OtherRule, Y...>>
struct std::common_type<duet::expression<Rule, X...>, duet::expression<OtherRule, Y...>> {
  using type = duet::result_scalar_t<duet::expression<Rule, X...>, duet::expression<OtherRule, Y...>>;
};
