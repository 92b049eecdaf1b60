// Workloads whose loop is checkpointed: the derivatives written by hand, in every mode and sweep.

#include "catch.hpp"
#include "workload/checkpointed.hpp"
#include "workload_checks.hpp"

using namespace workload_checks;

TEST_CASE("Heat on a grid has the gradient written by hand, with checkpoints and without") {
  workload::diffusion f;
  f.cells = GENERATE(Eigen::Index{1}, Eigen::Index{2}, Eigen::Index{6});
  f.steps = GENERATE(1L, 13L);
  auto const x = f.start();
  auto by_hand = x;
  double const value = f.gradient(x, by_hand);
  check_gradient(f, x, value, by_hand, first(x.size()));
  check_rows(f, x, by_hand);
  for (long states : {1L, 3L, 50L}) {
    workload::checkpointed::diffusion<duet::snapshots> const c{f, duet::snapshots(states)};
    check_mode(duet::forward, c, x, by_hand);
    check_mode(duet::reverse, c, x, by_hand);
    check_rows(c, x, by_hand);
  }
}

TEST_CASE("Lorenz' equations have the gradient written by hand, with checkpoints and without") {
  workload::lorenz plain;
  plain.steps = GENERATE(size_t{1}, size_t{2}, size_t{150});
  auto const x = plain.start();
  auto by_hand = x;
  std::vector<std::array<double, 3>> states;
  plain.gradient(x, by_hand, states);
  for (long kept : {1L, 4L}) {
    workload::checkpointed::lorenz<duet::snapshots> const c{plain, duet::snapshots(kept)};
    check_mode(duet::forward, c, x, by_hand);
    check_mode(duet::reverse, c, x, by_hand);
    check_rows(c, x, by_hand);
  }
}
