// expect: a branch on an active value cannot be traced
#include <duet/symbolic.hpp>
constexpr auto f = duet::symbolic::expression<1>([](auto x) {
  if (x > 0) return x * x;
  return -x;
});
