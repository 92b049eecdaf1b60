// expect: duet::vjp needs f to accept Duet scalars
#include <duet/driver/product.hpp>

auto const a = duet::vjp([](Eigen::Vector2d const& x) { return x[0]; }, Eigen::Vector2d(1, 2), 1.0);
