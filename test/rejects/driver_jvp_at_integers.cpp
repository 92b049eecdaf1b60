// expect: duet::jvp needs x to be a floating-point number
#include <duet/driver/product.hpp>
#include <vector>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const t = duet::jvp(f, std::vector<int>{1, 2}, std::vector<double>{1, 0});
