// expect: 'unknown' was not declared in this scope
// expect-clang: use of undeclared identifier 'unknown'
#include <duet/duet.hpp>

auto const f = [](auto const& x) { return x[0] * unknown(x[1]); };
auto const g = duet::gradient(f, Eigen::Vector2d(1, 2));
