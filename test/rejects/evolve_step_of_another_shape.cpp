// expect: duet::evolve needs the step to return the next state, of the same shape as the initial one
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  return static_cast<int>(
      duet::evolve(duet::snapshots(2), [](auto const& y, long) { return y[0]; }, std::array<double, 2>{1, 2}, 3)[0]);
}
