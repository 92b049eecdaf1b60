// expect: duet::derivatives needs f to return a number, or an Eigen vector or matrix
#include <duet/driver/derivatives.hpp>

auto const d = duet::derivatives<2>([](auto const& t) { return t > 1; }, 2.0);
