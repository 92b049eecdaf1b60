// expect: duet::gauss_newton_product needs v to hold one number for each input
#include <duet/driver/gauss_newton.hpp>
#include <string>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const p = duet::gauss_newton_product(f, Eigen::Vector2d(1, 2), std::string("10"));
