#pragma once

// Cholesky's factor as one operation:
//   dL = L Phi(L^-1 dA L^-T),   A~ = sym(L^-T Phi(L^T L~) L^-1)
// where Phi takes the lower triangle with half the diagonal (Giles 2008, section 2.2.7; Murray 2016, arXiv 1602.07527).

#include <duet/linalg/factorization.hpp>

namespace duet {

template <class A>
class cholesky_linearization;

struct cholesky_operation {
  template <class A>
  auto operator()(A const& a) const {
    return cholesky_linearization<A>(a);
  }
  template <class A>
  static A like(A const& a) {
    return a;
  }
};

template <class A>
class cholesky_linearization {
 public:
  using T = typename A::Scalar;
  explicit cholesky_linearization(A const& a) {
    factor(a);
    f_ = duet::factorize<triangular_matrix<Eigen::Lower>>(*l_);
  }

  [[nodiscard]] A const& value() const { return *l_; }
  [[nodiscard]] A tangent(A const* da) const {
    A m = f_->solve(A(f_->solve(positive_definite_matrix::part(*da)).transpose()));
    halve(m);
    return *l_ * m;
  }
  void adjoint(A const& lbar, A* abar) const {
    if (abar == nullptr) return;
    loaned<A> x;
    *x = lbar.template triangularView<Eigen::Lower>();  // nobody can move what is zero
    abar->noalias() = l_->transpose() * *x;
    halve(*abar);
    divide_from_right(*abar);
    *x = abar->transpose();
    divide_from_right(*x);
    *abar = *x;
    positive_definite_matrix::project(*abar);
  }

 private:
  void factor(A const& a) {
    if constexpr (active_scalar<T>) {
      *l_ = duet::apply_linearized("duet::cholesky", cholesky_operation{}, a);
    } else if (a.size() == 0) {
      *l_ = a;
    } else {
      auto const f = duet::factorize<positive_definite_matrix>(a);
      if (!f->is_regular()) throw_unusable("duet::cholesky", positive_definite_matrix::name, a.rows(), a.cols());
      *l_ = f->decomposition().matrixL();
    }
  }
  // X L^-1
  void divide_from_right(A& x) const {
    if constexpr (active_scalar<T>)
      x = f_->template solve<true>(A(x.transpose())).transpose();
    else
      l_->template triangularView<Eigen::Lower>().template solveInPlace<Eigen::OnTheRight>(x);
  }
  // Phi
  static void halve(A& x) {
    using P = passive_of_t<T>;
    triangular_matrix<Eigen::Lower>::project(x);
    x.diagonal() *= P(0.5);
  }

  loaned<A> l_;
  factored_pointer<triangular_matrix<Eigen::Lower>, A> f_;
};

// The lower triangular L with positive diagonal of L L^T = A, for a positive definite A. What counts of A is its
// symmetric part (A + A^T) / 2: in the gradient the two entries of a pair have one half each. Throws duet::error if A
// is not positive definite. Costs n^3 / 3, and n^3 for each direction and sweep.
template <eigen_dense A>
[[nodiscard]] auto cholesky(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::cholesky", a);
    return duet::apply_to_matrices("duet::cholesky", cholesky_operation{}, a);
  }
}

}  // namespace duet
