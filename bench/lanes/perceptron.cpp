#include "workload/perceptron.hpp"
#include "rows.hpp"

bench::lane_problem bench::perceptron_in_lanes(lane_sizes) {
  using network = workload::perceptron_of<256>;
  constexpr int features = network::features;
  auto const f = std::make_shared<network const>();
  auto const x = network::start();
  auto const samples = std::make_shared<Eigen::Matrix<double, features, Eigen::Dynamic, Eigen::RowMajor>>(
      Eigen::Map<Eigen::Matrix<double, features, Eigen::Dynamic> const>(f->data[0].data(), features,
                                                                        int{network::samples}));
  auto const square = [](auto const& w, auto const& at) {
    auto const& [sample, target] = at;
    auto const miss = network::error(w, sample.data(), target);
    return miss * miss;
  };
  using columns = std::pair<decltype(*samples), std::array<double, network::samples> const&>;
  auto const sum = duet::sum_over(columns(*samples, f->target), square);

  lane_problem p;
  p.name = "perceptron 32-64-64-1, minibatch";
  p.evaluations = static_cast<double>(network::samples);
  p.hand = [=](auto& g) { f->gradient(x, g); };
  p.evaluation = [=] { return (*f)(x); };
  p.scalar_tape = [=, tape = std::make_shared<duet::tape<double>>()](auto& g) {
    gradient_on_tape(
        *tape,
        [](auto const& w, auto const& at) {
          auto const miss = network::error(w, at.first, at.second);
          return miss * miss;
        },
        x, network::samples, [&](std::size_t i) { return std::pair(f->data[i].data(), f->target[i]); }, g);
  };
  p.value_tape = [=, owner = samples](auto& g) { assign(g, duet::gradient(duet::reverse, sum, x)); };
  p.threads = [=](auto& g, std::size_t threads) { assign(g, duet::gradient(duet::reverse, sum.threads(threads), x)); };
  return p;
}
