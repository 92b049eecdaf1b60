#pragma once

// The plate: how its temperature spreads, what it was at first, what is seen of it later, and what a guess of the first
// field costs.

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <numbers>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace heat {

using Eigen::Index;

// A field has n x n cells on the unit square, columns from left to right and rows from the top down.
template <class S>
using field_of = Eigen::Array<S, Eigen::Dynamic, Eigen::Dynamic>;
using field = field_of<double>;

// How far heat spreads from the beginning to the observation, sqrt(2 kappa T), in widths of the plate: what is narrower
// is blurred away.
inline constexpr double spread = 0.04;

// kappa dt / h^2 of one of so many steps; explicit steps are stable up to 1/4.
inline double step_ratio(long grid, long steps) {
  const double cells = spread * double(grid);
  return cells * cells / (2 * double(steps));
}

// One explicit Euler step of u_t = kappa (u_xx + u_yy), five cells for each; the rim keeps its temperature. It captures
// nothing and takes any scalar: this is what Duet records and runs again.
inline constexpr auto conduct = [](auto const& u, long /*step*/, double ratio) {
  using S = typename std::decay_t<decltype(u)>::Scalar;
  const Index n = u.rows();
  const double keep = 1 - 4 * ratio;
  field_of<S> next = u;
  for (Index j = 1; j + 1 < n; ++j) {
    const S *const west = &u(0, j - 1), *const here = &u(0, j), *const east = &u(0, j + 1);
    S* const to = &next(0, j);
    for (Index i = 1; i + 1 < n; ++i) to[i] = keep * here[i] + ratio * (here[i - 1] + here[i + 1] + west[i] + east[i]);
  }
  return next;
};

// ---- the field that is to be found ----

struct point {
  double x, y;
};
struct stroke {
  std::vector<point> points;
  double temperature;
};

// D, U, E and T.
inline std::vector<stroke> letters() {
  stroke d{{{0.15, 0.42}, {0.15, 0.12}, {0.23, 0.12}}, 1.0}, u{{{0.59, 0.12}, {0.59, 0.29}}, 0.8};
  for (int k = 0; k <= 16; ++k) {
    const double angle = std::numbers::pi * k / 16;
    d.points.push_back({0.23 + 0.17 * std::sin(angle), 0.27 - 0.15 * std::cos(angle)});
    u.points.push_back({0.72 - 0.13 * std::cos(angle), 0.29 + 0.13 * std::sin(angle)});
  }
  d.points.push_back({0.15, 0.42});
  u.points.push_back({0.85, 0.12});
  return {d,
          u,
          {{{0.39, 0.58}, {0.16, 0.58}, {0.16, 0.88}, {0.39, 0.88}}, 0.7},
          {{{0.16, 0.73}, {0.35, 0.73}}, 0.7},
          {{{0.57, 0.58}, {0.87, 0.58}}, 0.9},
          {{{0.72, 0.58}, {0.72, 0.88}}, 0.9}};
}

inline double distance(point const& p, point const& a, point const& b) {
  const double x = b.x - a.x, y = b.y - a.y;
  const double along = std::clamp(((p.x - a.x) * x + (p.y - a.y) * y) / (x * x + y * y), 0.0, 1.0);
  return std::hypot(p.x - a.x - along * x, p.y - a.y - along * y);
}

// The letters drawn with a soft pen, a few cells wide.
inline field true_field(long grid) {
  const double pen = std::max(0.042, 1.0 / double(grid));
  field u = field::Zero(grid, grid);
  for (stroke const& one : letters())
    for (std::size_t k = 0; k + 1 < one.points.size(); ++k)
      for (Index j = 1; j + 1 < grid; ++j)
        for (Index i = 1; i + 1 < grid; ++i) {
          const point cell{(double(j) + 0.5) / double(grid), (double(i) + 0.5) / double(grid)};
          const double away = distance(cell, one.points[k], one.points[k + 1]) / pen;
          u(i, j) = std::max(u(i, j), one.temperature * std::exp(-away * away));
        }
  return u;
}

// ---- the problem ----

inline constexpr double noise = 2e-3;  // of a temperature that is read; temperatures lie between 0 and 1

inline field with_noise(field u) {
  std::mt19937_64 random(2024);
  std::normal_distribution<double> error(0, noise);
  for (double& cell : u.reshaped()) cell += error(random);
  return u;
}

// What a first field costs: half the squared differences between what comes of it and what was observed, and a little
// for its roughness, without which noise would be taken for detail.
template <class Policy>
class cost {
 public:
  cost(field observed, long steps, Policy policy)
      : observed_(std::move(observed)),
        steps_(steps),
        ratio_(step_ratio(observed_.rows(), steps)),
        policy_(std::move(policy)) {}

  // The field at the end; checkpointed where it is recorded, a loop everywhere else.
  template <class U>
  [[nodiscard]] U final_field(U const& first) const {
    return duet::evolve(policy_, conduct, first, steps_, ratio_);
  }

  template <class U>
  [[nodiscard]] auto operator()(U const& first) const {
    using S = typename U::Scalar;
    const U last = final_field(first);
    const Index n = first.rows();
    S misfit = 0, roughness = 0;
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < n; ++i) {
        misfit += square(last(i, j) - observed_(i, j));
        if (i > 0) roughness += square(first(i, j) - first(i - 1, j));
        if (j > 0) roughness += square(first(i, j) - first(i, j - 1));
      }
    return S(0.5 * misfit + 0.5 * smoothing * roughness);
  }

 private:
  static constexpr double smoothing = 1e-4;
  static auto square(auto const& x) { return x * x; }

  field observed_;
  long steps_;
  double ratio_;
  Policy policy_;
};

}  // namespace heat
