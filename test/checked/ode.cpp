// solve_ode in checked mode: nothing is found in its steps, and what the right-hand side does wrong has its line.
// Compiled with DUET_CHECKED.

#include <array>
#include <catch.hpp>
#include <cmath>
#include <duet/checked.hpp>
#include <duet/duet.hpp>
#include <duet/ode.hpp>
#include <string>

using duet::checked::collected;
using duet::checked::finding;

namespace {

// y' = -k y, from t = 0 to t1: y0 exp(-k t1).
const auto decay = [](auto const& y, auto const&, auto const& k) { return -k * y; };
const auto remainder_of = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return S(duet::solve_ode(decay, x[0], 0.0, x[2], x[1], {.relative = 1e-11, .checkpoints = duet::snapshots(3)}));
};

}  // namespace

TEST_CASE("Checked: solve_ode reports nothing of its own, by end states, parameters and times") {
  collected const found;
  std::array<double, 3> const x{2, 0.75, 1.5};
  double const left = std::exp(-x[1] * x[2]);
  std::array<double, 3> const expected{left, -x[0] * x[2] * left, -x[0] * x[1] * left};
  auto const swept = duet::gradient(duet::reverse, remainder_of, x),
             carried = duet::gradient(duet::forward, remainder_of, x);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(std::abs(swept[i] - expected[i]) < 1e-9);
    REQUIRE(std::abs(carried[i] - expected[i]) < 1e-9);
  }
  for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
  REQUIRE(found.reports().empty());
}

TEST_CASE("Checked: what the right-hand side of solve_ode does wrong is reported with its line") {
  static int line = 0;
  collected const found;
  auto const check = [&found](auto mode) {
    auto const f = [](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      auto const rhs = [](auto const& y, auto const&, auto const& p) {
        using Y = std::decay_t<decltype(y)>;
        using std::sqrt;
        line = __LINE__ + 1;
        Y slope = sqrt(p) + y;
        return slope;
      };
      return S(duet::solve_ode<duet::classical_runge_kutta>(rhs, x[0], 0.0, 1.0, x[1], {.first_step = 0.5}));
    };
    std::size_t const before = found.reports().size();
    (void)duet::gradient(mode, f, std::array{1.0, 0.0});
    for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
    REQUIRE(found.reports().size() > before);
    auto const& r = found.reports()[before];
    REQUIRE(r.what == finding::derivative_not_finite);
    REQUIRE(r.operation == "sqrt");
    REQUIRE(static_cast<int>(r.where.line()) == line);
  };
  check(duet::forward);
  check(duet::reverse);
}

TEST_CASE("Checked: a parameter that solve_ode is not given is an input that nothing reads") {
  collected const found;
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return S(duet::solve_ode(decay, x[0], 0.0, 1.0, x[1]));
  };
  REQUIRE(duet::gradient(duet::reverse, f, std::array{1.0, 2.0, 3.0})[2] == 0);
  for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
  REQUIRE(found.reports().size() == 1);
  REQUIRE(found.count(finding::input_unread) == 1);
}
