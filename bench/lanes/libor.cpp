#include "rows.hpp"
#include "workload/libor_market.hpp"
#include "workload/traceable.hpp"

bench::lane_problem bench::libor_in_lanes(lane_sizes size) {
  using step = workload::libor_by<decltype(duet::kernel(workload::libor_step{}))>;
  std::size_t const paths = size(256, 64);
  return problem_of_paths("LIBOR swaptions, 161 inputs", workload::libor_market<>(paths),
                          workload::libor_market<step>(paths), std::make_shared<workload::libor_market<>::memory>());
}
