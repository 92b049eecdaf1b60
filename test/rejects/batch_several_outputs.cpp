// expect: duet::sum_over needs f to return one number for each datum; for several there is duet::map_over
#include <duet/batch/sum_over.hpp>

std::vector<double> const data{1, 2, 3};
auto const y = duet::sum_over(data, [](auto const& p, auto const& x) { return std::array{p * x, p + x}; })(2.0);
