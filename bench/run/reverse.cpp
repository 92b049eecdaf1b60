// What reverse mode costs: one evaluation, recording and sweeping apart and both together, over the adjoint written by
// hand, and the size of the recording. Arguments: names of rows (all if there are none), --huge for a recording of a
// hundred million statements.

#include "interleaved.hpp"
#include "workload/burgers.hpp"
#include "workload/chain.hpp"
#include "workload/lax_wendroff.hpp"
#include "workload/libor.hpp"
#include "workload/lorenz.hpp"
#include "workload/mixture.hpp"
#include "workload/perceptron.hpp"

#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <memory>

namespace {

using duet::tape, duet::var, duet::recording;

struct setting {
  bool quick;
  // How large a workload is in earnest, and in a test that it runs.
  [[nodiscard]] std::size_t size(std::size_t full, std::size_t small) const { return quick ? small : full; }
};

template <std::size_t N>
std::array<var<>, N> independents(tape<>& t, std::array<double, N> const& x) {
  std::array<var<>, N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = t.independent(x[i]);
  return result;
}
std::vector<var<>> independents(tape<>& t, std::vector<double> const& x) {
  std::vector<var<>> result;
  result.reserve(x.size());
  for (double xi : x) result.push_back(t.independent(xi));
  return result;
}

template <class F, class Point>
var<> record(tape<>& t, F const& f, Point const& x) {
  t.clear();
  recording const scope(t);
  return f(independents(t, x));
}

enum way { hand, evaluation, recorded, swept, both };

void print_heading() {
  std::printf("Median of the ratios of the rounds | ratio of the fastest.\n%-22s %9s", "", "hand, us");
  for (char const* name : {"evaluation", "record", "sweep", "both"}) std::printf(" %15s", name);
  std::printf(" %11s %8s %8s %8s\n", "statements", "bytes/st", "MB", "ns/st");
}

// MB counts eight bytes of adjoint a statement. The recording was made so many times in `both`.
void print_row(char const* name, std::vector<std::vector<double>> const& times, duet::tape_statistics const& size,
               std::size_t recordings) {
  auto const fastest = [&](way w) { return *std::min_element(times[w].begin(), times[w].end()); };
  std::printf("%-22s %9.1f", name, fastest(hand) * 1e6);
  for (way w : {evaluation, recorded, swept, both}) {
    std::vector<double> ratios;
    for (std::size_t r = 0; r < times[w].size(); ++r) ratios.push_back(times[w][r] / times[hand][r]);
    std::printf(" %7.2f|%7.2f", bench::median(ratios), fastest(w) / fastest(hand));
  }
  double const statements = static_cast<double>(size.statements);
  std::printf(" %11zu %8.1f %8.2f %8.2f\n", size.statements, size.bytes_per_statement,
              (static_cast<double>(size.bytes) + 8 * statements) * 1e-6,
              fastest(both) * 1e9 / statements / static_cast<double>(recordings));
  std::fflush(stdout);
}

// Seconds of all five ways in every round, one after the other and every other round backwards.
std::vector<std::vector<double>> time_rounds(std::vector<bench::candidate> const& ways, bool quick) {
  auto const s = bench::settings_for(quick);
  std::vector<long> counts(ways.size(), 1);
  for (std::size_t k = 0; k < ways.size(); ++k)
    while (bench::seconds_used(ways[k], counts[k]) < s.seconds) counts[k] *= 2;
  std::vector<std::vector<double>> times(ways.size());
  for (int round = 0; round < s.rounds; ++round)
    for (std::size_t i = 0; i < ways.size(); ++i) {
      std::size_t const k = round % 2 == 0 ? i : ways.size() - 1 - i;
      times[k].push_back(bench::seconds_used(ways[k], counts[k]) / static_cast<double>(counts[k]));
    }
  return times;
}

// One way; what it returns must not be thrown away.
template <class Point, class Work>
bench::candidate timed(Point& x, Work work) {
  return bench::time_of("", [&x, work]() mutable {
    bench::touch(x);
    double value = work();
    bench::touch(value);
  });
}

// Times f at x; by_hand(x) is its value, with the gradient computed on the way.
template <class F, class Point, class Hand>
void report(char const* name, setting const& s, F const& f, Point x, Hand by_hand) {
  tape<> t;
  var<> y = record(t, f, x);
  auto const size = t.statistics();
  auto const record_again = [&] {
    y = record(t, f, x);
    return y.value();
  };
  auto const sweep = [&] {
    t.reverse(y);
    return y.value();
  };
  auto const record_and_sweep = [&] {
    record_again();
    return sweep();
  };
  auto const times = time_rounds({timed(x, [&] { return by_hand(x); }), timed(x, [&] { return f(x); }),
                                  timed(x, record_again), timed(x, sweep), timed(x, record_and_sweep)},
                                 s.quick);
  print_row(name, times, size, 1);
}

void chain(char const* name, setting const& s) {
  workload::chain const f{s.size(10000, 100)};
  std::vector<workload::chain::step_values> kept;
  workload::chain::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, kept); });
}

