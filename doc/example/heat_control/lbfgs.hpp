#pragma once

// Minimisation by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5) with backtracking.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <vector>

namespace heat {

template <class X>
double inner(X const& a, X const& b) {
  return (a * b).sum();
}

// From the Eigen array x: evaluate(x) is {value, gradient}, and report(iteration, x, value, gradient) is called at the
// start and after each iteration. Ends early where the gradient has shrunk 1e8-fold, or no step lowers the cost.
template <class X, class Evaluate, class Report>
X lbfgs(X x, long iterations, Evaluate const& evaluate, Report const& report) {
  constexpr std::size_t memory = 12;
  struct pair {
    X step, change;  // of x, and of the gradient
    double inner;
  };
  std::deque<pair> pairs;

  auto now = evaluate(x);
  const double enough = 1e-8 * std::sqrt(inner(now.gradient, now.gradient));
  report(0, x, now.value, now.gradient);
  for (long k = 1; k <= iterations && inner(now.gradient, now.gradient) > enough * enough; ++k) {
    // The direction: the gradient through the inverse Hessian that the pairs tell of.
    X direction = -now.gradient;
    std::vector<double> weights(pairs.size());
    for (std::size_t p = pairs.size(); p-- > 0;) {
      weights[p] = inner(pairs[p].step, direction) / pairs[p].inner;
      direction -= weights[p] * pairs[p].change;
    }
    if (!pairs.empty()) direction *= pairs.back().inner / inner(pairs.back().change, pairs.back().change);
    for (std::size_t p = 0; p < pairs.size(); ++p)
      direction += (weights[p] - inner(pairs[p].change, direction) / pairs[p].inner) * pairs[p].step;

    // Backtracking to the lowest point of the parabola through what is known of the line.
    const double slope = inner(now.gradient, direction);
    double length = 1;
    X to = x + direction;
    auto next = evaluate(to);
    for (int tries = 1; !(next.value <= now.value + 1e-4 * length * slope); ++tries) {
      if (tries == 20) return x;
      const double lowest = -0.5 * slope * length * length / (next.value - now.value - slope * length);
      length = std::isfinite(lowest) ? std::clamp(lowest, 0.1 * length, 0.5 * length) : 0.1 * length;
      to = x + length * direction;
      next = evaluate(to);
    }

    pair made{to - x, next.gradient - now.gradient, 0};
    made.inner = inner(made.step, made.change);
    if (made.inner > 0) pairs.push_back(std::move(made));
    if (pairs.size() > memory) pairs.pop_front();
    x = std::move(to);
    now = std::move(next);
    report(k, x, now.value, now.gradient);
  }
  return x;
}

}  // namespace heat
