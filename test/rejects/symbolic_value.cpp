// expect: the value of a traced number is not known when the graph is built
#include <duet/symbolic.hpp>
constexpr auto f = duet::symbolic::expression<1>([](auto x) { return x * duet::value(x); });
