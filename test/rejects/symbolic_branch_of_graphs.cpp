// expect: a branch on an active value cannot be traced
#include <duet/symbolic.hpp>
auto f() {
  constexpr auto x = duet::symbolic::variable<0>;
  return x > 0 ? 1 : 2;
}
