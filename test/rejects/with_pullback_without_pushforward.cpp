// expect: duet::with_pullback: forward mode needs a pushforward(x..., y, dx...): give one as third argument
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

auto const f =
    duet::with_pullback([](double x) { return x * x; }, [](double x, double, double ybar) { return 2 * x * ybar; });
double const slope = duet::gradient(duet::forward, f, 3.0);
