#include "workload/bundle_adjustment.hpp"
#include "catch.hpp"

#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

TEST_CASE("the Jacobian of bundle adjustment has the entries of each reprojection, written by hand") {
  workload::bundle_adjustment const f;
  Eigen::VectorXd const x = f.start();
  REQUIRE(f.observations().size() == 3000);
  // The projection compares: it is traced at the point.
  auto prepared = duet::prepare_sparse_jacobian(f, x, {.scope = duet::pattern_scope::local});
  CHECK(prepared.colors() == 13);
  CHECK(prepared.passes() == 2);
  Eigen::SparseMatrix<double, Eigen::RowMajor> const jacobian = prepared.check(x);
  CHECK(jacobian.nonZeros() == 78'000);
  double error = 0;
  for (std::size_t k = 0; k < f.observations().size(); k += 7) {
    auto const& o = f.observations()[k];
    workload::reprojection::jacobian_rows rows;
    (void)o.seen.jacobian(f.inputs_of(o, x), rows);
    for (std::size_t r = 0; r < 2; ++r)
      for (std::size_t j = 0; j < 15; ++j)
        error = std::max(error, std::abs(rows[r][j] - jacobian.coeff(Eigen::Index(2 * k + r), f.place(o, j))));
  }
  CHECK(error < 1e-9);  // of entries up to a thousand
}
