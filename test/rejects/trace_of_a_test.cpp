// expect: duet::trace needs f to return a number, or an Eigen vector or matrix, a std::array or a std::vector
#include <duet/trace.hpp>

auto const rows = duet::trace([](auto const& x) { return x > 0; }, 1.0);
