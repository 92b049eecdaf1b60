// expect: duet::args: a constant argument is active and the others are plain numbers
#include <duet/duet.hpp>

auto const inner = [](auto const& a, auto const& t) { return a * t * t; };
auto const outer = [](auto const& s) { return std::get<0>(duet::gradient(inner, duet::args(duet::constant(s), 2.0))); };
auto const d = duet::derivative(outer, 3.0);
