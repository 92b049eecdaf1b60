// expect: duet::sparse_hessian needs f to return one scalar; for several outputs take the Hessian of each
#include <duet/sparse.hpp>

auto const h = duet::sparse_hessian([](auto const& x) { return std::decay_t<decltype(x)>(x); }, Eigen::Vector2d(1, 2));