void perceptron(char const* name, setting const& s) {
  workload::perceptron const f;
  std::vector<double> g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g); });
}

void burgers(char const* name, setting const& s) {
  workload::burgers const f{.n = s.size(48, 8)};
  std::vector<double> g;
  workload::burgers::memory memory;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, memory); });
}

void lax_wendroff(char const* name, setting const& s) {
  workload::lax_wendroff const f{.steps = s.size(400, 10)};
  std::vector<double> g, kept;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, kept); });
}

template <std::size_t Components>
void mixture(char const* name, setting const& s) {
  workload::mixture<> const f(Components, s.size(200, 20));
  std::vector<double> g;
  workload::mixture<>::memory memory;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, memory); });
}

void lorenz(char const* name, setting const& s) {
  workload::lorenz const f{s.size(2000, 20)};
  std::vector<std::array<double, 3>> states;
  workload::lorenz::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, states); });
}

// All paths, recorded one by one on the same stretch of tape; statements and MB are those of one path.
void libor(char const* name, setting const& s) {
  workload::libor const f(s.size(64, 2));
  auto x = f.start(), g = x;
  auto const memory = std::make_unique<workload::libor::memory>();
  tape<> t;
  recording const scope(t);
  std::array<var<>, workload::libor::inputs> in;
  var<> y;
  duet::tape_position empty;
  auto const renew = [&] {
    t.clear();
    in = independents(t, x);
    empty = t.position();
    g = {};
  };
  auto const record_path = [&](std::size_t index) {
    t.rewind(empty);
    y = f.path(in, index);
  };
  auto const sweep_path = [&] {
    t.reverse(y);
    for (std::size_t i = 0; i < in.size(); ++i) g[i] += t.adjoint(in[i]);
  };
  auto const record_all = [&] {
    renew();
    for (std::size_t i = 0; i < f.paths(); ++i) record_path(i);
    return y.value();
  };
  auto const sweep_last = [&] {  // as often as there are paths
    for (std::size_t i = 0; i < f.paths(); ++i) sweep_path();
    return g[0];
  };
  auto const record_and_sweep = [&] {
    renew();
    for (std::size_t i = 0; i < f.paths(); ++i) {
      record_path(i);
      sweep_path();
    }
    return g[0];
  };
  renew();
  record_path(0);
  auto const size = t.statistics();
  auto const times = time_rounds({timed(x, [&] { return f.gradient(x, g, *memory); }), timed(x, [&] { return f(x); }),
                                  timed(x, record_all), timed(x, sweep_last), timed(x, record_and_sweep)},
                                 s.quick);
  print_row(name, times, size, f.paths());
}

// A recording far beyond the caches: the first time, and with its memory at hand.
void large(std::size_t statements) {
  workload::chain const f{statements / 6};
  tape<> t;
  for (char const* when : {"first time", "again"}) {
    var<> y;
    double const recorded_in = bench::seconds_used(bench::time_of("", [&] { y = record(t, f, f.start()); }), 1);
    double const swept_in = bench::seconds_used(bench::time_of("", [&] { t.reverse(y); }), 1);
    auto const size = t.statistics();
    std::printf("%zu statements, %s: recorded in %.3f s, swept in %.3f s, %.1f bytes a statement and %.1f of adjoint\n",
                size.statements, when, recorded_in, swept_in, size.bytes_per_statement,
                static_cast<double>(size.adjoint_bytes) / static_cast<double>(size.statements));
    std::fflush(stdout);
  }
}

struct row {
  char const* name;
  void (*run)(char const*, setting const&);
};
constexpr row rows[] = {
    {"chain", chain},
    {"perceptron", perceptron},
    {"burgers", burgers},
    {"lax_wendroff", lax_wendroff},
    {"mixture_10", mixture<10>},
    {"mixture_25", mixture<25>},
    {"lorenz", lorenz},
    {"libor", libor},
    {"large", [](char const*, setting const& s) { large(s.size(10'000'000, 6000)); }},
};

}  // namespace

int main(int argc, char** argv) {
  setting const s{bench::is_quick(argc, argv)};
  std::vector<std::string> names;
  bool huge = false;
  for (int i = 1; i < argc; ++i) {
    std::string const argument = argv[i];
    if (argument == "--huge")
      huge = true;
    else if (argument[0] != '-')
      names.push_back(argument);
  }
  bench::print_setting();
  print_heading();
  for (auto const& r : rows)
    if (names.empty() || std::find(names.begin(), names.end(), r.name) != names.end()) r.run(r.name, s);
  if (huge) large(100'000'000);
}
