// expect: duet::affine needs x to have an entry for each column of A; their static sizes differ
#include <duet/driver/affine.hpp>

auto const f = [](auto const& y) { return y[0] * y[1]; };
auto const g = duet::gradient(f, duet::affine(Eigen::Matrix<double, 2, 3>()), Eigen::Vector2d(1, 2));
