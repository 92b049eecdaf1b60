// fixed_point against closed forms, by contraction and by linear solve.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/fixed_point.hpp>

namespace {

using Eigen::Vector2d;
using Eigen::VectorXd;

// Hero's square root, and Kepler's equation E = M + e sin E, which contracts by e.
auto const hero = [](auto const& y, auto const& p) { return (y + p / y) / 2; };
auto const kepler = [](auto const& y, auto const& q) {
  using std::sin;
  return q[0] + q[1] * sin(y);
};
template <class Method>
auto anomaly(Method method) {
  return [method](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    return S(duet::fixed_point(method, kepler, 1.0, Eigen::Matrix<S, 2, 1>(p)));
  };
}

TEMPLATE_TEST_CASE("fixed_point of Kepler's equation has its derivatives in both modes", "[fixed_point]",
                   duet::contraction_method, duet::linear_solve_method) {
  auto const f = anomaly(TestType{});
  Vector2d const at(1.2, 0.7);
  double const e = f(at), d = 1 - 0.7 * std::cos(e), s = std::sin(e), c = std::cos(e), d3 = d * d * d;
  REQUIRE(e - 0.7 * s == Approx(1.2).epsilon(1e-12));
  Vector2d const gradient(1 / d, s / d);
  REQUIRE((duet::gradient(duet::forward, f, at) - gradient).norm() <= 1e-11);
  REQUIRE((duet::gradient(duet::reverse, f, at) - gradient).norm() <= 1e-11);
  Eigen::Matrix2d hessian;
  hessian(0, 0) = -0.7 * s / d3;
  hessian(0, 1) = hessian(1, 0) = c / (d * d) - 0.7 * s * s / d3;
  hessian(1, 1) = 2 * s * c / (d * d) - 0.7 * s * s * s / d3;
  REQUIRE((duet::hessian(duet::reverse, f, at) - hessian).norm() <= 1e-10);
}

TEST_CASE("fixed_point does not depend on where it starts", "[fixed_point]") {
  auto const derivative = [](double start) {
    return duet::derivative([=](auto const& p) { return duet::fixed_point(hero, start, p); }, 2.0);
  };
  for (double const start : {1.0, 1.4142, 1e4})
    REQUIRE(derivative(start) == Approx(0.5 / std::sqrt(2.0)).epsilon(1e-14));
}

// y = A y / 2 + b with rotations A: 200 unknowns, whose fixed point is known.
TEST_CASE("fixed_point of many unknowns is swept by the contraction itself", "[fixed_point]") {
  auto const phi = [](auto const& y, auto const& b) {
    using R = std::common_type_t<std::decay_t<decltype(y[0])>, std::decay_t<decltype(b[0])>>;
    Eigen::Matrix<R, Eigen::Dynamic, 1> next(y.size());
    for (Eigen::Index i = 0; i < y.size(); i += 2) {
      next[i] = 0.3 * y[i] - 0.4 * y[i + 1] + b[i];
      next[i + 1] = 0.4 * y[i] + 0.3 * y[i + 1] + b[i + 1];
    }
    return next;
  };
  auto const f = [&](auto const& b) {
    auto const y = duet::fixed_point(phi, VectorXd::Zero(b.size()), b);
    return std::decay_t<decltype(b[0])>(y.squaredNorm());
  };
  VectorXd const b = VectorXd::LinSpaced(200, -1, 1);
  // (I - A)^T (I - A) = 0.65 I, so |y|^2 = |b|^2 / 0.65
  REQUIRE(f(b) == Approx(b.squaredNorm() / 0.65).epsilon(1e-11));
  REQUIRE((duet::gradient(duet::reverse, f, b) - 2 / 0.65 * b).norm() <= 1e-10);
}

TEST_CASE("fixed_point says why there is none", "[fixed_point]") {
  auto const grow = [](auto const& y, auto const& p) { return 2 * y + p; };
  REQUIRE_THROWS_WITH(duet::fixed_point(grow, 1.0, 1.0),
                      duet_test::contains("duet::fixed_point: the iteration is not finite after"));
  auto const turn = [](auto const& y, auto const& p) { return p - y; };
  REQUIRE_THROWS_WITH(duet::fixed_point(turn, 1.0, 1.0, {.iterations = 50}),
                      duet_test::contains("duet::fixed_point: no convergence after 50 iterations: the last step is 1"));
}

}  // namespace
