// What reverse mode costs: one evaluation, recording and sweeping apart and both together, over the adjoint written by
// hand, and the size of the recording; for each workload as a loop over scalars and in the form that is fastest
// (structural, or in Eigen's expressions alone). Arguments: names of rows (all if there are none), --huge for a
// recording of a hundred million statements, --repeat hand|both COUNT to run one way of the first row that often and
// nothing else (instructions.sh).

#include "interleaved.hpp"
#include "workload/structural.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <memory>
#include <thread>

namespace {

using duet::tape, duet::var, duet::recording;

struct setting {
  bool quick;
  int repeated = -1;  // for counting instructions: this way alone is run, so many times
  long times = 0;
  // How large a workload is in earnest, and in a test that it runs.
  [[nodiscard]] std::size_t size(std::size_t full, std::size_t small) const { return quick ? small : full; }
};

template <std::size_t N>
std::array<var<>, N> independents(tape<>& t, std::array<double, N> const& x) {
  std::array<var<>, N> result;
  t.independents(x, result);
  return result;
}
std::vector<var<>> independents(tape<>& t, std::vector<double> const& x) {
  std::vector<var<>> result(x.size());
  t.independents(x, result);
  return result;
}

template <class F, class Point>
var<> record(tape<>& t, F const& f, Point const& x) {
  t.clear();
  recording const scope(t);
  return f(independents(t, x));
}

// The last one is a bound: one evaluation, and plain loops that write as many bytes as the recording has and read them
// again.
enum way { hand, evaluation, recorded, swept, both, least };

class traffic {
 public:
  explicit traffic(std::size_t bytes) : words_(bytes / sizeof(std::uint64_t) + 1) {}
  double there_and_back(double value) {
    auto const bits = std::bit_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = bits + i;
    bench::touch(words_);
    std::uint64_t sum = 0;
    for (std::uint64_t word : words_) sum ^= word;
    return static_cast<double>(sum);
  }

 private:
  std::vector<std::uint64_t> words_;
};

void print_heading() {
  std::printf(
      "Over the time by hand, and in the last columns over one evaluation: median of the ratios of the rounds | ratio "
      "of "
      "the fastest.\n%-25s %9s",
      "", "hand, us");
  for (char const* name : {"evaluation", "record", "sweep", "both", "least"}) std::printf(" %15s", name);
  std::printf(" %11s %7s %8s %8s %8s %9s %9s %9s\n", "statements", "arrays", "bytes/st", "MB", "ns/st", "eval, us",
              "both/eval", "hand/eval");
}

// The ratios `both` over hand, of the fastest, for the geometric means at the end.
struct ratios {
  std::vector<double> scalar, structural;
} all_ratios;

double geometric_mean(std::vector<double> const& x) {
  double sum = 0;
  for (double e : x) sum += std::log(e);
  return std::exp(sum / static_cast<double>(x.size()));
}
void print_means() {
  for (auto const& [name, x] : {std::pair{"scalar", all_ratios.scalar}, std::pair{"structural", all_ratios.structural}})
    if (!x.empty())
      std::printf("Geometric mean of `both` over hand, %zu %s rows: %.2f\n", x.size(), name, geometric_mean(x));
}

// What the names of rows end with whose workload is in its structural form.
constexpr std::string_view structural = ", structural";
// In another form than scalar loops: a statement is no measure then.
bool in_arrays(std::string const& name) { return name.find(',') != std::string::npos; }

// MB counts eight bytes of adjoint a variable.
double bytes_of(duet::tape_statistics const& size) {
  return static_cast<double>(size.bytes) + 8 * static_cast<double>(size.statements + size.inputs);
}
// The recording was made so many times in `both`.
void print_row(std::string const& name, std::vector<std::vector<double>> const& times,
               duet::tape_statistics const& size, std::size_t recordings) {
  auto const fastest = [&](way w) { return *std::min_element(times[w].begin(), times[w].end()); };
  std::printf("%-25s %9.1f", name.c_str(), fastest(hand) * 1e-3);
  for (way w : {evaluation, recorded, swept, both, least}) {
    std::printf(" %7.2f|%7.2f", bench::median_ratio(times[w], times[hand]), fastest(w) / fastest(hand));
  }
  double const statements = static_cast<double>(size.statements);
  std::printf(" %11zu %7zu", size.statements, size.arrays);
  if (in_arrays(name))
    std::printf(" %8s %8.2f %8s", "", bytes_of(size) * 1e-6, "");
  else
    std::printf(" %8.1f %8.2f %8.2f", size.bytes_per_statement, bytes_of(size) * 1e-6,
                fastest(both) / statements / static_cast<double>(recordings));
  std::printf(" %9.1f %9.2f %9.2f\n", fastest(evaluation) * 1e-3, fastest(both) / fastest(evaluation),
              fastest(hand) / fastest(evaluation));
  std::fflush(stdout);
  if (name.ends_with(structural))
    all_ratios.structural.push_back(fastest(both) / fastest(hand));
  else if (!in_arrays(name))
    all_ratios.scalar.push_back(fastest(both) / fastest(hand));
}

// The nanoseconds of all ways in every round; or one way run as often as asked, and nothing else.
std::vector<std::vector<double>> time_ways(std::vector<bench::candidate> const& ways, setting const& s) {
  if (s.repeated >= 0) {
    ways[static_cast<std::size_t>(s.repeated)].repeat(s.times);
    std::exit(0);
  }
  return bench::time_rounds(ways, bench::settings_for(s.quick));
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
  traffic memory(static_cast<std::size_t>(bytes_of(size)));
  auto const times =
      time_ways({timed(x, [&] { return by_hand(x); }), timed(x, [&] { return f(x); }), timed(x, record_again),
                 timed(x, sweep), timed(x, record_and_sweep), timed(x, [&] { return memory.there_and_back(f(x)); })},
                s);
  print_row(name, times, size, 1);
}

template <class F>
void chain(char const* name, setting const& s) {
  F f;
  f.steps = s.size(10000, 100);
  std::vector<workload::chain::step_values> kept;
  workload::chain::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, kept); });
}

