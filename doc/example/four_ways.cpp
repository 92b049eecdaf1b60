// Derivatives four ways: by hand, by differences, as formulas (symbolic), and automatically. How exact they are, how
// many operations they take as functions grow, what becomes of formulas that are written out, and which of them takes
// a loop with a branch. Operations are counted, not timed, so that the tables are the same everywhere; every number is
// checked.
//
//   four_ways [--times] [--svg FOLDER]
//
// --times prints times too; --svg draws the tables as charts.

#include <Eigen/Core>
#include <chrono>
#include <cstdio>
#include <duet/duet.hpp>
#include <duet/symbolic.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "checked_numbers.hpp"
#include "command_line.hpp"
#include "four_ways/counted.hpp"
#include "four_ways/functions.hpp"
#include "line_chart.hpp"

namespace {

using namespace ways;
using example::check, example::check_close, example::heading;
namespace sym = duet::symbolic;

std::string folder;

void picture(std::string const& name, example::line_chart const& chart) {
  if (!folder.empty()) example::write(chart, folder + "/" + name + ".svg");
}

// Calls visit.operator()<K>() for K = 1, ..., Last.
template <int Last, class Visit>
void each_depth(Visit const& visit) {
  [&]<int... K>(std::integer_sequence<int, K...>) {
    (visit.template operator()<K + 1>(), ...);
  }(std::make_integer_sequence<int, Last>{});
}

template <class F>
double forward_difference(F const& f, double x, double h) {
  return ((f(counted(x) + h) - f(counted(x))) / h).x;
}
template <class F>
double central_difference(F const& f, double x, double h) {
  return ((f(counted(x) + h) - f(counted(x) - h)) / (2 * counted(h))).x;
}
double relative_error(double number, double exact) { return std::abs(number / exact - 1); }

// ---- exactness ----

void accuracy() {
  std::printf(
      "The derivative of x -> 4 x (1 - x), iterated, at x = 0.3, and how far off each way is (relative errors)\n\n");
  std::printf("  depth    derivative   by hand   symbolic  automatic   differences, h = 1e-8   central, 1e-6\n");
  constexpr double x = 0.3;
  each_depth<8>([&]<int Depth>() {
    constexpr logistic_map<Depth> f;
    double const exact = f.exact_derivative(x);
    double const by_hand = f.derivative(x);
    double const symbolic = sym::differentiate(sym::expression<1>(f), sym::variable<0>)(x);
    double const automatic = duet::derivative(f, x);
    double const forward = forward_difference(f, x, 1e-8), central = central_difference(f, x, 1e-6);
    auto const rounding = [&](double number) {
      check(relative_error(number, exact) < 1e-13, "a derivative at depth " + std::to_string(Depth));
      return "< 1e-13";
    };
    std::printf("  %5d  %12.6g   %s    %s    %s                   %8.1e        %8.1e\n", Depth, exact,
                rounding(by_hand), rounding(symbolic), rounding(automatic), relative_error(forward, exact),
                relative_error(central, exact));
    check(relative_error(forward, exact) < 1e-5 && relative_error(central, exact) < 1e-5, "differences are far off");
  });
}

void step_sizes() {
  heading(
      "The error of differences against the step: too long, and the curve bends away; too short, and digits cancel");
  constexpr logistic_map<4> f;
  constexpr double x = 0.3;
  double const exact = f.exact_derivative(x);
  example::curve forward{"forward"}, central{"central"};
  std::printf("  step     forward    central\n");
  double h = 0.1;
  for (int power = 1; power <= 16; ++power, h /= 10) {
    // A step that vanishes beside x gives a difference of zero.
    double const of_forward = relative_error(forward_difference(f, x, h), exact);
    double const of_central = relative_error(central_difference(f, x, h), exact);
    std::printf("  1e-%02d   %8.1e   %8.1e\n", power, of_forward, of_central);
    for (auto const& [curve, error] : {std::pair(&forward, of_forward), {&central, of_central}}) {
      curve->x.push_back(h);
      curve->y.push_back(std::max(error, 1e-17));
    }
  }
  // The error of a forward difference falls with h, that of a central one with h^2, until rounding, 1e-16 / h, is more:
  // the bottoms of the Vs are near 1e-8 and 1e-5.
  auto const lowest = [](example::curve const& c) {
    return std::min_element(c.y.begin(), c.y.end()) - c.y.begin() + 1;
  };
  check(forward.y[3] / forward.y[4] > 9 && forward.y[3] / forward.y[4] < 11, "forward differences are of first order");
  check(central.y[2] / central.y[3] > 95 && central.y[2] / central.y[3] < 105,
        "central differences are of second order");
  check(lowest(forward) >= 7 && lowest(forward) <= 9, "the best forward step");
  check(lowest(central) >= 4 && lowest(central) <= 6, "the best central step");
  std::printf("\n  best forward step 1e-%02ld, best central step 1e-%02ld; the three other ways have no step\n",
              long(lowest(forward)), long(lowest(central)));
  picture("steps", {"Differences: a V for each",
                    "error of the derivative of a polynomial of degree 16 at x = 0.3",
                    "step",
                    "relative error",
                    {forward, central},
                    true,
                    true});
}

// ---- operations ----

struct counts {
  std::size_t weights;
  long value, by_hand, reverse, symbolic, forward, forward_differences, central_differences;
};

// Operations of E and its gradient in all W weights, each way; all give the same gradient.
template <std::size_t N>
counts count_network() {
  constexpr network_error<N> f;
  constexpr std::size_t size = f.weights;
  std::vector<double> const w = f.start();
  std::vector<counted> const at(w.begin(), w.end());
  counts c{size, 0, 0, 0, 0, 0, 0, 0};
  counted value;
  c.value = operations_of([&] { value = f(at); });

  std::vector<double> exact;
  c.by_hand = operations_of([&] {
    for (counted const& g : f.backpropagated(at).second) exact.push_back(g.x);
  });
  auto const compare = [&](char const* way, auto const& gradient, double tolerance) {
    for (std::size_t k = 0; k < size; ++k)
      check_close(std::string(way) + ", weight " + std::to_string(k), duet::value(gradient[k]).x, exact[k], tolerance);
  };

  std::vector<counted> gradient(size);
  c.reverse = operations_of([&] {
    duet::tape<counted> tape;
    duet::recording const scope(tape);
    std::vector<duet::var<counted>> x;
    for (counted const& each : at) x.push_back(tape.independent(each));
    tape.reverse(f(x));
    for (std::size_t k = 0; k < size; ++k) gradient[k] = tape.adjoint(x[k]);
  });
  compare("reverse mode", gradient, 1e-13);

  // One input at a time.
  c.forward = operations_of([&] {
    using dual = duet::dual<counted, 1>;
    std::vector<dual> x(at.begin(), at.end());
    for (std::size_t k = 0; k < size; ++k) {
      x[k] = dual::independent(at[k], 0);
      gradient[k] = f(x).partial(0);
      x[k] = at[k];
    }
  });
  compare("forward mode", gradient, 1e-13);

  auto const shifted = [&](std::size_t k, double h) {
    std::vector<counted> x = at;
    x[k] += h;
    return f(x);
  };
  c.forward_differences = operations_of([&] {
    counted const here = f(at);
    for (std::size_t k = 0; k < size; ++k) gradient[k] = (shifted(k, 1e-8) - here) / 1e-8;
  });
  compare("forward differences", gradient, 1e-6);
  c.central_differences = operations_of([&] {
    for (std::size_t k = 0; k < size; ++k) gradient[k] = (shifted(k, 1e-5) - shifted(k, -1e-5)) / 2e-5;
  });
  compare("central differences", gradient, 1e-9);

  if constexpr (N <= 4) {
    constexpr auto graph = sym::expression<size>(f);
    constexpr auto appended = []<int... K>(auto g, std::integer_sequence<int, K...>) {
      return sym::append_gradient(g, g, sym::variable<K>...);
    }(graph, std::make_integer_sequence<int, static_cast<int>(size)>{});
    c.symbolic = sym::operation_count(appended);
    auto const numbers = appended(w);
    for (std::size_t k = 0; k < size; ++k)
      check_close("symbolic, weight " + std::to_string(k), numbers[k + 1], exact[k], 1e-13);
  }
  check_close("E", value.x, f(w), 1e-13);
  return c;
}

void operations() {
  heading(
      "Operations for the error of a network and its gradient in W weights: a sweep is O(W), differences are O(W^2)");
  std::vector<counts> const rows{count_network<2>(), count_network<4>(), count_network<8>(), count_network<16>(),
                                 count_network<32>()};
  std::printf("      W  value alone   by hand  automatic: reverse    forward  symbolic  differences     central\n");
  example::curve by_hand{"by hand"}, reverse{"automatic, reverse"}, forward{"automatic, forward"},
      differences{"differences"}, central{"central differences"};
  for (counts const& c : rows) {
    std::printf("  %5zu  %11ld  %8ld  %18ld  %9ld  %8s  %11ld  %10ld\n", c.weights, c.value, c.by_hand, c.reverse,
                c.forward, c.symbolic == 0 ? "-" : std::to_string(c.symbolic).c_str(), c.forward_differences,
                c.central_differences);
    auto const add = [&](example::curve& curve, long number) {
      curve.x.push_back(double(c.weights));
      curve.y.push_back(double(number));
    };
    add(by_hand, c.by_hand), add(reverse, c.reverse), add(forward, c.forward);
    add(differences, c.forward_differences), add(central, c.central_differences);

    long const w = long(c.weights);
    check(c.reverse <= 4 * c.value, "a reverse sweep costs no more than three evaluations");
    check(c.symbolic <= c.reverse, "a graph shares what the sweep computes again");
    check(c.forward_differences == (w + 1) * c.value + 3 * w, "W + 1 evaluations");
    check(c.central_differences == 2 * w * c.value + 4 * w, "2 W evaluations");
  }
  // Four times the weights: four times the work of a sweep, sixteen times that of differences.
  auto const growth = [](example::curve const& c) { return c.y[4] / c.y[3] / (c.x[4] / c.x[3]); };
  std::printf(
      "\n  from W = 289 to 1089, per weight: by hand x %.2f, reverse x %.2f, forward x %.2f, differences x %.2f\n",
      growth(by_hand), growth(reverse), growth(forward), growth(differences));
  check(growth(by_hand) < 1.1 && growth(reverse) < 1.1, "a sweep is not linear in W");
  check(growth(forward) > 3.5 && growth(differences) > 3.5, "W runs are not quadratic in W");
  picture("operations", {"The gradient of a network's error",
                         "operations for all W derivatives",
                         "weights W",
                         "operations",
                         {by_hand, reverse, forward, differences, central},
                         true,
                         true});
}

// ---- swell ----

// The operations of a graph if each result is written out wherever it is used.
template <class Graph>
double length_written_out(Graph const&) {
  std::vector<double> length;
  for (auto const& o : Graph::list.operations) {
    double own = o.rule->arity > 0 ? 1 : 0;
    for (int const operand : o.operands)
      if (operand >= 0) own += length[static_cast<std::size_t>(operand)];
    length.push_back(own);
  }
  return length[static_cast<std::size_t>(Graph::list.outputs[0])];
}

void swell() {
  heading(
      "Operations in the derivative of 4 x (1 - x), iterated: shared results add up. Written out, formulas swell: "
      "twice\n"
      "as long with each turn by the product rule, four times where the graph's results are written where they are "
      "used");
  std::printf("  depth  function  automatic: value and slope  symbolic, shared  product rule  graph written out\n");
  example::curve automatic{"automatic"}, shared{"symbolic, shared"}, unshared{"graph written out"},
      textbook{"product rule"};
  each_depth<10>([&]<int Depth>() {
    constexpr logistic_map<Depth> f;
    constexpr auto graph = sym::expression<1>(f);
    constexpr auto derivative = sym::differentiate(graph, sym::variable<0>);
    using dual = duet::dual<counted, 1>;
    long const by_duals = operations_of([&] { static_cast<void>(f(dual::independent(counted(0.3), 0))); });
    int const of_graph = sym::operation_count(sym::append_gradient(graph, graph, sym::variable<0>));
    double const written = length_written_out(derivative);
    written_out const by_rule = f(written_out::variable());
    std::printf("  %5d  %8d  %26ld  %16d  %12.0f  %17.0f\n", Depth, sym::operation_count(graph), by_duals, of_graph,
                by_rule.derivative, written);
    for (auto const& [curve, number] : {std::pair(&automatic, double(by_duals)),
                                        {&shared, double(of_graph)},
                                        {&unshared, written},
                                        {&textbook, by_rule.derivative}}) {
      curve->x.push_back(Depth);
      curve->y.push_back(number);
    }
    check(sym::operation_count(graph) == 3 * Depth, "three operations a turn");
    // From one turn to the next L becomes 2 L + 3, and D becomes 2 D + 2 L + 7; both begin with 0.
    double const doubled = std::ldexp(1, Depth);
    check_close("the function written out", by_rule.length, 3 * (doubled - 1));
    check_close("its derivative by the product rule", by_rule.derivative, doubled * (3 * Depth + 1) - 1);
  });
  // Twice the depth: twice the operations where they are shared, their square where they are not.
  check(automatic.y[9] == 2 * automatic.y[4], "forward mode is not linear in the depth");
  check(shared.y[9] < 2.3 * shared.y[4], "the shared graph is not linear in the depth");
  check(unshared.y[9] > 30 * unshared.y[4] && textbook.y[9] > 30 * textbook.y[4], "formulas written out do not swell");
  picture("swell", {"Swell: results that are not shared multiply",
                    "operations in the derivative of 4 x (1 - x), iterated",
                    "depth",
                    "operations",
                    {automatic, shared, unshared, textbook},
                    false,
                    true});
}

// ---- a loop with a branch ----

void branches() {
  heading("A loop with a branch: x is folded at 1/2 and doubled until it is above 9/10");
  std::printf("        x  turns    value  automatic  by hand  differences, h = 1e-8      h = 0.02\n");
  constexpr folded_until_large f;
  for (double const x : {0.95, 0.47, 0.23, 0.11, 0.34, 0.023}) {
    auto const [value, slope] = duet::value_and_derivative(f, x);
    auto const [by_hand, turns] = f.slope(x);
    double const fine = forward_difference(f, x, 1e-8), coarse = forward_difference(f, x, 0.02);
    std::printf("  %7g  %5d  %7.4g  %9g  %7g  %21.5g  %12.4g\n", x, turns, value, slope, by_hand, fine, coarse);
    check_close("the slope", slope, by_hand);
    check_close("a difference", fine, slope, 1e-5);
  }
  double const off = forward_difference(f, 0.34, 0.02);
  check(std::abs(off - duet::derivative(f, 0.34)) > 1, "a step across a branch gives no slope");
  std::printf(
      "\n  By hand one keeps account of every turn. A long step lands in another number of turns. A formula there is "
      "none:\n"
      "  duet::symbolic::expression refuses to compile the branch, and the loop has no length that is known "
      "beforehand.\n"
      "  Automatic differentiation takes the branches that are taken.\n");
}

// ---- times ----

template <class Work>
double microseconds(Work const& work) {
  using clock = std::chrono::steady_clock;
  double best = 1e300;
  for (int trial = 0; trial < 5; ++trial) {
    long count = 0;
    auto const start = clock::now();
    std::chrono::duration<double, std::micro> spent{};
    do {
      work(), ++count;
      spent = clock::now() - start;
    } while (spent.count() < 2000);
    best = std::min(best, spent.count() / double(count));
  }
  return best;
}

template <std::size_t N>
void time_network() {
  constexpr network_error<N> f;
  std::vector<double> const w = f.start();
  [[maybe_unused]] double volatile sink = 0;
  double const value = microseconds([&] { sink = f(w); });
  double const by_hand = microseconds([&] { sink = f.backpropagated(w).second[0]; });
  double const reverse = microseconds([&] { sink = duet::gradient(duet::reverse, f, w)[0]; });
  double const forward = microseconds([&] { sink = duet::gradient(duet::forward, f, w)[0]; });
  double const differences = microseconds([&] {
    std::vector<double> x = w, gradient(w.size());
    double const here = f(w);
    for (std::size_t k = 0; k < w.size(); ++k) {
      x[k] += 1e-8;
      gradient[k] = (f(x) - here) / 1e-8;
      x[k] = w[k];
    }
    sink = gradient[0];
  });
  std::string symbolic = "-";
  if constexpr (N <= 4) {
    constexpr auto graph = sym::expression<network_error<N>::weights>(f);
    symbolic = example::text(microseconds([&] { sink = sym::value_and_gradient(graph, w).gradient[0]; }), 3);
  }
  std::printf("  %5zu  %11.3g  %8.3g  %18.3g  %9.3g  %8s  %11.3g\n", w.size(), value, by_hand, reverse, forward,
              symbolic.c_str(), differences);
}

void times() {
  heading("Times in microseconds");
  std::printf("      W  value alone   by hand  automatic: reverse    forward  symbolic  differences\n");
  time_network<2>(), time_network<4>(), time_network<8>(), time_network<16>(), time_network<32>();
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    std::vector<std::string_view> const words(arguments + 1, arguments + argument_count);
    example::command_line line("four_ways", words);
    bool with_times = false;
    while (line.next()) {
      if (line.name() == "--times" && !line.has_attached_value())
        with_times = true;
      else if (line.name() == "--svg")
        folder = line.value();
      else
        line.fail("cannot use '" + std::string(line.name()) + "'; known are --times and --svg FOLDER");
    }
    if (!folder.empty()) std::filesystem::create_directories(folder);
    accuracy();
    step_sizes();
    operations();
    swell();
    branches();
    if (with_times) times();
  } catch (example::bad_input const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "four_ways: %s\n", e.what());
    return EXIT_FAILURE;
  }
  return example::verdict();
}
