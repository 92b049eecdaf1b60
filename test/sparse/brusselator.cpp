// The Brusselator on a periodic grid, which bench/run/sparse times.

#include "catch.hpp"
#include "workload/brusselator_plane.hpp"

#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>
#include <duet/sparse.hpp>

TEST_CASE("The Brusselator's sparse Jacobian is its dense one, in few colours, however unknowns are numbered") {
  for (bool in_blocks : {false, true}) {
    workload::brusselator_plane f;
    f.in_blocks = in_blocks;
    Eigen::VectorXd const x = f.start();
    auto jacobian = duet::prepare_sparse_jacobian(f, x);
    Eigen::MatrixXd const sparse = jacobian(x), dense = duet::jacobian(duet::forward, f, x);
    REQUIRE(sparse.isApprox(dense, 1e-14));
    REQUIRE(jacobian(x).nonZeros() == 6 * x.size());
    REQUIRE(jacobian.colors() <= 9);
  }
}
