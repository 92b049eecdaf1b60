// expect: duet::vjp needs f to return a number, or an Eigen vector or matrix
#include <duet/driver/product.hpp>

auto const a = duet::vjp([](auto const& x) { return x[0] > 1; }, Eigen::Vector2d(1, 2), 1.0);
