#pragma once

// fixed_point(phi, y0, p): the limit y = phi(y, p) of an iteration as a function of p, with derivatives by an iteration
// of the same contraction (Christianson 1994, "Reverse accumulation and attractive fixed points"), or by a linear
// solve.

#include <duet/linalg/implicit_function.hpp>

namespace duet {

struct fixed_point_options {
  double tolerance = 0;  // the estimated relative error; 0 for epsilon^(3/4)
  int iterations = 10000;
};

// How the derivatives of a fixed point are found.
struct contraction_method {};
struct linear_solve_method {};
inline constexpr contraction_method by_contraction{};    // matrix-free, one product with phi's Jacobian an iteration
inline constexpr linear_solve_method by_linear_solve{};  // the dense Jacobian of phi, factored

// When an iteration that converges linearly has reached its limit: with steps that shrink by a factor q, what is left
// after a step s is s q / (1 - q).
template <class T>
class contraction_monitor {
 public:
  contraction_monitor(char const* where, fixed_point_options const& options)
      : where_(where), most_(options.iterations), tolerance_(static_cast<T>(options.tolerance)) {
    using std::pow;
    if (!(tolerance_ > 0)) tolerance_ = pow(std::numeric_limits<T>::epsilon(), T(0.75));
  }

  // To be asked after each step, with its size and that of the iterate.
  [[nodiscard]] bool is_done(T step, T size) {
    ++count_;
    if (!(step <= std::numeric_limits<T>::max()))
      throw error(std::string(where_) + ": the iteration is not finite after " + std::to_string(count_) + " steps");
    T const before = std::exchange(step_, step);
    bool const shrinks = count_ > 1 && step < before;
    if (step <= 4 * std::numeric_limits<T>::epsilon() * size) return true;
    if (shrinks && step * step <= tolerance_ * size * (before - step)) return true;
    if (count_ >= most_) throw_not_converged(where_, count_, "the last step", static_cast<double>(step));
    return false;
  }

 private:
  char const* where_;
  long most_, count_ = 0;
  T tolerance_, step_ = 0;
};

// Iterates y = next(y) on plain numbers.
template <class Y, class Next>
[[nodiscard]] Y iterate(char const* where, fixed_point_options const& options, Y y, Next const& next) {
  contraction_monitor<entry_t<Y>> monitor(where, options);
  for (bool done = false; !done;) {
    Y const before = std::exchange(y, next(y));
    auto const step = (duet::own_column(y) - duet::own_column(before)).eval();
    using T = entry_t<Y>;
    done = monitor.is_done(step.allFinite() ? T(step.stableNorm()) : std::numeric_limits<T>::quiet_NaN(),
                           duet::own_column(y).stableNorm());
  }
  return y;
}

// phi(y, p) in the shape of y, in the scalar of both.
template <class Phi, class Y, class P>
[[nodiscard]] auto contracted(Phi const& phi, Y const& y, P const& p) {
  using R = joint_scalar_t<Y, P>;
  constexpr bool is_taken = std::invocable<Phi const&, Y const&, P const&>;
  static_assert(is_taken,
                "duet::fixed_point needs phi(y, p) to accept Duet scalars in y and in p: make it a generic lambda, "
                "(auto const& y, auto const& p)");
  if constexpr (is_taken) {
    using Result = plain_t<decltype(phi(y, p))>;
    constexpr bool fits = entries_for<Result, R>;
    static_assert(
        fits,
        "duet::fixed_point needs phi(y, p) to return the next y, in the same shape; if it captures a variable, hand "
        "that on in p, whose derivatives are followed");
    if constexpr (fits) return duet::entries_like<R>("duet::fixed_point", "the result of phi(y, p)", y, phi(y, p));
  }
}

// The iterations of the derivatives, for numbers that carry derivatives themselves; q holds y, p and v or w:
//   d <- phi_y d + v,   l <- phi_y^T l + w.
template <class Phi, bool Transposed>
struct derivative_contraction {
  [[no_unique_address]] Phi phi;
  template <class D, class Q>
  [[nodiscard]] auto operator()(D const& d, Q const& q) const {
    using R = joint_scalar_t<D, Q>;
    auto const at = duet::with_entries<R>(std::get<0>(q));
    auto const along = duet::with_entries<R>(d);
    auto const next = [&](auto const& y) { return duet::contracted(phi, y, std::get<1>(q)); };
    auto const product = [&] {
      if constexpr (Transposed)
        return duet::vjp(reverse, next, at, along);
      else
        return duet::jvp(forward, next, at, along);
    }();
    using Product = std::remove_const_t<decltype(product)>;
    auto const& constant_part = std::get<2>(q);
    using Constant = std::remove_cvref_t<decltype(constant_part)>;
    return shape<Product>::template make<R>(product, [&](auto i) {
      return R(shape<Product>::entry(product, i) + shape<Constant>::entry(constant_part, i));
    });
  }
};

// (1 - phi_y)^-1 without a matrix.
template <class Phi, class Y, class P>
class contraction_inverse {
 public:
  using T = entry_t<Y>;
  contraction_inverse(Phi const& phi, Y y, P p, fixed_point_options const& options)
      : phi_(phi), y_(std::move(y)), p_(std::move(p)), options_(options) {}

