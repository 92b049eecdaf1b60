#include <duet/duet.hpp>

int main() {
  auto const f = [](auto const& x) { return x[0] * x[0] * x[1]; };
  return duet::gradient(f, Eigen::Vector2d(3, 5)) == Eigen::Vector2d(30, 9) ? 0 : 1;
}
