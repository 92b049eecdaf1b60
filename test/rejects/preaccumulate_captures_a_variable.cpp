// expect: a variable of the outer one meets those of the inner
// expect-clang: perturbations_confused<
#include <duet/driver/preaccumulate.hpp>
#include <duet/math/math.hpp>
duet::var<> f(duet::var<> const& x, duet::var<> const& w) {
  return duet::preaccumulate([&](auto const& u) { return sin(u * w); }, x);
}
