// expect: duet::evolve needs a policy first: duet::snapshots(n), the number of states to keep
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  return static_cast<int>(duet::evolve(20, [](auto const& y, long) { return 2 * y; }, 1.0, 3));
}
