// Modes by the clock: on functions where one is faster many times over, calibrate finds it and the drivers take it.

#include "catch.hpp"

#include <duet/driver/calibrate.hpp>

namespace {

// One input, 500 outputs: forward takes one pass, reverse a recording and 32 sweeps.
struct curve {
  template <class S>
  auto operator()(S const& x) const {
    std::vector<S> y;
    S power = 1.0;
    for (int i = 0; i < 500; ++i) y.push_back(power = 0.5 * power * x + 0.25 * x);
    return y;
  }
};

// 2000 inputs, one output: forward takes 63 passes, reverse one recording and one sweep.
struct chain {
  template <class X>
  auto operator()(X const& x) const {
    typename X::value_type sum = 0.0;
    for (std::size_t i = 1; i < x.size(); ++i) sum += x[i] * x[i - 1] * x[i];
    return sum;
  }
};

}  // namespace

TEST_CASE("One input and 500 outputs: forward is measured to be the faster") {
  auto const measured = duet::calibrate(curve{}, 0.5);
  REQUIRE(measured.inputs == 1);
  REQUIRE(measured.outputs == 500);
  REQUIRE(measured.forward_seconds > 0);
  REQUIRE(measured.forward_seconds < measured.reverse_seconds);
  REQUIRE(measured.mode() == duet::mode::forward);
  auto const choice = duet::choose_mode(measured);
  REQUIRE(choice.mode == duet::mode::forward);
  REQUIRE(choice.passes == 1);
  REQUIRE_THAT(to_string(choice), duet_test::contains("forward, 1 pass") &&
                                      duet_test::contains("measured on this function, with 1 input and 500 outputs"));
  auto const jacobian = duet::jacobian(measured, curve{}, 0.5);
  auto const expected = duet::jacobian(duet::forward, curve{}, 0.5);
  REQUIRE((jacobian - expected).cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("2000 inputs and one output: reverse is measured to be the faster") {
  std::vector<double> x(2000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.5 + 0.001 * static_cast<double>(i % 17);
  auto const measured = duet::calibrate(chain{}, x);
  REQUIRE(measured.inputs == 2000);
  REQUIRE(measured.outputs == 1);
  REQUIRE(measured.reverse_seconds > 0);
  REQUIRE(measured.reverse_seconds < measured.forward_seconds);
  REQUIRE(measured.mode() == duet::mode::reverse);
  auto const choice = duet::choose_mode(measured);
  REQUIRE(choice.mode == duet::mode::reverse);
  REQUIRE(choice.inputs == 2000);
  REQUIRE_THAT(to_string(choice), duet_test::contains("reverse, one recording and 1 sweep") &&
                                      duet_test::contains("2000 inputs and 1 output:"));
  auto const gradient = duet::gradient(measured, chain{}, x);
  REQUIRE(gradient.size() == x.size());
  for (std::size_t i = 1; i + 1 < x.size(); ++i)
    REQUIRE(gradient[i] == Approx(2 * x[i] * x[i - 1] + x[i + 1] * x[i + 1]).epsilon(1e-14));
  REQUIRE(duet::value_and_gradient(measured, chain{}, x).value == Approx(chain{}(x)));
}

namespace {

// Counts its evaluations in each mode.
struct counting {
  int* forward;
  int* reverse;
  template <class X>
  auto operator()(X const& x) const {
    using S = typename X::Scalar;
    if constexpr (duet::active_scalar<S>) ++*(duet::is_recorded<S> ? reverse : forward);
    return Eigen::Matrix<S, 2, 1>(x[0] * x[1], x[1]);
  }
};

}  // namespace

TEST_CASE("drivers take the mode that a calibration names, whatever the sizes say") {
  int forward = 0, reverse = 0;
  counting const f{&forward, &reverse};
  Eigen::Vector2d const x(2, 3);
  for (bool by_forward : {true, false}) {
    forward = reverse = 0;
    duet::calibration const measured{2, 2, by_forward ? 1e-6 : 1e-3, by_forward ? 1e-3 : 1e-6};
    REQUIRE(measured.mode() == (by_forward ? duet::mode::forward : duet::mode::reverse));
    Eigen::Matrix2d const expected{{3, 2}, {0, 1}};
    REQUIRE(duet::jacobian(measured, f, x) == expected);
    REQUIRE(duet::value_and_jacobian(measured, f, x).jacobian == expected);
    REQUIRE(duet::gauss_newton(measured, f, x).gradient == expected.transpose() * Eigen::Vector2d(6, 3));
    REQUIRE((by_forward ? forward : reverse) >= 3);
    REQUIRE((by_forward ? reverse : forward) == 0);
  }
}

TEST_CASE("what was measured at one size is scaled to others as the cost model says") {
  duet::calibration const even{100, 10, 1e-3, 1e-3};
  REQUIRE(even.mode_for(100, 10) == duet::mode::forward);  // a tie
  REQUIRE(even.mode_for(101, 10) == duet::mode::reverse);
  REQUIRE(even.mode_for(99, 10) == duet::mode::forward);
  REQUIRE(even.mode_for(101, 1000) == duet::mode::forward);  // more sweeps
  REQUIRE(duet::choose_mode(1000, 10, even).mode == duet::mode::reverse);
  REQUIRE(duet::choose_mode(1000, 10, even).inputs == 1000);
  REQUIRE(duet::choose_mode(1000, 10, even).passes == 1);
}
