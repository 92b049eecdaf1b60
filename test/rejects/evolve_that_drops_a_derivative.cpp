// expect: duet::evolve needs the step to return the next state, of the same shape as the initial one
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

// A state of numbers, and a variable inside an argument that Duet does not look into.
struct model {
  duet::var<> gain;
};

int main() {
  auto const step = [](auto const& y, long, model const& m) { return duet::var<>(m.gain * y); };
  return static_cast<int>(duet::evolve(duet::snapshots(2), step, 1.0, 3, model{}));
}
