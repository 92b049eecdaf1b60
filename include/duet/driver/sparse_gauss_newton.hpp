#pragma once

// Least-squares cost 1/2 |r|^2 with its gradient J^T r and the sparse matrix J^T J, whose pattern is that of pairs of
// inputs that share a residual.

#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/sparse_jacobian.hpp>

namespace duet {

// The pattern of J^T J. Linear in the squared lengths of the rows of J.
[[nodiscard]] inline sparsity_pattern normal_pattern(sparsity_pattern const& pattern,
                                                     sparsity_pattern const& transposed) {
  row_graph const columns(transposed, pattern);
  sparsity_pattern result = sparsity_pattern::without_rows(pattern.columns());
  std::vector<int> row;
  for (std::size_t j = 0; j < transposed.rows(); ++j) {
    row.clear();
    if (!transposed.row(j).empty()) row.push_back(static_cast<int>(j));
    columns.for_each_neighbor(j, [&](std::size_t k) { row.push_back(static_cast<int>(k)); });
    result.append(row);
  }
  return result.sorted();
}

// A sparse Gauss-Newton matrix to be taken at many points of one size; made by prepare_sparse_gauss_newton. Calls
// allocate nothing after the first. It is moved, not copied, and used by one thread at a time.
template <mode Mode, class F, class X>
class prepared_sparse_gauss_newton {
  using jacobian_driver = prepared_sparse_jacobian<Mode, F, X>;
  using T = entry_t<X>;

 public:
  using result =
      gauss_newton_result<T, typename jacobian_driver::value_type, differentiated_t<X>, Eigen::SparseMatrix<T>>;

  template <class Given>
  prepared_sparse_gauss_newton(Given&& f, X const& x0, sparse_options const& options)
      : jacobian_(std::forward<Given>(f), x0, options),
        result_{T(0),
                {},
                duet::differentiated(x0),
                duet::matrix_by_columns<T>(
                    duet::normal_pattern(jacobian_.plan().pattern(), jacobian_.plan().transposed()))},
        row_(duet::size_of(x0), T(0)) {}
  prepared_sparse_gauss_newton(prepared_sparse_gauss_newton&&) = default;

  // {cost, residual, gradient = J^T r, hessian = J^T J, sparse and exactly symmetric} at x, in an object that stays in
  // place and is overwritten by the next call. One Jacobian, and the squared lengths of its rows. Throws as the
  // Jacobian does.
  template <class Y>
  result const& operator()(Y const& x) {
    (void)jacobian_(x);
    duet::carry(result_.gradient, x);
    multiply();
    return result_;
  }
  // The same, with the Jacobian checked against a product along a random direction.
  template <class Y>
  result const& check(Y const& x) {
    (void)jacobian_.check(x);
    duet::carry(result_.gradient, x);
    multiply();
    return result_;
  }

  [[nodiscard]] Eigen::SparseMatrix<T> const& jacobian() const { return jacobian_.jacobian(); }
  [[nodiscard]] std::size_t colors() const { return jacobian_.colors(); }
  // Evaluations of the residuals on duals that a call takes.
  [[nodiscard]] std::size_t passes() const { return jacobian_.passes(); }
  // That of J^T J.
  [[nodiscard]] Eigen::SparseMatrix<bool> pattern() const {
    return duet::matrix_of_pattern(duet::pattern_of(result_.hessian));
  }
  [[nodiscard]] std::string explain() const { return jacobian_.explain(); }

 private:
  // Column by column, in a full row of numbers (Gustavson 1978); sums run over the residuals in order, so that both
  // triangles are the same.
  void multiply() {
    jacobian_plan const& plan = jacobian_.plan();
    T const* const values = jacobian_.jacobian().valuePtr();
    using Residual = typename jacobian_driver::value_type;
    result_.residual = jacobian_.value();
    result_.cost = duet::half_squared_norm<T>(result_.residual);
    auto& hessian = result_.hessian;
    for (std::size_t j = 0; j < row_.size(); ++j) {
      T slope(0);
      auto const rows = plan.transposed().row(j);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        auto const i = static_cast<std::size_t>(rows[k]);
        T const& entry = values[plan.transposed().start(j) + k];
        slope += entry * shape<Residual>::entry(result_.residual, i);
        auto const columns = plan.pattern().row(i);
        for (std::size_t l = 0; l < columns.size(); ++l)
          row_[static_cast<std::size_t>(columns[l])] += entry * values[plan.places(i)[l]];
      }
      shape<X>::entry(result_.gradient, j) = slope;
      for (int k = hessian.outerIndexPtr()[j]; k < hessian.outerIndexPtr()[j + 1]; ++k) {
        auto& sum = row_[static_cast<std::size_t>(hessian.innerIndexPtr()[k])];
        hessian.valuePtr()[k] = std::exchange(sum, T(0));
      }
    }
  }

  jacobian_driver jacobian_;
  result result_;
  std::vector<T> row_;
};

// The residuals r prepared for points like x0, as by prepare_sparse_jacobian.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_sparse_gauss_newton(mode_constant<Mode>, F&& r, X const& x0,
                                               sparse_options const& options = {}) {
  if constexpr (sparse_jacobian_demands<Mode, kept_function<F>, X>())
    return prepared_sparse_gauss_newton<Mode, kept_function<F>, plain_t<X>>(std::forward<F>(r), duet::plain(x0),
                                                                            options);
}
template <class F, class X>
[[nodiscard]] auto prepare_sparse_gauss_newton(F&& r, X const& x0, sparse_options const& options = {}) {
  return duet::prepare_sparse_gauss_newton(automatic, std::forward<F>(r), x0, options);
}

// {cost = 1/2 |r|^2, residual, gradient = J^T r, hessian = J^T J as an Eigen::SparseMatrix} of the residuals r at x.
template <mode Mode, class F, class X>
[[nodiscard]] auto sparse_gauss_newton(mode_constant<Mode>, F&& r, X const& x, sparse_options const& options = {}) {
  if constexpr (sparse_jacobian_demands<Mode, F, X>()) {
    auto const& at = duet::plain(x);
    prepared_sparse_gauss_newton<Mode, std::remove_reference_t<F>&, plain_t<X>> at_once(r, at, options);
    return at_once(at);
  }
}
template <class F, class X>
[[nodiscard]] auto sparse_gauss_newton(F&& r, X const& x, sparse_options const& options = {}) {
  return duet::sparse_gauss_newton(automatic, r, x, options);
}

}  // namespace duet
