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

TEST_CASE("an inner derivative at a plain number may capture plain numbers") {
  double const c = 3;
  auto const outer = [c](auto const& a) {
    return a * duet::derivative([c](auto const& b) { return c * b * b; }, 2.0);  // 12 a
  };
  CHECK(duet::derivative(outer, 5.0) == 12);
  CHECK(duet::derivative(duet::reverse, outer, 5.0) == 12);
  auto const from_value = [](auto const& a) {
    double const frozen = duet::value(a);
    return a * duet::derivative([frozen](auto const& b) { return frozen * b; }, 1.0);
  };
  CHECK(duet::derivative(from_value, 5.0) == 5);  // what is frozen does not move
}

// x^n as a recursion through derivatives: d/dt (t x^(n-1)) at t = x^0.
struct power {
  int n;
  template <class S>
  S operator()(S const& x) const {
    if (n == 0) return S(1);
    double const one_more = duet::derivative([](auto const& t) { return 2 * t; }, 0.5) / 2;
    return x * one_more * power{n - 1}(x);
  }
};
// The same callable at work inside itself, at a plain number.
struct nested_cube {
  int depth;
  template <class S>
  S operator()(S const& x) const {
    if (depth == 0) return x * x * x;
    return x * duet::derivative(nested_cube{depth - 1}, 2.0);
  }
};

TEST_CASE("derivatives in a recursion stay apart") {
  CHECK(duet::derivative(power{4}, 2.0) == 32);
  CHECK(duet::derivative(nested_cube{0}, 2.0) == 12);
  CHECK(duet::derivative(nested_cube{1}, 2.0) == 12);
  CHECK(duet::derivative(duet::reverse, nested_cube{3}, 2.0) == 12);
}

TEST_CASE("scalars of drivers differ in type where a callable captures something") {
  double const c = 2;
  auto const plain = [](auto const& x) { return x; };
  auto const capturing = [c](auto const& x) { return c * x; };
  auto const other = [c](auto const& x) { return x / c; };
  using duet::tag_of;
  STATIC_REQUIRE(std::is_void_v<tag_of<decltype(plain)>>);
  STATIC_REQUIRE(!std::is_same_v<tag_of<decltype(capturing)>, tag_of<decltype(other)>>);
  using A = duet::forward_scalar<decltype(capturing), double, 1>;
  using B = duet::forward_scalar<decltype(other), double, 1>;
  STATIC_REQUIRE(duet::perturbations_confused<A, B>);
  STATIC_REQUIRE(!std::is_constructible_v<A, B>);
  STATIC_REQUIRE(!duet::perturbations_confused<A, duet::dual<A, 1>>);
}
