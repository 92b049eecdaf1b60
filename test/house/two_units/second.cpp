#include "shared.hpp"

duet::var<> cube(duet::var<> const& x) { return x * x * x; }

double slope_of_cube(double x) {
  return duet::derivative([](auto const& t) { return t * t * t; }, x);
}
