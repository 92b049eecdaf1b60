// expect: duet::sum_over needs data to be a random-access range, an Eigen vector or matrix of numbers
#include <duet/batch/sum_over.hpp>
#include <list>

std::list<double> const data{1, 2, 3};
auto const sum = duet::sum_over(data, [](auto const& p, auto const& x) { return p * x; });
