// expect: duet::check_derivatives needs x to be a float, double or long double, or an Eigen vector or matrix
#include <duet/check.hpp>

auto const check = duet::check_derivatives([](auto const& x) { return x * x; }, duet::dual<>(1.0));
