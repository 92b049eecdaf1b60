// The Hessians that bench/run/sparse times and no other test has.

#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "workload/k_means.hpp"

TEST_CASE("the Hessian of k-means is diagonal: twice the number of points of each centre") {
  auto const f = workload::k_means::spiral(3, 200, 8);
  Eigen::VectorXd const x = f.start();
  auto prepared = duet::prepare_sparse_hessian(f, x);
  CHECK(prepared.colors() == 1);
  auto const& hessian = prepared.check(x);
  REQUIRE(hessian.nonZeros() == f.inputs());
  Eigen::VectorXd expected = Eigen::VectorXd::Zero(f.inputs());
  for (Eigen::Index i = 0; i < f.points.cols(); ++i) {
    Eigen::Index nearest = 0;
    auto const centres = x.reshaped(f.points.rows(), f.centres);
    (centres.colwise() - f.points.col(i)).colwise().squaredNorm().minCoeff(&nearest);
    expected.segment(nearest * f.points.rows(), f.points.rows()).array() += 2;
  }
  CHECK(Eigen::VectorXd(hessian.diagonal()) == expected);
  CHECK(expected.minCoeff() > 0);
}
