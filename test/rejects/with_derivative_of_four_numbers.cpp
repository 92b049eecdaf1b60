// expect: duet::with_derivative makes functions of one, two or three numbers
#include <duet/forward/with_derivative.hpp>

auto const f =
    duet::with_derivative([](auto const&... x) { return (x + ...); }, [](auto const&... x) { return (x * ...); });
double const sum = f(1.0, 2.0, 3.0, 4.0);
