// expect: duet::least_squares needs r to accept Duet scalars: make r a template or a generic lambda
#include <duet/driver/least_squares.hpp>

Eigen::Vector2d residual(Eigen::Vector2d const& x) { return x.reverse(); }

auto const fit = duet::least_squares(residual, Eigen::Vector2d(1, 2));
