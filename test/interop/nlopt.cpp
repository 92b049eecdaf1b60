// NLopt with gradients of objective and constraints by Duet.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/interop/nlopt.hpp>
#include <nlopt.hpp>

namespace {

// The tutorial problem of NLopt: min sqrt(x1) with x1 >= (a x0 + b)^3 for (a, b) = (2, 0), (-1, 1): (1/3, 8/27).
TEST_CASE("NLopt minimises under constraints with Duet's gradients", "[interop]") {
  for (auto const algorithm : {nlopt::LD_MMA, nlopt::LD_SLSQP}) {
    duet::nlopt_function objective([](auto const& x) {
      using std::sqrt;
      return std::decay_t<decltype(x[0])>(sqrt(x[1]));
    });
    duet::nlopt_function constraints([](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      S const a = 2 * x[0], b = 1 - x[0];
      return Eigen::Matrix<S, 2, 1>(S(a * a * a - x[1]), S(b * b * b - x[1]));
    });
    nlopt::opt optimizer(algorithm, 2);
    optimizer.set_lower_bounds({-10, 1e-8});
    optimizer.set_min_objective(objective.scalar, &objective);
    optimizer.add_inequality_mconstraint(constraints.vector, &constraints, {1e-10, 1e-10});
    optimizer.set_xtol_rel(1e-10);
    std::vector<double> x{1.234, 5.678};
    double least = 0;
    optimizer.optimize(x, least);
    REQUIRE(x[0] == Approx(1.0 / 3).epsilon(1e-6));
    REQUIRE(x[1] == Approx(8.0 / 27).epsilon(1e-6));
    REQUIRE(least == Approx(std::sqrt(8.0 / 27)).epsilon(1e-6));
  }
}

TEST_CASE("NLopt's algorithms without gradients evaluate the function alone", "[interop]") {
  int plain = 0, active = 0;
  duet::nlopt_function f([&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    ++(std::is_same_v<S, double> ? plain : active);
    return S((x[0] - 1) * (x[0] - 1) + (x[1] + 2) * (x[1] + 2));
  });
  nlopt::opt optimizer(nlopt::LN_NELDERMEAD, 2);
  optimizer.set_min_objective(f.scalar, &f);
  optimizer.set_xtol_rel(1e-8);
  std::vector<double> x{0, 0};
  double least = 0;
  optimizer.optimize(x, least);
  REQUIRE(x[0] == Approx(1).epsilon(1e-6));
  REQUIRE((plain > 0 && active == 0));
}

}  // namespace
