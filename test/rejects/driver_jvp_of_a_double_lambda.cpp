// expect: duet::jvp needs f to accept Duet scalars
#include <duet/driver/product.hpp>

auto const t = duet::jvp([](Eigen::Vector2d const& x) { return x[0]; }, Eigen::Vector2d(1, 2), Eigen::Vector2d(1, 0));
