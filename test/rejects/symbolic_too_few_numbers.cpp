// expect: a graph is called with a number for each of its variables
#include <duet/symbolic.hpp>
auto f() { return (duet::symbolic::variable<0> * duet::symbolic::variable<1>)(1.0); }
