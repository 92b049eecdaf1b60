// expect: duet: a prepared driver needs x of the type that it was prepared with
#include <duet/sparse.hpp>

auto prepared = duet::prepare_sparse_jacobian([](auto const& x) { return x[0]; }, Eigen::Vector2d(1, 2));
auto const j = prepared(std::vector<double>{1, 2});
