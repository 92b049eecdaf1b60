#pragma once

// How a mode reads an expression: one sweep from the root multiplies the local partials into one coefficient for each
// leaf (the chain rule over the statement), then the leaves are visited with their coefficients. Coefficients that are
// known (sums: one, minus one) stay types; leaves that cannot matter (zero) are never visited.

#include <cmath>
#include <duet/expression/expression.hpp>

namespace duet {

// True if the number is zero in every component of every level.
template <class T>
[[nodiscard]] DUET_INLINE constexpr bool vanishes(T const& x) {
  if constexpr (constant_number<T>)
    return T::number == 0;
  else if constexpr (requires { x.vanishes(); })
    return x.vanishes();
  else
    return x == 0;
}

// True if no component of any level is infinite or NaN.
template <class T>
[[nodiscard]] DUET_INLINE constexpr bool all_finite(T const& x) {
  if constexpr (constant_number<T>)
    return true;
  else if constexpr (requires { x.all_finite(); })
    return x.all_finite();
  else
    return x - x == 0;
}

// The product in which zero wins over infinity and NaN: what does not move stays. Of numbers with derivatives so does
// every component, if they know how.
template <class A, class B>
[[nodiscard]] constexpr auto damped_product(A const& a, B const& b) {
  if constexpr (constant_number<A> || constant_number<B>) {
    return duet::evaluated(a * b);
  } else {
    using R = evaluated_t<decltype(a * b)>;
    if constexpr (requires { R::damped_product(R(a), R(b)); })
      return R::damped_product(R(a), R(b));
    else
      return duet::vanishes(a) || duet::vanishes(b) ? R(0) : R(a * b);
  }
}

enum class care { bare, damped };

// What a seed of an operation is for an operand with this partial.
template <care Care, class Seed, class Partial>
[[nodiscard]] DUET_INLINE constexpr auto seed_below(Seed const& seed, Partial const& partial) {
  if constexpr (Care == care::damped)
    return duet::damped_product(seed, partial);
  else
    return duet::evaluated(seed * partial);
}

template <class... C>
struct coefficient_branch;

// The type of the coefficients below X: a tree of the shape of X with seeds for leaves, and zero where nothing matters.
template <class X, class Seed>
struct coefficients_of {
  using type = std::conditional_t<is_passive_operand<X>, zero, Seed>;
};
template <class X, class Seed>
using coefficients_t = typename coefficients_of<X, Seed>::type;

template <class Node, class Seed, class Indices, class... X>
struct coefficients_of_operation;
template <class Node, class Seed, std::size_t... I, class... X>
struct coefficients_of_operation<Node, Seed, std::index_sequence<I...>, X...> {
  using type = coefficient_branch<
      coefficients_t<X, decltype(duet::seed_below<care::bare>(std::declval<Seed const&>(),
                                                              std::declval<Node const&>().template partial<I>()))>...>;
};
template <class Rule, class... X, class Seed>
  requires(!std::is_same_v<Seed, zero>)
struct coefficients_of<expression<Rule, X...>, Seed>
    : coefficients_of_operation<expression<Rule, X...>, Seed, std::index_sequence_for<X...>, X...> {};

// The coefficient of each leaf below x for the seed at its root.
template <care Care, class X, class Seed>
[[nodiscard]] DUET_INLINE constexpr coefficients_t<X, Seed> coefficients(X const& x, Seed const& seed) {
  if constexpr (std::is_same_v<coefficients_t<X, Seed>, zero>)
    return zero{};
  else if constexpr (is_expression<X>)
    return coefficients_t<X, Seed>(std::integral_constant<care, Care>{}, x, seed);
  else
    return seed;
}

// The coefficients of the operands of an operation, built where they stay.
template <class Indices, class... C>
struct coefficient_list;
template <std::size_t... I, class... C>
struct coefficient_list<std::index_sequence<I...>, C...> : partial_slot<I, C>... {
  constexpr coefficient_list() = default;
  template <care Care, class X, class Seed>
  DUET_INLINE constexpr coefficient_list(std::integral_constant<care, Care>, X const& x, Seed const& seed)
      : partial_slot<I, C>{duet::coefficients<Care>(x.template operand<I>(),
                                                    duet::seed_below<Care>(seed, x.template partial<I>()))}... {}
};
template <class... C>
struct coefficient_branch : coefficient_list<std::index_sequence_for<C...>, C...> {
  constexpr coefficient_branch() = default;
  template <care Care, class X, class Seed>  // an inherited constructor would be a call
  DUET_INLINE constexpr coefficient_branch(std::integral_constant<care, Care> how, X const& x, Seed const& seed)
      : coefficient_list<std::index_sequence_for<C...>, C...>(how, x, seed) {}
};
template <class C, std::size_t I>
using coefficient_t = std::remove_cvref_t<decltype(get<I>(std::declval<C const&>()))>;

// The number of leaves with such coefficients, and of those below the operands before operand I.
template <class C>
inline constexpr std::size_t leaf_count_of = 1;
template <>
inline constexpr std::size_t leaf_count_of<zero> = 0;
template <class... C>
inline constexpr std::size_t leaf_count_of<coefficient_branch<C...>> = (std::size_t{0} + ... + leaf_count_of<C>);
template <class C, std::size_t I>
inline constexpr std::size_t leaves_before = leaves_before<C, I - 1> + leaf_count_of<coefficient_t<C, I - 1>>;
template <class C>
inline constexpr std::size_t leaves_before<C, 0> = 0;

// Calls visit(coefficient, leaf) for each leaf that matters, from left to right.
template <class X, class C, class Visit>
DUET_INLINE constexpr void for_each_leaf(X const& x, C const& c, Visit const& visit) {
  if constexpr (std::is_same_v<C, zero>) {
  } else if constexpr (is_expression<X>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      (duet::for_each_leaf(x.template operand<I>(), get<I>(c), visit), ...);
    }(std::make_index_sequence<X::arity>{});
  } else {
    visit(c, x);
  }
}

// step(sum, coefficient, leaf) folded over the leaves; the sum may change its type.
template <std::size_t I = 0, class X, class C, class Sum, class Step>
[[nodiscard]] DUET_INLINE constexpr auto fold_leaves(X const& x, C const& c, Sum const& sum, Step const& step) {
  if constexpr (std::is_same_v<C, zero>)
    return sum;
  else if constexpr (!is_expression<X>)
    return step(sum, c, x);
  else if constexpr (I == X::arity)
    return sum;
  else
    return duet::fold_leaves<I + 1>(x, c, duet::fold_leaves<0>(x.template operand<I>(), get<I>(c), sum, step), step);
}

// A number that is NaN exactly if some coefficient is infinite or NaN, for scalars; one multiply-add a leaf.
template <class X, class C>
[[nodiscard]] DUET_INLINE constexpr bool coefficients_are_finite(X const& x, C const& c) {
  using T = typename X::value_type;
  if constexpr (active_scalar<T>) {
    bool finite = true;
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const&) DUET_INLINE_LAMBDA {
      finite = finite && duet::all_finite(coefficient);
    });
    return finite;
  } else {
    T probe = 0;
    duet::for_each_leaf(x, c, [&]<class K>(K const& coefficient, auto const&) DUET_INLINE_LAMBDA {
      if constexpr (!constant_number<K>) probe += coefficient * 0;
    });
    return all_of(probe == 0);
  }
}

}  // namespace duet
