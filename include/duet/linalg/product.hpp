#pragma once

// Products, trace and quadratic forms with sizes checked; Eigen's own operators on active matrices reach the same array
// nodes (eigen/product.hpp).

#include <duet/eigen/product.hpp>
#include <duet/linalg/argument.hpp>

namespace duet {

template <class A, class B>
[[nodiscard]] consteval bool may_be_multiplied() {
  constexpr bool result = duet::can_equal(A::ColsAtCompileTime, B::RowsAtCompileTime);
  static_assert(result, "duet::product needs as many rows in B as A has columns");
  return result;
}

// A B, as a matrix of its own. Costs one product, forward two for each direction and reverse one for each active
// factor.
template <eigen_dense A, eigen_dense B>
[[nodiscard]] auto product(A const& a, B const& b) {
  if constexpr (duet::require_real<A, B>() && duet::may_be_multiplied<A, B>()) {
    if (a.cols() != b.rows())
      throw_sizes("duet::product", "a " + duet::sizes_of(a) + " matrix times one of " + duet::sizes_of(b),
                  "as many rows as columns");
    auto const& left = duet::plain(duet::as_matrix(a));
    auto const& right = duet::plain(duet::as_matrix(b));
    return plain_t<decltype(left * right)>(left * right);
  }
}

// The sum of the diagonal of a square matrix.
template <eigen_dense A>
[[nodiscard]] auto trace(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::trace", a);
    using S = entry_t<A>;
    S sum(0);
    for (Eigen::Index i = 0; i < a.rows(); ++i) sum += a.coeff(i, i);
    return sum;
  }
}

// The number x^T A x, for a vector x and a square matrix A that need not be symmetric.
template <eigen_dense X, eigen_dense A>
[[nodiscard]] auto quadratic_form(X const& x, A const& a) {
  if constexpr (duet::require_real<X, A>() && duet::may_be_square<A>()) {
    require_square("duet::quadratic_form", a);
    if (x.size() != a.rows() || (x.rows() != 1 && x.cols() != 1))
      throw_sizes("duet::quadratic_form", "x of " + duet::sizes_of(x) + " and a " + duet::sizes_of(a) + " matrix",
                  "a vector with as many entries as the matrix has rows");
    using S = joint_scalar_t<X, A>;
    Eigen::Matrix<entry_t<X>, Eigen::Dynamic, 1> column(x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i)
      column[i] = entry_t<X>(x.coeff(x.cols() == 1 ? i : 0, x.cols() == 1 ? 0 : i));
    auto const ax = duet::product(a, column);
    return a.rows() == 0 ? S(0) : S(duet::product(column.transpose(), ax)(0, 0));
  }
}

}  // namespace duet
