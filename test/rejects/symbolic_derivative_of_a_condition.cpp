// expect: a condition has no derivative
#include <duet/symbolic.hpp>
constexpr auto x = duet::symbolic::variable<0>;
auto f() { return duet::symbolic::differentiate(x < 1.0, x); }
