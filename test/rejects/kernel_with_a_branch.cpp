// expect: a branch on an active value cannot be traced
// expect-in-output: select(condition, a, b)
// expect-in-output: duet::preaccumulate
#include <duet/duet.hpp>
#include <duet/kernel/kernel.hpp>

int main() {
  auto const k = duet::kernel([](auto const& x) {
    if (x > 1) return x * x;
    return x * 1.0;
  });
  return static_cast<int>(k(1.0));
}
