// Differentiates one function by one driver: enough to need the headers, their dependencies and C++20.
#include <duet/duet.hpp>
#include <iostream>

int main() {
  auto const f = [](auto const& x) { return x[0] * x[0] * x[1]; };
  Eigen::VectorXd const gradient = duet::gradient(f, Eigen::VectorXd(Eigen::Vector2d(3, 5)));
  std::cout << gradient.transpose() << '\n';
  return gradient == Eigen::Vector2d(30, 9) ? 0 : 1;
}
