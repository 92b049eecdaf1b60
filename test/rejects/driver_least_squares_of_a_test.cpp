// expect: duet::least_squares needs r to return the residuals
#include <duet/driver/least_squares.hpp>

auto const fit = duet::least_squares([](auto const& x) { return x[0] > 1; }, Eigen::Vector2d(1, 2));
