#pragma once

// Singular values, A = U S V^T with r = min(rows, columns) columns in U and V:
//   ds_k = u_k^T dA v_k,   A~ = U diag(s~) V^T.
// Derivatives of the vectors (Townsend 2016, Differentiating the singular value decomposition), P = U^T dA V and
// F_ij = 1 / (s_j^2 - s_i^2):
//   dU = U (F o (P S + S P^T)) + (I - U U^T) dA V S^-1,   dV = V (F o (S P + P^T S)) + (I - V V^T) dA^T U S^-1.

#include <Eigen/SVD>
#include <duet/linalg/gaps.hpp>
#include <duet/linalg/linearization.hpp>

namespace duet {

// {u, values, v}; the values in decreasing order.
template <class U, class Values, class V>
struct singular_triples {
  U u;
  Values values;
  V v;
};

// An operation's result is one matrix with a column for each value: the value, then u, then v.
template <class T>
using packed_triples = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

// The parts of such a matrix, for A of m rows.
template <class T>
struct singular_parts {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  matrix u, v;
  vector s;
  singular_parts(packed_triples<T> const& all, Eigen::Index m)
      : u(m, all.cols()), v(all.rows() - 1 - m, all.cols()), s(all.cols()) {
    if (all.size() == 0) return;  // blocks of which would add to a null pointer
    u = all.middleRows(1, m);
    v = all.bottomRows(v.rows());
    s = all.row(0).transpose();
  }
};
template <class U, class S, class V>
[[nodiscard]] packed_triples<typename U::Scalar> packed_with(S const& s, U const& u, V const& v) {
  packed_triples<typename U::Scalar> all(1 + u.rows() + v.rows(), s.size());
  if (all.size() == 0) return all;
  all.row(0) = s.transpose();
  all.middleRows(1, u.rows()) = u;
  all.bottomRows(v.rows()) = v;
  return all;
}

template <class A>
class singular_triples_linearization;

struct singular_triples_operation {
  template <class A>
  auto operator()(A const& a) const {
    return singular_triples_linearization<A>(a);
  }
  template <class A>
  static auto like(A const& a) {
    return duet::zero_matrix<packed_triples<typename A::Scalar>>(1 + a.rows() + a.cols(), std::min(a.rows(), a.cols()));
  }
};

template <class A>
[[nodiscard]] packed_triples<typename A::Scalar> packed_singular_triples(char const* where, A const& a) {
  using T = typename A::Scalar;
  if constexpr (active_scalar<T>) {
    return duet::apply_linearized(where, singular_triples_operation{}, a);
  } else {
    if (a.size() == 0) return singular_triples_operation::like(a);
    Eigen::BDCSVD<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>> const svd(
        a, Eigen::ComputeThinU | Eigen::ComputeThinV);
    if (!svd.singularValues().allFinite())
      throw error(std::string(where) + ": the singular values of a " + duet::sizes_of(a) + " matrix do not converge");
    return duet::packed_with(svd.singularValues(), svd.matrixU(), svd.matrixV());
  }
}

template <class A>
class singular_triples_linearization {
  static constexpr char const* where = "duet::singular_value_decomposition";

 public:
  using T = typename A::Scalar;
  using matrix = typename singular_parts<T>::matrix;
  using vector = typename singular_parts<T>::vector;

  explicit singular_triples_linearization(A const& a)
      : all_(duet::packed_singular_triples(where, a)), at_(all_, a.rows()), squares_(at_.s.cwiseProduct(at_.s)) {}

  [[nodiscard]] packed_triples<T> const& value() const { return all_; }
  [[nodiscard]] packed_triples<T> tangent(A const* da) const {
    auto const& [u, v, s] = at_;
    matrix const dav = *da * v, dau = da->transpose() * u, p = u.transpose() * dav;
    matrix const ps = p * s.asDiagonal(), sp = s.asDiagonal() * p;
    auto const always = [](Eigen::Index) { return true; };
    matrix du = u * over_squares(ps + ps.transpose(), always), dv = v * over_squares(sp + sp.transpose(), always);
    if (u.rows() > s.size()) du += beside(u, over_values(dav, always));
    if (v.rows() > s.size()) dv += beside(v, over_values(dau, always));
    return duet::packed_with(vector(p.diagonal()), du, dv);
  }
  void adjoint(packed_triples<T> const& ybar, A* abar) const {
    if (abar == nullptr) return;
    auto const& [u, v, s] = at_;
    singular_parts<T> const bar(ybar, u.rows());
    auto const asked = [&](Eigen::Index k) { return duet::moves(bar.u.col(k)) || duet::moves(bar.v.col(k)); };
    matrix const pu = u.transpose() * bar.u, pv = v.transpose() * bar.v;
    matrix inner = over_squares(pu - pu.transpose(), asked) * s.asDiagonal();
    inner += s.asDiagonal() * over_squares(pv - pv.transpose(), asked);
    inner.diagonal() += bar.s;
    matrix sum = u * matrix(inner * v.transpose());
    if (u.rows() > s.size()) sum += beside(u, over_values(bar.u, asked)) * v.transpose();
    if (v.rows() > s.size()) sum += u * beside(v, over_values(bar.v, asked)).transpose();
    *abar = sum;
  }

