// expect: duet::affine needs A to be an Eigen matrix, with a row for each number that f is given and a column for
#include <duet/driver/affine.hpp>

auto const map = duet::affine(2.0, Eigen::Vector2d(1, 2));
