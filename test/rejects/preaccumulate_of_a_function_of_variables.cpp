// expect: duet::preaccumulate needs f to accept Duet scalars
#include <duet/driver/preaccumulate.hpp>
duet::var<> f(duet::var<> const& x) {
  return duet::preaccumulate([](duet::var<> const& u) { return duet::var<>(u * u); }, x);
}
