#pragma once

// A function of any number of inputs in any shape, and its derivatives as one works them out.

#include <duet/eigen/lift.hpp>

#include "oracle.hpp"

namespace duet_test {

inline bool near_to(Eigen::MatrixXd const& a, Eigen::MatrixXd const& b, double tolerance = 1e-13) {
  return near(a, b, tolerance);
}

// sum_i x_i^2 x_(i+1), the first following the last; entries in the order of storage.
inline constexpr auto cyclic = []<class X>(X const& x) {
  using S = duet::entry_t<X>;
  S sum(0);
  std::size_t const n = duet::size_of(x);
  for (std::size_t i = 0; i < n; ++i) {
    S const& e = duet::shape<X>::entry(x, i);
    sum += e * e * duet::shape<X>::entry(x, (i + 1) % n);
  }
  return sum;
};
inline Eigen::VectorXd gradient_of_cyclic(Eigen::VectorXd const& x) {
  Eigen::VectorXd g = Eigen::VectorXd::Zero(x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    Eigen::Index const next = (i + 1) % x.size();
    g[i] += 2 * x[i] * x[next];
    g[next] += x[i] * x[i];
  }
  return g;
}
inline Eigen::MatrixXd hessian_of_cyclic(Eigen::VectorXd const& x) {
  Eigen::MatrixXd H = Eigen::MatrixXd::Zero(x.size(), x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    Eigen::Index const next = (i + 1) % x.size();
    H(i, i) += 2 * x[next];
    H(i, next) += 2 * x[i];
    H(next, i) += 2 * x[i];
  }
  return H;
}

template <class Shape>
Eigen::VectorXd flat(Shape const& x) {
  Eigen::VectorXd all(static_cast<Eigen::Index>(duet::size_of(x)));
  for (Eigen::Index i = 0; i < all.size(); ++i)
    all[i] = static_cast<double>(duet::shape<Shape>::entry(x, static_cast<std::size_t>(i)));
  return all;
}

}  // namespace duet_test
