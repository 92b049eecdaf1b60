// Sparse derivatives in structs of parameters.

#include <catch.hpp>
#include <duet/sparse.hpp>

#include "../driver/shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: a sparse Jacobian has a column for each entry of a struct", "[shapes]") {
  auto const q = a_series();
  Eigen::MatrixXd const J = duet::jacobian(flattened(residuals{}, to_series), numbers(9));
  Eigen::SparseMatrix<double> const sparse = duet::sparse_jacobian(residuals{}, q);
  CHECK(sparse.nonZeros() == 2 + 4 + 5);
  CHECK(Eigen::MatrixXd(sparse).isApprox(J));
  CHECK(Eigen::MatrixXd(duet::sparse_jacobian(duet::reverse, residuals{}, q, {.check = true})).isApprox(J));
  auto prepared = duet::prepare_sparse_gauss_newton(residuals{}, q);
  auto const& normal = prepared(q);
  CHECK(Eigen::MatrixXd(normal.hessian).isApprox(J.transpose() * J));
  CHECK(normal.gradient.power == 2);
}

TEST_CASE("shapes: a sparse Hessian takes what is no entry from each point", "[shapes]") {
  auto prepared = duet::prepare_sparse_hessian(duet::reverse, energy{}, a_series());
  auto other = a_series();
  other.c = 0.7;
  Eigen::MatrixXd const H = duet::hessian(flattened(energy{}, to_series), flat(other));
  CHECK(Eigen::MatrixXd(prepared(other)).isApprox(H, 1e-13));
  CHECK(flat(prepared.gradient()).isApprox(duet::gradient(flattened(energy{}, to_series), flat(other)), 1e-13));
}
