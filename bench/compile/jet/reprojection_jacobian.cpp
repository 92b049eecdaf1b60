// The Jacobian of ../reprojection_jacobian.cpp by Ceres' Jet.
#include "../../workload/reprojection.hpp"

#include <Eigen/Dense>
#include <ceres/jet.h>

auto jacobian(workload::reprojection::point const& x) {
  using S = ceres::Jet<double, workload::reprojection::inputs>;
  std::array<S, workload::reprojection::inputs> in;
  for (int i = 0; i < workload::reprojection::inputs; ++i)
    in[static_cast<std::size_t>(i)] = S(x[static_cast<std::size_t>(i)], i);
  auto const y = workload::reprojection{}(in);
  Eigen::Matrix<double, 2, workload::reprojection::inputs> J;
  for (int i = 0; i < 2; ++i) J.row(i) = y[static_cast<std::size_t>(i)].v.transpose();
  return J;
}
