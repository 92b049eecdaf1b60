// expect: duet::jvp needs v to hold one number for each input
#include <duet/driver/product.hpp>
#include <string>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const t = duet::jvp(f, Eigen::Vector2d(1, 2), std::string("10"));
