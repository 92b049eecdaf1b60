#pragma once

// Forward or reverse, and in chunks of which width: the one decision of every driver, and its explanation.
//
// With d the cost of carrying one direction forward, n directions cost d n, and a recording with m outputs swept costs
// d n1 for one output, whose sweep is the cheapest, and d (n0 + k m) for more: forward wins iff n is at most that. The
// constants depend on how many directions a machine vector holds; bench/run/crossover measures and fits them.

#include <algorithm>
#include <cstddef>
#include <duet/core/blocks.hpp>
#include <duet/core/scalar.hpp>
#include <string>

namespace duet {

enum class mode { automatic, forward, reverse };

// The first argument of a driver, if the caller decides.
template <mode Mode>
struct mode_constant {
  static constexpr mode value = Mode;
};
inline constexpr mode_constant<mode::automatic> automatic{};
inline constexpr mode_constant<mode::forward> forward{};
inline constexpr mode_constant<mode::reverse> reverse{};

template <class M>
inline constexpr bool is_mode_constant = false;
template <mode Mode>
inline constexpr bool is_mode_constant<mode_constant<Mode>> = true;

struct cost_model {
  double one_output;  // n1: a recording and the sweep of its only output, in directions carried forward
  double fixed;       // n0: a recording whose outputs are swept side by side
  double per_output;  // k: what the sweep of one more output costs
};
inline constexpr cost_model measured_cost = vector_bytes == 64   ? cost_model{20, 80, 5}
                                            : vector_bytes == 32 ? cost_model{20, 50, 3}
                                                                 : cost_model{17, 20, 2};

[[nodiscard]] constexpr double reverse_cost(std::size_t outputs) {
  return outputs <= 1 ? measured_cost.one_output
                      : measured_cost.fixed + measured_cost.per_output * static_cast<double>(outputs);
}
[[nodiscard]] constexpr mode cheaper_mode(std::size_t directions, std::size_t outputs) {
  return static_cast<double>(directions) <= reverse_cost(outputs) ? mode::forward : mode::reverse;
}

// Outputs that one sweep carries; 8 lanes serve for as many or less.
inline constexpr std::size_t outputs_per_sweep = 16;

// Directions that one evaluation carries, for values of type T. A static number of inputs has chunks of its own width,
// at most widest_chunk. Where the number is known at run time f is compiled for two widths, wide and narrow.
template <class T>
inline constexpr std::size_t widest_chunk = active_scalar<T>      ? 8
                                            : native_lanes<T> > 1 ? 32
                                                                  : 16;
template <class T>
inline constexpr std::size_t wide_chunk =
    native_lanes<T> < 4 ? std::min(widest_chunk<T>, std::size_t{16}) : widest_chunk<T>;
template <class T>
inline constexpr std::size_t narrow_chunk = active_scalar<T> ? 4 : 8;

[[nodiscard]] constexpr std::size_t ceiling_quotient(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// How a number of directions known at run time is carried: wide passes first. A pass costs as much as 13 directions and
// its own, so that a rest small enough goes in narrow ones.
struct forward_plan {
  std::size_t wide, narrow;  // passes of each width
};
template <class T>
[[nodiscard]] constexpr forward_plan plan_forward(std::size_t directions) {
  constexpr std::size_t wide = wide_chunk<T>, narrow = narrow_chunk<T>;
  constexpr std::size_t narrow_until = (13 + wide) / (13 + narrow) * narrow;
  std::size_t const rest = directions % wide;
  if (rest > narrow_until) return {directions / wide + 1, 0};
  return {directions / wide, directions == 0 ? 1 : ceiling_quotient(rest, narrow)};
}

// The width of all chunks when the number of directions is static: one chunk, or as few as possible of equal width that
// are no wider than wide_chunk. (64 inputs by SSE2: a dense function takes 27 us in chunks of 16 and 37 in chunks of
// 32, the Brusselator 2.7 and 4.2.)
template <class T>
[[nodiscard]] constexpr std::size_t static_chunk(std::size_t directions) {
  if (directions <= widest_chunk<T>) return std::max(directions, std::size_t{1});
  std::size_t const even = ceiling_quotient(directions, ceiling_quotient(directions, wide_chunk<T>));
  return ceiling_quotient(even, native_lanes<T>) * native_lanes<T>;
}

struct choice {
  duet::mode mode;
  std::size_t inputs, outputs;
  std::size_t chunk;   // forward: directions a pass carries; reverse: outputs a sweep carries
  std::size_t passes;  // forward: evaluations of the function; reverse: sweeps of its one recording
  std::string reason;
};

// A number in as few digits as it needs, at most six behind the point.
[[nodiscard]] inline std::string in_words(double x) {
  std::string text = std::to_string(x);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}
[[nodiscard]] inline std::string counted(std::size_t count, char const* what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

// What a mode does for a Jacobian of these sizes.
[[nodiscard]] inline choice planned(mode chosen, std::size_t inputs, std::size_t outputs) {
  choice result{chosen, inputs, outputs, 0, 0, {}};
  if (chosen == mode::forward) {
    forward_plan const plan = plan_forward<double>(inputs);
    result.passes = plan.wide + plan.narrow;
    result.chunk = std::min(inputs, plan.wide != 0 ? wide_chunk<double> : narrow_chunk<double>);
  } else {
    result.passes = ceiling_quotient(outputs, outputs_per_sweep);
    result.chunk = std::min(outputs, outputs_per_sweep);
  }
  return result;
}

// What `automatic` does for the Jacobian of a function with so many inputs and outputs, known at run time; a gradient
// has one output. Static sizes get chunks of their own width: then passes is the most it takes.
[[nodiscard]] inline choice choose_mode(std::size_t inputs, std::size_t outputs) {
  choice result = duet::planned(cheaper_mode(inputs, outputs), inputs, outputs);
  result.reason = std::to_string(inputs) + (inputs == 1 ? " input is " : " inputs are ") +
                  (result.mode == mode::forward ? "at most " : "more than ");
  if (outputs <= 1)
    result.reason += duet::in_words(measured_cost.one_output) + ", where recording and one sweep begin to pay";
  else
    result.reason += duet::in_words(measured_cost.fixed) + " + " + duet::in_words(measured_cost.per_output) + " x " +
                     duet::counted(outputs, "output") + ", where recording and sweeping begin to pay";
  return result;
}

// One line: mode, passes, chunk, why.
[[nodiscard]] inline std::string to_string(choice const& c) {
  bool const forward_wins = c.mode == mode::forward;
  std::string text = forward_wins ? "forward, " : "reverse, one recording and ";
  text += std::to_string(c.passes) + (forward_wins ? " pass" : " sweep");
  if (c.passes != 1) text += forward_wins ? "es" : "s";
  text +=
      " of up to " + std::to_string(c.chunk) + (forward_wins ? " direction" : " output") + (c.chunk == 1 ? "" : "s");
  return text + ": " + c.reason;
}

}  // namespace duet
