// expect: duet::gauss_newton needs r to accept Duet scalars: make r a template or a generic lambda
#include <duet/driver/gauss_newton.hpp>

Eigen::Vector2d residual(Eigen::Vector2d const& x) { return x.reverse(); }

auto const g = duet::gauss_newton(residual, Eigen::Vector2d(1, 2));
