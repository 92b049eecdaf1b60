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

template <class... C>
struct coefficient_branch : partials<C...> {
  constexpr coefficient_branch() = default;
  DUET_INLINE constexpr explicit coefficient_branch(C const&... c) : partials<C...>(c...) {}
};

// The coefficient of each leaf below x for the seed at its root, as a tree of the shape of x.
template <care Care, class X, class Seed>
[[nodiscard]] DUET_INLINE constexpr auto coefficients(X const& x, Seed const& seed) {
  if constexpr (std::is_same_v<Seed, zero> || is_passive_operand<X>) {
    return zero{};
  } else if constexpr (is_expression<X>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      auto const below = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) DUET_INLINE_LAMBDA {
        auto const partial = x.template partial<J>();
        if constexpr (Care == care::damped)
          return duet::coefficients<Care>(x.template operand<J>(), duet::damped_product(seed, partial));
        else
          return duet::coefficients<Care>(x.template operand<J>(), duet::evaluated(seed * partial));
      };
      return coefficient_branch<decltype(below(std::integral_constant<std::size_t, I>{}))...>(
          below(std::integral_constant<std::size_t, I>{})...);
    }(std::make_index_sequence<X::arity>{});
  } else {
    return seed;
  }
}

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

// The number of leaves that matter below x.
template <class X, class C>
[[nodiscard]] consteval std::size_t leaf_count() {
  if constexpr (std::is_same_v<C, zero>)
    return 0;
  else if constexpr (is_expression<X>)
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (std::size_t{0} + ... +
              duet::leaf_count<std::remove_cvref_t<decltype(std::declval<X const&>().template operand<I>())>,
                               std::remove_cvref_t<decltype(get<I>(std::declval<C const&>()))>>());
    }(std::make_index_sequence<X::arity>{});
  else
    return 1;
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
