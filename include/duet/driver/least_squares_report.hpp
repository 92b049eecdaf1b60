#pragma once

// What least_squares is told and what it tells: options, iterations, the result and the reason it stopped.

#include <cstddef>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

namespace duet {

enum class stop_reason {
  gradient_small,  // no column of J has a component of r left
  step_small,      // the undamped step does not move x
  cost_stagnates,  // no step lowers the cost, and the linear model promises nothing above rounding
  residual_zero,   // r vanishes, to the rounding of x
  max_iterations,
  no_progress,  // every step raises the cost, although the linear model promises otherwise
  not_finite    // r or its derivatives are infinite or NaN at the start
};

[[nodiscard]] constexpr std::string_view to_string(stop_reason reason) {
  switch (reason) {
    case stop_reason::gradient_small:
      return "the gradient is small";
    case stop_reason::step_small:
      return "the step is small";
    case stop_reason::cost_stagnates:
      return "the cost stagnates at rounding";
    case stop_reason::residual_zero:
      return "the residual is zero";
    case stop_reason::max_iterations:
      return "the iterations are used up";
    case stop_reason::no_progress:
      return "no step makes progress";
    case stop_reason::not_finite:
      return "the residual or its derivative is not finite at the start";
  }
  return "";
}

// One trial step.
template <class T = double>
struct least_squares_iteration {
  std::size_t iteration;
  T cost;           // after the step
  T gradient_norm;  // largest entry of J^T r before the step
  T step_norm;
  T damping;
  T gain_ratio;  // reduction of the cost over the reduction that the linear model promised; NaN below rounding
  bool accepted;
};

template <class T = double>
struct least_squares_options {
  std::size_t max_iterations = 500;
  T gradient_tolerance = 256 * std::numeric_limits<T>::epsilon();  // of the cosine between r and the columns of J
  T step_tolerance = 16 * std::numeric_limits<T>::epsilon();  // of the length of x, both in the scale of J's columns
  T cost_tolerance = 16 * std::numeric_limits<T>::epsilon();  // of the cost
  T initial_damping = T(1e-3);                                // of the diagonal of J^T J
  T largest_damping = T(1e30);
  std::function<void(least_squares_iteration<T> const&)> on_iteration = nullptr;
};

// X is the shape of the parameters, Linearization what gauss_newton returns at x.
template <class X, class Linearization>
struct least_squares_result {
  X x;
  decltype(Linearization::cost) cost;  // 1/2 |r|^2
  decltype(Linearization::residual) residual;
  decltype(Linearization::gradient) gradient;  // J^T r
  decltype(Linearization::hessian) hessian;    // J^T J
  std::size_t iterations;                      // trial steps
  std::size_t evaluations;                     // points at which r was evaluated
  std::size_t linearizations;                  // points at which J^T J was
  bool converged;
  stop_reason reason;
};

// One line: converged or not, after how many iterations, why, and at which cost.
template <class X, class Linearization>
[[nodiscard]] std::string to_string(least_squares_result<X, Linearization> const& fit) {
  std::ostringstream text;
  text.precision(6);
  text << (fit.converged ? "converged" : "not converged") << " after " << fit.iterations
       << (fit.iterations == 1 ? " iteration" : " iterations") << ": " << to_string(fit.reason) << "; cost " << fit.cost
       << ", " << fit.evaluations << (fit.evaluations == 1 ? " evaluation" : " evaluations") << " of the residual, "
       << fit.linearizations << " of its derivatives";
  return text.str();
}

}  // namespace duet
