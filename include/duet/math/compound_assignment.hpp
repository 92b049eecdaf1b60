#pragma once

// += -= *= /= for an active scalar S, from its operator= and its accumulate(operand, seed), which adds seed * operand.
// An eager scalar needs no accumulate: its operations give S at once.

#include <duet/expression/deferred.hpp>
#include <duet/math/arithmetic.hpp>

namespace duet {

// X can be assigned into S by an operation: the result is again S.
template <class S, class X>
concept assignable_operand = operands<S, X> && std::is_same_v<result_scalar_t<S, X>, S>;

template <class S>
struct compound_assignment {
  template <class X>
    requires assignable_operand<S, X>
  DUET_INLINE constexpr S& operator+=(X const& x) {
    if constexpr (is_eager<S>)
      self() = self() + x;
    else
      self().accumulate(duet::read_operand<S>(x), one{});
    return self();
  }
  template <class X>
    requires assignable_operand<S, X>
  DUET_INLINE constexpr S& operator-=(X const& x) {
    if constexpr (is_eager<S>)
      self() = self() - x;
    else
      self().accumulate(duet::read_operand<S>(x), minus_one{});
    return self();
  }
  template <class X>
    requires assignable_operand<S, X>
  DUET_INLINE constexpr S& operator*=(X const& x) {
    return self() = self() * x;
  }
  template <class X>
    requires assignable_operand<S, X>
  DUET_INLINE constexpr S& operator/=(X const& x) {
    return self() = self() / x;
  }

 private:
  DUET_INLINE constexpr S& self() { return static_cast<S&>(*this); }
};

// The value of a scalar after seed * x was added to it.
template <class T, class X, class Seed>
[[nodiscard]] DUET_INLINE constexpr T accumulated_value(T const& old, X const& x, Seed) {
  if constexpr (Seed::number == 1)
    return T(old + x.value());
  else
    return T(old - x.value());
}

// What makes a constant of S: an arithmetic type, or a number of a level below.
template <class X, class S>
concept constant_of =
    (!active<X> && std::is_constructible_v<typename S::value_type, X> &&
     (std::is_arithmetic_v<X> || std::is_convertible_v<X, typename S::value_type>)) ||
    (active<X> && (nesting<scalar_of_t<X>> < nesting<S>) && std::is_convertible_v<X, typename S::value_type>);

// An expression that evaluates to S.
template <class X, class S>
concept expression_of = is_expression<X> && std::is_same_v<scalar_of_t<X>, S>;
template <class X, class S>
concept deferred_of = expression_of<X, S> && is_deferred<X>;
template <class X, class S>
concept prompt_of = expression_of<X, S> && !is_deferred<X>;

}  // namespace duet
