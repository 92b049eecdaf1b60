// expect: duet::affine needs b to have an entry for each row of A; their static sizes differ
#include <duet/driver/affine.hpp>

auto const map = duet::affine(Eigen::Matrix<double, 3, 2>(), Eigen::Vector2d(1, 2));
