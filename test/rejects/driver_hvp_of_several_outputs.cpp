// expect: duet::hvp needs f to return one scalar; for several outputs take the products of each
#include <duet/driver/hvp.hpp>

auto const p = duet::hvp([](auto const& x) { return x; }, Eigen::Vector2d(1, 2), Eigen::Vector2d(1, 0));
