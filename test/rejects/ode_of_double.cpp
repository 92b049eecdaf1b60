// expect: duet::solve_ode needs rhs(y, t, p) to accept Duet scalars
#include <duet/duet.hpp>
#include <duet/ode.hpp>

auto const f = [](auto const& x) {
  return duet::solve_ode([](double y, double, double p) { return -p * y; }, 1.0, 0.0, 1.0, x);
};
double const slope = duet::derivative(f, 3.0);
