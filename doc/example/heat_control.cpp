// Finds the first temperature of a plate from what a camera sees of it much later: optimal control of the heat equation
// in two dimensions, by L-BFGS with checkpointed gradients from Duet.
//
//   heat_control                                   128 x 128 unknowns, 10000 steps, 20 snapshots: a minute or two
//   heat_control --grid 64 --steps 2000 --svg small.svg
//
// The files beside this one: heat_control/plate.hpp the equation and the cost, heat_control/lbfgs.hpp the minimisation,
// heat_control/progress.hpp the progress bar, heat_control/memory.hpp what is measured of memory,
// heat_control/picture.hpp the picture, heat_control/options.hpp the command line.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <exception>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "heat_control/lbfgs.hpp"
#include "heat_control/memory.hpp"
#include "heat_control/options.hpp"
#include "heat_control/picture.hpp"
#include "heat_control/plate.hpp"
#include "heat_control/progress.hpp"

namespace {

using heat::field;

constexpr double differences_allowed = 1e-6;  // between Duet's gradient and central differences

void print_help() {
  std::printf(
      "usage: heat_control [--grid N] [--steps N] [--snapshots N] [--iterations N] [--svg FILE] [--quiet]\n\n"
      "Recovers the first temperature of a plate from its blurred temperature later.\n\n"
      "  --grid N        N x N cells, all of them unknown; default 128\n"
      "  --steps N       time steps from the first field to the observation; default 10000\n"
      "  --snapshots N   states of the loop kept for the gradient; default 20\n"
      "  --iterations N  of L-BFGS; default 30\n"
      "  --svg FILE      where the picture goes; default heat_control.svg\n"
      "  --quiet         no progress bar (there is none either where standard error is no terminal)\n\n"
      "exit code: 0 all well; 1 a wrong derivative; 2 the options cannot be used\n");
}

double seconds_of(auto const& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double norm(field const& u) { return std::sqrt(heat::inner(u, u)); }

std::string in_bytes(double bytes) {
  char text[32];
  const int power = bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  std::snprintf(text, sizeof text, "%.3g %s", bytes / std::pow(1e3, power),
                power == 1   ? "kB"
                : power == 2 ? "MB"
                             : "GB");
  return text;
}

// The slope of the cost in a random direction, against central differences. The cost is a parabola on each line: the
// step need not be small.
struct slopes {
  double gradient, differences;
  [[nodiscard]] double error() const { return std::abs(gradient - differences) / std::abs(gradient); }
};
slopes random_slopes(auto const& cost, field const& at, field const& gradient) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const field direction = field::NullaryExpr(at.rows(), at.cols(), [&] { return normal(random); });
  constexpr double h = 0.125;
  return {heat::inner(gradient, direction),
          (cost(field(at + h * direction)) - cost(field(at - h * direction))) / (2 * h)};
}

// Prints the memory of a gradient against that of a plain tape, and returns it as a phrase for the picture.
std::string compare_memory(duet::checkpoint_plan const& plan, double tape_bytes, field const& at, double ratio) {
  const double states = double(plan.in_memory + 2) * double(at.size()) * sizeof(double), used = tape_bytes + states;
  const double step = heat::plain_tape_bytes_of_a_step(at, ratio), plain = step * double(plan.steps);
  std::printf(
      "memory      %s at the peak of a sweep: tape and adjoints %s (the tape is asked after every step), %ld states "
      "and two at work %s\n",
      in_bytes(used).c_str(), in_bytes(tape_bytes).c_str(), plan.in_memory, in_bytes(states).c_str());
  std::printf("plain tape  %s: %ld times the %s that one more recorded step takes, with adjoints\n",
              in_bytes(plain).c_str(), plan.steps, in_bytes(step).c_str());
  std::printf("share       %.3f %% of the plain tape", 100 * used / plain);
  if (const double process = heat::process_peak(); process > 0)
    std::printf("; this whole process %s at most, %.3f %%", in_bytes(process).c_str(), 100 * process / plain);
  std::printf("\n");
  char text[80];
  std::snprintf(text, sizeof text, "%s of memory, %.2g %% of the %s of a plain tape", in_bytes(used).c_str(),
                100 * used / plain, in_bytes(plain).c_str());
  return text;
}

void write_picture(heat::picture const& p, std::string const& file) {
  std::ofstream out(file, std::ios::binary);
  out << heat::draw(p);
  out.close();
  if (!out) throw example::bad_input("heat_control: the picture cannot be written to '" + file + "'");
  std::printf("picture     %s\n", file.c_str());
}

int run(heat::options const& given) {
  const double ratio = heat::step_ratio(given.grid, given.steps);
  if (ratio > 0.25)
    throw example::bad_input("heat_control: " + std::to_string(given.steps) + " steps are too few for a grid of " +
                             std::to_string(given.grid) + ": explicit steps are stable from " +
                             std::to_string(long(std::ceil(4 * ratio * double(given.steps)))) + " on");
  if (!std::ofstream(given.svg, std::ios::app))
    throw example::bad_input("heat_control: the picture cannot be written to '" + given.svg + "'");

  heat::progress_bar bar(!given.quiet);
  heat::tape_peak peak;
  const auto policy =
      duet::snapshots(given.snapshots).on_progress([&](long step, long steps, duet::checkpoint_phase phase) {
        bar(step, steps, phase);
        peak.look(phase);
      });
  const duet::checkpoint_plan plan(given.steps, policy);
  std::printf("plate       %ld x %ld cells, heat spreads over %.1f of them in %ld steps; noise %g\n", given.grid,
              given.grid, heat::spread * double(given.grid), given.steps, heat::noise);
  std::printf("plan        %s\n", duet::to_string(plan).c_str());

  // The loop itself, which nobody differentiates: it makes the observation. The fastest of three runs is its time.
  const field truth = heat::true_field(given.grid);
  field end;
  double loop_seconds = std::numeric_limits<double>::infinity();
  for (int again = 0; again < 3; ++again)
    loop_seconds = std::min(loop_seconds, seconds_of([&] {
                              end = truth;
                              for (long k = 0; k < given.steps; ++k) end = heat::conduct(end, k, ratio);
                            }));
  const field observed = heat::with_noise(end);
  const heat::cost cost(observed, given.steps, policy);
  const auto error = [&](field const& u) { return norm(u - truth) / norm(truth); };

  // The first gradient, at what was observed, is checked and measured.
  bar.begin("first gradient");
  peak.watch(true);
  const auto first = duet::value_and_gradient(duet::reverse, cost, observed);
  peak.watch(false);
  bar.begin("differences");
  const slopes slope = random_slopes(cost, observed, first.gradient);
  const bool is_right = slope.error() < differences_allowed;
  bar.erase();
  std::printf("check       slope in a random direction %.10e, by central differences %.10e, relative error %.1e: %s\n",
              slope.gradient, slope.differences, slope.error(), is_right ? "good" : "NOT GOOD");
  const std::string memory = compare_memory(plan, peak.bytes(), observed, ratio);

  std::printf("\niteration          cost    |gradient|  error of the field   seconds\n");
  heat::picture picture{.title = "The first temperature of a plate, from what is left of it",
                        .subtitle = {},
                        .truth = truth,
                        .observed = observed,
                        .recovered = {},
                        .costs = {},
                        .errors = {}};
  double gradient_seconds = 0;
  long gradients = 0;
  picture.recovered = heat::lbfgs(
      observed, given.iterations,
      [&](field const& u) {
        bar.begin("gradient " + std::to_string(++gradients));
        duet::valued_gradient<double, field> result;
        gradient_seconds += seconds_of([&] { result = duet::value_and_gradient(duet::reverse, cost, u); });
        return result;
      },
      [&](long k, field const& u, double value, field const& gradient) {
        picture.costs.push_back(value);
        picture.errors.push_back(error(u));
        bar.erase();
        std::printf("%9ld  %12.6e  %12.3e  %17.2f %%  %8.1f\n", k, value, norm(gradient), 100 * error(u),
                    gradient_seconds);
        std::fflush(stdout);
      });

  bar.begin("last run");
  const double misfit = norm(cost.final_field(picture.recovered) - observed) / double(given.grid);
  bar.erase();
  const double each = gradient_seconds / double(gradients);
  std::printf(
      "\nfield       %.2f %% away from the truth, %.2f %% at the start; at the end %.2e a cell from the "
      "observation, whose noise is %.2e\n",
      100 * picture.errors.back(), 100 * picture.errors.front(), misfit, heat::noise);
  std::printf("time        %.2f s a gradient, %ld gradients; one plain run of the loop %.3f s: %.1f runs a gradient\n",
              each, gradients, loop_seconds, each / loop_seconds);

  char text[100];
  std::snprintf(text, sizeof text,
                "%ld x %ld unknowns, %ld steps of the heat equation, %ld gradients with %ld states: ", given.grid,
                given.grid, given.steps, gradients, plan.in_memory);
  picture.subtitle = text + memory;
  write_picture(picture, given.svg);
  return is_right ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const heat::options given = heat::parse_options({arguments + 1, arguments + count});
    if (!given.help) return run(given);
    print_help();
    return 0;
  } catch (example::bad_input const& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  } catch (std::exception const& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "heat_control: %s\n", error.what());
    return 1;
  }
}
