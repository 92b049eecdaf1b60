// expect: duet::check_derivatives needs f to return a number, or an Eigen vector or matrix, a std::array
#include <duet/check.hpp>

auto const check = duet::check_derivatives([](auto const& x) { return x > 1; }, 2.0);
