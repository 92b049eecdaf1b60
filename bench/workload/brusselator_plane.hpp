#pragma once

// The Brusselator with diffusion on a periodic grid of cells x cells, or on a ring of cells: the rates of two
// concentrations in each, u and v cell by cell or, in blocks, all u first. Each rate needs its own cell and the same
// concentration in its neighbours.

#include <Eigen/Core>
#include <cmath>

namespace workload {

struct brusselator_plane {
  Eigen::Index cells = 6;
  bool in_blocks = false, is_ring = false;
  double a = 1, b = 3.4, diffusion = 0.02;

  [[nodiscard]] Eigen::Index inputs() const { return 2 * cells * (is_ring ? 1 : cells); }

  [[nodiscard]] Eigen::VectorXd start() const {
    return Eigen::VectorXd::NullaryExpr(inputs(), [](Eigen::Index i) { return 1.5 + std::sin(0.7 * double(i)); });
  }

  template <class S>
  Eigen::Matrix<S, Eigen::Dynamic, 1> operator()(Eigen::Matrix<S, Eigen::Dynamic, 1> const& x) const {
    Eigen::Matrix<S, Eigen::Dynamic, 1> rate(inputs());
    Eigen::Index const step = in_blocks ? 1 : 2, other = in_blocks ? inputs() / 2 : 1, n = cells,
                       lines = is_ring ? 1 : n;
    for (Eigen::Index j = 0; j < lines; ++j) {
      Eigen::Index const left = (j == 0 ? lines : j) - 1, right = j + 1 == lines ? 0 : j + 1;
      for (Eigen::Index i = 0; i < n; ++i) {
        Eigen::Index const up = (i == 0 ? n : i) - 1, down = i + 1 == n ? 0 : i + 1;
        Eigen::Index const here = step * (i + n * j), four[] = {step * (up + n * j), step * (down + n * j),
                                                                step * (i + n * left), step * (i + n * right)};
        S const &u = x[here], &v = x[here + other];
        S const reaction = u * u * v;
        rate[here] =
            a + reaction - (b + 1) * u + diffusion * (x[four[0]] + x[four[1]] + x[four[2]] + x[four[3]] - 4 * u);
        rate[here + other] =
            b * u - reaction +
            diffusion * (x[four[0] + other] + x[four[1] + other] + x[four[2] + other] + x[four[3] + other] - 4 * v);
      }
    }
    return rate;
  }
};

}  // namespace workload
