#pragma once

// Systems of linear equations as one operation of every mode. The factorisation of the value is kept: every direction
// and every sweep costs triangular solves and products.

#include <duet/linalg/factorization.hpp>

namespace duet {

template <class Method>
struct solve_operation {
  template <class A, class B>
  auto operator()(A const& a, B const& b) const {
    auto f = duet::factorize<Method>(a);
    if (!f->is_regular()) throw_unusable("duet::solve", Method::name, a.rows(), a.cols());
    return solve_linearization<Method, false, A, B>(std::move(f), b);
  }
  template <class A, class B>
  static solution_t<A, B> like(A const& a, B const& b) {
    return duet::zero_matrix<solution_t<A, B>>(a.cols(), b.cols());
  }
};

// X of A X = B, B a vector or a matrix, for a square matrix A:
//   solve(A, B)                      by LU with partial pivoting
//   solve(positive_definite, A, B)   by Cholesky's L L^T of the symmetric part of A
//   solve(lower_triangular, A, B)    by substitution; the other half of A is not read. Also upper_triangular.
// Costs n^3 for the value, and n^2 for each column of B, direction and sweep. Throws std::invalid_argument if the sizes
// do not fit and duet::error if a pivot is exactly zero or A is not positive definite; a matrix that is nearly singular
// gives what Eigen gives.
template <matrix_kind Method, eigen_dense A, eigen_dense B>
[[nodiscard]] auto solve(Method, A const& a, B const& b) {
  if constexpr (duet::require_real<A, B>() && duet::may_be_square<A>() && duet::may_have_equal_rows<A, B>()) {
    require_square("duet::solve", a);
    require_rows("duet::solve", a, b);
    return duet::apply_to_matrices("duet::solve", solve_operation<Method>{}, a, b);
  }
}
template <eigen_dense A, eigen_dense B>
[[nodiscard]] auto solve(A const& a, B const& b) {
  return duet::solve(general, a, b);
}

// A^-1, for which solve(A, B) is the better way to A^-1 B:
//   dC = -C dA C,   A~ = -C^T C~ C^T
template <class A>
class inverse_linearization {
 public:
  explicit inverse_linearization(A const& a) {
    auto const f = duet::factorize<general_matrix>(a);
    if (!f->is_regular()) throw_unusable("duet::inverse", general_matrix::name, a.rows(), a.cols());
    loaned<A> transposed;
    f->invert_transposed(a.rows(), *transposed);
    *c_ = transposed->transpose();
  }
  [[nodiscard]] A const& value() const { return *c_; }
  [[nodiscard]] A tangent(A const* da) const {
    A const turned = *da * *c_;
    return -*c_ * turned;
  }
  void adjoint(A const& cbar, A* abar) const {
    if (abar == nullptr) return;
    loaned<A> turned;
    turned->noalias() = cbar * c_->transpose();
    abar->noalias() = -c_->transpose() * *turned;
  }

 private:
  loaned<A> c_;
};
struct inverse_operation {
  template <class A>
  auto operator()(A const& a) const {
    return inverse_linearization<A>(a);
  }
  template <class A>
  static A like(A const& a) {
    return a;
  }
};

// A^-1 of a square matrix, by LU. Throws duet::error if a pivot is exactly zero.
template <eigen_dense A>
[[nodiscard]] auto inverse(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::inverse", a);
    return duet::apply_to_matrices("duet::inverse", inverse_operation{}, a);
  }
}

}  // namespace duet
