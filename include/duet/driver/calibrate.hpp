#pragma once

// calibrate(f, x): which mode is the faster for the caller's own function, by the clock instead of by the constants of
// driver/mode.hpp. choose_mode and the first-order drivers take the result in the place of a mode.

#include <algorithm>
#include <ctime>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>

namespace duet {

// What was measured: the best time of a gradient or Jacobian in each mode, for so many inputs and outputs.
struct calibration {
  std::size_t inputs, outputs;
  double forward_seconds, reverse_seconds;

  // The faster mode for a number of inputs and outputs; for others than were measured, times grow as in the cost model.
  [[nodiscard]] duet::mode mode_for(std::size_t n, std::size_t m) const {
    double const forward_time =
        forward_seconds * static_cast<double>(n) / static_cast<double>(std::max(inputs, std::size_t{1}));
    double const reverse_time = reverse_seconds * reverse_cost(m) / reverse_cost(outputs);
    return forward_time <= reverse_time ? duet::mode::forward : duet::mode::reverse;
  }
  [[nodiscard]] duet::mode mode() const { return mode_for(inputs, outputs); }
};

// A moment by the clock on the wall (what it measures while it is set back is left out). With <chrono> each program
// that includes duet.hpp would take longer to compile, by a tenth of a second.
class wall_time {
 public:
  wall_time() { std::timespec_get(&at_, TIME_UTC); }
  [[nodiscard]] double seconds_since() const {
    wall_time const now;
    return static_cast<double>(now.at_.tv_sec - at_.tv_sec) + 1e-9 * static_cast<double>(now.at_.tv_nsec - at_.tv_nsec);
  }

 private:
  std::timespec at_{};
};

// Times f's derivative at x in both modes, alternately, for about a hundredth of a second in all; three times each, the
// first of which may find memory cold, if that takes longer, but no longer than a tenth of a second or once each. f is
// evaluated many times: it has no side effects. Demands on f and x as for gradient or jacobian.
template <class F, class X>
[[nodiscard]] calibration calibrate(F&& f, X const& x) {
  using Y = output_for<mode::forward, F, X>;
  calibration result{duet::size_of(duet::plain(x)), 1, 1e300, 1e300};
  auto const run = [&](auto chosen) {
    if constexpr (number_entry<Y>)
      (void)duet::value_and_gradient(chosen, f, x);
    else
      result.outputs = static_cast<std::size_t>(duet::value_and_jacobian(chosen, f, x).jacobian.rows());
  };
  auto const time = [&](auto chosen, double& best) {
    wall_time const start;
    run(chosen);
    if (double const seconds = start.seconds_since(); seconds >= 0) best = std::min(best, seconds);
  };
  wall_time const begin;
  auto const is_within = [&](int milliseconds) {
    double const seconds = begin.seconds_since();
    return seconds >= 0 && seconds < milliseconds * 1e-3;
  };
  for (int round = 0; round == 0 || is_within(10) || (round < 3 && is_within(100)); ++round) {
    time(forward, result.forward_seconds);
    time(reverse, result.reverse_seconds);
  }
  return result;
}

// As choose_mode(inputs, outputs), by what was measured.
[[nodiscard]] inline choice choose_mode(std::size_t inputs, std::size_t outputs, calibration const& measured) {
  choice result = duet::planned(measured.mode_for(inputs, outputs), inputs, outputs);
  auto const microseconds = [](double seconds) { return duet::in_words(seconds * 1e6) + " us"; };
  result.reason = "measured on this function, with " + duet::counted(measured.inputs, "input") + " and " +
                  duet::counted(measured.outputs, "output") + ": forward " + microseconds(measured.forward_seconds) +
                  ", reverse " + microseconds(measured.reverse_seconds);
  return result;
}
[[nodiscard]] inline choice choose_mode(calibration const& measured) {
  return duet::choose_mode(measured.inputs, measured.outputs, measured);
}

// run(forward) or run(reverse), whichever was the faster.
template <class Run>
auto run_calibrated(calibration const& measured, Run const& run) {
  return measured.mode() == mode::forward ? run(forward) : run(reverse);
}

// The drivers of that name in the mode that was the faster.
template <class F, class X>
[[nodiscard]] auto value_and_gradient(calibration const& measured, F&& f, X const& x) {
  return duet::run_calibrated(measured, [&](auto chosen) { return duet::value_and_gradient(chosen, f, x); });
}
template <class F, class X>
[[nodiscard]] auto gradient(calibration const& measured, F&& f, X const& x) {
  return duet::run_calibrated(measured, [&](auto chosen) { return duet::gradient(chosen, f, x); });
}
template <class F, class X>
[[nodiscard]] auto value_and_jacobian(calibration const& measured, F&& f, X const& x) {
  return duet::run_calibrated(measured, [&](auto chosen) { return duet::value_and_jacobian(chosen, f, x); });
}
template <class F, class X>
[[nodiscard]] auto jacobian(calibration const& measured, F&& f, X const& x) {
  return duet::run_calibrated(measured, [&](auto chosen) { return duet::jacobian(chosen, f, x); });
}
template <class F, class X>
[[nodiscard]] auto gauss_newton(calibration const& measured, F&& r, X const& x) {
  return duet::run_calibrated(measured, [&](auto chosen) { return duet::gauss_newton(chosen, r, x); });
}

}  // namespace duet
