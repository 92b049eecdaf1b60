// expect: duet::sparse_jacobian needs f to accept Duet scalars, tracers among them
#include <duet/sparse.hpp>

auto const j = duet::sparse_jacobian([](Eigen::Vector2d const& x) { return x; }, Eigen::Vector2d(1, 2));
