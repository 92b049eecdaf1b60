#pragma once

// Nonlinear least squares: Levenberg-Marquardt on top of gauss_newton. Each step solves (J^T J + mu D^2) h = -J^T r,
// with D the largest column norms of J seen so far (Marquardt 1963, More 1978), so that the scale of a parameter does
// not matter; mu follows the gain ratio (Nielsen 1999; Madsen, Nielsen and Tingleff 2004).

#include <duet/driver/damped_model.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/least_squares_report.hpp>

namespace duet {

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool least_squares_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(point<X>,
                "duet::least_squares needs x0 to be a floating-point number, or an Eigen vector or matrix, a "
                "std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  if constexpr (point<X>)
    static_assert(
        !active_scalar<entry_t<X>>,
        "duet::least_squares needs x0 to be of plain numbers; to differentiate a solution, use the implicit function "
        "theorem on J^T r = 0");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::least_squares needs r to accept Duet scalars: make r a template or a generic lambda (const auto& x), "
      "not a function of double");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::least_squares needs r to return the residuals: an Eigen vector or matrix, a std::array or a "
                "std::vector of the numbers it was given, a struct or std::tuple of such, or one such number");
  if constexpr (returns_numbers<F, Inputs>)
    return !active_scalar<entry_t<X>>;
  else
    return false;
}

// 1/2 |a|^2 - 1/2 |b|^2, without the cancellation of the difference of the two sums.
template <class T, class A, class B>
[[nodiscard]] T cost_reduction(A const& a, B const& b) {
  T sum(0);
  for (std::size_t i = 0; i < duet::size_of(a); ++i) {
    T const before = shape<A>::entry(a, i), after = static_cast<T>(shape<B>::entry(b, i));
    sum += (before - after) * (before + after);
  }
  return sum / 2;
}

template <class Linearization>
[[nodiscard]] bool is_finite(Linearization const& at) {
  using Gradient = std::remove_cvref_t<decltype(at.gradient)>;
  bool finite = duet::all_finite(at.cost) && at.hessian.allFinite();
  for (std::size_t j = 0; j < duet::size_of(at.gradient); ++j)
    finite = finite && duet::all_finite(shape<Gradient>::entry(at.gradient, j));
  return finite;
}

// One search for a minimum: where it stands, and the damping of its next step.
template <mode Mode, class F, class X>
class levenberg_marquardt {
 public:
  using T = entry_t<X>;
  using linearization =
      decltype(duet::gauss_newton(mode_constant<Mode>{}, std::declval<F&>(), std::declval<X const&>()));
  using result = least_squares_result<differentiated_t<X>, linearization>;

  levenberg_marquardt(F& r, X const& x0, least_squares_options<T> const& options)
      : r_(r),
        options_(options),
        x_(x0),
        at_(duet::gauss_newton(mode_constant<Mode>{}, r, x0)),
        mu_(options.initial_damping) {}

  [[nodiscard]] result run() {
    if (!duet::is_finite(at_)) return finish(stop_reason::not_finite);
    model_.update(at_);
    for (;;) {
      T const noise = 4 * model_.residual_noise(x_);
      if (model_.residual_norm() <= noise) return finish(stop_reason::residual_zero);
      if (model_.largest_cosine() <= options_.gradient_tolerance + noise / model_.residual_norm())
        return finish(stop_reason::gradient_small);
      if (iterations_ == options_.max_iterations) return finish(stop_reason::max_iterations);
      ++iterations_;
      if (auto const reason = polishing_ ? polish() : step(); reason != going_on) return finish(reason);
    }
  }

 private:
  using vector = typename damped_model<T>::vector;
  static constexpr auto going_on = static_cast<stop_reason>(-1);
  static constexpr T unresolved = std::numeric_limits<T>::quiet_NaN();

  [[nodiscard]] X moved(vector const& step) const {
    return shape<X>::template make<T>(
        x_, [&](auto j) { return shape<X>::entry(x_, j) + step[static_cast<Eigen::Index>(std::size_t{j})]; });
  }
  [[nodiscard]] bool moves(vector const& step) const {
    bool any = false;
    X const there = moved(step);
    duet::for_each_place(x_, [&](auto j) { any = any || shape<X>::entry(there, j) != shape<X>::entry(x_, j); });
    return any;
  }

