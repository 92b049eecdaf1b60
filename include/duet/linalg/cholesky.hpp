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
  explicit cholesky_linearization(A const& a)
      : l_(factor(a)), f_(duet::factorize<triangular_matrix<Eigen::Lower>>(l_)) {}

  [[nodiscard]] A const& value() const { return l_; }
  [[nodiscard]] A tangent(A const* da) const {
    A const m = f_->solve(A(f_->solve(positive_definite_matrix::part(*da)).transpose()));
    return l_ * half_lower(m);
  }
  void adjoint(A const& lbar, A* abar) const {
    if (abar == nullptr) return;
    A const lower = lbar.template triangularView<Eigen::Lower>();  // nobody can move what is zero
    A const p = half_lower(A(l_.transpose() * lower));
    A const s = f_->template solve<true>(A(f_->template solve<true>(p).transpose()));
    *abar = positive_definite_matrix::part(s);
  }

 private:
  static A factor(A const& a) {
    if constexpr (active_scalar<T>) {
      return duet::apply_linearized("duet::cholesky", cholesky_operation{}, a);
    } else {
      if (a.size() == 0) return a;
      Eigen::LLT<A> const llt(positive_definite_matrix::part(a));
      if (llt.info() != Eigen::Success)
        throw_unusable("duet::cholesky", positive_definite_matrix::name, a.rows(), a.cols());
      return llt.matrixL();
    }
  }
  static A half_lower(A const& x) {
    using P = passive_of_t<T>;
    A result = x.template triangularView<Eigen::Lower>();
    result.diagonal() *= P(0.5);
    return result;
  }

  A l_;
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
