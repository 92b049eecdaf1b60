#include "workload/basket.hpp"
#include "rows.hpp"

bench::lane_problem bench::basket_in_lanes(lane_sizes size) {
  workload::basket const f(size(16384, 64));
  return problem_of_paths("basket option, 76 inputs", f, f);
}
