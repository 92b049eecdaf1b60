// expect: duet::map_over needs f to return as many numbers for each datum, known when compiling
#include <duet/batch/map_over.hpp>

std::vector<double> const data{1, 2, 3};
auto const y = duet::map_over(data, [](auto const& p, auto const& x) { return std::vector{p * x}; })(2.0);
