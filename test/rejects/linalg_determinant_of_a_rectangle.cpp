// expect: need a square matrix
#include <duet/linalg.hpp>

auto const d = duet::determinant(Eigen::Matrix<double, 3, 2>());
