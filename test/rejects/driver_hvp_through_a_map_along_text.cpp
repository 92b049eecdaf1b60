// expect: duet::hvp needs v to hold one number for each input
#include <duet/driver/affine.hpp>
#include <string>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const p = duet::hvp(f, duet::affine(Eigen::Matrix2d()), Eigen::Vector2d(1, 2), std::string("10"));
