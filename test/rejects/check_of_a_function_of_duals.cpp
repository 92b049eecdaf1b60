// expect: duet::check_derivatives needs f to accept plain numbers too, which it differences
#include <duet/check.hpp>
#include <duet/math/math.hpp>

auto const f = [](duet::active_scalar auto const& x) { return x * x; };
auto const check = duet::check_derivatives(f, 2.0);
