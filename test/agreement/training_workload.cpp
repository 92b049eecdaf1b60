// The training step that benches time: what is written by hand, what Duet computes, and differences agree.

#include <catch.hpp>
#include <cmath>

#include "workload/training.hpp"
#if __has_include(<xsimd/xsimd.hpp>)
#include "workload/structural_lanes.hpp"
#endif

TEST_CASE("A training step: by hand, by Duet and by differences") {
  using workload::activation, workload::training;
  using task = training<4, 16, 3, 150, activation::tanh>;
  task const f;
  auto p = task::start();
  auto const [loss, slope] = duet::value_and_gradient(duet::reverse, f, p);
  CHECK(loss == Approx(f(p)).epsilon(1e-14));

  // Along one direction, by central differences.
  auto const moved = [&](double h) {
    auto q = p;
    for (Eigen::Index k = 0; k < q.w1.size(); ++k) q.w1.data()[k] += h * std::cos(1.0 + double(k));
    for (Eigen::Index k = 0; k < q.w2.size(); ++k) q.w2.data()[k] += h * std::cos(2.0 + double(k));
    for (Eigen::Index k = 0; k < q.b1.size(); ++k) q.b1[k] += h * std::cos(3.0 + double(k));
    for (Eigen::Index k = 0; k < q.b2.size(); ++k) q.b2[k] += h * std::cos(4.0 + double(k));
    return f(q);
  };
  double along = 0;
  for (Eigen::Index k = 0; k < p.w1.size(); ++k) along += slope.w1.data()[k] * std::cos(1.0 + double(k));
  for (Eigen::Index k = 0; k < p.w2.size(); ++k) along += slope.w2.data()[k] * std::cos(2.0 + double(k));
  for (Eigen::Index k = 0; k < p.b1.size(); ++k) along += slope.b1[k] * std::cos(3.0 + double(k));
  for (Eigen::Index k = 0; k < p.b2.size(); ++k) along += slope.b2[k] * std::cos(4.0 + double(k));
  double const h = 1e-3;
  double const difference = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  CHECK(along == Approx(difference).epsilon(1e-9));

  // A step moves all parameters down the gradient, and the next loss is less.
  auto q = p;
  task::memory memory;
  CHECK(f.step(q, memory) == Approx(loss).epsilon(1e-14));
  CHECK((q.w1 - (p.w1 - task::rate * slope.w1)).norm() < 1e-14);
  CHECK((q.b1 - (p.b1 - task::rate * slope.b1)).norm() < 1e-14);
  CHECK((q.w2 - (p.w2 - task::rate * slope.w2)).norm() < 1e-14);
  CHECK((q.b2 - (p.b2 - task::rate * slope.b2)).norm() < 1e-14);
  CHECK(f(q) < loss);
}

#if __has_include(<xsimd/xsimd.hpp>)
TEST_CASE("A training step with functions of arrays in lanes agrees with Eigen's") {
  using workload::activation, workload::training;
  using task = training<4, 16, 3, 30, activation::tanh>;
  using task_in_lanes = training<4, 16, 3, 30, activation::tanh, workload::structural::by_lanes>;
  auto const p = task::start();
  task_in_lanes::network q{p.w1, p.b1, p.w2, p.b2};
  auto const [loss, slope] = duet::value_and_gradient(duet::reverse, task(), p);
  auto const [loss_in_lanes, slope_in_lanes] = duet::value_and_gradient(duet::reverse, task_in_lanes(), q);
  CHECK(loss_in_lanes == Approx(loss).epsilon(1e-14));
  CHECK((slope_in_lanes.w1 - slope.w1).norm() < 1e-14);
  CHECK((slope_in_lanes.b1 - slope.b1).norm() < 1e-14);
  CHECK((slope_in_lanes.w2 - slope.w2).norm() < 1e-14);
  CHECK((slope_in_lanes.b2 - slope.b2).norm() < 1e-14);
}
#endif
