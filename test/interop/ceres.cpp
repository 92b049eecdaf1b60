// Ceres with Jets and with Duet: the same functors, the same minimum.

#include <ceres/ceres.h>

#include <algorithm>
#include <catch.hpp>
#include <chrono>
#include <duet/duet.hpp>
#include <duet/interop/ceres.hpp>
#include <random>

namespace {

// A point seen by a camera of 6 parameters (rotation and shift) and 3 of its own: the reprojection error of bundle
// adjustment.
struct reprojection {
  double u, v;
  template <class T>
  bool operator()(T const* camera, T const* point, T* residual) const {
    using std::sqrt, std::sin, std::cos;
    T const theta2 = camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2];
    T const theta = sqrt(theta2 + 1e-30), c = cos(theta), s = sin(theta) / theta;
    T const along = (camera[0] * point[0] + camera[1] * point[1] + camera[2] * point[2]) * (1.0 - c) / (theta2 + 1e-30);
    T const x = point[0] * c + (camera[1] * point[2] - camera[2] * point[1]) * s + camera[0] * along + camera[3];
    T const y = point[1] * c + (camera[2] * point[0] - camera[0] * point[2]) * s + camera[1] * along + camera[4];
    T const z = point[2] * c + (camera[0] * point[1] - camera[1] * point[0]) * s + camera[2] * along + camera[5];
    if (!(z > 0.1)) return false;
    T const a = x / z, b = y / z, r2 = a * a + b * b;
    T const distortion = camera[6] * (1.0 + r2 * (camera[7] + camera[8] * r2));
    residual[0] = distortion * a - u;
    residual[1] = distortion * b - v;
    return true;
  }
};

struct scene {
  std::vector<std::array<double, 9>> cameras;
  std::vector<std::array<double, 3>> points;
};

scene true_scene() {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-1, 1);
  scene s;
  for (int i = 0; i < 6; ++i)
    s.cameras.push_back({0.1 * uniform(random), 0.1 * uniform(random), 0.1 * uniform(random), uniform(random),
                         uniform(random), 6 + uniform(random), 500, 0.01, 0.001});
  for (int i = 0; i < 60; ++i) s.points.push_back({2 * uniform(random), 2 * uniform(random), uniform(random)});
  return s;
}

struct result {
  double cost;
  scene solution;
};
template <class MakeCost>
result solve(MakeCost const& make_cost) {
  scene const truth = true_scene();
  scene s = truth;
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-1, 1);
  ceres::Problem problem;
  for (auto& camera : s.cameras)
    for (auto& e : camera) e *= 1 + 0.01 * uniform(random);
  for (auto& point : s.points)
    for (auto& e : point) e += 0.05 * uniform(random);
  for (std::size_t i = 0; i < s.cameras.size(); ++i)
    for (std::size_t j = 0; j < s.points.size(); ++j) {
      double seen[2] = {0, 0};
      reprojection{0, 0}(truth.cameras[i].data(), truth.points[j].data(), seen);
      problem.AddResidualBlock(make_cost(seen[0] + uniform(random), seen[1] + uniform(random)), nullptr,
                               s.cameras[i].data(), s.points[j].data());
    }
  problem.SetParameterBlockConstant(s.cameras[0].data());
  problem.SetParameterBlockConstant(s.cameras[1].data());
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.function_tolerance = 1e-14;
  options.parameter_tolerance = 1e-12;
  options.max_num_iterations = 100;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  REQUIRE(summary.IsSolutionUsable());
  return {summary.final_cost, s};
}

TEST_CASE("Ceres finds the minimum with Duet that it finds with Jets", "[interop]") {
  auto const by_duet = solve(
      [](double u, double v) { return new duet::ceres_cost<ceres::SizedCostFunction<2, 9, 3>, reprojection>(u, v); });
  auto const by_jets = solve([](double u, double v) {
    return new ceres::AutoDiffCostFunction<reprojection, 2, 9, 3>(new reprojection{u, v});
  });
  REQUIRE(by_duet.cost == Approx(by_jets.cost).epsilon(1e-9));
  for (std::size_t j = 0; j < 60; ++j)
    for (std::size_t k = 0; k < 3; ++k)
      REQUIRE(std::abs(by_duet.solution.points[j][k] - by_jets.solution.points[j][k]) <= 1e-5);
}

TEST_CASE("Ceres' constant blocks and failed evaluations", "[interop]") {
  duet::ceres_cost<ceres::SizedCostFunction<2, 9, 3>, reprojection> const cost(1.0, 2.0);
  ceres::AutoDiffCostFunction<reprojection, 2, 9, 3> const jets(new reprojection{1, 2});
  std::array<double, 9> camera = true_scene().cameras[0];
  std::array<double, 3> point = true_scene().points[0];
  double const* parameters[] = {camera.data(), point.data()};
  double r[2], expected[2], j[6], j_expected[6];
  double* jacobians[] = {nullptr, j};
  double* by_jets[] = {nullptr, j_expected};
  REQUIRE(cost.Evaluate(parameters, r, jacobians));
  REQUIRE(jets.Evaluate(parameters, expected, by_jets));
  for (int i = 0; i < 2; ++i) REQUIRE(r[i] == Approx(expected[i]).epsilon(1e-13));
  for (int i = 0; i < 6; ++i) REQUIRE(j[i] == Approx(j_expected[i]).epsilon(1e-11));
  REQUIRE(cost.Evaluate(parameters, r, nullptr));
  camera[5] = -6;
  REQUIRE_FALSE(cost.Evaluate(parameters, r, jacobians));
  REQUIRE_FALSE(cost.Evaluate(parameters, r, nullptr));
}

// test_interop "[.time]": nanoseconds for residuals and Jacobians of one block.
TEST_CASE("Ceres: what a block costs", "[.time]") {
  duet::ceres_cost<ceres::SizedCostFunction<2, 9, 3>, reprojection> const cost(1.0, 2.0);
  ceres::AutoDiffCostFunction<reprojection, 2, 9, 3> const jets(new reprojection{1, 2});
  scene const s = true_scene();
  auto const nanoseconds = [&](ceres::CostFunction const& f) {
    double r[2], of_camera[18], of_point[6];
    double* jacobians[] = {of_camera, of_point};
    int const rounds = 2000;
    auto const begin = std::chrono::steady_clock::now();
    for (int k = 0; k < rounds; ++k)
      for (auto const& point : s.points) {
        double const* parameters[] = {s.cameras[static_cast<std::size_t>(k) % 6].data(), point.data()};
        f.Evaluate(parameters, r, jacobians);
      }
    std::chrono::duration<double, std::nano> const time = std::chrono::steady_clock::now() - begin;
    return time.count() / rounds / static_cast<double>(s.points.size());
  };
  std::vector<double> by_duet, by_jets;
  for (int k = 0; k < 9; ++k) {
    by_duet.push_back(nanoseconds(cost));
    by_jets.push_back(nanoseconds(jets));
  }
  std::sort(by_duet.begin(), by_duet.end());
  std::sort(by_jets.begin(), by_jets.end());
  WARN("a block by Duet " << by_duet[4] << " ns, by Jets " << by_jets[4] << " ns");
}

}  // namespace
