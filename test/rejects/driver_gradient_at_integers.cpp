// expect: duet::gradient needs x to be a floating-point number
#include <duet/driver/gradient.hpp>
#include <vector>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const g = duet::gradient(f, std::vector<int>{1, 2});
