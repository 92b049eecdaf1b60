// expect: duet::least_squares needs x0 to be of plain numbers
#include <array>
#include <duet/driver/least_squares.hpp>

auto const f = [](auto const& x) { return x[0] * x[1]; };
auto const fit = duet::least_squares(f, std::array<duet::dual<>, 2>{});
