// expect: duet::jacobian needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/driver/jacobian.hpp>

Eigen::Vector2d swapped(Eigen::Vector2d const& x) { return x.reverse(); }

auto const j = duet::jacobian(swapped, Eigen::Vector2d(1, 2));
