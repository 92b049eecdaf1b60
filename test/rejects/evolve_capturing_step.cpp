// expect: duet::evolve: the step captures something, but the sweep calls it when the function that called evolve has
// returned: pass what it needs as arguments
// heading: duet::evolve: the step captures something
// most-lines: 30
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  double const rate = 0.5;
  return static_cast<int>(duet::evolve(duet::snapshots(2), [&](auto const& y, long) { return y * rate; }, 1.0, 3));
}
