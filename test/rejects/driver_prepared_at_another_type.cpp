// expect: duet: a prepared driver needs x of the type that it was prepared with, or for an Eigen type an
#include <duet/driver/prepare.hpp>

auto prepared = duet::prepare_gradient([](auto const& x) { return x[0] * x[1]; }, Eigen::Vector2d(1, 2));
auto const& g = prepared(std::array{1.0, 2.0});
