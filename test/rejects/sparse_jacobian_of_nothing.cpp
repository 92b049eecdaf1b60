// expect: duet::sparse_jacobian needs f to return a number, or an Eigen vector or matrix
#include <duet/sparse.hpp>

auto const j = duet::sparse_jacobian([](auto const& x) { (void)x; }, Eigen::Vector2d(1, 2));
