// expect: duet::derivatives needs t to be one floating-point number; for several inputs call
#include <array>
#include <duet/driver/derivatives.hpp>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const d = duet::derivatives<2>(f, std::array{1.0, 2.0});