 private:
  template <class Asked>
  matrix over_squares(matrix const& x, Asked const& asked) const {
    return over_gaps(where, "singular values", x, at_.s, squares_, asked);
  }
  // Columns divided by their values.
  template <class Asked>
  matrix over_values(matrix const& x, Asked const& asked) const {
    using P = passive_of_t<T>;
    matrix result = duet::zero_matrix<matrix>(x.rows(), x.cols());
    for (Eigen::Index k = 0; k < x.cols(); ++k)
      if (duet::value(at_.s[k]) > std::numeric_limits<P>::epsilon() * static_cast<P>(x.rows()) * duet::value(at_.s[0]))
        result.col(k) = x.col(k) / at_.s[k];
      else if (asked(k))
        throw error(std::string(where) + ": singular value " + std::to_string(k) +
                    " is zero, so that its vectors have no derivatives");
    return result;
  }
  // The part of the columns of x that is orthogonal to those of u.
  static matrix beside(matrix const& u, matrix const& x) { return x - u * matrix(u.transpose() * x); }

  packed_triples<T> all_;
  singular_parts<T> at_;
  vector squares_;
};

template <class A>
class singular_values_linearization {
 public:
  using T = typename A::Scalar;
  using vector = typename singular_parts<T>::vector;
  explicit singular_values_linearization(A const& a)
      : at_(duet::packed_singular_triples("duet::singular_values", a), a.rows()) {}

  [[nodiscard]] vector const& value() const { return at_.s; }
  [[nodiscard]] vector tangent(A const* da) const {
    auto const dav = (*da * at_.v).eval();
    vector ds(at_.s.size());
    for (Eigen::Index k = 0; k < ds.size(); ++k) ds[k] = at_.u.col(k).dot(dav.col(k));
    return ds;
  }
  void adjoint(vector const& sbar, A* abar) const {
    if (abar != nullptr) *abar = (at_.u * sbar.asDiagonal()).eval() * at_.v.transpose();
  }

 private:
  singular_parts<T> at_;
};
struct singular_values_operation {
  template <class A>
  auto operator()(A const& a) const {
    return singular_values_linearization<A>(a);
  }
  template <class A>
  static auto like(A const& a) {
    return duet::zero_matrix<typename singular_parts<typename A::Scalar>::vector>(std::min(a.rows(), a.cols()), 1);
  }
};

// The singular values of a matrix in decreasing order. First derivatives of symmetric functions of them are right where
// values are equal; second derivatives there throw duet::error. A value of zero has no derivative: what is given is
// that of u^T A v, one side of the kink. Costs some 20 m n^2, and m n^2 for each direction and sweep.
template <eigen_dense A>
[[nodiscard]] auto singular_values(A const& a) {
  if constexpr (duet::require_real<A>())
    return duet::apply_to_matrices("duet::singular_values", singular_values_operation{}, a);
}

// {u, values, v} of A = u diag(values) v^T, with as many columns in u and v as there are values, these in decreasing
// order. Derivatives of vectors of equal values, or of the value zero in a matrix that is not square, throw
// duet::error: in forward mode if A moves, in reverse mode if one of these vectors is used.
template <eigen_dense A>
[[nodiscard]] auto singular_value_decomposition(A const& a) {
  if constexpr (duet::require_real<A>()) {
    auto const all = duet::apply_to_matrices("duet::singular_value_decomposition", singular_triples_operation{}, a);
    using parts = singular_parts<typename std::remove_cvref_t<decltype(all)>::Scalar>;
    parts const split(all, a.rows());
    return singular_triples<typename parts::matrix, typename parts::vector, typename parts::matrix>{split.u, split.s,
                                                                                                    split.v};
  }
}

}  // namespace duet
