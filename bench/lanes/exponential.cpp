#include "rows.hpp"
#include "workload/exponential_fit.hpp"

#include <duet/kernel/kernel.hpp>

bench::lane_problem bench::exponential_in_lanes(lane_sizes) {
  using workload::exponential_cost;
  auto const data = std::make_shared<workload::exponential_data const>();
  auto const f = std::make_shared<exponential_cost const>(exponential_cost{*data});
  auto const x = exponential_cost::start();
  static constexpr auto half_square = [](auto const& b, auto const& at) {
    auto const r = workload::exponential_residual(b, std::get<0>(at), std::get<1>(at));
    return 0.5 * r * r;
  };
  using columns = std::pair<std::array<double, workload::exponential_data::points> const&,
                            std::array<double, workload::exponential_data::points> const&>;
  auto const sum = duet::sum_over(columns(data->x, data->y), half_square);
  auto const sum_of_kernels = duet::sum_over(columns(data->x, data->y), duet::kernel(half_square));

  lane_problem p;
  p.name = "exponential fit, 3 inputs";
  p.evaluations = exponential_cost::inputs == 3 ? static_cast<double>(workload::exponential_data::points) : 0;
  p.hand = [=](auto& g) {
    exponential_cost::point by_hand;
    f->gradient(x, by_hand);
    assign(g, by_hand);
  };
  p.evaluation = [=] { return (*f)(x); };
  p.scalar_tape = [=](auto& g) { assign(g, duet::gradient(duet::reverse, *f, x)); };
  p.forward = [=](auto& g) { assign(g, duet::gradient(duet::forward, sum, x)); };
  p.kernels = [=](auto& g) { assign(g, duet::gradient(duet::forward, sum_of_kernels, x)); };
  p.value_tape = [=, tape = std::make_shared<duet::tape<number>>()](auto& g) {
    std::size_t const groups = workload::exponential_data::points / number::size();
    gradient_on_tape(
        *tape, half_square, x, groups,
        [&](std::size_t i) {
          return std::pair(number::load(&data->x[i * number::size()]), number::load(&data->y[i * number::size()]));
        },
        g);
    for (std::size_t i = groups * number::size(); i < workload::exponential_data::points; ++i) {
      auto const rest = duet::gradient(
          duet::forward, [&](auto const& b) { return half_square(b, std::pair(data->x[i], data->y[i])); }, x);
      for (std::size_t k = 0; k < rest.size(); ++k) g[k] += rest[k];
    }
  };
  p.threads = [=](auto& g, std::size_t threads) { assign(g, duet::gradient(duet::reverse, sum.threads(threads), x)); };
  return p;
}
