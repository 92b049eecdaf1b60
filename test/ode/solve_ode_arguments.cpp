// solve_ode in each of its arguments, times and captures included.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/ode.hpp>

namespace {

duet::ode_options const fine{.relative = 1e-11, .absolute = 1e-13};

// x'' = -w^2 x from (x, v) at time t0 to t1: the rotation by w (t1 - t0).
TEST_CASE("solve_ode of the oscillator, in its frequency, its state and its times", "[solve_ode]") {
  auto const oscillator = [](auto const& y, auto const&, auto const& w) {
    std::decay_t<decltype(y)> slope(y[1], -w * w * y[0]);
    return slope;
  };
  // inputs: x, v, w, t0, t1
  auto const f = [&](auto const& in) {
    using S = std::decay_t<decltype(in[0])>;
    auto const y = duet::solve_ode(oscillator, Eigen::Matrix<S, 2, 1>(in[0], in[1]), in[3], in[4], in[2], fine);
    return Eigen::Matrix<S, 2, 1>(y[0], y[1]);
  };
  auto const closed = [](auto const& in) {
    using std::sin, std::cos;
    using S = std::decay_t<decltype(in[0])>;
    S const a = in[2] * (in[4] - in[3]), c = cos(a), s = sin(a);
    return Eigen::Matrix<S, 2, 1>(S(in[0] * c + in[1] / in[2] * s), S(in[1] * c - in[0] * in[2] * s));
  };
  for (double const t1 : {3.0, -2.0, 0.5}) {  // the last is t0: nothing moves but by the times
    Eigen::Matrix<double, 5, 1> const x = (Eigen::Matrix<double, 5, 1>() << 0.7, -0.4, 1.3, 0.5, t1).finished();
    REQUIRE((f(x) - closed(x)).norm() <= 1e-9);
    auto const expected = duet::jacobian(duet::forward, closed, x);
    REQUIRE((duet::jacobian(duet::forward, f, x) - expected).norm() <= 1e-7);
    REQUIRE((duet::jacobian(duet::reverse, f, x) - expected).norm() <= 1e-7);
  }
}

TEST_CASE("solve_ode takes right-hand sides that depend on time, and those that capture", "[solve_ode]") {
  double const scale = 2;
  auto const rhs = [scale](auto const& y, auto const& t, auto const& p) {
    using std::cos;
    std::decay_t<decltype(y)> slope = y;
    for (auto& e : slope) e = scale * p * cos(t);
    return slope;
  };
  auto const end = [&](auto const& p) {
    using S = std::decay_t<decltype(p)>;
    return S(duet::solve_ode(duet::owning(rhs), std::vector<double>{1, 2}, 0.0, 0.8, p, fine)[1]);
  };
  REQUIRE(end(0.3) == Approx(2 + 0.6 * std::sin(0.8)));
  REQUIRE(duet::gradient(duet::reverse, end, 0.3) == Approx(2 * std::sin(0.8)));
  REQUIRE(duet::derivative(duet::forward, end, 0.3) == Approx(2 * std::sin(0.8)));
  REQUIRE(end(0.0) == 2);
}

}  // namespace
