#pragma once

// Forward or reverse, and in chunks of which width: the one decision of every driver, and its explanation.
//
// With d the cost of carrying one direction forward, n directions cost d n and a recording with m outputs swept costs
// d (n0 + k m): forward wins iff n <= n0 + k m. n0 and k depend on how many directions a machine vector holds;
// bench/run measures them.

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
  double fixed;       // n0: what a recording costs before its first output, in directions carried forward
  double per_output;  // k: what the sweep of one more output costs
};
inline constexpr cost_model measured_cost = vector_bytes == 64   ? cost_model{64, 6}
                                            : vector_bytes == 32 ? cost_model{45, 4.5}
                                                                 : cost_model{28, 3};

[[nodiscard]] constexpr double reverse_cost(std::size_t outputs) {
  return measured_cost.fixed + measured_cost.per_output * static_cast<double>(outputs);
}
[[nodiscard]] constexpr mode cheaper_mode(std::size_t directions, std::size_t outputs) {
  return static_cast<double>(directions) <= reverse_cost(outputs) ? mode::forward : mode::reverse;
}

inline constexpr std::size_t outputs_per_sweep = 8;

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

// The width of all chunks when the number of directions is static: as few chunks as possible, of equal width.
template <class T>
[[nodiscard]] constexpr std::size_t static_chunk(std::size_t directions) {
  if (directions <= widest_chunk<T>) return std::max(directions, std::size_t{1});
  std::size_t const even = ceiling_quotient(directions, ceiling_quotient(directions, widest_chunk<T>));
  return ceiling_quotient(even, native_lanes<T>) * native_lanes<T>;
}

struct choice {
  duet::mode mode;
  std::size_t inputs, outputs;
  std::size_t chunk;   // forward: directions a pass carries; reverse: outputs a sweep carries
  std::size_t passes;  // forward: evaluations of the function; reverse: sweeps of its one recording
  std::string reason;
};

// What `automatic` does for the Jacobian of a function with so many inputs and outputs, known at run time; a gradient
// has one output. Static sizes get chunks of their own width: then passes is the most it takes.
[[nodiscard]] inline choice choose_mode(std::size_t inputs, std::size_t outputs) {
  auto const number = [](double x) {
    std::string text = std::to_string(x);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  };
  choice result{cheaper_mode(inputs, outputs), inputs, outputs, 0, 0, {}};
  bool const forward_wins = result.mode == mode::forward;
  if (forward_wins) {
    forward_plan const plan = plan_forward<double>(inputs);
    result.passes = plan.wide + plan.narrow;
    result.chunk = std::min(inputs, plan.wide != 0 ? wide_chunk<double> : narrow_chunk<double>);
  } else {
    result.passes = ceiling_quotient(outputs, outputs_per_sweep);
    result.chunk = std::min(outputs, outputs_per_sweep);
  }
  result.reason = std::to_string(inputs) + (inputs == 1 ? " input is " : " inputs are ") +
                  (forward_wins ? "at most " : "more than ") + number(measured_cost.fixed) + " + " +
                  number(measured_cost.per_output) + " x " + std::to_string(outputs) +
                  (outputs == 1 ? " output" : " outputs") + ", where recording and sweeping begins to pay";
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
