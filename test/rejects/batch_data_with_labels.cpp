// expect: duet::sum_over: these data cannot lie in lanes, since they are not made of numbers alone
#include <duet/batch/sum_over.hpp>
#include <string>

std::vector<std::pair<double, std::string>> const data{{1, "one"}, {2, "two"}};
double const y = duet::sum_over(data, [](auto const& p, auto const& d) { return p * d.first; })(2.0);
