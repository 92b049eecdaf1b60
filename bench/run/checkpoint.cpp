// Checkpointed loops: what a step costs that is only advanced over the same step in a bare loop, what one costs that is
// recorded and swept over the same on a plain tape, the whole over what the schedule's counts predict from bare loop
// and plain tape, and the memory at its peak.

#include "interleaved.hpp"
#include "workload/checkpointed.hpp"

#include <duet/reverse/recording.hpp>

namespace {

using duet::snapshots, duet::tape, duet::var;

template <class F, class X>
double gradient(tape<>& t, F const& f, X const& x, X& g) {
  t.clear();
  duet::recording const scope(t);
  auto inputs = duet::shape<X>::template make<var<>>(x, [&](auto i) { return t.independent(x[i]); });
  var<> const y = f(inputs);
  t.reverse(y);
  for (std::size_t i = 0; i < x.size(); ++i) g[i] = t.adjoint(inputs[i]);
  return y.value();
}

template <class F, class X>
bench::candidate gradient_of(char const* name, F const& f, X const& x) {
  auto const t = std::make_shared<tape<>>();
  return bench::time_of(name, [t, f, x, g = x]() mutable {
    double y = gradient(*t, f, x, g);
    bench::touch(y);
    bench::touch(g);
  });
}
template <class F, class X>
bench::candidate value_of(char const* name, F const& f, X x) {
  return bench::time_of(name, [f, x]() mutable {
    bench::touch(x);
    double y = f(x);
    bench::touch(y);
  });
}

// Plain(steps) is the workload, Checkpointed(steps, policy) the same in evolve. What a recorded step costs is taken
// from a loop of `few` steps with as many states: recorded = its time without the steps advanced.
template <class Plain, class Checkpointed>
void row(char const* name, Plain const& plain, Checkpointed const& checkpointed, long steps, long few, long states,
         bench::settings s) {
  auto const x = plain(steps).start();
  auto const times = bench::time_rounds(
      {value_of("bare", plain(steps), x), value_of("evolve", checkpointed(steps, snapshots(states)), x),
       gradient_of("tape", plain(few), x), gradient_of("few", checkpointed(few, snapshots(states)), x),
       gradient_of("checkpoints", checkpointed(steps, snapshots(states)), x)},
      s);
  double const n = static_cast<double>(steps), short_n = static_cast<double>(few);
  double const advanced = static_cast<double>(duet::optimal_advances(steps, states)) / n;
  double const short_advanced = static_cast<double>(duet::optimal_advances(few, states)) / short_n;
  std::vector<double> recorded, predicted, counted;
  for (std::size_t r = 0; r < times[0].size(); ++r) {
    double const bare = times[0][r] / n, on_tape = times[2][r] / short_n, whole = times[4][r] / n;
    double const step = times[3][r] / short_n - short_advanced * bare;
    recorded.push_back(step / on_tape);
    predicted.push_back(whole / (advanced * bare + on_tape));
    counted.push_back(whole / (advanced * bare + step));
  }
  std::printf("%-20s %8ld %6ld %9.1f %9.3f %10.1f %9.3f %9.2f %9.3f %9.3f\n", name, steps, states,
              bench::median(times[0]) / n, bench::median_ratio(times[1], times[0]), bench::median(times[2]) / short_n,
              bench::median(recorded), advanced, bench::median(predicted), bench::median(counted));
  std::fflush(stdout);
}

// Bytes of tape and states when a step has been swept, over those of the plain tape.
void memory(long steps, long states) {
  workload::diffusion one;
  one.steps = 1;
  std::vector<double> const x = one.start();
  std::vector<double> g = x;
  tape<> t;
  one.steps = 2;
  gradient(t, one, x, g);
  std::size_t const two = t.statistics().bytes + t.statistics().adjoint_bytes;
  one.steps = 12;
  gradient(t, one, x, g);
  std::size_t const twelve = t.statistics().bytes + t.statistics().adjoint_bytes;
  double const plain =
      static_cast<double>(two) + static_cast<double>(twelve - two) / 10 * static_cast<double>(steps - 2);
  std::size_t peak = 0;
  t.shrink();
  auto const policy = snapshots(states).on_progress([&](long done, long of, duet::checkpoint_phase phase) {
    if (phase != duet::checkpoint_phase::reversing || done % 1000 != of % 1000) return;
    auto const s = t.statistics();
    peak = std::max(peak, s.bytes + s.adjoint_bytes);
  });
  workload::checkpointed::diffusion<snapshots> f{{}, policy};
  f.steps = steps;
  gradient(t, f, x, g);
  double const kept = static_cast<double>(peak + (static_cast<std::size_t>(states) + 3) * x.size() * sizeof(double));
  std::printf("\nheat 128 x 128, %ld steps, %ld snapshots: %.1f MB with states, %.1f MB on a plain tape: %.3f %%\n%s\n",
              steps, states, kept / 1e6, plain / 1e6, 100 * kept / plain,
              to_string(duet::checkpoint_plan(steps, policy)).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  bench::settings s = bench::settings_for(quick);
  if (!quick) s.rounds = 15;
  bench::print_setting();
  std::printf("%-20s %8s %6s %9s %9s %10s %9s %9s %9s %9s\n", "", "steps", "states", "bare", "evolve", "tape",
              "recorded", "advanced", "whole", "whole");
  std::printf("%-20s %8s %6s %9s %9s %10s %9s %9s %9s %9s\n", "", "", "", "ns/step", "/ bare", "ns/step", "/ tape",
              "/ step", "/ tape's", "/ counts'");
  for (auto [cells, steps, states] :
       {std::array<long, 3>{128, 500, 20}, {128, 500, 5}, {32, 5000, 20}, {8, 50000, 20}}) {
    auto const plain = [edge = quick ? 4 : cells](long count) {
      workload::diffusion f;
      f.cells = edge;
      f.steps = count;
      return f;
    };
    std::string const name = "heat " + std::to_string(cells) + " x " + std::to_string(cells);
    row(
        name.c_str(), plain,
        [&](long count, auto const& policy) {
          return workload::checkpointed::diffusion<snapshots>{plain(count), policy};
        },
        quick ? 20 : steps, quick ? 10 : std::max(steps / 50, 50L), states, s);
  }
  for (long steps : {1000L, 100'000L, 1'000'000L}) {
    auto const plain = [](long count) {
      workload::lorenz f;
      f.steps = static_cast<std::size_t>(count);
      return f;
    };
    row(
        "Lorenz, Runge-Kutta", plain,
        [&](long count, auto const& policy) { return workload::checkpointed::lorenz<snapshots>{plain(count), policy}; },
        quick ? 100 : steps, quick ? 50 : std::min(steps, 1000L), 30, s);
  }
  if (!quick) memory(10000, 20);
}
