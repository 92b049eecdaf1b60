#pragma once

// What a caller may decide about a sparse derivative; everything has a default.

#include <Eigen/SparseCore>
#include <duet/sparse/coloring.hpp>
#include <duet/sparse/trace_graph.hpp>

namespace duet {

template <class M>
concept eigen_sparse = requires(M const& m) { []<class Derived>(Eigen::SparseMatrixBase<Derived> const&) {}(m); };

// The places that a sparse matrix stores, whatever the numbers there: explicit zeros count.
template <eigen_sparse M>
[[nodiscard]] sparsity_pattern pattern_of(M const& matrix) {
  Eigen::SparseMatrix<typename M::Scalar, Eigen::RowMajor> const by_rows(matrix);
  std::vector<std::pair<int, int>> places;
  places.reserve(static_cast<std::size_t>(by_rows.nonZeros()));
  for (int i = 0; i < by_rows.outerSize(); ++i)
    for (typename decltype(by_rows)::InnerIterator it(by_rows, i); it; ++it)
      places.emplace_back(i, static_cast<int>(it.col()));
  return sparsity_pattern::of_places(static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.cols()),
                                     places);
}

// A matrix of ones in a pattern.
[[nodiscard]] inline Eigen::SparseMatrix<bool> matrix_of_pattern(sparsity_pattern const& pattern) {
  Eigen::SparseMatrix<bool> result(static_cast<Eigen::Index>(pattern.rows()),
                                   static_cast<Eigen::Index>(pattern.columns()));
  sparsity_pattern const by_columns = pattern.transposed();
  result.resizeNonZeros(static_cast<Eigen::Index>(pattern.entries()));
  for (std::size_t j = 0; j < by_columns.rows(); ++j)
    result.outerIndexPtr()[j + 1] = static_cast<int>(by_columns.start(j) + by_columns.row(j).size());
  std::copy(by_columns.indices().begin(), by_columns.indices().end(), result.innerIndexPtr());
  std::fill(result.valuePtr(), result.valuePtr() + pattern.entries(), true);
  return result;
}

// A caller's own pattern: a sparse matrix of Eigen's, or a sparsity_pattern (of_places takes a list of places).
class given_pattern {
 public:
  given_pattern() = default;
  given_pattern(sparsity_pattern pattern) : is_given_(true), pattern_(std::move(pattern)) {}  // NOLINT: as an option
  template <eigen_sparse M>
  given_pattern(M const& matrix) : given_pattern(duet::pattern_of(matrix)) {}  // NOLINT
  // Null if none was given.
  [[nodiscard]] sparsity_pattern const* get() const { return is_given_ ? &pattern_ : nullptr; }

 private:
  bool is_given_ = false;
  sparsity_pattern pattern_;
};

// How the entries of a Hessian follow from its products: each is one of them (star colouring), or by subtracting others
// from it (acyclic colouring: fewer products, with some more rounding).
enum class recovery { direct, substitution };

struct sparse_options {
  given_pattern pattern{};  // none: it is traced
  pattern_scope scope = pattern_scope::global;
  coloring_orders orders{};
  duet::recovery recovery = duet::recovery::direct;  // of a Hessian
  bool check = false;                                // every call compares with a product along a random direction
};

}  // namespace duet
