// expect: cannot convert
// expect-clang: no viable conversion from
#include <duet/duet.hpp>

double closest(duet::dual<> const& x) {
  double d = x;
  return d;
}
