// expect: a branch on an active value cannot be traced
#include <duet/symbolic.hpp>
constexpr auto f = duet::symbolic::expression<2>([](auto x, auto y) { return x < y ? x : y; });
