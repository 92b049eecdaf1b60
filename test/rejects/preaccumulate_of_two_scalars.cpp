// expect: duet::preaccumulate: all variables are of one scalar type
#include <duet/driver/preaccumulate.hpp>
auto f(duet::var<> const& x, duet::var<float> const& y) {
  return duet::preaccumulate([](auto const& u, auto const&) { return u * u; }, x, y);
}
