#pragma once

// The first variable meets all others, which do not meet each other: a dense first row, a dense first column and the
// diagonal.

#include <Eigen/Core>
#include <cmath>
#include <type_traits>

namespace workload {

inline Eigen::VectorXd arrow_start(Eigen::Index n) {
  return Eigen::VectorXd::NullaryExpr(n, [n](Eigen::Index i) { return 0.1 + double(i) / double(n); });
}

// The derivative matrix is a Jacobian.
struct arrow_residuals {
  template <class S>
  Eigen::Matrix<S, Eigen::Dynamic, 1> operator()(Eigen::Matrix<S, Eigen::Dynamic, 1> const& x) const {
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(x.size());
    r[0] = x[0];
    for (Eigen::Index i = 1; i < x.size(); ++i) {
      r[0] += x[i] * x[i];
      r[i] = x[i] * x[i] * x[i] - x[0] * x[i];
    }
    return r;
  }
};

// It is a Hessian; its first entry is zero.
struct arrow_sum {
  template <class X>
  auto operator()(X const& x) const {
    using std::exp;
    std::decay_t<decltype(x[0])> f = 0.0;
    for (decltype(x.size()) i = 1; i < x.size(); ++i) f += x[0] * x[i] + exp(x[i]);
    return f;
  }
};

}  // namespace workload
