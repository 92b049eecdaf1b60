// expect: a variable of the outer one meets those of the inner
#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>

auto const outer = [](auto const& a) {
  auto const inner = [&a](auto const& b) { return b[0] * a[0] - b[1]; };
  return a[1] * duet::gradient(duet::reverse, inner, Eigen::Vector2d(1, 2))[0];
};
auto const wrong = duet::gradient(duet::reverse, outer, Eigen::Vector2d(1, 2));
