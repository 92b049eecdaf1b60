// expect: duet::gauss_newton needs x to be a floating-point number
#include <duet/driver/gauss_newton.hpp>
#include <vector>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const g = duet::gauss_newton(f, std::vector<int>{1, 2});
