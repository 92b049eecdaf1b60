// implicit_root in every mode and order, against closed forms.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/implicit.hpp>

namespace {

using Eigen::Vector2d;

// y^2 = p for numbers.
auto const square_root = [](auto const& p) {
  return duet::implicit_root([](auto const& y, auto const& q) { return y * y - q; }, 1.0, p);
};

TEST_CASE("implicit_root of a number is the square root, to the third derivative", "[implicit]") {
  REQUIRE(square_root(2.0) == Approx(std::sqrt(2.0)).epsilon(1e-15));
  STATIC_REQUIRE(std::is_same_v<decltype(square_root(2.0f)), float>);
  auto const got = duet::derivatives<3>([](auto const& p) { return square_root(p); }, 2.0);
  auto const expected = duet::derivatives<3>([](auto const& p) { return sqrt(p); }, 2.0);
  for (std::size_t k = 0; k <= 3; ++k) REQUIRE(got[k] == Approx(expected[k]).epsilon(1e-13));
}

// Kepler's equation E - e sin(E) = M, of which the derivatives in M and e are known:
// E_M = 1 / (1 - e cos E), E_e = sin E / (1 - e cos E).
auto const kepler = [](auto const& p) {
  using S = std::decay_t<decltype(p[0])>;
  using V = Eigen::Matrix<S, 2, 1>;
  return S(duet::implicit_root(
      [](auto const& y, auto const& q) {
        using std::sin;
        return y - q[1] * sin(y) - q[0];
      },
      2.0, V(p[0], p[1])));
};

TEST_CASE("implicit_root of Kepler's equation has its derivatives in both modes", "[implicit]") {
  Vector2d const at(1.2, 0.7);
  double const e = kepler(at), d = 1 - 0.7 * std::cos(e);
  REQUIRE(e - 0.7 * std::sin(e) == Approx(1.2).epsilon(1e-15));
  Vector2d const gradient(1 / d, std::sin(e) / d);
  REQUIRE((duet::gradient(duet::forward, kepler, at) - gradient).norm() <= 1e-14);
  REQUIRE((duet::gradient(duet::reverse, kepler, at) - gradient).norm() <= 1e-14);
  double const d3 = d * d * d, s = std::sin(e), c = std::cos(e);
  Eigen::Matrix2d hessian;
  hessian(0, 0) = -0.7 * s / d3;
  hessian(0, 1) = hessian(1, 0) = c / (d * d) - 0.7 * s * s / d3;
  hessian(1, 1) = 2 * s * c / (d * d) - 0.7 * s * s * s / d3;
  REQUIRE((duet::hessian(duet::forward, kepler, at) - hessian).norm() <= 1e-13);
  REQUIRE((duet::hessian(duet::reverse, kepler, at) - hessian).norm() <= 1e-13);
}

TEST_CASE("implicit_solution gives derivatives to a root found elsewhere", "[implicit]") {
  auto const f = [](auto const& p) {
    double const y = std::sqrt(duet::value(p));
    return duet::implicit_solution([](auto const& x, auto const& q) { return x * x - q; }, y, p);
  };
  auto const got = duet::derivatives<3>(f, 2.0);
  REQUIRE(got[0] == std::sqrt(2.0));
  REQUIRE(got[1] == Approx(0.5 / std::sqrt(2.0)));
  REQUIRE(got[3] == Approx(0.375 * std::pow(2.0, -2.5)));
}

}  // namespace
