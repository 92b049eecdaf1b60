#pragma once

// What `fit` measures: derivatives by central differences, agreement in digits, standard errors, running times.

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace fit {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// The Jacobian by central differences, two calls of r for every parameter. The step is the cube root of the rounding
// error of a double, relative to the parameter: there truncation and rounding are about equal.
template <class Residual>
MatrixXd central_differences(Residual const& r, VectorXd b) {
  MatrixXd jacobian;
  for (Eigen::Index j = 0; j < b.size(); ++j) {
    const double middle = b[j];
    const double step = 6e-6 * (middle == 0 ? 1.0 : std::abs(middle));
    b[j] = middle + step;
    const double above = b[j];
    const VectorXd up = r(b);
    b[j] = middle - step;
    const double below = b[j];
    const VectorXd down = r(b);
    b[j] = middle;
    if (j == 0) jacobian.resize(up.size(), b.size());
    jacobian.col(j) = (up - down) / (above - below);
  }
  return jacobian;
}

struct disagreement {
  double relative = 0;  // to the largest entry of the column: what a parameter does to the residuals
  Eigen::Index row = 0, column = 0;
};

inline disagreement compare(MatrixXd const& a, MatrixXd const& b) {
  disagreement worst;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    const double size = std::max(a.col(j).cwiseAbs().maxCoeff(), 1e-300);
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      const double relative = std::abs(a(i, j) - b(i, j)) / size;
      if (!(relative <= worst.relative)) worst = {relative, i, j};  // also when it is not a number
      if (std::isnan(relative)) return worst;
    }
  }
  return worst;
}

// How many digits of the figure are those of the certified one, which has eleven.
inline double digits(double figure, double certified) {
  const double error = std::abs(figure - certified) / std::abs(certified);
  if (std::isnan(error)) return 0;
  return error < 1e-11 ? 11 : std::max(0.0, std::floor(-10 * std::log10(error)) / 10);
}

// Square roots of the diagonal of s^2 (JtJ)^-1; empty if the observations do not determine all parameters. JtJ is
// scaled to a unit diagonal first, since parameters may differ by many powers of ten.
inline VectorXd standard_errors(MatrixXd const& hessian, double variance) {
  if (!(hessian.diagonal().minCoeff() > 0)) return {};
  const VectorXd scale = hessian.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LDLT<MatrixXd> factors(scale.asDiagonal() * hessian * scale.asDiagonal());
  if (factors.info() != Eigen::Success || !(factors.vectorD().minCoeff() > 1e-14)) return {};
  const MatrixXd inverse = factors.solve(MatrixXd::Identity(hessian.rows(), hessian.cols()));
  return (variance * inverse.diagonal()).cwiseSqrt().cwiseProduct(scale);
}

// Median time of one call in seconds, for each of the tasks; their runs alternate, so that what disturbs the machine
// disturbs all alike. A task returns a number, added up so that no call can be left out.
template <class... Task>
std::array<double, sizeof...(Task)> median_times(Task const&... task) {
  using clock = std::chrono::steady_clock;
  constexpr int rounds = 31;
  static volatile double sink = 0;
  const auto run = [](auto const& one, int calls) {
    const auto begin = clock::now();
    double sum = 0;
    for (int k = 0; k < calls; ++k) sum += one();
    sink = sink + sum;
    return std::chrono::duration<double>(clock::now() - begin).count();
  };
  const auto calls_for_half_a_millisecond = [&](auto const& one) {
    int calls = 1;
    while (run(one, calls) < 5e-4 && calls < 1 << 24) calls *= 2;
    return calls;
  };
  const std::array<int, sizeof...(Task)> calls{calls_for_half_a_millisecond(task)...};
  std::array<std::vector<double>, sizeof...(Task)> times;
  for (int round = 0; round < rounds; ++round) {
    std::size_t i = 0;
    ((times[i].push_back(run(task, calls[i]) / calls[i]), ++i), ...);
  }
  std::array<double, sizeof...(Task)> medians{};
  for (std::size_t i = 0; i < times.size(); ++i) {
    std::ranges::nth_element(times[i], times[i].begin() + rounds / 2);
    medians[i] = times[i][rounds / 2];
  }
  return medians;
}

}  // namespace fit
