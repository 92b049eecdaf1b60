// Many evaluations at once: the gradient over data or paths in SIMD lanes, each by hand in scalars, on the tape of
// scalars, forward in lanes, on the tape of lanes, with kernels on it, in matrices of all data; then two threads beside
// two processes of one thread each. Before it is timed each way must give the gradient by hand. Arguments: names that
// rows begin with (all if there are none).

#include "lanes/rows.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>

namespace {

using bench::lane_problem;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void print_one_thread(lane_problem const& p, bench::settings const& s) {
  std::vector<bench::candidate> candidates;
  std::vector<int> columns;
  int column = 0;
  auto const add = [&](auto const& each) {
    if (each) {
      candidates.push_back(bench::time_of("", [&each, g = std::vector<double>()]() mutable {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, bench::way>) {
          each(g);
          bench::touch(g);
        } else {
          double value = each();
          bench::touch(value);
        }
      }));
      columns.push_back(column);
    }
    ++column;
  };
  add(p.hand);
  add(p.evaluation);
  add(p.scalar_tape);
  add(p.forward);
  add(p.value_tape);
  add(p.kernels);
  add(p.arrays);
  auto const times = bench::compare(candidates, s);
  std::printf("%-34s %10.1f", p.name.c_str(), times[0].nanoseconds / p.evaluations);
  for (int c = 1, k = 1; c < column; ++c) {
    if (k < static_cast<int>(columns.size()) && columns[static_cast<std::size_t>(k)] == c)
      std::printf(" %11.3f", times[static_cast<std::size_t>(k++)].ratio);
    else
      std::printf(" %11s", "");
  }
  std::fflush(stdout);
}

// The wall time in which each of two processes has made a number of calls with one thread.
double two_processes(lane_problem const& p, int calls) {
  int ready[2], go[2];
  if (pipe(ready) != 0 || pipe(go) != 0) throw std::runtime_error("pipe failed");
  pid_t children[2];
  for (pid_t& child : children) {
    child = fork();
    if (child != 0) continue;
    std::vector<double> g;
    char token = 0;
    if (write(ready[1], &token, 1) != 1 || read(go[0], &token, 1) != 1) _exit(1);
    for (int i = 0; i < calls; ++i) p.threads(g, 1);
    _exit(0);
  }
  char tokens[2] = {};
  for (int i = 0; i < 2; ++i)
    if (read(ready[0], tokens, 1) != 1) throw std::runtime_error("read failed");
  double const start = wall_seconds();
  if (write(go[1], tokens, 2) != 2) throw std::runtime_error("write failed");
  for (pid_t child : children) waitpid(child, nullptr, 0);
  double const seconds = wall_seconds() - start;
  for (int each : {ready[0], ready[1], go[0], go[1]}) close(each);
  return seconds;
}
// That of calls in one process.
double calls_take(lane_problem const& p, std::size_t threads, int calls) {
  std::vector<double> g;
  double const start = wall_seconds();
  for (int i = 0; i < calls; ++i) p.threads(g, threads);
  return wall_seconds() - start;
}

// The throughput of one process with two threads over that of two processes, in a second's work on data that take as
// long as memory allows; nothing where the data cannot be made more.
void print_two_threads(lane_problem (*make)(bench::lane_sizes), lane_problem const& p, bool quick) {
  if (!p.threads) return;
  constexpr std::size_t most = 16;
  lane_problem const large = make({quick, most});
  if (!quick && large.evaluations == p.evaluations) return;
  calls_take(large, 1, 1);
  int const calls = quick ? 1 : 1 + static_cast<int>(1 / calls_take(large, 1, 1));
  std::vector<double> ratios;
  for (int round = 0; round < (quick ? 1 : 7); ++round) {
    double const processes = two_processes(large, calls);
    ratios.push_back(processes / calls_take(large, 2, 2 * calls));
  }
  std::printf(" %11.2f", bench::median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  bench::keep_memory();
  bench::print_setting();
  std::printf("%-34s %10s %11s %11s %11s %11s %11s %11s %11s\n%-34s %10s", "gradient, per evaluation", "hand",
              "evaluation", "scalar tape", "forward", "value tape", "kernels", "arrays", "2 threads", "", "ns");
  for (int i = 0; i < 6; ++i) std::printf(" %11s", "/ hand");
  std::printf(" %11s\n", "/ 2 proc.");
  for (auto* make : {bench::heston_in_lanes, bench::libor_in_lanes, bench::basket_in_lanes, bench::mixture_in_lanes,
                     bench::reprojection_in_lanes, bench::exponential_in_lanes, bench::perceptron_in_lanes,
                     bench::lorenz_in_lanes}) {
    lane_problem const p = make({quick});
    bool wanted = true, any_name = false;
    for (int i = 1; i < argc; ++i)
      if (argv[i][0] != '-') {
        if (!any_name) wanted = false;
        any_name = true;
        wanted = wanted || p.name.starts_with(argv[i]);
      }
    if (!wanted) continue;
    p.check();
    print_one_thread(p, quick ? bench::settings{1, 1e-6} : bench::settings{15, 5e-3});
    print_two_threads(make, p, quick);
    std::printf("\n");
  }
}
