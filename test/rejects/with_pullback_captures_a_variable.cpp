// expect: duet::with_pullback: f returns a variable though it was called with plain numbers: it captures one
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

double const slope = duet::gradient(
    duet::reverse,
    [](auto const& x) {
      auto const f = duet::with_pullback([x](auto const& y) { return x * y; },
                                         [x](auto const&, auto const&, auto const& ybar) { return x * ybar; });
      return f(2.0) + f(x);
    },
    3.0);
