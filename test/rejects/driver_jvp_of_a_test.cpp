// expect: duet::jvp needs f to return a number, or an Eigen vector or matrix
#include <duet/driver/product.hpp>

auto const t = duet::jvp([](auto const& x) { return x[0] > 1; }, Eigen::Vector2d(1, 2), Eigen::Vector2d(1, 0));
