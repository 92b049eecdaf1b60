#include <duet/duet.hpp>
#include <iostream>

int main() {
  const auto f = [](const auto& x) { return x[0] * x[1] + exp(x[0] * x[1]) - sin(x[1]); };
  const Eigen::Vector2d x(1.5, 0.5);
  const auto [value, gradient] = duet::value_and_gradient(f, x);
  std::cout << "f = " << value << ", gradient = (" << gradient[0] << ", " << gradient[1] << ")\n";
}
