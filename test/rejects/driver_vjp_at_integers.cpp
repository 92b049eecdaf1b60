// expect: duet::vjp needs x to be a floating-point number
#include <duet/driver/product.hpp>
#include <vector>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const a = duet::vjp(f, std::vector<int>{1, 2}, 1.0);
