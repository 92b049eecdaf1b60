// expect: duet::derivative needs f to return a number, or an Eigen vector or matrix
// heading: duet::derivative needs f to return a number
// most-lines: 30
#include <duet/duet.hpp>
#include <string>

auto const f = [](auto const& x) { return x > 0 ? std::string("up") : std::string("down"); };
auto const slope = duet::derivative(f, 1.0);
