// The Jacobians that bench/run/sparse times.

#include "catch.hpp"

#include <duet/driver/jacobian.hpp>
#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

#include "workload/arrow.hpp"
#include "workload/brusselator.hpp"
#include "workload/brusselator_plane.hpp"
#include "workload/reaction_diffusion.hpp"

namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
using workload::reaction_diffusion;

// The sparse Jacobian is the dense one; so many entries and at most so many colours.
template <class F>
void check_workload(F const& f, VectorXd const& x, Index entries, std::size_t colors) {
  auto prepared = duet::prepare_sparse_jacobian(f, x);
  auto const& sparse = prepared.check(x);
  CHECK(sparse.nonZeros() == entries);
  CHECK(prepared.colors() <= colors);
  CHECK(MatrixXd(sparse).isApprox(duet::jacobian(duet::forward, f, x), 1e-14));
}

}  // namespace

TEST_CASE("the Brusselator in a plane and on a ring, however unknowns are numbered") {
  for (bool const in_blocks : {false, true}) {
    workload::brusselator_plane f;
    f.in_blocks = in_blocks;
    check_workload(f, f.start(), 6 * 72, 9);
    f.is_ring = true;
    f.cells = 20;
    check_workload(f, f.start(), 4 * 40, in_blocks ? 6 : 4);
  }
}

TEST_CASE("reaction and diffusion with 5, 9 and 7 points") {
  auto const five = reaction_diffusion::five_points(10);
  check_workload(five, five.start(), 5 * 100 - 4 * 10, 6);
  auto const nine = reaction_diffusion::nine_points(8);
  check_workload(nine, nine.start(), 22 * 22, 9);
  auto const seven = reaction_diffusion::seven_points(5);
  check_workload(seven, seven.start(), 7 * 125 - 6 * 25, 9);
}

TEST_CASE("residuals with a dense row and a dense column") {
  check_workload(workload::arrow_residuals{}, workload::arrow_start(200), 3 * 200 - 2, 3);
}

TEST_CASE("the Brusselator between walls has four colours and the Jacobian written by hand") {
  workload::brusselator const f;
  auto const x = workload::brusselator::start();
  workload::brusselator::jacobian_rows by_hand;
  (void)f.jacobian(x, by_hand);
  auto prepared = duet::prepare_sparse_jacobian(f, x);
  CHECK(prepared.colors() == 4);
  auto const& sparse = prepared(x);
  for (std::size_t i = 0; i < f.outputs; ++i)
    for (std::size_t j = 0; j < f.inputs; ++j)
      CHECK(sparse.coeff(Index(i), Index(j)) == Approx(by_hand[i][j]).epsilon(1e-13));
}
