#pragma once

// argmin(f, y0, p): the minimiser of f(y, p) over y as a function of p, for optimisation inside of what is optimised.

#include <duet/driver/hessian.hpp>
#include <duet/linalg/implicit.hpp>

namespace duet {

// Hyper-duals for few unknowns, forward over reverse for more.
template <class Y>
inline constexpr mode_constant<(static_size_of<Y> <= 16) ? mode::forward : mode::reverse> curvature_mode{};

// The gradient of f(., p) is zero.
template <class F, class Start>
class minimum {
 public:
  static constexpr char const* where = "duet::argmin";
  minimum(F const& f, Start const& start, newton_options const& options) : f_(f), start_(start), options_(options) {}

  // Newton's method with a step that is shortened until it descends enough (Armijo), and a multiple of the identity
  // added to a Hessian that is not positive definite (Nocedal and Wright 2006, algorithm 3.3).
  template <class P>
  [[nodiscard]] auto solve(P const& p) const {
    using T = entry_t<P>;
    using Y = lifted_t<Start, T>;
    using std::abs, std::sqrt;
    T const epsilon = std::numeric_limits<T>::epsilon();
    T const tolerance = options_.tolerance > 0 ? static_cast<T>(options_.tolerance) : sqrt(epsilon);
    auto const at_p = [&](auto const& y) { return of_one_scalar(y, p); };
    Y y = duet::stripped<T>(start_);
    T slope = 0;
    for (int k = 0; k < options_.iterations; ++k) {
      auto const at = duet::value_gradient_hessian(curvature_mode<Y>, at_p, y);
      auto const gradient = duet::own_column(at.gradient);
      slope = gradient.norm();
      if (!(slope <= std::numeric_limits<T>::max()) || !at.hessian.allFinite())
        throw error(std::string(where) + ": f or its derivatives in y are not finite in iteration " +
                    std::to_string(k + 1) + "; start from another y0");
      auto const [step, shifted] = descent(at.hessian, gradient);
      auto const before = duet::own_column(y);
      auto const moved = [&](T fraction) { return duet::shaped_as(y, (before + fraction * step).eval()); };
      if (!shifted && (slope == 0 || step.norm() <= tolerance * before.norm())) return moved(T(1));
      T const along = gradient.dot(step);
      if (!(along < 0)) {
        if (!shifted) return y;
        throw error(std::string(where) + ": a stationary point in iteration " + std::to_string(k + 1) +
                    " is not a minimum; start from another y0");
      }
      T fraction = 1;
      while (!(at_p(moved(fraction)) <= at.value + fraction * along / 10000 + 8 * epsilon * abs(at.value))) {
        fraction /= 2;
        if (fraction < epsilon)
          throw_not_converged(where, k + 1, "no step descends any more; the norm of the gradient",
                              static_cast<double>(slope));
      }
      y = moved(fraction);
    }
    throw_not_converged(where, options_.iterations, "the norm of the gradient", static_cast<double>(slope));
    return y;
  }

  template <class Y, class P>
  [[nodiscard]] auto residual(Y const& y, P const& p) const {
    using R = joint_scalar_t<Y, P>;
    return duet::gradient(
        curvature_mode<Y>, [&](auto const& x) { return of_one_scalar(x, p); }, duet::with_entries<R>(y));
  }
  template <class Y, class P>
  [[nodiscard]] auto inverse(Y const& y, P const& p) const {
    auto const hessian = duet::hessian(curvature_mode<Y>, [&](auto const& x) { return of_one_scalar(x, p); }, y);
    using H = std::remove_const_t<decltype(hessian)>;
    return factored_inverse<Y, positive_definite_matrix, H>(where, "the Hessian of f in y", y, hessian, -1);
  }

 private:
  // f(y, p) in the scalar of y, the higher of the two.
  template <class Y, class P>
  [[nodiscard]] auto of_one_scalar(Y const& y, P const& p) const {
    using R = joint_scalar_t<Y, P>;
    constexpr bool is_taken = std::invocable<F const&, Y const&, P const&>;
    static_assert(is_taken,
                  "duet::argmin needs f(y, p) to accept Duet scalars in y and in p: make it a generic lambda, "
                  "(auto const& y, auto const& p)");
    if constexpr (is_taken) {
      constexpr bool is_number = std::is_convertible_v<decltype(f_(y, p)), R>;
      static_assert(is_number, "duet::argmin needs f(y, p) to return one number");
      if constexpr (is_number) return R(f_(y, p));
    }
  }

  template <class H, class G>
  [[nodiscard]] static std::pair<G, bool> descent(H hessian, G const& gradient) {
    using T = typename G::Scalar;
    T shift = 0;
    for (;;) {
      auto const factors = hessian.llt();
      if (factors.info() == Eigen::Success) return {-factors.solve(gradient), shift != 0};
      T const more = shift == 0 ? std::max(T(hessian.diagonal().cwiseAbs().maxCoeff()) / 1000, T(1) / 1000) : shift;
      hessian.diagonal().array() += more;
      shift += more;
    }
  }

  F const& f_;
  Start const& start_;
  newton_options options_;
};

// The y at which f(., p) has a minimum, in the shape of y0, for p of any scalar and shape (several as a std::tuple). f
// is generic, smooth, and sees y and p of different scalars. Newton's method descends from y0, of which values count
// alone, with gradients and Hessians by Duet. The minimum has to be strict: the Hessian in y is positive definite
// there.
//
// The derivatives are those of y(p): dy = -f_yy^-1 f_yp dp. They cost the Hessian and its Cholesky factors once, and
// two triangular solves for each direction or sweep; on the tape it is one gradient of f in y, and one node. f is not
// called any more when the tape is swept. Throws duet::error if no minimum is found, with the norm of the gradient and
// the iterations.
template <class F, class Start, class P>
[[nodiscard]] auto argmin(F const& f, Start const& y0, P const& p, newton_options const& options = {}) {
  if constexpr (implicit_demands<F, Start, P>()) {
    auto const& start = duet::plain(y0);
    minimum<F, plain_t<Start>> const best(f, start, options);
    return duet::implicit_value("duet::argmin", best, duet::plain(p));
  }
}

}  // namespace duet
