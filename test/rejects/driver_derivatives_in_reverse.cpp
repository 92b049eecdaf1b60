// expect: duet::derivatives carries a series in forward mode only: call duet::derivatives<K>(f, t), or
#include <duet/driver/derivatives.hpp>

auto const d = duet::derivatives<2>(duet::reverse, [](auto const& t) { return t * t; }, 2.0);
