#pragma once

// NLopt: objectives and constraints with gradients by Duet. NLopt calls plain functions with a pointer to data; this
// header includes nothing of it.

#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>

namespace duet {

// f as NLopt wants it; the object has to live as long as the nlopt::opt that knows its address:
//   duet::nlopt_function f(objective);
//   opt.set_min_objective(f.scalar, &f);                    f(x) a number
//   opt.add_inequality_mconstraint(f.vector, &f, tolerances);  f(x) a vector, <= 0 in every entry
// f is generic and gets an Eigen vector. Gradients are taken in the mode that Duet chooses, and only where NLopt asks
// for them. What f throws NLopt passes on.
template <class F>
class nlopt_function {
 public:
  explicit nlopt_function(F f) : f_(std::move(f)) {}

  static double scalar(unsigned n, double const* x, double* gradient, void* self) {
    F const& f = static_cast<nlopt_function const*>(self)->f_;
    Eigen::VectorXd const at = Eigen::Map<Eigen::VectorXd const>(x, static_cast<Eigen::Index>(n));
    if (gradient == nullptr) return f(at);
    auto const [value, slope] = duet::value_and_gradient(f, at);
    Eigen::Map<Eigen::VectorXd>(gradient, static_cast<Eigen::Index>(n)) = slope;
    return value;
  }
  static void vector(unsigned m, double* result, unsigned n, double const* x, double* gradient, void* self) {
    F const& f = static_cast<nlopt_function const*>(self)->f_;
    Eigen::VectorXd const at = Eigen::Map<Eigen::VectorXd const>(x, static_cast<Eigen::Index>(n));
    if (gradient == nullptr) {
      write(m, result, duet::evaluate(f, at));
    } else {
      auto const [value, jacobian] = duet::value_and_jacobian(f, at);
      write(m, result, value);
      for (Eigen::Index i = 0; i < jacobian.rows(); ++i)
        for (Eigen::Index j = 0; j < jacobian.cols(); ++j) *gradient++ = jacobian(i, j);
    }
  }

 private:
  template <class Y>
  static void write(unsigned m, double* result, Y const& y) {
    require_size("duet::nlopt_function", "the result of f", duet::size_of(y), m, "one for each constraint");
    for (std::size_t i = 0; i < m; ++i) result[i] = shape<Y>::entry(y, i);
  }

  F f_;
};

}  // namespace duet
