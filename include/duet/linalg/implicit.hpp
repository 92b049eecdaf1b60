#pragma once

// implicit_root(F, y0, p): the solution y of F(y, p) = 0 as a function of p, by Newton's method; implicit_solution(F,
// y, p) gives its derivatives to a solution found by other means.

#include <duet/linalg/implicit_function.hpp>

namespace duet {

struct newton_options {
  double tolerance =
      0;  // the relative size of the last step; 0 for sqrt(epsilon), whose error is of the order of epsilon
  int iterations = 100;
};

// F(y, p) = 0.
template <class F>
class equation {
 public:
  equation(char const* where, F const& f) : where_(where), f_(f) {}

  template <class Y, class P>
  [[nodiscard]] auto residual(Y const& y, P const& p) const {
    using R = joint_scalar_t<Y, P>;
    constexpr bool is_taken = std::invocable<F const&, Y const&, P const&>;
    static_assert(is_taken,
                  "duet::implicit_root needs F(y, p) to accept Duet scalars in y and in p: make it a generic lambda, "
                  "(auto const& y, auto const& p)");
    if constexpr (is_taken) {
      using Result = plain_t<decltype(f_(y, p))>;
      static_assert(shaped<Result>,
                    "duet::implicit_root needs F(y, p) to return one number for each entry of y: an Eigen vector, a "
                    "std::array, a std::vector or a number");
      if constexpr (shaped<Result>) return duet::entries_like<R>(where_, "the result of F(y, p)", y, f_(y, p));
    }
  }
  template <class Y, class P>
  [[nodiscard]] auto inverse(Y const& y, P const& p) const {
    auto const jacobian = duet::jacobian(forward, [&](auto const& x) { return residual(x, p); }, y);
    using J = std::remove_const_t<decltype(jacobian)>;
    return factored_inverse<Y, general_matrix, J>(where_, "the Jacobian of F in y", y, jacobian, -1);
  }

 protected:
  char const* where_;
  F const& f_;
};

// Solved by Newton's method from y0; a step is halved until it shrinks the residual (Nocedal and Wright 2006, chapter
// 11).
template <class F, class Start>
class newton_root : public equation<F> {
 public:
  newton_root(char const* where, F const& f, Start const& start, newton_options const& options)
      : equation<F>(where, f), start_(start), options_(options) {}

  template <class P>
  [[nodiscard]] auto solve(P const& p) const {
    using T = entry_t<P>;
    using std::sqrt;
    using Y = lifted_t<Start, T>;
    auto const at_p = [&](auto const& x) { return this->residual(x, p); };
    T const tolerance =
        options_.tolerance > 0 ? static_cast<T>(options_.tolerance) : sqrt(std::numeric_limits<T>::epsilon());
    Y y = duet::stripped<T>(start_);
    T size = 0, norm = 0;
    for (int k = 0; k < options_.iterations; ++k) {
      auto const at = duet::value_and_jacobian(forward, at_p, y);
      norm = duet::column_of(at.value).norm();
      if (norm == 0) return y;
      auto const factors = at.jacobian.partialPivLu();
      auto const before = duet::own_column(y);
      auto const step = plain_t<decltype(before)>(-factors.solve(duet::column_of(at.value)));
      T const length = step.norm();
      if (!(length <= std::numeric_limits<T>::max()))
        throw error(std::string(this->where_) + ": F or its Jacobian in y is singular or not finite in iteration " +
                    std::to_string(k + 1) + "; start from another y0");
      size = std::max(size, T(before.norm()));
      auto const moved = [&](T fraction) { return duet::shaped_as(y, (before + fraction * step).eval()); };
      if (length <= tolerance * before.norm()) return moved(T(1));
      T fraction = 1;
      Y next = moved(fraction);
      auto const is_better = [&] {
        auto const there = at_p(next);
        return duet::column_of(there).norm() <= (1 - fraction / 10000) * norm;
      };
      while (!is_better()) {
        fraction /= 2;
        if (fraction < std::numeric_limits<T>::epsilon()) {
          if (length <= tolerance * size) return y;  // to the last digit of F
          throw_not_converged(this->where_, k + 1, "no step shrinks F any more, whose norm", static_cast<double>(norm));
        }
        next = moved(fraction);
      }
      y = std::move(next);
    }
    throw_not_converged(this->where_, options_.iterations, "the norm of F", static_cast<double>(norm));
    return y;
  }

