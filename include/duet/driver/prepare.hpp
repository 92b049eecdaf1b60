#pragma once

// Drivers prepared for one function and one size of input, to be called at many points: buffers, plan and result are
// kept between calls, and nothing is allocated after the first. What f itself allocates stays its own: a function that
// returns a std::vector or an Eigen vector of dynamic size makes one in every evaluation.

#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/workspace.hpp>
#include <functional>

namespace duet {

// ---- what can be prepared: the result, how to fill it, and the mode in words ----

// Why a mode was taken, in one line.
template <mode Mode, class Reason>
[[nodiscard]] std::string mode_in_words(Reason const& reason) {
  if constexpr (Mode == mode::automatic)
    return reason();
  else
    return Mode == mode::forward ? "forward, as the caller asks" : "reverse, as the caller asks";
}

template <mode Mode>
struct gradient_task {
  static constexpr bool is_automatic = Mode == mode::automatic;
  template <class F, class X>
  using result = valued_gradient<entry_t<X>, differentiated_t<X>>;

  template <class F, class X>
  static result<F, X> empty(X const& x) {
    return duet::empty_gradient(x);
  }
  template <class F, class X>
  static constexpr std::size_t static_outputs = 1;
  template <std::size_t, class F, class X, class Result>
  static void fill(F& f, X const& x, std::size_t, Result& result) {
    duet::gradient_into<Mode>(f, x, result);
  }
  // What forward mode carries.
  template <class T>
  static constexpr std::size_t directions(std::size_t inputs) {
    return inputs;
  }
  template <class X>
  static std::string explain(std::size_t inputs, std::size_t) {
    return duet::mode_in_words<Mode>([&] { return to_string(choose_mode(inputs, 1)); });
  }
};

template <mode Mode>
struct jacobian_task {
  static constexpr bool is_automatic = Mode == mode::automatic;
  template <class F, class X>
  using result = jacobian_result<Mode, F, X>;

  template <class F, class X>
  static result<F, X> empty(X const&) {
    return {};
  }
  template <class F, class X>
  static constexpr std::size_t static_outputs = static_size_of<output_for<Mode, F, X>>;
  template <std::size_t StaticOutputs, class F, class X, class Result>
  static void fill(F& f, X const& x, std::size_t outputs, Result& result) {
    duet::jacobian_into<Mode, StaticOutputs>(f, x, [=] { return outputs; }, result);
  }
  // What forward mode carries.
  template <class T>
  static constexpr std::size_t directions(std::size_t inputs) {
    return inputs;
  }
  template <class X>
  static std::string explain(std::size_t inputs, std::size_t outputs) {
    return duet::mode_in_words<Mode>([&] { return to_string(choose_mode(inputs, outputs)); });
  }
};

template <mode Mode>
struct gauss_newton_task {
  static constexpr bool is_automatic = Mode == mode::automatic;
  template <class F, class X>
  using result = gauss_newton_result_of<Mode, F, X>;

  template <class F, class X>
  static result<F, X> empty(X const& x) {
    return duet::empty_gauss_newton<result<F, X>>(x);
  }
  template <class F, class X>
  static constexpr std::size_t static_outputs = static_size_of<output_for<Mode, F, X>>;
  template <std::size_t StaticOutputs, class F, class X, class Result>
  static void fill(F& f, X const& x, std::size_t outputs, Result& result) {
    duet::gauss_newton_into<Mode, StaticOutputs>(f, x, [=] { return outputs; }, result);
  }
  // What forward mode carries.
  template <class T>
  static constexpr std::size_t directions(std::size_t inputs) {
    return gauss_newton_directions<T>(inputs);
  }
  template <class X>
  static std::string explain(std::size_t inputs, std::size_t outputs) {
    return duet::mode_in_words<Mode>([&] {
      if (inputs <= gauss_newton_chunk<entry_t<X>>) return to_string(choose_mode(inputs, outputs));
      std::size_t const directions = gauss_newton_directions<entry_t<X>>(inputs);
      bool const few = cheaper_mode(directions, outputs) == mode::forward;
      return (few ? "forward: " : "reverse: ") + std::to_string(inputs) + " inputs in pairs of half chunks make " +
             std::to_string(directions) + " directions, " + (few ? "at most " : "more than ") + "the " +
             std::to_string(static_cast<std::size_t>(reverse_cost(outputs))) + " that recording and sweeping costs";
    });
  }
};

template <mode Mode>
struct hessian_task {
  static constexpr bool is_automatic = Mode == mode::automatic;
  template <class F, class X>
  using result = hessian_result<F, X>;

