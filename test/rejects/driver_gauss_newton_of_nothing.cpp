// expect: duet::gauss_newton needs r to return the residuals
#include <duet/driver/gauss_newton.hpp>

auto const g = duet::gauss_newton([](auto const& x) { (void)x; }, Eigen::Vector2d(1, 2));
