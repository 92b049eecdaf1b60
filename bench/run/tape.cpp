// What the tape costs: recording and sweeping apart, over the adjoint written by hand, and bytes for each statement.

#include "interleaved.hpp"
#include "workload/chain.hpp"
#include "workload/lorenz.hpp"
#include "workload/perceptron.hpp"

#include <algorithm>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

namespace {

using duet::tape, duet::var, duet::recording;

template <class F, class Point>
var<> record(tape<>& t, F const& f, Point const& x) {
  t.clear();
  recording const scope(t);
  if constexpr (std::is_same_v<Point, std::vector<double>>) {
    std::vector<var<>> inputs;
    inputs.reserve(x.size());
    for (double xi : x) inputs.push_back(t.independent(xi));
    return f(inputs);
  } else {
    std::array<var<>, std::tuple_size<Point>::value> inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = t.independent(x[i]);
    return f(inputs);
  }
}

template <class F, class Point, class Hand>
void report(char const* name, F const& f, Point x, Hand hand, bench::settings const& s) {
  tape<> t;
  var<> y = record(t, f, x);
  auto const statistics = t.statistics();
  auto const result = bench::compare({bench::time_of("hand",
                                                     [&] {
                                                       bench::touch(x);
                                                       hand(x);
                                                     }),
                                      bench::time_of("record",
                                                     [&] {
                                                       bench::touch(x);
                                                       y = record(t, f, x);
                                                     }),
                                      bench::time_of("sweep", [&] { t.reverse(y); }),
                                      bench::time_of("both",
                                                     [&] {
                                                       bench::touch(x);
                                                       y = record(t, f, x);
                                                       t.reverse(y);
                                                     })},
                                     s);
  std::printf("%-22s %10.1f %10.2f %10.2f %10.2f %12zu %10.1f %10.1f\n", name, result[0].nanoseconds * 1e-3,
              result[1].ratio, result[2].ratio, result[3].ratio, statistics.statements, statistics.bytes_per_statement,
              result[3].nanoseconds / static_cast<double>(statistics.statements));
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  auto const s = bench::settings_for(quick);
  bench::print_setting();
  std::printf("%-22s %10s %10s %10s %10s %12s %10s %10s\n", "", "hand", "record", "sweep", "both", "statements",
              "bytes", "both, ns");
  std::printf("%-22s %10s %10s %10s %10s %12s %10s %10s\n", "", "us", "/ hand", "/ hand", "/ hand", "", "/ statem.",
              "/ statem.");

  workload::chain const chain{quick ? std::size_t{100} : std::size_t{10000}};
  std::vector<workload::chain::step_values> kept;
  workload::chain::point chain_gradient;
  report(
      "chain of sin and exp", chain, chain.start(),
      [&](auto const& x) {
        double value = chain.gradient(x, chain_gradient, kept);
        bench::touch(value);
      },
      s);

  workload::lorenz const lorenz{quick ? std::size_t{20} : std::size_t{2000}};
  std::vector<std::array<double, 3>> states;
  workload::lorenz::point lorenz_gradient;
  report(
      "Lorenz, Runge-Kutta", lorenz, lorenz.start(),
      [&](auto const& x) {
        double value = lorenz.gradient(x, lorenz_gradient, states);
        bench::touch(value);
      },
      s);

  workload::perceptron const network;
  std::vector<double> weights_gradient;
  report(
      "perceptron 32-64-64-1", network, network.start(),
      [&](auto const& x) {
        double value = network.gradient(x, weights_gradient);
        bench::touch(value);
      },
      s);

  // Ten million statements: what a recording far beyond the caches costs, the first time and with its memory at hand.
  workload::chain const long_chain{quick ? std::size_t{1000} : std::size_t{1'666'666}};
  tape<> t;
  for (char const* when : {"first time", "again"}) {
    var<> y;
    double const recorded =
        bench::seconds_used(bench::time_of("", [&] { y = record(t, long_chain, long_chain.start()); }), 1);
    double const swept = bench::seconds_used(bench::time_of("", [&] { t.reverse(y); }), 1);
    auto const statistics = t.statistics();
    std::printf("%zu statements, %s: recorded in %.3f s, swept in %.3f s, %.1f bytes a statement and %.1f of adjoint\n",
                statistics.statements, when, recorded, swept, statistics.bytes_per_statement,
                static_cast<double>(statistics.adjoint_bytes) / static_cast<double>(statistics.statements));
  }
}
