#pragma once

// The linear model of a least-squares problem around one point, and the damped steps that it proposes. Read by
// least_squares.

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <duet/eigen/lift.hpp>

namespace duet {

// All is measured in units of D, the largest column norms of J seen so far: the scale of the parameters.
template <class T>
class damped_model {
 public:
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

  // Takes over a linearisation; the scale of a parameter never shrinks, and is one while no residual depends on it.
  template <class Linearization>
  void update(Linearization const& at) {
    using Gradient = std::remove_cvref_t<decltype(at.gradient)>;
    auto const n = at.hessian.rows();
    if (column_norm_.size() != n) column_norm_ = vector::Zero(n);
    column_norm_ = column_norm_.cwiseMax(vector(at.hessian.diagonal().cwiseSqrt()));
    scale_ = (column_norm_.array() > T(0)).select(column_norm_, vector::Ones(n));
    gradient_.resize(n);
    for (Eigen::Index j = 0; j < n; ++j)
      gradient_[j] = shape<Gradient>::entry(at.gradient, static_cast<std::size_t>(j)) / scale_[j];
    hessian_ = scale_.cwiseInverse().asDiagonal() * at.hessian * scale_.cwiseInverse().asDiagonal();
    residual_norm_ = std::sqrt(2 * at.cost);
  }

  // D h for the step h with damping mu. False if the equations are not positive definite to rounding.
  [[nodiscard]] bool solve(T const& mu, vector& scaled_step) const {
    matrix damped = hessian_;
    damped.diagonal().array() += mu;
    Eigen::LDLT<matrix> const factors(damped);
    if (factors.info() != Eigen::Success || !(factors.vectorD().array() > T(0)).all()) return false;
    scaled_step = -factors.solve(gradient_);
    return scaled_step.allFinite();
  }

  [[nodiscard]] vector unscaled(vector const& scaled_step) const { return scaled_step.cwiseQuotient(scale_); }

  // By how much the linear model lowers the cost for that step.
  [[nodiscard]] T predicted_reduction(T const& mu, vector const& scaled_step) const {
    return scaled_step.dot(mu * scaled_step - gradient_) / 2;
  }

  // The same for the step without damping: half the squared cosine between the residual and the columns of J, times |r|^2.
  [[nodiscard]] T free_reduction(vector const& scaled_step) const { return -scaled_step.dot(gradient_) / 2; }

  // The largest cosine between the residual and a column of J: zero where no first-order reduction is left.
  [[nodiscard]] T largest_cosine() const {
    T largest = 0;
    for (Eigen::Index j = 0; j < gradient_.size(); ++j)
      if (T const norm = residual_norm_ * std::sqrt(hessian_(j, j)); norm > 0)
        largest = std::max(largest, std::abs(gradient_[j]) / norm);
    return largest;
  }

  [[nodiscard]] T residual_norm() const { return residual_norm_; }
  template <class X>
  [[nodiscard]] T scaled_norm(X const& x) const {
    T sum = 0;
    for (Eigen::Index j = 0; j < scale_.size(); ++j) {
      T const e = scale_[j] * shape<X>::entry(x, static_cast<std::size_t>(j));
      sum += e * e;
    }
    return std::sqrt(sum);
  }

  // What rounding x alone does to the residual: |J| |x| epsilon. Nothing below it can be told from zero.
  template <class X>
  [[nodiscard]] T residual_noise(X const& x) const {
    T sum = 0;
    for (Eigen::Index j = 0; j < scale_.size(); ++j)
      sum += std::sqrt(hessian_(j, j)) * scale_[j] * std::abs(shape<X>::entry(x, static_cast<std::size_t>(j)));
    return std::numeric_limits<T>::epsilon() * sum;
  }

  // The least damping ever used: what rounding does to the scaled equations.
  [[nodiscard]] T least_damping() const {
    return std::numeric_limits<T>::epsilon() * static_cast<T>(std::max<Eigen::Index>(scale_.size(), 1));
  }

 private:
  vector column_norm_, scale_, gradient_;
  matrix hessian_;
  T residual_norm_ = 0;
};

}  // namespace duet
