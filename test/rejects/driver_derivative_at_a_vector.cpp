// expect: duet::derivative needs t to be one floating-point number; for several inputs call
#include <array>
#include <duet/driver/derivative.hpp>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const d = duet::derivative(f, std::array{1.0, 2.0});
