// expect: cannot be traced into scalar operations
#include <duet/linalg.hpp>
#include <duet/trace.hpp>

auto const f = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, 1, 1> const a(x[0]), b(x[1]);
  return duet::solve(a, b)(0, 0);
};
auto const t = duet::trace(f, Eigen::Vector2d(1, 2));
