// expect: duet::trace needs the direction to hold one number for each input
#include <duet/trace.hpp>
#include <string>

auto const rows = duet::trace([](auto const& x) { return x * x; }, 1.0, std::string("x"));
