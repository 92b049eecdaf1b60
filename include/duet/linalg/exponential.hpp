#pragma once

// The exponential of a matrix, by scaling, a Pade approximation of degree 13 and squaring (Higham 2005). Its derivative
// along E is the upper right block of the exponential of [A, E; 0, A] (Najfeld and Havel 1995), and its adjoint that
// along A~ at A^T.

#include <duet/linalg/factorization.hpp>

namespace duet {

// exp A in the arithmetic of A's scalar.
template <class A>
[[nodiscard]] A pade_exponential(A const& a) {
  using T = typename A::Scalar;
  using P = passive_of_t<T>;
  Eigen::Index const n = a.rows();
  if (n == 0) return a;
  P norm(0);
  for (Eigen::Index j = 0; j < n; ++j) {
    P sum(0);
    for (Eigen::Index i = 0; i < n; ++i) sum += std::abs(duet::value(a(i, j)));
    norm = std::max(norm, sum);
  }
  if (!std::isfinite(norm)) return A::Constant(n, n, T(std::numeric_limits<P>::quiet_NaN()));
  // The error is 9e-36 |A|^26 relative to |A|.
  P const largest = std::min(P(4), std::pow(std::numeric_limits<P>::epsilon() / P(2e-35), P(1) / 26));
  int const halvings = norm > largest ? static_cast<int>(std::ceil(std::log2(norm / largest))) : 0;

  constexpr std::array<double, 14> b{64764752532480000.0,
                                     32382376266240000.0,
                                     7771770303897600.0,
                                     1187353796428800.0,
                                     129060195264000.0,
                                     10559470521600.0,
                                     670442572800.0,
                                     33522128640.0,
                                     1323241920.0,
                                     40840800.0,
                                     960960.0,
                                     16380.0,
                                     182.0,
                                     1.0};
  A const x = a * std::ldexp(P(1), -halvings), x2 = x * x, x4 = x2 * x2, x6 = x4 * x2;
  A const one = duet::identity_like(a);
  auto const sum = [&](std::size_t k) -> A { return P(b[k + 6]) * x6 + P(b[k + 4]) * x4 + P(b[k + 2]) * x2; };
  A const odd_high = x6 * sum(7), even_high = x6 * sum(6);
  A const odd_sum = odd_high + sum(1) + P(b[1]) * one, odd = x * odd_sum;
  A const even = even_high + sum(0) + P(b[0]) * one;
  A result = duet::factorize<general_matrix>(A(even - odd))->solve(A(even + odd));
  for (int k = 0; k < halvings; ++k) result = A(result * result);
  return result;
}

template <class A>
class exponential_linearization {
 public:
  explicit exponential_linearization(A const& a) : a_(a), y_(duet::pade_exponential(a)) {}

  [[nodiscard]] A const& value() const { return y_; }
  [[nodiscard]] A tangent(A const* da) const { return along(a_, *da); }
  void adjoint(A const& ybar, A* abar) const {
    if (abar != nullptr) *abar = along(A(a_.transpose()), ybar);
  }

 private:
  static A along(A const& a, A const& e) {
    using T = typename A::Scalar;
    Eigen::Index const n = a.rows();
    if (n == 0) return a;
    using block = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    // Scaled, so that a long direction asks for no further squaring.
    using P = passive_of_t<T>;
    P size(0), length(0);
    for (Eigen::Index k = 0; k < a.size(); ++k) {
      size = std::max(size, std::abs(duet::value(a.data()[k])));
      length = std::max(length, std::abs(duet::value(e.data()[k])));
    }
    P const scale = size > 0 && length > 0 ? size / length : P(1);
    block all = block::Zero(2 * n, 2 * n);
    all.topLeftCorner(n, n) = a;
    all.topRightCorner(n, n) = scale * e;
    all.bottomRightCorner(n, n) = a;
    return duet::pade_exponential(all).topRightCorner(n, n) / scale;
  }

  A a_, y_;
};
struct exponential_operation {
  template <class A>
  auto operator()(A const& a) const {
    return exponential_linearization<A>(a);
  }
  template <class A>
  static A like(A const& a) {
    return a;
  }
};

// exp A = I + A + A^2 / 2 + ... of a square matrix; NaN where A is not finite. Costs some 15 products and one for each
// halving of A until it is small; each direction and sweep as much for a matrix of twice the size.
template <eigen_dense A>
[[nodiscard]] auto matrix_exponential(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::matrix_exponential", a);
    return duet::apply_to_matrices("duet::matrix_exponential", exponential_operation{}, a);
  }
}

}  // namespace duet
