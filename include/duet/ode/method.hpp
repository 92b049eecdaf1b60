#pragma once

// The Runge-Kutta methods of solve_ode: Boost.Odeint's explicit steppers, on states of any scalar.

#include <boost/numeric/odeint/algebra/range_algebra.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta4.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_cash_karp54.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>
#include <duet/eigen/lift.hpp>

namespace duet {

// Each has stepper<State, P, Time>; is_adaptive, whether it estimates its error; and evaluations, those of the
// right-hand side that a step needs besides the one at its beginning.
struct dormand_prince {  // of order 5, with an error estimate of order 4
  template <class State, class P, class Time>
  using stepper =
      boost::numeric::odeint::runge_kutta_dopri5<State, P, State, Time, boost::numeric::odeint::range_algebra>;
  static constexpr bool is_adaptive = true;
  static constexpr int evaluations = 5;
};
struct cash_karp {  // 5 and 4
  template <class State, class P, class Time>
  using stepper =
      boost::numeric::odeint::runge_kutta_cash_karp54<State, P, State, Time, boost::numeric::odeint::range_algebra>;
  static constexpr bool is_adaptive = true;
  static constexpr int evaluations = 5;
};
struct fehlberg {  // 8 and 7, for small tolerances
  template <class State, class P, class Time>
  using stepper =
      boost::numeric::odeint::runge_kutta_fehlberg78<State, P, State, Time, boost::numeric::odeint::range_algebra>;
  static constexpr bool is_adaptive = true;
  static constexpr int evaluations = 12;
};
struct classical_runge_kutta {  // of order 4, in equal steps
  template <class State, class P, class Time>
  using stepper = boost::numeric::odeint::runge_kutta4<State, P, State, Time, boost::numeric::odeint::range_algebra>;
  static constexpr bool is_adaptive = false;
  static constexpr int evaluations = 3;
};

template <class Method>
concept ode_method = requires {
  { Method::is_adaptive } -> std::convertible_to<bool>;
  { Method::evaluations } -> std::convertible_to<int>;
};

// A state as Odeint sees it: its entries side by side.
template <class Y>
using flat_state = std::conditional_t<static_size_of<Y> == dynamic, std::vector<entry_t<Y>>,
                                      std::array<entry_t<Y>, static_size_of<Y> == dynamic ? 0 : static_size_of<Y>>>;
template <class Y>
[[nodiscard]] flat_state<Y> flattened(Y const& y) {
  flat_state<Y> flat;
  if constexpr (static_size_of<Y> == dynamic) flat.resize(duet::size_of(y));
  for (std::size_t i = 0; i < flat.size(); ++i) flat[i] = shape<Y>::entry(y, i);
  return flat;
}
template <class Y>
[[nodiscard]] Y unflattened(Y const& like, flat_state<Y> const& flat) {
  return shape<Y>::template make<entry_t<Y>>(like, [&](auto i) -> auto const& { return flat[i]; });
}

// One step of size h from y at time t, without an error estimate; derivative(y, t) is the right-hand side. The last
// evaluation of a method whose next step begins with it is left out: the result does not depend on it.
template <class Method, class Y, class Time, class Derivative>
[[nodiscard]] Y runge_kutta_step(Y const& y, Time const& t, Time const& h, Derivative const& derivative) {
  using State = flat_state<Y>;
  int evaluations = 0;
  auto const system = [&](State const& x, State& dxdt, Time const& at) {
    if (evaluations++ < Method::evaluations) dxdt = duet::flattened(derivative(duet::unflattened(y, x), at));
  };
  typename Method::template stepper<State, passive_of_t<entry_t<Y>>, Time> stepper;
  State const before = duet::flattened(y), slope = duet::flattened(derivative(y, t));
  State after = before;
  if constexpr (std::is_same_v<Method, dormand_prince>) {
    State unused = before;
    stepper.do_step(system, before, slope, t, after, unused, h);
  } else {
    stepper.do_step(system, before, slope, t, after, h);
  }
  return duet::unflattened(y, after);
}

}  // namespace duet
