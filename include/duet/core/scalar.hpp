#pragma once

// What the modes agree on: which types carry derivatives, which numbers may meet them, and duet::value, which strips
// every level down to the passive number.

#include <concepts>
#include <cstddef>
#include <duet/core/config.hpp>
#include <duet/core/constant.hpp>
#include <duet/core/site.hpp>
#include <limits>
#include <type_traits>

namespace duet {

inline constexpr std::size_t dynamic = std::numeric_limits<std::size_t>::max();  // a size known at run time

// A mode specialises is_active_scalar for its scalar, expression.hpp specialises is_expression.
template <class S>
inline constexpr bool is_active_scalar = false;
template <class E>
inline constexpr bool is_expression = false;

// Whether memory in which a number of type S will be written may hold anything before: so it is with double, and with
// numbers made of doubles alone. An index of a tape must not be arbitrary, nor a pointer.
template <class S>
inline constexpr bool may_be_uninitialized = std::is_arithmetic_v<S>;

// A number that carries derivatives: dual, var, ...
template <class S>
concept active_scalar = is_active_scalar<std::remove_cvref_t<S>>;

// An active scalar or an expression that evaluates to one.
template <class X>
concept active = active_scalar<X> || is_expression<std::remove_cvref_t<X>>;

template <class X>
struct scalar_of {
  using type = X;
};
template <class X>
  requires is_expression<X>
struct scalar_of<X> {
  using type = typename X::scalar;
};

// The scalar that X evaluates to: dual for an expression of duals, X itself for a scalar or a passive number.
template <class X>
using scalar_of_t = typename scalar_of<std::remove_cvref_t<X>>::type;

template <class S>
struct passive_of {
  using type = S;
};
template <class S>
  requires is_active_scalar<S>
struct passive_of<S> : passive_of<typename S::value_type> {};

// The passive number below every level: double for dual<dual<double>>.
template <class X>
using passive_of_t = typename passive_of<scalar_of_t<X>>::type;

// How many levels of derivatives S carries: 0 for double, 2 for var<dual<double>>.
template <class S>
inline constexpr int nesting = 0;
template <class S>
  requires is_active_scalar<S>
inline constexpr int nesting<S> = 1 + nesting<typename S::value_type>;

// Scalars of drivers carry a tag (driver/evaluate.hpp). True if both are active and of different derivatives, neither
// inside the other.
template <class A, class B>
inline constexpr bool confused = false;
template <active_scalar A, active_scalar B>
  requires(!std::is_same_v<typename A::tag, typename B::tag>)
inline constexpr bool confused<A, B> =
    !std::is_convertible_v<A, typename B::value_type> && !std::is_convertible_v<B, typename A::value_type>;
template <class A, class B>
concept perturbations_confused = confused<scalar_of_t<A>, scalar_of_t<B>>;

// The passive number behind x, through every level.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto value(X const& x,
                                               [[maybe_unused]] checked::site at = checked::site::current()) {
  if constexpr (requires { scalar_of_t<X>::made_passive(x, at); }) scalar_of_t<X>::made_passive(x, at);
  if constexpr (active<X>)
    return duet::value(x.value());
  else
    return x;
}

// The number that constants in a formula of T's are: T, or one of the numbers that T consists of.
template <class T>
struct element_of {
  using type = T;
};
template <class T>
using element_of_t = typename element_of<T>::type;

// Of a condition that may differ between parts of a number (lanes): whether it holds in all, or in some.
[[nodiscard]] DUET_INLINE constexpr bool all_of(bool condition) { return condition; }
[[nodiscard]] DUET_INLINE constexpr bool any_of(bool condition) { return condition; }

// x as a number: an expression evaluated, a constant of the type system unchanged.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto evaluated(X const& x) {
  if constexpr (is_expression<X>)
    return scalar_of_t<X>(x);
  else
    return x;
}
template <class X>
using evaluated_t = decltype(duet::evaluated(std::declval<X const&>()));

// condition ? a : b for operands of different types; evaluates both. Rules use it, so that lanes can follow.
template <class A, class B>
[[nodiscard]] DUET_INLINE constexpr auto select(bool condition, A const& a, B const& b) {
  if constexpr (constant_number<A> && constant_number<B>) {
    return condition ? A::number : B::number;
  } else if constexpr (constant_number<A>) {
    using R = evaluated_t<B>;
    return condition ? R(A::number) : R(b);
  } else if constexpr (constant_number<B>) {
    using R = evaluated_t<A>;
    return condition ? R(a) : R(B::number);
  } else {
    using R = std::common_type_t<evaluated_t<A>, evaluated_t<B>>;
    return condition ? R(a) : R(b);
  }
}

// The same with the two sides as callables, of which only the one needed is called.
template <class A, class B>
  requires(std::invocable<A> && std::invocable<B>)
[[nodiscard]] DUET_INLINE constexpr auto select(bool condition, A const& a, B const& b) {
  using R = std::common_type_t<evaluated_t<std::invoke_result_t<A>>, evaluated_t<std::invoke_result_t<B>>>;
  return condition ? R(a()) : R(b());
}

}  // namespace duet
