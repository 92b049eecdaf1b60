// expect: expected primary-expression before
// expect-clang: missing 'template' keyword prior to dependent template name 'head'
// heading: expected primary-expression before ')' token
// most-lines: 30
#include <duet/duet.hpp>

auto const f = [](auto const& x) { return x.head<2>().norm(); };
auto const g = duet::gradient(f, Eigen::Vector3d(1, 2, 3));
