// expect: or say duet::owning(step) if its captures are by value or outlive the sweep
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x)>;
    return duet::evolve_while(
        duet::snapshots(2), [x](auto const& y, long) { return S(y * x); }, x,
        [](auto const&, long k) { return k < 3; });
  };
  return static_cast<int>(duet::gradient(duet::reverse, f, 1.0));
}
