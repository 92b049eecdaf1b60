#pragma once

// The Brusselator with diffusion on a line of 32 cells between walls: the rates of its 64 concentrations, u and v
// cell by cell. Each rate needs its own cell and the same concentration in both neighbours.

#include <array>
#include <cmath>
#include <cstddef>

namespace workload {

struct brusselator {
  static constexpr std::size_t cells = 32, inputs = 2 * cells, outputs = inputs;
  using point = std::array<double, inputs>;
  using jacobian_rows = std::array<point, outputs>;

  static constexpr double a = 1, b = 3, diffusion = 0.02 * (cells + 1) * (cells + 1), u_wall = 1, v_wall = 3;

  static point start() {
    point x;
    for (std::size_t i = 0; i < cells; ++i) {
      x[2 * i] = 1 + 0.5 * std::sin(0.2 * static_cast<double>(i + 1));
      x[2 * i + 1] = 3 + 0.1 * std::cos(0.3 * static_cast<double>(i));
    }
    return x;
  }

  template <class T>
  std::array<T, outputs> operator()(std::array<T, inputs> const& x) const {
    std::array<T, outputs> rate;
    auto const cell = [&](std::size_t i, auto const& u_around, auto const& v_around) {
      T const &u = x[2 * i], &v = x[2 * i + 1];
      T const reaction = u * u * v;
      rate[2 * i] = a + reaction - (b + 1 + 2 * diffusion) * u + diffusion * u_around;
      rate[2 * i + 1] = b * u - reaction - 2 * diffusion * v + diffusion * v_around;
    };
    cell(0, u_wall + x[2], v_wall + x[3]);
    for (std::size_t i = 1; i + 1 < cells; ++i) cell(i, x[2 * i - 2] + x[2 * i + 2], x[2 * i - 1] + x[2 * i + 3]);
    cell(cells - 1, x[inputs - 4] + u_wall, x[inputs - 3] + v_wall);
    return rate;
  }

  // By hand: the rates, and their five diagonals in a dense Jacobian by rows.
  std::array<double, outputs> jacobian(point const& x, jacobian_rows& J) const {
    std::array<double, outputs> rate;
    J = {};
    for (std::size_t i = 0; i < cells; ++i) {
      std::size_t const p = 2 * i, q = p + 1;
      double const u = x[p], v = x[q], uv = u * v, reaction = u * uv;
      double u_around = 0, v_around = 0;
      if (i > 0) {
        u_around += x[p - 2];
        v_around += x[q - 2];
        J[p][p - 2] = J[q][q - 2] = diffusion;
      } else {
        u_around += u_wall;
        v_around += v_wall;
      }
      if (i + 1 < cells) {
        u_around += x[p + 2];
        v_around += x[q + 2];
        J[p][p + 2] = J[q][q + 2] = diffusion;
      } else {
        u_around += u_wall;
        v_around += v_wall;
      }
      rate[p] = a + reaction - (b + 1 + 2 * diffusion) * u + diffusion * u_around;
      rate[q] = b * u - reaction - 2 * diffusion * v + diffusion * v_around;
      J[p][p] = 2 * uv - (b + 1 + 2 * diffusion);
      J[p][q] = u * u;
      J[q][p] = b - 2 * uv;
      J[q][q] = -u * u - 2 * diffusion;
    }
    return rate;
  }
};

}  // namespace workload
