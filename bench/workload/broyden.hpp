#pragma once

// Broyden's tridiagonal function (More, Garbow and Hillstrom 1981, problem 30): each residual needs its own variable
// and both neighbours.

#include <Eigen/Core>

namespace workload {

struct broyden {
  static Eigen::VectorXd start(Eigen::Index n) { return Eigen::VectorXd::Constant(n, -1); }

  template <class S>
  Eigen::Matrix<S, Eigen::Dynamic, 1> operator()(Eigen::Matrix<S, Eigen::Dynamic, 1> const& x) const {
    Eigen::Index const n = x.size();
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
      if (i > 0) r[i] -= x[i - 1];
      if (i + 1 < n) r[i] -= 2.0 * x[i + 1];
    }
    return r;
  }
};

}  // namespace workload
