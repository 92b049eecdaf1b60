#pragma once

// What a scalar takes += -= *= /= from: compound_assignment, and in checked mode the same with the place of the
// statement, which an operator learns from the conversion of its operand.

#include <duet/core/checked.hpp>
#include <duet/math/compound_assignment.hpp>

namespace duet {

#if DUET_CHECKED

// The operand, evaluated; the statement around it lasts as long.
template <class S>
struct located {
  checked::statement where;
  S number;

  template <class X>
    requires assignable_operand<S, X>
  constexpr located(X const& x, checked::site at = checked::site::current()) : where(at), number(x) {}  // NOLINT
};

template <class S>
struct located_assignment : compound_assignment<S> {
  constexpr S& operator+=(located<S> const& x) { return compound_assignment<S>::operator+=(x.number); }
  constexpr S& operator-=(located<S> const& x) { return compound_assignment<S>::operator-=(x.number); }
  constexpr S& operator*=(located<S> const& x) { return compound_assignment<S>::operator*=(x.number); }
  constexpr S& operator/=(located<S> const& x) { return compound_assignment<S>::operator/=(x.number); }
};

template <class S>
using statement_assignment = located_assignment<S>;

#else

template <class S>
using statement_assignment = compound_assignment<S>;

#endif

}  // namespace duet
