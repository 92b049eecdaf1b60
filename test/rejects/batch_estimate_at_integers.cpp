// expect: duet::monte_carlo: estimate(p) needs p to be a floating-point number
#include <duet/batch/monte_carlo.hpp>

auto const e = duet::monte_carlo(10, 1, [](auto const& p, auto& draws) { return p * draws.normal(); }).estimate(2);
