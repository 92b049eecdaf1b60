#pragma once

// Standard normal numbers from a seed, the same on every machine: Box and Muller's own formula, since
// std::normal_distribution differs from library to library.

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace workload {

class normals {
 public:
  explicit normals(std::uint64_t seed) : bits_(seed) {}

  double operator()() {
    if (has_second_) {
      has_second_ = false;
      return second_;
    }
    double const radius = std::sqrt(-2 * std::log(uniform())), angle = 2 * std::acos(-1.0) * uniform();
    second_ = radius * std::sin(angle);
    has_second_ = true;
    return radius * std::cos(angle);
  }

 private:
  double uniform() { return (static_cast<double>(bits_() >> 11) + 0.5) * 0x1p-53; }

  std::mt19937_64 bits_;
  double second_ = 0;
  bool has_second_ = false;
};

// The draws of paths, a column each, as whoever reads them wants them: path after path, or for several paths side by
// side.
template <std::size_t Draws>
struct path_draws {
  Eigen::Matrix<double, static_cast<int>(Draws), Eigen::Dynamic> by_path;
  Eigen::Matrix<double, static_cast<int>(Draws), Eigen::Dynamic, Eigen::RowMajor> side_by_side;

  path_draws(std::size_t paths, std::uint64_t seed)
      : by_path(static_cast<Eigen::Index>(Draws), static_cast<Eigen::Index>(paths)) {
    normals normal(seed);
    for (double& draw : by_path.reshaped()) draw = normal();
    side_by_side = by_path;
  }

  [[nodiscard]] std::size_t paths() const { return static_cast<std::size_t>(by_path.cols()); }
  [[nodiscard]] auto path(std::size_t index) const { return by_path.col(static_cast<Eigen::Index>(index)); }
};

}  // namespace workload
