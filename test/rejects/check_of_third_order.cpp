// expect: duet::check_derivatives needs an order of 1 or 2
#include <duet/check.hpp>
#include <duet/math/math.hpp>

auto const check = duet::check_derivatives<3>([](auto const& x) { return x * x; }, 2.0);
