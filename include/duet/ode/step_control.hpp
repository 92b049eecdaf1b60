#pragma once

// The steps that an integration on plain numbers takes, which its derivatives then take as given.

#include <duet/checkpoint/policy.hpp>
#include <duet/core/error.hpp>
#include <duet/ode/method.hpp>
#include <sstream>

namespace duet {

struct ode_options {
  // A step is accepted if its estimated error is below absolute + relative (|y| + |h y'|) in every entry.
  double relative = 1e-8, absolute = 1e-10;
  double first_step = 0;    // 0 for a guess; the size of all steps of classical_runge_kutta, which needs it
  long steps = 1'000'000;   // at most
  snapshots checkpoints{};  // which states reverse mode keeps; by default all
};

template <class P>
struct ode_step_taken {
  P time, size;
};

DUET_COLD inline void throw_ode(char const* what, double time, double size, long steps) {
  std::ostringstream text;
  text << "duet::solve_ode: " << what << " at t = " << time << ", after " << steps << (steps == 1 ? " step" : " steps");
  if (size != 0) text << ", the next of size " << size;
  throw error(text.str());
}

// y at t1, and the steps on the way, in `taken` unless null.
template <class Method, class Y, class P, class Derivative>
[[nodiscard]] Y integrate_values(Y const& y0, P const& t0, P const& t1, Derivative const& derivative,
                                 ode_options const& options, std::vector<ode_step_taken<P>>* taken) {
  using std::abs, std::ceil;
  if (!(abs(t1 - t0) <= std::numeric_limits<P>::max()))
    throw std::invalid_argument("duet::solve_ode: t0 and t1 are not finite");
  if (t0 == t1) {  // an empty step, whose derivatives in time are not zero
    if (taken != nullptr) taken->push_back({t0, P(0)});
    return y0;
  }
  if constexpr (!Method::is_adaptive) {
    if (!(options.first_step > 0))
      throw std::invalid_argument(
          "duet::solve_ode: classical_runge_kutta needs options.first_step, the size of its steps");
    P const count = std::max(P(1), ceil(abs(t1 - t0) / static_cast<P>(options.first_step) - P(1) / 1000));
    if (count > static_cast<P>(options.steps))
      throw_ode("more steps would be needed than options.steps", double(t0), 0, 0);
    P const size = (t1 - t0) / count;
    Y y = y0;
    for (long k = 0; k < static_cast<long>(count); ++k) {
      P const time = t0 + static_cast<P>(k) * size;
      y = duet::runge_kutta_step<Method>(y, time, size, derivative);
      if (taken != nullptr) taken->push_back({time, size});
    }
    for (std::size_t i = 0; i < duet::size_of(y); ++i)
      if (!duet::all_finite(shape<Y>::entry(y, i)))
        throw_ode("the state is not finite", double(t1), 0, static_cast<long>(count));
    return y;
  } else {
    using State = flat_state<Y>;
    using stepper = typename Method::template stepper<State, P, P>;
    using checker = boost::numeric::odeint::default_error_checker<P, typename stepper::algebra_type,
                                                                  typename stepper::operations_type>;
    stepper method;
    checker const tolerance(static_cast<P>(options.absolute), static_cast<P>(options.relative));
    boost::numeric::odeint::default_step_adjuster<P, P> const adjust;
    auto const system = [&](State const& x, State& dxdt, P const& at) {
      dxdt = duet::flattened(derivative(duet::unflattened(y0, x), at));
    };
    auto const largest = [](State const& x) {
      P most = 0;
      for (P const& e : x) most = abs(e) <= most ? most : abs(e);  // NaN stays
      return most;
    };
    auto const is_finite = [&](State const& x) { return largest(x) <= std::numeric_limits<P>::max(); };

    State x = duet::flattened(y0), slope = x, next = x, next_slope = x, errors = x;
    system(x, slope, t0);
    if (!is_finite(x) || !is_finite(slope)) throw_ode("the state or its derivative is not finite", double(t0), 0, 0);
    P const direction = t1 < t0 ? P(-1) : P(1);
    // A hundredth of the time in which the state moves by its own size (Hairer, Norsett and Wanner 1993, section II.4).
    P const size = largest(x), rate = largest(slope);
    P h = options.first_step > 0             ? static_cast<P>(options.first_step)
          : size > P(1e-5) && rate > P(1e-5) ? std::min(abs(t1 - t0), size / rate / 100)
                                             : abs(t1 - t0) / 1000;
    h *= direction;
    P t = t0;
    for (long k = 0; t != t1;) {
      if (k == options.steps) throw_ode("the number of steps has reached options.steps", double(t), double(h), k);
      bool const is_last = (t + h * P(1.0001) - t1) * direction >= 0;
      if (is_last) h = t1 - t;
      if constexpr (std::is_same_v<Method, dormand_prince>)
        method.do_step(system, x, slope, t, next, next_slope, h, errors);
      else
        method.do_step(system, x, slope, t, next, h, errors);
      P const error = tolerance.error(method.algebra(), x, slope, errors, h);
      bool finite = is_finite(next) && error <= std::numeric_limits<P>::max();
      if (finite && error <= 1) {
        if constexpr (!std::is_same_v<Method, dormand_prince>) system(next, next_slope, t + h);
        finite = is_finite(next_slope);
      }
      if (!finite || error > 1) {
        h = finite ? adjust.decrease_step(h, error, method.error_order()) : h / 10;
        if (!(abs(h) > 16 * std::numeric_limits<P>::epsilon() * std::max(abs(t), abs(t1 - t0))))
          throw_ode(finite ? "the step size vanishes (the solution has a pole, or is stiff)"
                           : "the state or its derivative is not finite",
                    double(t), double(h), k);
        continue;
      }
      if (taken != nullptr) taken->push_back({t, h});
      t = is_last ? t1 : t + h;
      h = adjust.increase_step(h, error, method.stepper_order());
      std::swap(x, next);
      std::swap(slope, next_slope);
      ++k;
    }
    return duet::unflattened(y0, x);
  }
}

}  // namespace duet
