#include "workload/heston.hpp"
#include "rows.hpp"

bench::lane_problem bench::heston_in_lanes(lane_sizes size) {
  std::size_t const paths = size(4096, 64);
  workload::heston const statements(paths);
  workload::heston_by<decltype(duet::kernel(workload::heston_step{}))> const kernels(paths);
  return problem_of_paths("Heston, 8 inputs, 100 steps", statements, kernels,
                          std::make_shared<workload::heston::memory>());
}
