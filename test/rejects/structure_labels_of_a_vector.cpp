// expect: duet::labelled_jacobian needs x to be a struct of parameters, described to Boost.Hana, or

#include <duet/driver/labelled_jacobian.hpp>

int main() {
  auto const f = [](auto const& x) { return x[0] * x[1]; };
  (void)duet::labelled_jacobian(f, Eigen::Vector2d(1, 2));
}
