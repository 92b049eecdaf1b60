// expect: duet::jacobian needs f to return a number, or an Eigen vector or matrix
#include <duet/driver/jacobian.hpp>

auto const j = duet::jacobian([](auto const& x) { (void)x; }, Eigen::Vector2d(1, 2));
