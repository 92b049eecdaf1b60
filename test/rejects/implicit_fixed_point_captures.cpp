// expect: duet::fixed_point: phi captures something, but the sweep calls it when the function that called fixed_point
#include <duet/duet.hpp>
#include <duet/linalg/fixed_point.hpp>

double const half = 0.5;
auto const f = [](auto const& x) {
  double const factor = half;
  return duet::fixed_point([&](auto const& y, auto const& p) { return factor * y + p; }, 1.0, x);
};
double const slope = duet::gradient(duet::reverse, f, 3.0);
