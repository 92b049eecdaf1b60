// expect: a variable of the outer one meets those of the inner
#include <duet/driver/derivative.hpp>
#include <duet/math/math.hpp>

// The inner derivative at a plain number: its slope would lose that it depends on a.
auto const outer = [](auto const& a) { return a * duet::derivative([&a](auto const& b) { return a * b; }, 1.0); };
double const wrong = duet::derivative(outer, 2.0);
