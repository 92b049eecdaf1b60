// expect: duet::implicit_root and argmin: the function captures a variable; hand it on in p
#include <duet/duet.hpp>
#include <duet/linalg/implicit.hpp>

double const slope = duet::gradient(
    duet::reverse,
    [](auto const& x) { return duet::implicit_root([x](auto const& y, auto const&) { return y * y - x; }, 1.0, x); },
    3.0);
