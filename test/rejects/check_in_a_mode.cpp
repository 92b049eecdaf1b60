// expect: duet::check_derivatives compares all modes: call it without one, check_derivatives(f, x)
#include <duet/check.hpp>
#include <duet/math/math.hpp>

auto const check = duet::check_derivatives(duet::forward, [](auto const& x) { return x * x; }, 2.0);
