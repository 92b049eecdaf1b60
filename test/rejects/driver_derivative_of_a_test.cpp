// expect: duet::derivative needs f to return a number, or an Eigen vector or matrix
#include <duet/driver/derivative.hpp>

auto const d = duet::derivative([](auto const& t) { return t > 1; }, 2.0);