template <class F>
void perceptron(char const* name, setting const& s) {
  F const f;
  std::vector<double> g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g); });
}

template <class F>
void burgers(char const* name, setting const& s) {
  F f;
  f.n = s.size(48, 8);
  std::vector<double> g;
  workload::burgers::memory memory;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, memory); });
}

template <class F>
void lax_wendroff(char const* name, setting const& s) {
  F f;
  f.steps = s.size(400, 10);
  std::vector<double> g, kept;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, kept); });
}

template <class F, std::size_t Components>
void mixture(char const* name, setting const& s) {
  F const f(Components, s.size(200, 20));
  std::vector<double> g;
  workload::mixture<>::memory memory;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, memory); });
}

template <class F>
void lorenz(char const* name, setting const& s) {
  F f;
  f.steps = s.size(2000, 20);
  std::vector<std::array<double, 3>> states;
  workload::lorenz::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, states); });
}

template <class F>
void lstm(char const* name, setting const& s) {
  F const f(s.size(64, 4));
  std::vector<double> g;
  std::vector<workload::lstm::step_values> kept;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, kept); });
}

template <class F>
void log_sum_exp(char const* name, setting const& s) {
  F const f;
  std::vector<double> g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g); });
}

template <class F>
void determinant(char const* name, setting const& s) {
  F const f;
  typename F::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g); });
}

template <class F>
void polynomial(char const* name, setting const& s) {
  F const f(s.size(1000, 20));
  typename F::point g;
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g); });
}

// All paths, recorded one by one on the same stretch of tape; statements and MB are those of one path.
template <class F>
void libor(char const* name, setting const& s) {
  F const f(s.size(64, 2));
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
  traffic stretch(static_cast<std::size_t>(bytes_of(size)));
  auto const evaluate_and_move = [&] {
    double sum = f(x);
    for (std::size_t i = 0; i < f.paths(); ++i) sum += stretch.there_and_back(sum);
    return sum;
  };
  auto const times =
      time_ways({timed(x, [&] { return f.gradient(x, g, *memory); }), timed(x, [&] { return f(x); }),
                 timed(x, record_all), timed(x, sweep_last), timed(x, record_and_sweep), timed(x, evaluate_and_move)},
                s);
  print_row(name, times, size, f.paths());
}