  [[nodiscard]] Y apply(Y const& v) const {
    if constexpr (active_scalar<T>) {
      return nested<false>(v);
    } else {
      auto const next = [this](auto const& y) { return duet::contracted(phi_, y, p_); };
      return duet::iterate("duet::fixed_point", options_, v,
                           [&](Y const& d) { return sum(duet::jvp(forward, next, y_, d), v); });
    }
  }
  // phi is recorded once and swept in each iteration.
  [[nodiscard]] Y apply_transposed(Y const& w) const {
    if constexpr (active_scalar<T>) {
      return nested<true>(w);
    } else {
      auto const next = [this](auto const& y) { return duet::contracted(phi_, y, p_); };
      Y result = w;
      duet::record(next, y_, [&](tape<T>& t, auto const& inputs, auto const& outputs) {
        Y swept = w;
        result = duet::iterate("duet::fixed_point", options_, w, [&](Y const& l) {
          duet::sweep_weighted<reverse_scalar<decltype(next), T>>(t, inputs, outputs, l, swept);
          return sum(swept, w);
        });
      });
      return result;
    }
  }

 private:
  [[nodiscard]] static Y sum(Y const& a, Y const& b) {
    return shape<Y>::template make<T>(a, [&](auto i) { return T(shape<Y>::entry(a, i) + shape<Y>::entry(b, i)); });
  }
  template <bool Transposed>
  [[nodiscard]] Y nested(Y const& v) const;

  [[no_unique_address]] Phi phi_;
  Y y_;
  P p_;
  fixed_point_options options_;
};

// y = phi(y, p).
template <class Phi, class Start, class Method>
class contraction {
 public:
  contraction(Phi const& phi, Start const& start, fixed_point_options const& options)
      : phi_(phi), start_(start), options_(options) {}

  template <class P>
  [[nodiscard]] auto solve(P const& p) const {
    using Y = lifted_t<Start, entry_t<P>>;
    return duet::iterate("duet::fixed_point", options_, duet::stripped<entry_t<P>>(start_),
                         [&](Y const& y) -> Y { return duet::contracted(phi_, y, p); });
  }
  template <class Y, class P>
  [[nodiscard]] auto residual(Y const& y, P const& p) const {
    return duet::contracted(phi_, y, p);
  }
  template <class Y, class P>
  [[nodiscard]] auto inverse(Y const& y, P const& p) const {
    if constexpr (std::is_same_v<Method, contraction_method>) {
      return contraction_inverse<Phi, Y, P>(phi_, y, p, options_);
    } else {
      auto jacobian = duet::jacobian(forward, [&](auto const& x) { return residual(x, p); }, y);
      using J = decltype(jacobian);
      for (Eigen::Index i = 0; i < jacobian.rows(); ++i) jacobian(i, i) -= 1;
      return factored_inverse<Y, general_matrix, J>("duet::fixed_point", "the Jacobian of y - phi in y", y, jacobian,
                                                    -1);
    }
  }

 private:
  Phi const& phi_;
  Start const& start_;
  fixed_point_options options_;
};

// y with y = phi(y, p), in the shape of y0, for p of any scalar and shape (several as a std::tuple): the limit of
// y <- phi(y, p) from y0, of which values count alone. It is reached when the error, estimated from the rate at which
// steps shrink, is below the tolerance. phi is generic and sees y and p of different scalars.
//
// The derivatives are those of the limit, whatever the iterations were. By contraction they are a fixed point of the
// same rate, l = phi_y^T l + y~ in reverse mode: no matrix is formed, phi is recorded once for a sweep and swept in
// each iteration. The sweep calls phi, which captures nothing then: what it needs comes in p. by_linear_solve forms and
// factors the Jacobian of phi, costs two triangular solves a sweep and lets phi capture; it is better for few unknowns,
// or slow convergence. Throws duet::error if an iteration does not converge.
template <class Method, class Phi, class Start, class P>
  requires(std::is_same_v<Method, contraction_method> || std::is_same_v<Method, linear_solve_method>)
[[nodiscard]] auto fixed_point(Method, Phi const& phi, Start const& y0, P const& p,
                               fixed_point_options const& options = {}) {
  static_assert(
      point<Start> && point<P>,
      "duet::fixed_point needs y0 and p to be floating-point numbers, or Eigen vectors or matrices, std::array, "
      "std::vector or std::tuple of them");
  if constexpr (point<Start> && point<P>) {
    constexpr bool is_kept =
        !is_recorded<entry_t<P>> || std::is_same_v<Method, linear_solve_method> || std::is_empty_v<Phi>;
    static_assert(
        is_kept,
        "duet::fixed_point: phi captures something, but the sweep calls it when the function that called "
        "fixed_point has returned: pass what it needs in p, or say fixed_point(duet::by_linear_solve, phi, y0, p)");
    auto const& start = duet::plain(y0);
    contraction<Phi, plain_t<Start>, Method> const limit(phi, start, options);
    if constexpr (is_kept) return duet::implicit_value("duet::fixed_point", limit, duet::plain(p));
  }
}
template <class Phi, class Start, class P>
[[nodiscard]] auto fixed_point(Phi const& phi, Start const& y0, P const& p, fixed_point_options const& options = {}) {
  return duet::fixed_point(by_contraction, phi, y0, p, options);
}

template <class Phi, class Y, class P>
template <bool Transposed>
Y contraction_inverse<Phi, Y, P>::nested(Y const& v) const {
  return duet::fixed_point(by_contraction, derivative_contraction<Phi, Transposed>{phi_}, v,
                           std::tuple(y_, duet::with_entries<T>(p_), v), options_);
}

}  // namespace duet
