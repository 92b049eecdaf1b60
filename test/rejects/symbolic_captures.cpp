// expect: duet::symbolic::expression needs a function without captures
#include <duet/symbolic.hpp>
void f(double a) {
  (void)duet::symbolic::expression<1>([a](auto x) { return a * x; });
}
