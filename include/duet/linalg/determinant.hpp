#pragma once

// Determinants and their logarithms, numbers whose derivative is a matrix S: dy = sum S_ij dA_ij, A~ = y~ S. For a
// determinant S are its cofactors, which a singular matrix has too; for the logarithm S = A^-T (Giles 2008, 2.2.3-4).

#include <duet/linalg/cofactors.hpp>

namespace duet {

template <class A>
[[nodiscard]] typename A::Scalar sum_of_products(A const& a, A const& b) {
  using T = typename A::Scalar;
  if constexpr (active_scalar<T>) {
    T sum(0);
    for (Eigen::Index k = 0; k < a.size(); ++k) sum += a.data()[k] * b.data()[k];
    return sum;
  } else {
    return a.size() == 0 ? T(0) : a.cwiseProduct(b).sum();
  }
}

struct determinant_rule {
  static constexpr bool reads_matrix = true;  // besides its factorisation
  static constexpr char const* where = "duet::determinant";
  using kind = general_matrix;
  template <class F>
  static auto value(F const& f) {
    return f.decomposition().determinant();
  }
  template <class A, class F, class T>
  static void set_slopes(A& slopes, A const& a, F const& f, T const& y) {
    duet::set_cofactors(slopes, a, f, y);
  }
};

template <class Method>
struct log_determinant_rule {
  static constexpr bool reads_matrix = false;
  static constexpr char const* where = "duet::log_determinant";
  using kind = Method;
  template <class F>
  static auto value(F const& f) {
    if (std::is_same_v<Method, positive_definite_matrix> && !f.is_regular())
      throw_unusable(where, Method::name, f.decomposition().rows(), f.decomposition().cols());
    return Method::log_abs_determinant(f.decomposition());
  }
  template <class A, class F, class T>
  static void set_slopes(A& slopes, A const&, F const& f, T const&) {
    using P = passive_of_t<T>;
    Eigen::Index const n = f.passive().decomposition().rows();
    if (f.is_regular())
      f.invert_transposed(n, slopes);
    else
      slopes.setConstant(n, n, T(std::numeric_limits<P>::quiet_NaN()));
  }
};

// At a factored matrix. The slopes are computed when they are asked for, once.
template <class Rule, class A>
class determinant_linearization;

// Where the base values are factored already, `Base` points to that.
template <class Rule, class Base = std::nullptr_t>
struct determinant_operation {
  Base base{};
  template <class A>
  auto operator()(A const& a) const {
    return determinant_linearization<Rule, A>(a, duet::factorize<typename Rule::kind>(a, base));
  }
  template <class A>
  static typename A::Scalar like(A const&) {
    return {};
  }
};

template <class Rule, class A>
class determinant_linearization {
 public:
  using T = typename A::Scalar;
  determinant_linearization(A const& a, factored_pointer<typename Rule::kind, A> f) : f_(std::move(f)), y_(value_of()) {
    if constexpr (Rule::reads_matrix) *a_ = a;
  }

  [[nodiscard]] T const& value() const { return y_; }
  [[nodiscard]] T tangent(A const* da) const { return duet::sum_of_products(slopes(), *da); }
  void adjoint(T const& ybar, A* abar) const {
    if (abar != nullptr) *abar = ybar * slopes();
  }

 private:
  T value_of() const {
    if constexpr (active_scalar<T>)
      return duet::apply_linearized(
          Rule::where, determinant_operation<Rule, std::remove_cvref_t<decltype(f_->below())>>{f_->below()},
          f_->matrix());
    else
      return Rule::value(*f_);
  }
  A const& slopes() const {
    if (!has_slopes_) Rule::set_slopes(*slopes_, *a_, *f_, y_);
    has_slopes_ = true;
    return *slopes_;
  }

  loaned<A> a_;
  factored_pointer<typename Rule::kind, A> f_;
  T y_;
  mutable loaned<A> slopes_;
  mutable bool has_slopes_ = false;
};

// det A of a square matrix, by LU; 1 for 0 x 0. Where A is singular, its derivatives are right as well. Costs n^3 for
// the value and n^3 for the gradient.
template <eigen_dense A>
[[nodiscard]] auto determinant(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::determinant", a);
    return duet::apply_to_matrices("duet::determinant", determinant_operation<determinant_rule>{}, a);
  }
}

// log |det A| of a square matrix, by LU, or by Cholesky's factors of its symmetric part if A is said to be
// positive_definite; 0 for 0 x 0. It is -infinity where A is singular, with derivatives of NaN. A matrix that is not
// positive definite though said to be so: duet::error.
template <matrix_kind Method, eigen_dense A>
[[nodiscard]] auto log_determinant(Method, A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::log_determinant", a);
    return duet::apply_to_matrices("duet::log_determinant", determinant_operation<log_determinant_rule<Method>>{}, a);
  }
}
template <eigen_dense A>
[[nodiscard]] auto log_determinant(A const& a) {
  return duet::log_determinant(general, a);
}

}  // namespace duet
