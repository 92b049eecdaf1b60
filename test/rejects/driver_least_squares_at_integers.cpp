// expect: duet::least_squares needs x0 to be a floating-point number
#include <duet/driver/least_squares.hpp>
#include <vector>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const fit = duet::least_squares(f, std::vector<int>{1, 2});
