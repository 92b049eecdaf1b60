// expect: duet::sparse_hessian needs f to accept Duet scalars, tracers among them
#include <duet/sparse.hpp>

auto const h = duet::sparse_hessian([](Eigen::Vector2d const& x) { return x[0]; }, Eigen::Vector2d(1, 2));
