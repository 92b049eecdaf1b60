// expect: duet: f does not take the parameters and a datum, f(p, datum), in duet::lanes
#include <duet/batch/sum_over.hpp>

std::vector<double> const data{1, 2, 3};
double const y = duet::sum_over(data, [](double p, double x) { return p * x; })(2.0);
