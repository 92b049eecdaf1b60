#pragma once

// Eigen's unsupported NonLinearOptimization: a functor for LevenbergMarquardt and HybridNonLinearSolver whose Jacobian
// is Duet's.

#include <duet/driver/jacobian.hpp>

namespace duet {

// f, a generic function of an Eigen vector that returns one, for Eigen's solvers:
//   duet::eigen_functor functor(f, unknowns, residuals);
//   Eigen::LevenbergMarquardt solver(functor);
//   solver.minimize(x);
// The Jacobian is taken in the mode that Duet chooses; each of df()'s evaluates f anew.
template <class F>
class eigen_functor {
 public:
  using Scalar = double;
  enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };
  using InputType = Eigen::VectorXd;
  using ValueType = Eigen::VectorXd;
  using JacobianType = Eigen::MatrixXd;

  eigen_functor(F f, Eigen::Index unknowns, Eigen::Index residuals)
      : f_(std::move(f)), inputs_(unknowns), values_(residuals) {}

  [[nodiscard]] int inputs() const { return static_cast<int>(inputs_); }
  [[nodiscard]] int values() const { return static_cast<int>(values_); }

  int operator()(InputType const& x, ValueType& residuals) const {
    auto const y = duet::evaluate(f_, x);
    require_size("duet::eigen_functor", "the result of f", duet::size_of(y), static_cast<std::size_t>(values_),
                 "the number of residuals given");
    for (Eigen::Index i = 0; i < values_; ++i)
      residuals[i] = shape<std::remove_const_t<decltype(y)>>::entry(y, static_cast<std::size_t>(i));
    return 0;
  }
  int df(InputType const& x, JacobianType& jacobian) const {
    jacobian = duet::jacobian(f_, x);
    return 0;
  }

 private:
  F f_;
  Eigen::Index inputs_, values_;
};

}  // namespace duet
