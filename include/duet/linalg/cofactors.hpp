#pragma once

// The matrix of cofactors, det(A) A^-T where A is regular, and right where it is not: the derivative of the
// determinant.

#include <duet/linalg/factorization.hpp>

namespace duet {

template <class T>
using square_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

// C without row i and column j.
template <class T>
[[nodiscard]] square_matrix<T> minor_of(square_matrix<T> const& c, Eigen::Index i, Eigen::Index j) {
  Eigen::Index const n = c.rows() - 1;
  square_matrix<T> m(n, n);
  for (Eigen::Index q = 0; q < n; ++q)
    for (Eigen::Index p = 0; p < n; ++p) m(p, q) = c(p + (p >= i), q + (q >= j));
  return m;
}
// By Laplace's expansion, which divides by nothing: for a few rows.
template <class T>
[[nodiscard]] T small_determinant(square_matrix<T> const& c) {
  if (c.rows() == 0) return T(1);
  T sum(0);
  for (Eigen::Index j = 0; j < c.cols(); ++j) {
    T const term = c(0, j) * duet::small_determinant<T>(duet::minor_of(c, 0, j));
    if (j % 2 == 0)
      sum += term;
    else
      sum -= term;
  }
  return sum;
}
template <class T>
[[nodiscard]] square_matrix<T> small_adjugate(square_matrix<T> const& c) {
  square_matrix<T> result(c.rows(), c.cols());
  for (Eigen::Index i = 0; i < c.rows(); ++i)
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
      T const d = duet::small_determinant<T>(duet::minor_of(c, i, j));
      result(j, i) = (i + j) % 2 == 0 ? d : T(-d);
    }
  return result;
}

template <eigen_dense A>
[[nodiscard]] auto determinant(A const& a);

// The cofactors of a matrix of rank less than n. Complete pivoting finds M = P A Q with a regular block in the corner;
// with its Schur complement C, of k = n - rank rows,
//   adj M = det(M11) [ M11^-1 det C + X adj(C) Y,  -X adj C;  -adj(C) Y,  adj C ],   X = M11^-1 M12,  Y = M21 M11^-1.
// C has no value, only derivatives: minors of more rows than these have orders are zero.
template <class A, class Pivots>
[[nodiscard]] A singular_cofactors(A const& a, Pivots const& lu) {
  using T = typename A::Scalar;
  using matrix = square_matrix<T>;
  Eigen::Index const n = a.rows(), rank = lu.rank(), k = n - rank;
  if (k - 1 > forward_parts<T>::nilpotency) return duet::zero_matrix<A>(n, n);
  matrix m = a;
  m = lu.permutationP() * matrix(m * lu.permutationQ());
  matrix const m11 = m.topLeftCorner(rank, rank), m12 = m.topRightCorner(rank, k), m21 = m.bottomLeftCorner(k, rank);
  auto const f = duet::factorize<general_matrix>(m11);
  matrix const x = f->solve(m12);
  matrix const y = f->template solve<true>(matrix(m21.transpose())).transpose();
  matrix const c = m.bottomRightCorner(k, k) - m21 * x;
  T const corner = duet::determinant(m11), d = duet::small_determinant<T>(c);
  matrix const c_adjugate = duet::small_adjugate<T>(c), xc = x * c_adjugate;
  matrix adjugate(n, n);
  adjugate.topLeftCorner(rank, rank) = f->solve(duet::identity_like(m11)) * d + xc * y;
  adjugate.topRightCorner(rank, k) = -xc;
  adjugate.bottomLeftCorner(k, rank) = -c_adjugate * y;
  adjugate.bottomRightCorner(k, k) = c_adjugate;
  auto const sign = lu.permutationP().determinant() * lu.permutationQ().determinant();
  matrix const back = lu.permutationQ() * matrix(adjugate * lu.permutationP());
  return (corner * T(sign)) * back.transpose();
}

// The cofactors of A, given its factorisation and its determinant.
template <class A>
void set_cofactors(A& result, A const& a, factored<general_matrix, A> const& f, typename A::Scalar const& determinant) {
  using P = passive_of_t<typename A::Scalar>;
  result = a;
  if (a.rows() == 0) return;
  auto const pivots = f.passive().decomposition().matrixLU().diagonal().cwiseAbs().eval();
  if (!(pivots.minCoeff() > static_cast<P>(a.rows()) * std::numeric_limits<P>::epsilon() * pivots.maxCoeff())) {
    Eigen::FullPivLU<square_matrix<P>> const lu(duet::map_entries(a, [](auto const& e) { return duet::value(e); }));
    if (lu.rank() < a.rows()) {
      result = duet::singular_cofactors(a, lu);
      return;
    }
  }
  f.invert_transposed(a.rows(), result);
  result *= determinant;
}

}  // namespace duet
