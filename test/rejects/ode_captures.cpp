// expect: duet::solve_ode: rhs captures something, but the sweep calls it when the function that called solve_ode
#include <duet/duet.hpp>
#include <duet/ode.hpp>

auto const f = [](auto const& x) {
  double const rate = 0.5;
  return duet::solve_ode([&](auto const& y, auto const&, auto const& p) { return -rate * p * y; }, 1.0, 0.0, 1.0, x);
};
double const slope = duet::gradient(duet::reverse, f, 3.0);
