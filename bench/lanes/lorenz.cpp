#include "rows.hpp"
#include "workload/traceable.hpp"

// An ensemble: how the sum of the last states of many trajectories, which begin near one another, depends on where they
// begin and on the parameters.
bench::lane_problem bench::lorenz_in_lanes(lane_sizes size) {
  using workload::lorenz;
  lorenz const plain{.steps = size.quick ? 20UL : 2000UL};
  workload::lorenz_by<decltype(duet::kernel(workload::lorenz_step{}))> const kernels{plain, {}};
  auto const members = static_cast<Eigen::Index>(size(64, 64));
  auto const offsets = std::make_shared<Eigen::Matrix<double, 3, Eigen::Dynamic, Eigen::RowMajor>>(3, members);
  for (Eigen::Index i = 0; i < members; ++i)
    for (Eigen::Index j = 0; j < 3; ++j) (*offsets)(j, i) = 0.01 * std::sin(static_cast<double>(3 * i + j));
  auto const moved = [](auto const& in, auto const& offset) {
    auto result = in;
    for (std::size_t j = 0; j < 3; ++j) result[j] += offset[static_cast<Eigen::Index>(j)];
    return result;
  };
  auto const trajectory = [=](auto const& in, auto const& offset) { return plain(moved(in, offset)); };
  auto const by_kernels = [=](auto const& in, auto const& offset) { return kernels(moved(in, offset)); };
  auto const sum = duet::sum_over(*offsets, trajectory);
  auto const x = lorenz::start();
  auto const tape = std::make_shared<duet::tape<number>>();
  std::size_t const groups = static_cast<std::size_t>(members) / number::size();

  lane_problem p;
  p.name = "Lorenz, Runge-Kutta, 2000 steps";
  p.evaluations = static_cast<double>(members);
  p.hand = [=, states = std::make_shared<std::vector<std::array<double, 3>>>()](auto& g) {
    g.assign(lorenz::inputs, 0);
    for (Eigen::Index i = 0; i < members; ++i) {
      lorenz::point one;
      plain.gradient(moved(x, offsets->col(i)), one, *states);
      for (std::size_t k = 0; k < g.size(); ++k) g[k] += one[k];
    }
  };
  p.evaluation = [=] {
    double total = 0;
    for (Eigen::Index i = 0; i < members; ++i) total += trajectory(x, offsets->col(i));
    return total;
  };
  p.scalar_tape = [=, scalars = std::make_shared<duet::tape<double>>()](auto& g) {
    gradient_on_tape(
        *scalars, trajectory, x, static_cast<std::size_t>(members),
        [&](std::size_t i) { return offsets->col(static_cast<Eigen::Index>(i)); }, g);
  };
  p.forward = [=](auto& g) { assign(g, duet::gradient(duet::forward, sum, x)); };
  p.value_tape = [=](auto& g) { gradient_on_tape(*tape, trajectory, x, groups, columns_in_lanes(*offsets), g); };
  p.kernels = [=](auto& g) { gradient_on_tape(*tape, by_kernels, x, groups, columns_in_lanes(*offsets), g); };
  p.threads = [=](auto& g, std::size_t threads) { assign(g, duet::gradient(duet::reverse, sum.threads(threads), x)); };
  return p;
}