 private:
  Start const& start_;
  newton_options options_;
};

// Solved by somebody else.
template <class F, class Solution>
class given_root : public equation<F> {
 public:
  given_root(char const* where, F const& f, Solution const& y) : equation<F>(where, f), y_(y) {}
  template <class P>
  [[nodiscard]] auto solve(P const&) const {
    return duet::stripped<entry_t<P>>(y_);
  }

 private:
  Solution const& y_;
};

// F called with plain numbers returns a variable: one that it captures.
template <class F, class Y, class P>
inline constexpr bool captures_variables = false;
template <class F, class Y, class P>
  requires std::invocable<F const&, Y const&, P const&>
inline constexpr bool captures_variables<F, Y, P> = [] {
  using Result = plain_t<std::invoke_result_t<F const&, Y const&, P const&>>;
  if constexpr (shaped<Result>)
    return active_scalar<entry_t<Result>>;
  else
    return false;
}();

template <class F, class Y, class P>
[[nodiscard]] consteval bool implicit_demands() {
  constexpr bool points = point<Y> && point<P>;
  static_assert(
      points,
      "duet::implicit_root and its like need y0 and p to be floating-point numbers, or Eigen vectors or matrices, "
      "std::array, std::vector or std::tuple of them");
  if constexpr (points) {
    using T = passive_of_t<entry_t<P>>;
    constexpr bool captures = captures_variables<F, lifted_t<Y, T>, lifted_t<P, T>>;
    static_assert(
        !captures,
        "duet::implicit_root and argmin: the function captures a variable; hand it on in p, whose derivatives are "
        "followed");
    return !captures;
  }
  return false;
}

// y with F(y, p) = 0, in the shape of y0, for p of any scalar and shape (several as a std::tuple). F(y, p) returns as
// many numbers as y has, is generic, and sees y and p of different scalars. Newton's method starts from y0, of which
// values count alone: y does not depend on it. Jacobians in y are dense and by forward mode.
//
// The derivatives are those of y(p), whatever the iterations were: dy = -F_y^-1 F_p dp. They cost the Jacobian F_y and
// its factorisation once, and a pair of triangular solves for each direction or sweep; on the tape y is one evaluation
// of F and one node. F is not called any more when the tape is swept. Throws duet::error, with the norm of F and the
// iterations, if Newton's method does not converge, and where F_y is singular at the solution.
template <class F, class Start, class P>
[[nodiscard]] auto implicit_root(F const& f, Start const& y0, P const& p, newton_options const& options = {}) {
  if constexpr (implicit_demands<F, Start, P>()) {
    auto const& start = duet::plain(y0);
    newton_root<F, plain_t<Start>> const root("duet::implicit_root", f, start, options);
    return duet::implicit_value("duet::implicit_root", root, duet::plain(p));
  }
}

// y, a solution of F(y, p) = 0 found by any means for the values of p, with the derivatives of y(p). F as for
// implicit_root; y's own derivatives are dropped. The error of y is one of the derivatives.
template <class F, class Solution, class P>
[[nodiscard]] auto implicit_solution(F const& f, Solution const& y, P const& p) {
  if constexpr (implicit_demands<F, Solution, P>()) {
    auto const& at = duet::plain(y);
    given_root<F, plain_t<Solution>> const root("duet::implicit_solution", f, at);
    return duet::implicit_value("duet::implicit_solution", root, duet::plain(p));
  }
}

}  // namespace duet
