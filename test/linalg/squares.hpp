#pragma once

// The derivatives of y_i = x_i^2 x_0, for with_pullback.

#include <Eigen/Core>
#include <type_traits>

namespace linalg_test {

inline constexpr auto in_forward = [](auto const& x, auto const&, auto const& dx) {
  using V = std::decay_t<decltype(x)>;
  V dy = x;
  for (Eigen::Index i = 0; i < x.size(); ++i) dy[i] = 2 * x[i] * dx[i] * x[0] + x[i] * x[i] * dx[0];
  return dy;
};
inline constexpr auto in_reverse = [](auto const& x, auto const&, auto const& ybar) {
  using V = std::decay_t<decltype(x)>;
  V xbar = x;
  xbar[0] = 0.0;
  for (Eigen::Index i = 1; i < x.size(); ++i) xbar[i] = 2 * x[i] * ybar[i] * x[0];
  xbar[0] = 2 * x[0] * ybar[0] * x[0];
  for (Eigen::Index i = 0; i < x.size(); ++i) xbar[0] += x[i] * x[i] * ybar[i];
  return xbar;
};

}  // namespace linalg_test
