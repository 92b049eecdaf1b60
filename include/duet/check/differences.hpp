#pragma once

// Slopes from values alone: central differences over a geometric sequence of steps, extrapolated to step zero, with an
// estimate of their own error (Ridders 1982). Which entry of the extrapolation to believe is decided from the smallest
// step upwards: a larger step may sharpen what the smaller ones say but not contradict it (Lepski 1991), so that a step
// which leaves the domain, crosses a kink or skips a period does no harm.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace duet {

template <class T>
struct estimated_slope {
  T value = std::numeric_limits<T>::quiet_NaN();
  T error = std::numeric_limits<T>::infinity();  // infinite: the differences do not settle

  [[nodiscard]] bool settled() const { return error < std::numeric_limits<T>::infinity(); }
};

// One difference quotient.
template <class T>
struct quotient {
  T slope;
  T rounding;  // its error from the roughness of f: rounding inside of f, or a kink
  T ulp;       // the least that this can be
};

inline constexpr int step_ratio = 4;

// Where the quotients go as the step goes to zero. Steps decrease by step_ratio; the error of a quotient is a power
// series in step^power (2 for central, 1 for one-sided differences).
template <class T>
[[nodiscard]] estimated_slope<T> extrapolate(std::vector<quotient<T>> const& q, int power) {
  std::size_t const n = q.size();
  constexpr std::size_t settling = 4;  // quotients at the smallest steps, which have to agree or converge
  constexpr std::size_t most_orders = 6;
  if (n < settling) return {};
  for (std::size_t k = n - settling; k < n; ++k)
    if (!std::isfinite(q[k].slope)) return {};

  // f jumps: the quotients grow as the step shrinks, all with the same sign.
  auto const jumps = [&](std::size_t k) {
    T const growth = q[k].slope / q[k - 1].slope;
    return growth > step_ratio * T(0.9) && growth < step_ratio * T(1.1);
  };
  bool const by_more_than_rounding = std::abs(q[n - 1].slope) > 8 * q[n - 1].ulp;
  if (by_more_than_rounding && jumps(n - 1) && jumps(n - 2) && jumps(n - 3)) return {};

  estimated_slope<T> best{q[n - 1].slope, q[n - 1].rounding};
  for (std::size_t k = n - settling + 1; k < n; ++k)
    best.error = std::max(best.error, q[n - 1].rounding + std::abs(q[k].slope - q[k - 1].slope));

  // Row k of the tableau for k >= top, order by order. What larger steps change grows from step to step as long as a
  // power series explains it.
  T change = 0;
  for (std::size_t top = n - 1; top-- > 0 && std::isfinite(q[top].slope);) {
    T const larger_change = std::abs(q[top].slope - q[top + 1].slope);
    if (change > 0 && larger_change < T(1.5) * change) break;
    if (larger_change > 8 * q[top + 1].rounding) change = larger_change;
    std::vector<T> column;
    for (std::size_t k = top; k < std::min(n, top + most_orders); ++k) column.push_back(q[k].slope);
    T factor = 1;
    for (std::size_t order = 1; order < column.size(); ++order) {
      for (int p = 0; p < power; ++p) factor *= step_ratio;
      for (std::size_t k = column.size(); k-- > order;) {
        T const lower = column[k], larger_steps = column[k - 1];
        column[k] = lower + (lower - larger_steps) / (factor - 1);
        if (k != order) continue;
        T const error =
            std::max(std::abs(column[k] - lower), std::abs(column[k] - larger_steps)) + 2 * q[top + k].rounding;
        if (error < best.error && std::abs(column[k] - best.value) <= error + best.error) best = {column[k], error};
      }
    }
  }
  return best;
}

// The quotients grow without bound, in the direction of `sign`.
template <class T>
[[nodiscard]] bool grows(std::vector<quotient<T>> const& q, T sign) {
  std::size_t const n = q.size();
  if (n < 3) return false;
  T const last = sign * (q[n - 1].slope - q[n - 2].slope), before = sign * (q[n - 2].slope - q[n - 3].slope);
  return sign * q[n - 1].slope > 0 && last > 4 * q[n - 1].ulp && before > 0 && last >= T(0.9) * before;
}

