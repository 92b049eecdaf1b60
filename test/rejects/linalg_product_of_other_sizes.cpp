// expect: duet::product needs as many rows in B as A has columns
// heading: duet::product needs as many rows in B as A has columns
// most-lines: 30
#include <duet/linalg.hpp>

auto const c = duet::product(Eigen::Matrix3d(), Eigen::Matrix2d());
