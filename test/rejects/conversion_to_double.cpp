// expect: cannot convert
// expect-clang: no viable conversion from
// heading: cannot convert ... to 'double'
// most-lines: 30
#include <duet/duet.hpp>

double closest(duet::dual<> const& x) {
  double d = x;
  return d;
}
