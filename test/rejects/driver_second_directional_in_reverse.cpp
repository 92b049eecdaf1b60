// expect: duet::second_directional needs forward mode, which takes one evaluation: call
#include <duet/driver/second_directional.hpp>

auto const f = [](auto const& x) { return x[0] * x[1]; };
Eigen::Vector2d const x(1, 2);
auto const s = duet::second_directional(duet::reverse, f, x, x, x);
