#pragma once

// The linear model of a least-squares problem around one point, and the damped steps (J^T J + mu D^2) h = -J^T r that
// it proposes. D holds the largest column norms of J seen so far, so that the scale of a parameter does not matter
// (Marquardt 1963, More 1978). All lengths are measured in units of C, the column norms of J at this point.

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <duet/eigen/lift.hpp>

namespace duet {

template <class T>
class damped_model {
 public:
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

  // Takes over what gauss_newton returned.
  template <class Linearization>
  void update(Linearization const& at) {
    using Gradient = std::remove_cvref_t<decltype(at.gradient)>;
    auto const n = at.hessian.rows();
    if (largest_norms_.size() != n) largest_norms_ = vector::Zero(n);
    scale_ = at.hessian.diagonal().cwiseSqrt();
    largest_norms_ = largest_norms_.cwiseMax(scale_).eval();
    gradient_.resize(n);
    damping_.resize(n);
    for (Eigen::Index j = 0; j < n; ++j) {
      if (!(scale_[j] > 0))
        scale_[j] = largest_norms_[j] > 0 ? largest_norms_[j] : T(1);  // no residual depends on x_j here
      T const ratio = std::max(largest_norms_[j] / scale_[j], T(1));
      damping_[j] = ratio * ratio;
      gradient_[j] = shape<Gradient>::entry(at.gradient, static_cast<std::size_t>(j)) / scale_[j];
    }
    hessian_ = scale_.cwiseInverse().asDiagonal() * at.hessian * scale_.cwiseInverse().asDiagonal();
    residual_norm_ = std::sqrt(2 * at.cost);
  }

  // C h for the step h with damping mu; mu = 0 is damped by rounding alone. False if the equations are not positive
  // definite.
  [[nodiscard]] bool solve(T const& mu, vector& scaled_step) const {
    matrix damped = hessian_;
    damped.diagonal().array() += mu * damping_.array() + rounding();
    Eigen::LDLT<matrix> const factors(damped);
    if (factors.info() != Eigen::Success || !(factors.vectorD().array() > T(0)).all()) return false;
    scaled_step = -factors.solve(gradient_);
    return scaled_step.allFinite();
  }

  [[nodiscard]] vector unscaled(vector const& scaled_step) const { return scaled_step.cwiseQuotient(scale_); }

  // By how much the linear model lowers the cost for that step.
  [[nodiscard]] T predicted_reduction(T const& mu, vector const& scaled_step) const {
    return scaled_step.dot((mu * damping_.array() * scaled_step.array()).matrix() - gradient_) / 2;
  }

  // The largest cosine between the residual and a column of J: zero where no first-order reduction is left.
  [[nodiscard]] T largest_cosine() const {
    return gradient_.size() == 0 || residual_norm_ == 0 ? T(0) : T(gradient_.cwiseAbs().maxCoeff() / residual_norm_);
  }
  [[nodiscard]] T residual_norm() const { return residual_norm_; }

  template <class X>
  [[nodiscard]] T scaled_norm(X const& x) const {
    T sum = 0;
    for_each_scaled(x, [&](T const& e, Eigen::Index) { sum += e * e; });
    return std::sqrt(sum);
  }

  // What rounding x alone does to the residual: |J| |x| epsilon. Nothing below it can be told from zero.
  template <class X>
  [[nodiscard]] T residual_noise(X const& x) const {
    T sum = 0;
    for_each_scaled(x, [&](T const& e, Eigen::Index j) { sum += hessian_(j, j) > 0 ? std::abs(e) : T(0); });
    return std::numeric_limits<T>::epsilon() * sum;
  }

  // Less damping than this is lost in rounding.
  [[nodiscard]] T least_damping() const { return damping_.size() == 0 ? T(1) : T(rounding() / damping_.maxCoeff()); }

 private:
  [[nodiscard]] T rounding() const {
    return std::numeric_limits<T>::epsilon() * static_cast<T>(std::max<Eigen::Index>(scale_.size(), 1));
  }
  template <class X, class Visit>
  void for_each_scaled(X const& x, Visit const& visit) const {
    for (Eigen::Index j = 0; j < scale_.size(); ++j)
      visit(T(scale_[j] * shape<X>::entry(x, static_cast<std::size_t>(j))), j);
  }

  vector largest_norms_, scale_, damping_, gradient_;  // D, C, (D / C)^2 and C^-1 J^T r
  matrix hessian_;                                     // C^-1 J^T J C^-1: ones on the diagonal
  T residual_norm_ = 0;
};

}  // namespace duet
