// expect: no matching function for call to 'sin(
// expect-clang: no matching function for call to 'sin'
// heading: no matching function for call to 'sin'
// most-lines-short: 30
#include <cmath>
#include <duet/duet.hpp>

auto const f = [](auto const& x) { return std::sin(x); };
double const slope = duet::derivative(f, 1.5);
