// expect: duet::trace needs x to be a float, double or long double, or an Eigen vector or matrix
#include <duet/trace.hpp>

auto const rows = duet::trace([](auto const& x) { return x[0]; }, Eigen::Vector2i(1, 2));
