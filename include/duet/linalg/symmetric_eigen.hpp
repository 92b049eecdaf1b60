#pragma once

// Eigenvalues and eigenvectors of symmetric matrices, A = Q D Q^T:
//   dd_k = q_k^T dA q_k,   dQ = Q (F o Q^T dA Q),   F_ij = 1 / (d_j - d_i)
//   A~ = sym(Q (diag d~ + F o Q^T Q~) Q^T)        (Giles 2008, section 3.1)
// The eigenvectors of an eigenvalue that occurs twice have no derivatives; those of eigenvalues need none of them.

#include <Eigen/Eigenvalues>
#include <duet/linalg/factorization.hpp>
#include <duet/linalg/gaps.hpp>

namespace duet {

// The eigenvalues in increasing order, and their eigenvectors, which are the columns of a matrix.
template <class Values, class Vectors>
struct eigen_pairs {
  Values values;
  Vectors vectors;
};

// An operation's result is one matrix: the eigenvalues, and behind them the eigenvectors.
template <class A>
inline constexpr int columns_with_values =
    A::ColsAtCompileTime == Eigen::Dynamic ? Eigen::Dynamic : A::ColsAtCompileTime + 1;
template <class A>
using packed_pairs = Eigen::Matrix<typename A::Scalar, A::RowsAtCompileTime, columns_with_values<A>>;
template <class A>
using eigenvalues_t = Eigen::Matrix<typename A::Scalar, A::RowsAtCompileTime, 1>;

template <class A>
class eigen_pairs_linearization;

struct eigen_pairs_operation {
  template <class A>
  auto operator()(A const& a) const {
    return eigen_pairs_linearization<A>(a);
  }
  template <class A>
  static packed_pairs<A> like(A const& a) {
    return duet::zero_matrix<packed_pairs<A>>(a.rows(), a.rows() + 1);
  }
};

// The pairs of a matrix of any scalar, packed. Plain numbers: by Eigen.
template <class A>
[[nodiscard]] packed_pairs<A> packed_eigen_pairs(char const* where, A const& a) {
  if constexpr (active_scalar<typename A::Scalar>) {
    return duet::apply_linearized(where, eigen_pairs_operation{}, a);
  } else {
    auto pairs = duet::zero_matrix<packed_pairs<A>>(a.rows(), a.rows() + 1);
    if (a.size() == 0) return pairs;
    Eigen::SelfAdjointEigenSolver<A> const solver(positive_definite_matrix::part(a));
    if (solver.info() != Eigen::Success)
      throw error(std::string(where) + ": the eigenvalues of a " + duet::sizes_of(a) + " matrix do not converge");
    pairs << solver.eigenvalues(), solver.eigenvectors();
    return pairs;
  }
}

template <class A>
class eigen_pairs_linearization {
  static constexpr char const* where = "duet::symmetric_eigen";

 public:
  using packed = packed_pairs<A>;
  explicit eigen_pairs_linearization(A const& a)
      : pairs_(duet::packed_eigen_pairs(where, a)), q_(pairs_.rightCols(a.rows())), d_(pairs_.col(0)) {}

  [[nodiscard]] packed const& value() const { return pairs_; }
  [[nodiscard]] packed tangent(A const* da) const {
    A const m = q_.transpose() * A(positive_definite_matrix::part(*da) * q_);
    packed result = duet::zero_matrix<packed>(d_.size(), d_.size() + 1);
    result.col(0) = m.diagonal();
    result.rightCols(d_.size()) = q_ * over_gaps(where, "eigenvalues", m, d_, d_, [](Eigen::Index) { return true; });
    return result;
  }
  void adjoint(packed const& ybar, A* abar) const {
    if (abar == nullptr) return;
    A const qbar = ybar.rightCols(d_.size());
    A m = over_gaps(where, "eigenvalues", A(q_.transpose() * qbar), d_, d_,
                    [&](Eigen::Index k) { return duet::moves(qbar.col(k)); });
    m.diagonal() += ybar.col(0);
    *abar = positive_definite_matrix::part(A(q_ * A(m * q_.transpose())));
  }

 private:
  packed pairs_;
  A q_;
  eigenvalues_t<A> d_;
};

template <class A>
class eigenvalues_linearization {
 public:
  using values = eigenvalues_t<A>;
  explicit eigenvalues_linearization(A const& a) {
    auto const pairs = duet::packed_eigen_pairs("duet::symmetric_eigenvalues", a);
    q_ = pairs.rightCols(a.rows());
    d_ = pairs.col(0);
  }
  [[nodiscard]] values const& value() const { return d_; }
  [[nodiscard]] values tangent(A const* da) const {
    A const turned = positive_definite_matrix::part(*da) * q_;
    values dd = d_;
    for (Eigen::Index k = 0; k < dd.size(); ++k) dd[k] = q_.col(k).dot(turned.col(k));
    return dd;
  }
  void adjoint(values const& dbar, A* abar) const {
    if (abar != nullptr) *abar = A(q_ * dbar.asDiagonal()) * q_.transpose();
  }

 private:
  A q_;
  values d_;
};
struct eigenvalues_operation {
  template <class A>
  auto operator()(A const& a) const {
    return eigenvalues_linearization<A>(a);
  }
  template <class A>
  static eigenvalues_t<A> like(A const& a) {
    return duet::zero_matrix<eigenvalues_t<A>>(a.rows(), 1);
  }
};

// The eigenvalues of a symmetric matrix in increasing order. What counts of A is its symmetric part. First derivatives
// of symmetric functions of the eigenvalues (their sum, the sum of their squares, ...) are right where eigenvalues are
// equal; second derivatives there, which need eigenvectors' first ones, throw duet::error, as does what does not
// converge. Costs some 10 n^3, and n^3 for each direction and sweep.
template <eigen_dense A>
[[nodiscard]] auto symmetric_eigenvalues(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::symmetric_eigenvalues", a);
    return duet::apply_to_matrices("duet::symmetric_eigenvalues", eigenvalues_operation{}, a);
  }
}

// Eigenvalues in increasing order and orthonormal eigenvectors of a symmetric matrix, {values, vectors}; each vector's
// sign is Eigen's. As for symmetric_eigenvalues, but derivatives of the vectors of equal eigenvalues do not exist and
// throw duet::error: in forward mode if A moves, in reverse mode if one of these vectors is used.
template <eigen_dense A>
[[nodiscard]] auto symmetric_eigen(A const& a) {
  if constexpr (duet::require_real<A>() && duet::may_be_square<A>()) {
    require_square("duet::symmetric_eigen", a);
    auto const packed = duet::apply_to_matrices("duet::symmetric_eigen", eigen_pairs_operation{}, a);
    using Packed = std::remove_const_t<decltype(packed)>;
    using Vectors = Eigen::Matrix<typename Packed::Scalar, Packed::RowsAtCompileTime, Packed::RowsAtCompileTime>;
    return eigen_pairs<eigenvalues_t<Vectors>, Vectors>{packed.col(0), packed.rightCols(packed.rows())};
  }
}

}  // namespace duet
