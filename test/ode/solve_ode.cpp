// solve_ode against closed forms, in both modes and with few checkpoints.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/ode.hpp>

namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;

duet::ode_options const fine{.relative = 1e-11, .absolute = 1e-13};

// y' = r y (1 - y / k): y(t) = k / (1 + (k / y0 - 1) exp(-r t)).
auto const growth = [](auto const& y, auto const&, auto const& p) { return p[0] * y * (1 - y / p[1]); };
auto const closed_growth = [](auto const& x) {
  using std::exp;
  using S = std::decay_t<decltype(x[0])>;
  return S(x[2] / (1 + (x[2] / x[0] - 1) * exp(-x[1] * 1.5)));
};
template <class Method = duet::dormand_prince>
auto solved_growth(duet::ode_options const& options) {
  return [options](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return S(duet::solve_ode<Method>(growth, x[0], 0.0, 1.5, std::array<S, 2>{x[1], x[2]}, options));
  };
}
Vector3d const at(0.3, 2.0, 1.7);

TEST_CASE("solve_ode of logistic growth has the derivatives of its closed form", "[solve_ode]") {
  auto const f = solved_growth(fine);
  REQUIRE(f(at) == Approx(closed_growth(at)).epsilon(1e-10));
  Vector3d const expected = duet::gradient(closed_growth, at);
  REQUIRE((duet::gradient(duet::forward, f, at) - expected).norm() <= 1e-9);
  REQUIRE((duet::gradient(duet::reverse, f, at) - expected).norm() <= 1e-9);
  REQUIRE((duet::hessian(duet::reverse, f, at) - duet::hessian(closed_growth, at)).norm() <= 1e-7);
}

TEMPLATE_TEST_CASE("solve_ode: each method is right to its tolerance", "[solve_ode]", duet::cash_karp, duet::fehlberg,
                   duet::classical_runge_kutta) {
  duet::ode_options options = fine;
  if (!TestType::is_adaptive) options.first_step = 0.002;
  auto const f = solved_growth<TestType>(options);
  Vector3d const expected = duet::gradient(closed_growth, at);
  REQUIRE(f(at) == Approx(closed_growth(at)).epsilon(1e-9));
  REQUIRE((duet::gradient(duet::forward, f, at) - expected).norm() <= 1e-9);
  REQUIRE((duet::gradient(duet::reverse, f, at) - expected).norm() <= 1e-9);
}

TEST_CASE("solve_ode is differentiated with few checkpoints as with all", "[solve_ode]") {
  duet::ode_options few = fine;
  few.checkpoints = duet::snapshots(3);
  Vector3d const expected = duet::gradient(duet::reverse, solved_growth(fine), at);
  REQUIRE(duet::gradient(duet::reverse, solved_growth(few), at) == expected);
  // Steps are those of the values, and so are the values.
  duet::dual<double, 1> const y = solved_growth(few)(
      std::array<duet::dual<double, 1>, 3>{duet::dual<double, 1>::independent(at[0], 0), at[1], at[2]});
  REQUIRE(y.value() == Approx(solved_growth(few)(at)).epsilon(1e-15));
}

TEST_CASE("solve_ode says where it fails", "[solve_ode]") {
  auto const blow_up = [](auto const& y, auto const&, auto const&) { return y * y; };  // 1 / (1 - t)
  REQUIRE_THROWS_WITH(duet::solve_ode(blow_up, 1.0, 0.0, 2.0, 0.0),
                      duet_test::contains("duet::solve_ode: the ") && duet_test::contains("at t = 1"));
  REQUIRE_THROWS_WITH(duet::solve_ode(growth, 0.3, 0.0, 1.5, Vector2d(2, 1.7), {.steps = 3}),
                      duet_test::contains("duet::solve_ode: the number of steps has reached options.steps"));
  auto const undefined = [](auto const& y, auto const& t, auto const&) {
    using std::sqrt;
    return sqrt(0.5 - t) + 0 * y;
  };
  REQUIRE_THROWS_WITH(duet::solve_ode(undefined, 0.3, 0.0, 1.5, 0.0),
                      duet_test::contains("duet::solve_ode: the state or its derivative is not finite at t = 0.5"));
  REQUIRE_THROWS_WITH(duet::solve_ode<duet::classical_runge_kutta>(growth, 0.3, 0.0, 1.5, Vector2d(2, 1.7)),
                      duet_test::contains("needs options.first_step"));
  auto const two = [](auto const&, auto const&, auto const&) { return Vector2d(1, 2); };
  REQUIRE_THROWS_WITH(duet::solve_ode(two, 0.3, 0.0, 1.5, 0.0),
                      duet_test::contains("duet::solve_ode: the result of rhs(y, t, p) has 2 entries, expected 1"));
}

}  // namespace