  // One damped step, taken if it lowers the cost.
  [[nodiscard]] stop_reason step() {
    vector scaled_step;
    mu_ = std::max(mu_, model_.least_damping());
    while (!model_.solve(mu_, scaled_step))
      if (!((mu_ *= 10) < options_.largest_damping)) return stop_reason::no_progress;
    vector const step = model_.unscaled(scaled_step);
    T const predicted = model_.predicted_reduction(mu_, scaled_step);
    X const trial = moved(step);

    auto const residual = duet::evaluate(r_, trial);
    ++evaluations_;
    require_same_outputs("duet::least_squares", duet::size_of(residual), duet::size_of(at_.residual));
    T const actual = duet::cost_reduction<T>(at_.residual, residual);
    T const gain = actual / predicted;
    bool accepted = duet::all_finite(actual) && actual > 0;
    T const slope = largest_slope(), used = mu_, distance = x_distance(), cost = at_.cost;
    if (accepted) accepted = move_to(trial);
    report(slope, step.norm(), used, predicted <= options_.cost_tolerance * cost ? unresolved : gain, accepted);

    if (accepted) {
      T const excess = 2 * std::min(gain, T(1)) - 1;
      mu_ *= std::max(T(1) / 3, 1 - excess * excess * excess);
      growth_ = 2;
    } else {
      mu_ *= growth_;
      growth_ *= 2;
    }
    // A short or fruitless step proves nothing while damping holds it back: the step without damping has to bear it
    // out.
    bool const short_step = scaled_step.norm() <= options_.step_tolerance * distance;
    if (accepted && !short_step) return going_on;
    vector free_step;
    if (!model_.solve(T(0), free_step)) return going_on;
    if (free_step.norm() <= options_.step_tolerance * x_distance()) return stop_reason::step_small;
    polishing_ = !accepted && model_.predicted_reduction(T(0), free_step) <= options_.cost_tolerance * at_.cost;
    if (!accepted && !polishing_ && !moves(step)) return stop_reason::no_progress;
    return going_on;
  }

  // The cost cannot tell points apart any more: go on with undamped steps while they shorten the step that follows.
  [[nodiscard]] stop_reason polish() {
    vector free_step, next_step;
    if (!model_.solve(T(0), free_step)) return stop_reason::cost_stagnates;
    auto const before = *this;
    T const blind = std::sqrt(options_.cost_tolerance);
    vector const step = model_.unscaled(free_step);
    T const slope = largest_slope(), predicted = model_.predicted_reduction(T(0), free_step);
    bool accepted = move_to(moved(step));
    T const actual = duet::cost_reduction<T>(before.at_.residual, at_.residual);
    accepted = accepted && model_.solve(T(0), next_step) &&
               model_.predicted_reduction(T(0), next_step) < predicted * T(0.9) && -actual <= blind * at_.cost;
    ++evaluations_;
    if (!accepted) go_back_to(before);
    report(slope, step.norm(), T(0), unresolved, accepted);
    return accepted ? going_on : stop_reason::cost_stagnates;
  }

  [[nodiscard]] bool move_to(X const& trial) {
    auto next = duet::gauss_newton(mode_constant<Mode>{}, r_, trial);
    ++linearizations_;
    if (!duet::is_finite(next)) return false;
    x_ = trial;
    at_ = std::move(next);
    model_.update(at_);
    return true;
  }
  void go_back_to(levenberg_marquardt const& before) {
    x_ = before.x_;
    at_ = before.at_;
    model_ = before.model_;
  }

  [[nodiscard]] T x_distance() const { return model_.scaled_norm(x_); }
  [[nodiscard]] T largest_slope() const {
    T largest = 0;
    for (std::size_t j = 0; j < duet::size_of(x_); ++j)
      largest = std::max(largest, std::abs(shape<X>::entry(at_.gradient, j)));
    return largest;
  }
  void report(T slope, T step_norm, T damping, T gain, bool accepted) const {
    if (options_.on_iteration)
      options_.on_iteration({iterations_, at_.cost, slope, step_norm, damping, gain, accepted});
  }

  [[nodiscard]] result finish(stop_reason reason) {
    bool const converged = reason == stop_reason::gradient_small || reason == stop_reason::step_small ||
                           reason == stop_reason::cost_stagnates || reason == stop_reason::residual_zero;
    return {duet::differentiated(std::move(x_)),
            at_.cost,
            std::move(at_.residual),
            std::move(at_.gradient),
            std::move(at_.hessian),
            iterations_,
            evaluations_,
            linearizations_,
            converged,
            reason};
  }

  F& r_;
  least_squares_options<T> const& options_;
  X x_;
  linearization at_;
  damped_model<T> model_;
  T mu_, growth_ = 2;
  bool polishing_ = false;
  std::size_t iterations_ = 0, evaluations_ = 1, linearizations_ = 1;
};

template <class X>
struct least_squares_options_of {
  using type = least_squares_options<>;
};
template <point X>
struct least_squares_options_of<X> {
  using type = least_squares_options<entry_t<X>>;
};
template <class X>
using options_for = typename least_squares_options_of<X>::type;

// Minimises 1/2 |r(x)|^2 from x0. A trial step to where r is not finite is rejected. converged is true only if the
// first-order conditions hold at x to the tolerances or to rounding.
template <mode Mode, class F, class X>
[[nodiscard]] auto least_squares(mode_constant<Mode>, F&& r, X const& x0, options_for<X> const& options = {}) {
  if constexpr (least_squares_demands<Mode, F, X>())
    return levenberg_marquardt<Mode, std::remove_reference_t<F>, borrowed_t<plain_t<X>>>(
               r, duet::borrowed(duet::plain(x0)), options)
        .run();
}
template <class F, class X>
  requires(!is_mode_constant<std::remove_cvref_t<F>>)
[[nodiscard]] auto least_squares(F&& r, X const& x0, options_for<X> const& options = {}) {
  return duet::least_squares(automatic, r, x0, options);
}

}  // namespace duet
