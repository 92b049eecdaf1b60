// expect: duet::solve and the other functions of duet/linalg.hpp need matrices of real numbers
#include <duet/linalg.hpp>

auto const x = duet::solve(Eigen::Matrix2i(), Eigen::Vector2i());
