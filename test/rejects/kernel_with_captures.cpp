// expect: duet::kernel needs a function without captures, since it is traced while the program compiles
#include <duet/kernel/kernel.hpp>

int main() {
  double const scale = 2;
  auto const k = duet::kernel([scale](auto const& x) { return scale * x; });
  return static_cast<int>(k(1.0));
}
