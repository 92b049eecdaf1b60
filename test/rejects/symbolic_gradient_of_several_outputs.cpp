// expect: duet::symbolic::value_and_gradient needs a graph with one output
#include <duet/symbolic.hpp>
constexpr auto g = duet::symbolic::expression<1>([](auto x) { return std::array{x, x * x}; });
auto f() { return duet::symbolic::value_and_gradient(g, 1.0); }