// All paths side by side.
template <class F>
void libor_in_lanes(char const* name, setting const& s) {
  F const f(s.size(64, 2));
  auto g = f.start();
  auto const memory = std::make_unique<workload::libor::memory>();
  report(name, s, f, f.start(), [&](auto const& x) { return f.gradient(x, g, *memory); });
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

// Recording and sweeping by two threads at once, each on a tape of its own.
void threads(std::size_t steps) {
  workload::chain const f{steps};
  auto const work = [&f] {
    tape<> t;
    for (int i = 0; i < 500; ++i) t.reverse(record(t, f, f.start()));
  };
  auto const seconds = [](auto const& run) {
    auto const start = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::vector<double> ratios;
  for (int round = 0; round < 11; ++round) {
    double const alone = seconds(work), together = seconds([&] {
                                          std::thread other(work);
                                          work();
                                          other.join();
                                        });
    ratios.push_back(2 * alone / together);
  }
  std::printf("two threads record and sweep %.2f times as much as one\n", bench::median(ratios));
}

struct row {
  char const* name;
  void (*run)(char const*, setting const&);
};
#if __has_include(<xsimd/xsimd.hpp>)
namespace fastest = workload::structural::in_lanes;
#else
namespace fastest = workload::structural;
#endif
constexpr row rows[] = {
    {"chain", chain<workload::chain>},
    {"chain, structural", chain<workload::structural::chain>},
    {"perceptron", perceptron<workload::perceptron>},
    {"perceptron, Eigen", perceptron<workload::structural::perceptron>},
    {"perceptron, structural", perceptron<fastest::perceptron>},
    {"burgers", burgers<workload::burgers>},
    {"burgers, Eigen", burgers<workload::structural::burgers>},
    {"burgers, structural", burgers<fastest::burgers>},
    {"lax_wendroff", lax_wendroff<workload::lax_wendroff>},
    {"lax_wendroff, structural", lax_wendroff<workload::structural::lax_wendroff>},
    {"mixture_10", mixture<workload::mixture<>, 10>},
    {"mixture_10, Eigen", mixture<workload::structural::mixture<>, 10>},
    {"mixture_10, structural", mixture<fastest::mixture<>, 10>},
    {"mixture_25", mixture<workload::mixture<>, 25>},
    {"mixture_25, Eigen", mixture<workload::structural::mixture<>, 25>},
    {"mixture_25, structural", mixture<fastest::mixture<>, 25>},
    {"lorenz", lorenz<workload::lorenz>},
    {"lorenz, structural", lorenz<workload::structural::lorenz>},
    {"libor", libor<workload::libor>},
#if __has_include(<xsimd/xsimd.hpp>)
    {"libor, structural", libor_in_lanes<workload::structural::libor>},
#endif
    {"lstm", lstm<workload::lstm>},
#if __has_include(<xsimd/xsimd.hpp>)
    {"lstm, structural", lstm<workload::structural::lstm>},
#endif
    {"log_sum_exp", log_sum_exp<workload::log_sum_exp>},
#if __has_include(<xsimd/xsimd.hpp>)
    {"log_sum_exp, structural", log_sum_exp<workload::structural::log_sum_exp>},
#endif
    {"determinant", determinant<workload::determinant<>>},
    {"determinant, structural", determinant<workload::structural::determinant>},
    {"polynomial", polynomial<workload::polynomial>},
#if __has_include(<xsimd/xsimd.hpp>)
    {"polynomial, structural", polynomial<workload::structural::polynomial>},
#endif
    {"threads", [](char const*, setting const& s) { threads(s.size(1000, 10)); }},
    {"large", [](char const*, setting const& s) { large(s.size(10'000'000, 6000)); }},
};

}  // namespace

int main(int argc, char** argv) {
  setting s{bench::is_quick(argc, argv)};
  std::vector<std::string> names;
  bool huge = false;
  for (int i = 1; i < argc; ++i) {
    std::string const argument = argv[i];
    if (argument == "--huge")
      huge = true;
    else if (argument == "--repeat" && i + 2 < argc) {
      s.repeated = std::string(argv[++i]) == "hand" ? hand : both;
      s.times = std::atol(argv[++i]);
    } else if (argument[0] != '-')
      names.push_back(argument);
  }
  bench::keep_memory();
  bench::print_setting();
  print_heading();
  for (auto const& r : rows)
    if (names.empty() || std::find(names.begin(), names.end(), r.name) != names.end()) r.run(r.name, s);
  print_means();
  if (huge) large(100'000'000);
}
