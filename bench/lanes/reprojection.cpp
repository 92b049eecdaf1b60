#include "rows.hpp"
#include "workload/bundle_adjustment.hpp"
#include "workload/traceable.hpp"

#include <duet/symbolic.hpp>

namespace {

using workload::bundle_adjustment, workload::reprojection;
constexpr std::size_t inputs = reprojection::inputs, outputs = reprojection::outputs, rows = inputs * outputs;

// The inputs of eight observations from one on, and where they were seen.
struct observations_in_lanes {
  std::array<bench::number, inputs> at;
  std::array<bench::number, outputs> seen;

  observations_in_lanes(bundle_adjustment const& scene, Eigen::VectorXd const& x, std::size_t first) {
    std::array<std::array<double, bench::number::size()>, inputs> gathered;
    std::array<std::array<double, bench::number::size()>, outputs> targets;
    for (std::size_t l = 0; l < bench::number::size(); ++l) {
      auto const& o = scene.observations()[first + l];
      for (std::size_t k = 0; k < inputs; ++k) gathered[k][l] = x[bundle_adjustment::place(o, k)];
      targets[0][l] = o.seen.observed_x;
      targets[1][l] = o.seen.observed_y;
    }
    for (std::size_t k = 0; k < inputs; ++k) at[k] = bench::number(gathered[k]);
    for (std::size_t k = 0; k < outputs; ++k) seen[k] = bench::number(targets[k]);
  }
};

}  // namespace

// The Jacobians of all residuals, two rows of 15 for each observation: by hand one after the other, in lanes those of
// eight side by side.
bench::lane_problem bench::reprojection_in_lanes(lane_sizes) {
  auto const scene = std::make_shared<bundle_adjustment const>();
  auto const x = std::make_shared<Eigen::VectorXd const>(scene->start());
  std::size_t const count = scene->observations().size(), groups = count / number::size();
  auto const tape = std::make_shared<duet::tape<double>>();
  // What is computed is kept as each way leaves it; the bench's list of derivatives is made of that.
  auto const by_hand = std::make_shared<std::vector<reprojection::jacobian_rows>>(count);
  auto const in_lanes = std::make_shared<std::vector<std::array<std::array<number, inputs>, outputs>>>(groups);

  auto const list_of_lanes = [=](std::vector<double>& g) {
    if (!g.empty()) return;  // only when it is looked at: the first time
    for (std::size_t i = 0; i < groups * number::size(); ++i)
      for (auto const& row : (*in_lanes)[i / number::size()])
        for (auto const& e : row) g.push_back(e[i % number::size()]);
  };
  auto const list_of_scalars = [=](std::vector<double>& g) {
    if (!g.empty()) return;
    for (auto const& each : *by_hand)
      for (auto const& row : each) g.insert(g.end(), row.begin(), row.end());
  };

  lane_problem p;
  p.name = "reprojections, Jacobians of 15";
  p.evaluations = static_cast<double>(count);
  p.hand = [=](auto& g) {
    auto const& seen = scene->observations();
    for (std::size_t i = 0; i < count; ++i)
      seen[i].seen.jacobian(bundle_adjustment::inputs_of(seen[i], *x), (*by_hand)[i]);
    list_of_scalars(g);
  };
  p.evaluation = [=] {
    double total = 0;
    for (auto const& o : scene->observations()) {
      auto const r = o.seen(bundle_adjustment::inputs_of(o, *x));
      total += r[0] + r[1];
    }
    return total;
  };
  p.scalar_tape = [=](auto& g) {
    duet::recording<double> const scope(*tape);
    for (std::size_t i = 0; i < count; ++i) {
      tape->clear();
      auto const& o = scene->observations()[i];
      auto const at = bundle_adjustment::inputs_of(o, *x);
      std::array<duet::var<double>, inputs> in;
      tape->independents(at, in);
      auto const r = o.seen(in);
      tape->reverse_rows(std::span<duet::var<double> const>(r), [&](std::size_t row, auto const& adjoint) {
        for (std::size_t k = 0; k < inputs; ++k) (*by_hand)[i][row][k] = adjoint(in[k]);
      });
    }
    list_of_scalars(g);
  };
  p.forward = [=](auto& g) {
    for (std::size_t i = 0; i < groups; ++i) {
      observations_in_lanes const o(*scene, *x, i * number::size());
      using dual = duet::dual<number, inputs>;
      std::array<dual, inputs> in;
      [&]<std::size_t... K>(std::index_sequence<K...>) {
        ((in[K] = dual::independent(o.at[K], duet::block_index<K>{})), ...);
      }(std::make_index_sequence<inputs>{});
      auto const r = reprojection::residual(in, o.seen[0], o.seen[1]);
      for (std::size_t row = 0; row < outputs; ++row)
        for (std::size_t k = 0; k < inputs; ++k) (*in_lanes)[i][row][k] = r[row].partial(k);
    }
    list_of_lanes(g);
  };
  p.kernels = [=](auto& g) {
    constexpr auto graph = duet::symbolic::expression<inputs>(workload::turned_reprojection{});
    for (std::size_t i = 0; i < groups; ++i) {
      observations_in_lanes const o(*scene, *x, i * number::size());
      (*in_lanes)[i] = duet::symbolic::value_and_jacobian(graph, o.at).jacobian;
    }
    list_of_lanes(g);
  };
  return p;
}