  template <class F, class X>
  static result<F, X> empty(X const& x) {
    return duet::empty_hessian<F>(x);
  }
  template <class F, class X>
  static constexpr std::size_t static_outputs = 1;
  template <std::size_t, class F, class X, class Result>
  static void fill(F& f, X const& x, std::size_t, Result& result) {
    duet::hessian_into<Mode>(f, x, result);
  }
  // What forward mode carries.
  template <class T>
  static constexpr std::size_t directions(std::size_t inputs) {
    return inputs;
  }
  template <class X>
  static std::string explain(std::size_t inputs, std::size_t) {
    return duet::mode_in_words<Mode>([&] {
      bool const few = cheaper_hessian_mode<X>(inputs) == mode::forward;
      return (few ? "forward, hyper-duals: " : "reverse, over duals: ") + std::to_string(inputs) +
             (inputs == 1 ? " input is " : " inputs are ") + (few ? "at most " : "more than ") +
             std::to_string(most_hyperdual_inputs<X>) + ", up to where hyper-duals win";
    });
  }
};

// ---- prepared drivers ----

// Y can be assigned to X: it is X, an Eigen expression of the same kind (matrix or array) and of sizes that can agree,
// or a number for a number.
template <class Y, class X>
concept assignable_point = std::is_same_v<Y, X> || (number_entry<X> && std::is_convertible_v<Y const&, X>) || requires {
  requires eigen_dense<Y> && eigen_dense<X> && std::is_same_v<typename Y::Scalar, typename X::Scalar>;
  requires std::is_same_v<typename Eigen::internal::traits<Y>::XprKind, typename Eigen::internal::traits<X>::XprKind>;
  requires sizes_can_agree<Y, X>;
};

// fill(f, at) for the point x of a call, kept as functions see it; `results` are what the call overwrites.
template <class F, class X, class Y, class Fill, class... Result>
void at_prepared_point(F& f, kept_input<X>& input, workspace& memory, Y const& x, Fill const& fill,
                       Result const&... results) {
  static_assert(assignable_point<Y, X>,
                "duet: a prepared driver needs x of the type that it was prepared with, or for an Eigen type an "
                "expression of its sizes and numbers; call the prepare function with an x of this type");
  if constexpr (assignable_point<Y, X>) {
    kept_point<X> const at(input.take(x, results...), memory);
    if constexpr (static_size_of<X> == dynamic) {
      at_kept_points<F> kept{f};
      fill(kept, at);
    } else {
      fill(f, at);
    }
  }
}

// A driver with all that it needs for calls at points of one size; made by the prepare functions below. It is moved,
// not copied, and used by one thread at a time.
template <class Task, class F, class X>
class prepared {
  using function = std::remove_reference_t<F>;
  static constexpr std::size_t m = Task::template static_outputs<function, X>;

 public:
  using result = typename Task::template result<function, X>;

  template <class Given>
  prepared(Given&& f, X const& x0)
      : f_(std::forward<Given>(f)), input_(x0), result_(Task::template empty<function>(x0)) {
    constexpr bool few = static_size_of<X> != dynamic &&
                         cheaper_mode(Task::template directions<entry_t<X>>(static_size_of<X>), 0) == mode::forward;
    if constexpr (m != dynamic)
      outputs_ = m;
    else if constexpr (!few && Task::is_automatic)
      outputs_ = duet::outputs_at<m>(f_, x0);
  }
  prepared(prepared&&) = default;

  // The derivatives at x, in an object that stays in place and is overwritten by the next call. Throws
  // std::invalid_argument if x has not the size that was prepared for.
  template <class Y>
  result const& operator()(Y const& x) {
    duet::at_prepared_point(
        f_, input_, memory_, x, [&](auto& f, auto const& at) { Task::template fill<m>(f, at, outputs_, result_); },
        result_);
    if constexpr (requires { result_.gradient; }) duet::carry(result_.gradient, x);
    return result_;
  }

  // The mode and why, in one line.
  [[nodiscard]] std::string explain() const { return Task::template explain<X>(input_.size(), outputs_); }

 private:
  F f_;
  kept_input<X> input_;
  std::size_t outputs_ = 0;  // where the mode depends on them
  workspace memory_;
  result result_;
};

// What is kept of a function: a copy of it, or what std::ref refers to.
template <class F>
using kept_function = std::unwrap_ref_decay_t<F>;

// The function f prepared for gradients at points like x0: call the result with an x to get {value, gradient}. f is
// copied or moved; to keep a reference give std::ref(f).
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_gradient(mode_constant<Mode>, F&& f, X const& x0) {
  if constexpr (gradient_demands<Mode, kept_function<F>, X>())
    return prepared<gradient_task<Mode>, kept_function<F>, plain_t<X>>(std::forward<F>(f), duet::plain(x0));
}
template <class F, class X>
[[nodiscard]] auto prepare_gradient(F&& f, X const& x0) {
  return duet::prepare_gradient(automatic, std::forward<F>(f), x0);
}

// The same for {value, jacobian}. If f's outputs are counted at run time and their number may decide the mode, f
// is evaluated at x0 once, on plain numbers.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_jacobian(mode_constant<Mode>, F&& f, X const& x0) {
  if constexpr (jacobian_demands<Mode, kept_function<F>, X>())
    return prepared<jacobian_task<Mode>, kept_function<F>, plain_t<X>>(std::forward<F>(f), duet::plain(x0));
}
template <class F, class X>
[[nodiscard]] auto prepare_jacobian(F&& f, X const& x0) {
  return duet::prepare_jacobian(automatic, std::forward<F>(f), x0);
}

// The same for {value, gradient, hessian}.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_hessian(mode_constant<Mode>, F&& f, X const& x0) {
  if constexpr (hessian_demands<Mode, kept_function<F>, X>())
    return prepared<hessian_task<Mode>, kept_function<F>, plain_t<X>>(std::forward<F>(f), duet::plain(x0));
}
template <class F, class X>
[[nodiscard]] auto prepare_hessian(F&& f, X const& x0) {
  return duet::prepare_hessian(automatic, std::forward<F>(f), x0);
}

// The same for {cost, residual, gradient, hessian} of the residuals r.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_gauss_newton(mode_constant<Mode>, F&& r, X const& x0) {
  if constexpr (gauss_newton_demands<Mode, kept_function<F>, X>())
    return prepared<gauss_newton_task<Mode>, kept_function<F>, plain_t<X>>(std::forward<F>(r), duet::plain(x0));
}
template <class F, class X>
[[nodiscard]] auto prepare_gauss_newton(F&& r, X const& x0) {
  return duet::prepare_gauss_newton(automatic, std::forward<F>(r), x0);
}

}  // namespace duet
