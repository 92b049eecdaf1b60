// expect: duet::solve needs as many rows on the right as the matrix has
#include <duet/linalg.hpp>

auto const x = duet::solve(Eigen::Matrix3d(), Eigen::Vector2d());
