#pragma once

// Systems of equations with a sparse matrix: its nonzero entries are the argument of the operation, its pattern is a
// constant, and the adjoint of the matrix is computed on its pattern alone.

#include <Eigen/SparseCholesky>
#include <Eigen/SparseLU>
#include <duet/linalg/solve.hpp>

namespace duet {

// The pattern of a square matrix by columns, and where the mirror image of each entry is.
struct sparse_structure {
  Eigen::Index size = 0;
  std::vector<int> starts, rows, mirror;
  bool symmetric = true;

  template <class Visit>
  void for_each_entry(Visit const& visit) const {
    for (Eigen::Index j = 0; j < size; ++j)
      for (auto k = static_cast<std::size_t>(starts[static_cast<std::size_t>(j)]);
           k < static_cast<std::size_t>(starts[static_cast<std::size_t>(j) + 1]); ++k)
        visit(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(rows[k]), j);
  }
};

template <class S>
using column_sparse = Eigen::SparseMatrix<S, Eigen::ColMajor, int>;

template <class S>
[[nodiscard]] std::shared_ptr<sparse_structure const> sparse_structure_of(column_sparse<S> const& a) {
  auto result = std::make_shared<sparse_structure>();
  result->size = a.rows();
  result->starts.assign(a.outerIndexPtr(), a.outerIndexPtr() + a.cols() + 1);
  result->rows.assign(a.innerIndexPtr(), a.innerIndexPtr() + a.nonZeros());
  result->mirror.resize(result->rows.size());
  result->for_each_entry([&](Eigen::Index k, Eigen::Index i, Eigen::Index j) {
    auto const first = result->rows.begin() + result->starts[static_cast<std::size_t>(i)],
               last = result->rows.begin() + result->starts[static_cast<std::size_t>(i) + 1];
    auto const found = std::lower_bound(first, last, static_cast<int>(j));
    bool const there = found != last && *found == j;
    result->symmetric &= there;
    result->mirror[static_cast<std::size_t>(k)] = there ? static_cast<int>(found - result->rows.begin()) : -1;
  });
  return result;
}

// A sparse matrix, of which A are the nonzero entries (factorization.hpp says what a kind of matrix has).
template <bool Definite>
struct sparse_kind {
  static constexpr char const* name = Definite ? positive_definite_matrix::name : general_matrix::name;
  std::shared_ptr<sparse_structure const> structure;

  template <class A, class B>
  using solution = plain_t<B>;
  template <class A>
  struct decomposition {
    using matrix = column_sparse<typename A::Scalar>;
    std::conditional_t<Definite, Eigen::SimplicialLLT<matrix>, Eigen::SparseLU<matrix>> solver;
  };

  template <class A>
  [[nodiscard]] decltype(auto) part(A const& a) const {
    if constexpr (Definite) {
      using P = passive_of_t<typename A::Scalar>;
      A result = a;
      for (Eigen::Index k = 0; k < a.size(); ++k)
        result[k] = P(0.5) * (a[k] + a[structure->mirror[static_cast<std::size_t>(k)]]);
      return result;
    } else {
      return (a);
    }
  }
  template <class A>
  void factor(decomposition<A>& d, A const& a) const {
    column_sparse<typename A::Scalar> const m = Eigen::Map<column_sparse<typename A::Scalar> const>(
        structure->size, structure->size, a.size(), structure->starts.data(), structure->rows.data(), part(a).data());
    d.solver.compute(m);
  }
  template <class A>
  static bool is_regular(decomposition<A> const& d) {
    return d.solver.info() == Eigen::Success;
  }
  template <bool Transposed, class X, class A, class B>
  static X solve(decomposition<A> const& d, B const& b) {
    if constexpr (Transposed && !Definite)
      return const_cast<decomposition<A>&>(d).solver.transpose().solve(b);  // Eigen 3.4 forgot a const
    else
      return d.solver.solve(b);
  }
  template <bool Transposed, class A, class X>
  void subtract_product(X& r, A const& a, X const& x) const {
    structure->for_each_entry([&](Eigen::Index k, Eigen::Index i, Eigen::Index j) {
      for (Eigen::Index c = 0; c < x.cols(); ++c) {
        if constexpr (Transposed)
          r(j, c) -= a[k] * x(i, c);
        else
          r(i, c) -= a[k] * x(j, c);
      }
    });
  }
  template <bool Transposed, class A, class X>
  void set_adjoint(A& abar, X const& z, X const& x) const {
    using T = typename A::Scalar;
    abar.resize(static_cast<Eigen::Index>(structure->rows.size()));
    structure->for_each_entry([&](Eigen::Index k, Eigen::Index i, Eigen::Index j) {
      T sum(0);
      for (Eigen::Index c = 0; c < x.cols(); ++c) {
        if constexpr (Transposed)
          sum -= x(i, c) * z(j, c);
        else
          sum -= z(i, c) * x(j, c);
      }
      abar[k] = sum;
    });
    if constexpr (Definite) abar = part(A(abar));
  }
};

template <bool Definite>
struct sparse_solve_operation {
  sparse_kind<Definite> kind;
  template <class A, class B>
  auto operator()(A const& a, B const& b) const {
    auto f = duet::factorize<sparse_kind<Definite>>(a, {}, kind);
    if (!f->is_regular()) throw_unusable("duet::solve", kind.name, kind.structure->size, kind.structure->size);
    return solve_linearization<sparse_kind<Definite>, false, A, B>(std::move(f), b);
  }
  template <class A, class B>
  static B like(A const&, B const& b) {
    return b;
  }
};

template <bool Definite, class S, int Options, class Index, class B>
[[nodiscard]] auto solve_sparse(Eigen::SparseMatrix<S, Options, Index> const& a, B const& b) {
  require_square("duet::solve", a);
  require_rows("duet::solve", a, b);
  column_sparse<S> columns = a;
  columns.makeCompressed();
  sparse_solve_operation<Definite> const operation{{duet::sparse_structure_of(columns)}};
  if (Definite && !operation.kind.structure->symmetric)
    throw_sizes("duet::solve", "a sparse positive definite matrix of which one triangle is given", "both");
  Eigen::Matrix<S, Eigen::Dynamic, 1> const entries =
      Eigen::Map<Eigen::Matrix<S, Eigen::Dynamic, 1> const>(columns.valuePtr(), columns.nonZeros());
  return duet::apply_to_matrices("duet::solve", operation, entries, b);
}

// X of A X = B for a sparse A, by Eigen's SparseLU, or by its SimplicialLLT of the symmetric part of A, both of whose
// triangles have to be there. The entries of A that are stored may be active, those that are not are zero and stay so.
// Throws std::invalid_argument if sizes do not fit and duet::error if A cannot be factored.
template <class S, int Options, class Index, eigen_dense B>
[[nodiscard]] auto solve(Eigen::SparseMatrix<S, Options, Index> const& a, B const& b) {
  if constexpr (duet::require_real<Eigen::Matrix<S, 1, 1>, B>()) return duet::solve_sparse<false>(a, b);
}
template <class S, int Options, class Index, eigen_dense B>
[[nodiscard]] auto solve(positive_definite_matrix, Eigen::SparseMatrix<S, Options, Index> const& a, B const& b) {
  if constexpr (duet::require_real<Eigen::Matrix<S, 1, 1>, B>()) return duet::solve_sparse<true>(a, b);
}

}  // namespace duet
