// expect: duet::check_derivatives needs x to be a float, double or long double, or an Eigen vector or matrix
#include <duet/check.hpp>
#include <vector>

auto const check = duet::check_derivatives([](auto const& x) { return x[0] * x[1]; }, std::vector<int>{1, 2});
