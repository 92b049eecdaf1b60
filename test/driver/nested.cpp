#include "catch.hpp"

#include <duet/driver/derivative.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>

#include "oracle.hpp"

// Derivatives inside differentiated functions: each level is a scalar type of its own.

namespace {

using duet_test::near;
using Eigen::MatrixXd, Eigen::VectorXd;

// sin(x0) x1 + x0 x2^3
constexpr auto f = [](auto const& x) {
  using std::sin;
  return sin(x[0]) * x[1] + x[0] * x[2] * x[2] * x[2];
};
MatrixXd hessian_of_f(VectorXd const& x) {
  MatrixXd H(3, 3);
  H << -std::sin(x[0]) * x[1], std::cos(x[0]), 3 * x[2] * x[2],  //
      std::cos(x[0]), 0, 0,                                      //
      3 * x[2] * x[2], 0, 6 * x[0] * x[2];
  return H;
}

template <class Outer, class Inner, class X>
MatrixXd nested_hessian(Outer outer, Inner inner, X const& x) {
  return duet::jacobian(outer, [inner](auto const& y) { return duet::gradient(inner, f, y); }, x);
}

}  // namespace

TEST_CASE("a Jacobian of a gradient is the Hessian, whichever mode lies inside the other") {
  Eigen::Vector3d const x(0.3, -1.2, 0.7);
  MatrixXd const H = hessian_of_f(x);
  CHECK(near(nested_hessian(duet::forward, duet::forward, x), H));
  CHECK(near(nested_hessian(duet::forward, duet::reverse, x), H));
  CHECK(near(nested_hessian(duet::reverse, duet::forward, x), H));
  CHECK(near(nested_hessian(duet::reverse, duet::reverse, x), H));
}

TEST_CASE("three levels give third derivatives") {
  auto const cube = [](auto const& t) { return t * t * t * t; };
  auto const second = [&](auto const& t) {
    return duet::derivative([&](auto const& u) { return duet::derivative(cube, u); }, t);
  };
  CHECK(duet::derivative(second, 2.0) == 48);
}

TEST_CASE("levels do not mix: d/dx of x d/dy (x + y) is 1") {
  auto const outer = [](auto const& a) {
    using A = std::decay_t<decltype(a)>;
    return A(a * duet::derivative([&a](auto const& b) { return a + b; }, A(1.0)));
  };
  CHECK(duet::derivative(outer, 1.0) == 1);
  CHECK(duet::derivative(duet::reverse, outer, 1.0) == 1);
  auto const all_reverse = [](auto const& a) {
    using A = std::decay_t<decltype(a)>;
    return A(a * duet::derivative(duet::reverse, [&a](auto const& b) { return a * b; }, A(1.0)));
  };
  CHECK(duet::derivative(duet::reverse, all_reverse, 3.0) == 6);  // d/da a^2
}
