// expect: duet::vjp needs w to hold one number for each output
#include <duet/driver/product.hpp>
#include <string>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const a = duet::vjp(f, Eigen::Vector2d(1, 2), std::string("1"));
