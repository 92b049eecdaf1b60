#pragma once

// solve_ode(rhs, y0, t0, t1, p): the solution of an initial value problem as a function of everything it depends on.
// The steps are chosen on plain numbers; derivatives are those of the accepted steps, in forward mode carried along, in
// reverse mode by checkpoints.

#include <duet/checkpoint/evolve.hpp>
#include <duet/linalg/implicit_function.hpp>
#include <duet/ode/step_control.hpp>

namespace duet {

// rhs(y, t, p) in the shape of y, in the scalar of all three.
template <class Rhs, class Y, class Time, class P>
[[nodiscard]] auto state_derivative(Rhs const& rhs, Y const& y, Time const& t, P const& p) {
  constexpr bool is_taken = std::invocable<Rhs const&, Y const&, Time const&, P const&>;
  static_assert(is_taken,
                "duet::solve_ode needs rhs(y, t, p) to accept Duet scalars: make it a generic lambda, "
                "(auto const& y, auto const& t, auto const& p)");
  if constexpr (is_taken) {
    using Result = plain_t<decltype(rhs(y, t, p))>;
    constexpr bool fits = entries_for<Result, entry_t<Y>>;
    static_assert(
        fits,
        "duet::solve_ode needs rhs(y, t, p) to return y' in the shape of y; if it captures a variable, hand that on "
        "in p, whose derivatives are followed");
    if constexpr (fits)
      return duet::entries_like<entry_t<Y>>("duet::solve_ode", "the result of rhs(y, t, p)", y, rhs(y, t, p));
  }
}

template <class P>
struct ode_steps {
  P begin, end;  // of time
  std::vector<ode_step_taken<P>> taken;
};

// Step k of those taken. Where begin and end of time carry derivatives the steps between them are stretched: `times`
// holds both.
template <class Method, class Rhs>
struct ode_step {
  [[no_unique_address]] Rhs rhs;

  template <class Y, class X, class P, class... Times>
  [[nodiscard]] Y operator()(Y const& y, long k, X const& p, std::shared_ptr<ode_steps<P> const> const& steps,
                             Times const&... times) const {
    auto const derivative = [&](Y const& at, auto const& t) { return duet::state_derivative(rhs, at, t, p); };
    auto const& step = steps->taken[static_cast<std::size_t>(k)];
    if constexpr (sizeof...(Times) == 0) {
      return duet::runge_kutta_step<Method>(y, step.time, step.size, derivative);
    } else {
      auto const& [begin, end] = std::get<0>(std::tie(times...));
      using Time = std::remove_cvref_t<decltype(begin)>;
      P const span = steps->end - steps->begin, part = span == 0 ? P(0) : (step.time - steps->begin) / span,
              share = span == 0 ? P(1) : step.size / span;
      Time const early = begin - steps->begin, late = end - steps->end;  // zero but for derivatives
      Time const t = step.time + (1 - part) * early + part * late, h = step.size + share * (late - early);
      return duet::runge_kutta_step<Method>(y, t, h, derivative);
    }
  }
};

// y(t1) of y' = rhs(y, t, p), y(t0) = y0, in the shape of y0. y0, p and the times are numbers or shapes of them
// (several parameters as a std::tuple), each plain or of one active scalar; t1 < t0 integrates backwards. rhs is
// generic. Methods are dormand_prince, cash_karp, fehlberg, and classical_runge_kutta in equal steps of
// options.first_step.
//
// The steps are chosen on plain numbers, so that values and steps are those of the same call without derivatives: the
// tolerances hold for the solution, and derivatives follow the steps it takes, with sizes as constants. They are exact
// for the numbers computed, which makes them the derivatives of the solution with an error of the order of the method.
// Times are differentiated by stretching all steps.
//
// Forward mode runs the steps a second time with derivatives. In reverse mode each step is recorded once, in the sweep,
// from the states that options.checkpoints keeps (duet::evolve); rhs is called then, and captures nothing, or is
// duet::owning(rhs). Throws duet::error if the steps are too many or vanish, or where the state is not finite, and says
// at which time.
template <ode_method Method = dormand_prince, class Rhs, class Start, class T0, class T1, class X>
[[nodiscard]] auto solve_ode(Rhs const& rhs, Start const& y0, T0 const& t0, T1 const& t1, X const& p,
                             ode_options const& options = {}) {
  constexpr bool points = point<Start> && point<X> && number_like<T0> && number_like<T1>;
  static_assert(
      points,
      "duet::solve_ode needs y0 and p to be floating-point numbers, or Eigen vectors or matrices, std::array, "
      "std::vector or std::tuple of them, and t0 and t1 to be numbers");
  if constexpr (points) {
    using Times = joint_scalar_t<promoted_t<scalar_of_t<T0>>, promoted_t<scalar_of_t<T1>>>;
    using S = std::common_type_t<joint_scalar_t<Start, X>, Times>;
    using P = passive_of_t<S>;
    auto const& start = duet::plain(y0);
    auto const& parameters = duet::plain(p);
    auto const& f = duet::callable_of(rhs);
    auto const steps = std::make_shared<ode_steps<P>>();
    steps->begin = static_cast<P>(duet::value(t0));
    steps->end = static_cast<P>(duet::value(t1));
    auto const numbers = duet::stripped<P>(parameters);
    auto const values = duet::integrate_values<Method>(
        duet::stripped<P>(start), steps->begin, steps->end,
        [&](auto const& y, P const& t) { return duet::state_derivative(f, y, t, numbers); }, options,
        active_scalar<S> ? &steps->taken : nullptr);
    if constexpr (!active_scalar<S>) {
      return values;
    } else {
      std::shared_ptr<ode_steps<P> const> const given = steps;
      ode_step<Method, called<Rhs>> const step{f};
      auto const along = [&](auto const&... times) {
        if constexpr (is_recorded<S>) {
          static_assert(
              captureless<Rhs>,
              "duet::solve_ode: rhs captures something, but the sweep calls it when the function that called solve_ode "
              "has returned: pass what it needs in p, or say duet::owning(rhs) if its captures are by value or outlive "
              "the sweep");
          auto const count = static_cast<long>(given->taken.size());
          auto const begin = duet::with_entries<S>(start);
          if constexpr (is_owning<Rhs>)
            return duet::evolve(options.checkpoints, duet::owning(step), begin, count, parameters, given, times...);
          else if constexpr (captureless<Rhs>)
            return duet::evolve(options.checkpoints, step, begin, count, parameters, given, times...);
        } else {
          auto y = duet::with_entries<S>(start);
          for (long k = 0; k < static_cast<long>(given->taken.size()); ++k) y = step(y, k, parameters, given, times...);
          return y;
        }
      };
      if constexpr (active_scalar<Times>)
        return along(std::array<Times, 2>{Times(t0), Times(t1)});
      else
        return along();
    }
  }
}

}  // namespace duet
