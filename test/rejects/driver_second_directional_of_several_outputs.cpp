// expect: duet::second_directional needs f to return one scalar; for several outputs take each on its own
#include <duet/driver/second_directional.hpp>

Eigen::Vector2d const x(1, 2);
auto const s = duet::second_directional([](auto const& y) { return y; }, x, x, x);
