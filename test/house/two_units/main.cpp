// Both files of this program include all of Duet: nothing is defined twice, and the active tape is one and the same.
#include <iostream>

#include "shared.hpp"

int main() {
  duet::tape<> tape;
  duet::recording const scope(tape);
  duet::var<> const x = tape.independent(2.0);
  duet::var<> const y = cube(x) + x;  // cube is recorded by the other file
  tape.reverse(y);
  double const here = duet::derivative([](auto const& t) { return t * t * t; }, 2.0);
  std::cout << tape.adjoint(x) << ' ' << here << ' ' << slope_of_cube(2.0) << '\n';
  return tape.adjoint(x) == 13 && here == 12 && slope_of_cube(2.0) == 12 ? 0 : 1;
}
