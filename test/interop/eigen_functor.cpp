// Eigen's solvers with Jacobians by Duet, on problems whose solution is known.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/interop/eigen_functor.hpp>
#include <unsupported/Eigen/NonLinearOptimization>

namespace {

using Eigen::VectorXd;

TEST_CASE("Eigen's Levenberg-Marquardt fits with Duet's Jacobian", "[interop]") {
  VectorXd const t = VectorXd::LinSpaced(20, 0, 2);
  VectorXd const y = (1.7 * (-0.8 * t.array()).exp() + 0.3).matrix();
  auto const residuals = [&](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(t.size());
    for (Eigen::Index i = 0; i < t.size(); ++i) {
      using std::exp;
      r[i] = p[0] * exp(-p[1] * t[i]) + p[2] - y[i];
    }
    return r;
  };
  duet::eigen_functor functor(residuals, 3, t.size());
  Eigen::LevenbergMarquardt solver(functor);
  VectorXd p = VectorXd::Ones(3);
  solver.minimize(p);
  REQUIRE((p - Eigen::Vector3d(1.7, 0.8, 0.3)).norm() <= 1e-7);
}

TEST_CASE("Eigen's hybrid solver finds roots with Duet's Jacobian", "[interop]") {
  auto const f = [](auto const& x) {
    std::decay_t<decltype(x)> r = x;
    r[0] = x[0] * x[0] + x[1] * x[1] - 4;
    r[1] = x[0] * x[1] - 1;
    return r;
  };
  duet::eigen_functor functor(f, 2, 2);
  Eigen::HybridNonLinearSolver solver(functor);
  VectorXd x = Eigen::Vector2d(2, 0.3);
  solver.hybrj1(x);
  // x^2 = 2 + sqrt(3)
  REQUIRE(x[0] == Approx(std::sqrt(2 + std::sqrt(3.0))).epsilon(1e-10));
}

TEST_CASE("Eigen's functor is told how many residuals there are", "[interop]") {
  duet::eigen_functor const functor([](auto const& x) { return x; }, 2, 3);
  VectorXd r(3);
  REQUIRE_THROWS_WITH(functor(Eigen::Vector2d(1, 2), r),
                      duet_test::contains("duet::eigen_functor: the result of f has 2 entries, expected 3"));
}

}  // namespace