// f along one input: its values at x and at pairs of points on both sides, from the largest step to the smallest.
template <class T>
struct line_of_values {
  struct pair {
    T up, down;                   // the two steps, both positive
    std::vector<T> above, below;  // NaN where f has no value
  };
  std::vector<T> centre;
  std::vector<pair> pairs;
};

enum class step_choice { usual, smaller };

// Steps of at most 1/16 of the larger of |x| and 1, down to half the digits of |x|, or below the distance `reach` over
// which f is expected to change by its own size (0: not known). `smaller` ones lie between those and go further down:
// they are for doubting what the usual ones say.
template <class T>
[[nodiscard]] std::vector<T> steps_at(T x, T reach, step_choice choice) {
  using limits = std::numeric_limits<T>;
  constexpr int most_steps = 48;
  T const size = std::isfinite(x) && x != 0 ? std::max(std::abs(x), std::ldexp(limits::min(), limits::digits)) : T(1);
  T const unit = std::ldexp(T(1), std::ilogb(size));  // powers of two: x + h is exact nearly everywhere
  T const smallest = std::ldexp(unit, -(limits::digits * 5 / 6));
  T h = choice == step_choice::smaller ? smallest : std::ldexp(unit, -(limits::digits / 2));
  if (reach > 0) h = std::ldexp(T(1), std::ilogb(std::clamp(std::ldexp(reach, -10), smallest, h)));
  if (choice == step_choice::smaller) h *= T(0.7);
  std::vector<T> steps;
  for (int k = 0; k < most_steps && h <= std::max(unit, T(1)) / 16; ++k, h *= step_ratio) steps.push_back(h);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

// f along one input from x on: at(position) gives its outputs there.
template <class T, class At>
[[nodiscard]] line_of_values<T> sample_line(std::vector<T> centre, At const& at, T x, T reach, step_choice choice) {
  line_of_values<T> line{std::move(centre), {}};
  for (T const h : duet::steps_at(x, reach, choice)) {
    T const above = x + h, below = x - h;
    line.pairs.push_back({above - x, x - below, at(above), at(below)});
  }
  return line;
}

enum class side { both, right, left };

template <class T>
[[nodiscard]] std::vector<quotient<T>> quotients(line_of_values<T> const& line, std::size_t output, side on) {
  auto const& pairs = line.pairs;
  std::size_t const n = pairs.size();
  T const y = line.centre[output];
  // How rough f is: what of its even and odd part at the four smallest steps the lowest derivatives do not explain.
  auto const even = [&](std::size_t k) { return pairs[k].above[output] - 2 * y + pairs[k].below[output]; };
  auto const slope = [&](std::size_t k) {
    return (pairs[k].above[output] - pairs[k].below[output]) / (pairs[k].up + pairs[k].down);
  };
  auto const unexplained = [](auto const& part, std::size_t k) {
    T const once = part(k) - part(k - 1) / 16, before = part(k - 1) - part(k - 2) / 16;
    return std::abs(once - before / 256);
  };
  T roughness = 0;
  for (std::size_t k = std::max<std::size_t>(n, 4) - 2; k < n; ++k)
    for (T const rough : {unexplained(even, k),
                          2 * pairs[k].up * std::abs(slope(k) - slope(k - 1) - (slope(k - 1) - slope(k - 2)) / 16)})
      if (std::isfinite(rough)) roughness = std::max(roughness, rough);
  // Steps too small to change f at all hide how coarse it is.
  std::size_t changed = n;
  while (changed > 0 && pairs[changed - 1].above[output] == y && pairs[changed - 1].below[output] == y) --changed;
  if (changed > 0 && changed < n)
    if (T const change = std::abs(pairs[changed - 1].above[output] - pairs[changed - 1].below[output]);
        std::isfinite(change))
      roughness = std::max(roughness, change);

  std::vector<quotient<T>> result;
  for (auto const& p : pairs) {
    T const above = p.above[output], below = p.below[output];
    T const up = on == side::left ? y : above, down = on == side::right ? y : below;
    T const step = (on == side::left ? 0 : p.up) + (on == side::right ? 0 : p.down);
    T const ulp =
        std::numeric_limits<T>::epsilon() * std::max({std::abs(up), std::abs(down), std::numeric_limits<T>::min()});
    result.push_back({(up - down) / step, 2 * std::max(roughness, ulp) / step, 2 * ulp / step});
  }
  return result;
}

// What differences say of a slope.
template <class T>
struct slope_verdict {
  enum { agrees, differs, nothing } outcome;
  T slope, tolerance;  // by differences, and how far the given slope may be from it
  std::string reason;  // why nothing
};

// Judges `slope`, given for df/dx along the line. A kink, an infinite slope with growing differences, and what
// differences cannot tell are no verdict; a NaN or an infinity where differences settle is wrong.
template <class T>
[[nodiscard]] slope_verdict<T> judge(line_of_values<T> const& line, std::size_t output, T slope) {
  using verdict = slope_verdict<T>;
  auto const text = [](T x) {
    std::ostringstream stream;
    stream << x;
    return stream.str();
  };
  if (!std::isfinite(line.centre[output])) return {verdict::nothing, slope, 0, "the function is not finite"};

  auto const q = duet::quotients(line, output, side::both);
  auto const central = duet::extrapolate(q, 2);
  // Precise enough to be held against a slope: to a thousandth of itself, or to less than f's last digit and its
  // steepest slope nearby allow to see.
  T steepest = 0;
  for (auto const& p : line.pairs)
    for (T const one_sided :
         {(p.above[output] - line.centre[output]) / p.up, (p.below[output] - line.centre[output]) / p.down})
      if (std::isfinite(one_sided)) steepest = std::max(steepest, std::abs(one_sided));
  T const smallest_error = std::max(q.back().ulp, std::cbrt(std::numeric_limits<T>::epsilon()) * steepest);
  auto const precise = [&](estimated_slope<T> const& e) {
    return e.error <= std::max(T(1e-3) * std::abs(e.value), smallest_error);
  };
  auto const compared = [&](estimated_slope<T> const& e) -> verdict {
    T const tolerance = 4 * e.error + 64 * std::numeric_limits<T>::epsilon() * std::abs(slope);
    bool const close = std::abs(slope - e.value) <= tolerance;
    if (precise(e) || (!close && e.error <= T(0.02) * std::max(std::abs(e.value), std::abs(slope))))
      return {close ? verdict::agrees : verdict::differs, e.value, tolerance, {}};
    return {verdict::nothing, e.value, tolerance, "differences settle no further than to " + text(e.value)};
  };
  bool const finite = std::isfinite(slope);
  if (finite && central.settled())
    if (auto const result = compared(central); result.outcome != verdict::differs) return result;

  auto const at_right = duet::quotients(line, output, side::right), at_left = duet::quotients(line, output, side::left);
  auto const right = duet::extrapolate(at_right, 1), left = duet::extrapolate(at_left, 1);
  bool const right_exists = !at_right.empty() && std::isfinite(at_right.back().slope);
  bool const left_exists = !at_left.empty() && std::isfinite(at_left.back().slope);
  // At the end of the domain the one side is all there is.
  auto const& best = right_exists == left_exists ? central : right_exists ? right : left;

  if (finite) {
    T const lower = std::min(right.value, left.value), upper = std::max(right.value, left.value);
    T const error = 4 * (right.error + left.error);
    if (upper - lower > error && lower - error <= slope && slope <= upper + error)
      return {verdict::nothing, best.value, error,
              "a kink: slope " + text(left.value) + " on the left, " + text(right.value) + " on the right"};
    if (best.settled()) return compared(best);
  } else if (std::isinf(slope)) {
    T const sign = slope > 0 ? T(1) : T(-1);
    auto const any_grows = [&](T direction) {
      return duet::grows(q, direction) || duet::grows(at_right, direction) || duet::grows(at_left, direction);
    };
    if (any_grows(sign)) return {verdict::nothing, slope, 0, "an infinite slope: differences grow"};
    if (any_grows(-sign)) return {verdict::differs, -slope, 0, {}};
    if (best.settled() && precise(best)) return {verdict::differs, best.value, 4 * best.error, {}};
  } else if (best.settled() && precise(best)) {
    return {verdict::differs, best.value, 4 * best.error, {}};
  }
  return {verdict::nothing, slope, 0, "differences do not settle"};
}

}  // namespace duet
