#include "catch.hpp"

#include <duet/driver/least_squares.hpp>
#include <duet/math/math.hpp>

#include "oracle.hpp"

namespace {

using duet::stop_reason;
using Eigen::MatrixXd, Eigen::VectorXd;

template <class X>
using scalar = std::decay_t<decltype(std::declval<X const&>()[0])>;

constexpr auto rosenbrock = [](auto const& x) {
  return std::array<scalar<decltype(x)>, 2>{10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]};
};
constexpr auto powell_singular = [](auto const& x) {
  using S = scalar<decltype(x)>;
  S const a = x[1] - 2.0 * x[2], b = x[0] - x[3];
  return std::array<S, 4>{x[0] + 10.0 * x[1], std::sqrt(5.0) * (x[2] - x[3]), a * a, std::sqrt(10.0) * b * b};
};
constexpr auto beale = [](auto const& x) {
  using S = scalar<decltype(x)>;
  S const square = x[1] * x[1], cube = square * x[1];
  return std::array<S, 3>{1.5 - x[0] * (1.0 - x[1]), 2.25 - x[0] * (1.0 - square), 2.625 - x[0] * (1.0 - cube)};
};
constexpr auto box_3d = [](auto const& x) {
  using std::exp;
  using S = scalar<decltype(x)>;
  std::array<S, 10> r;
  for (int i = 0; i < 10; ++i) {
    double const t = 0.1 * (i + 1);
    r[static_cast<std::size_t>(i)] = exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10 * t));
  }
  return r;
};

// NIST StRD Misra1a.
constexpr std::array pressure{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                              378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
constexpr std::array volume{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                            44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
constexpr auto misra1a = [](auto const& b) {
  using std::exp;
  Eigen::Matrix<scalar<decltype(b)>, Eigen::Dynamic, 1> r(14);
  for (std::size_t i = 0; i < 14; ++i)
    r[static_cast<Eigen::Index>(i)] = b[0] * (1.0 - exp(-b[1] * pressure[i])) - volume[i];
  return r;
};

}  // namespace

TEST_CASE("NIST Misra1a ends at the certified values from both of its starts") {
  for (auto const& start : {Eigen::Vector2d(500, 0.0001), Eigen::Vector2d(250, 0.0005)}) {
    auto const fit = duet::least_squares(misra1a, VectorXd(start));
    CHECK(fit.converged);
    CHECK(std::abs(fit.x[0] / 2.3894212918e2 - 1) < 1e-10);
    CHECK(std::abs(fit.x[1] / 5.5015643181e-4 - 1) < 1e-10);
    CHECK(std::abs(2 * fit.cost / 1.2455138894e-1 - 1) < 1e-10);
    CHECK(fit.iterations < 40);
  }
}

TEST_CASE("both modes and every shape of parameters lead to the same fit") {
  auto const forward = duet::least_squares(duet::forward, misra1a, std::vector{250.0, 0.0005});
  auto const reverse = duet::least_squares(duet::reverse, misra1a, std::array{250.0, 0.0005});
  CHECK(forward.converged);
  CHECK(reverse.converged);
  CHECK(forward.x[1] == Approx(reverse.x[1]).epsilon(1e-10));
  auto const line = duet::least_squares(
      [](auto const& a) { return std::array<std::decay_t<decltype(a)>, 2>{2.0 * a - 3.0, a - 1.0}; }, 10.0);
  CHECK(line.converged);
  CHECK(line.x == Approx(7.0 / 5));  // minimises (2a - 3)^2 + (a - 1)^2
  CHECK(line.cost == Approx(0.1));
}

TEST_CASE("zero residuals are found: Rosenbrock, Beale, Box 3-D") {
  auto const r = duet::least_squares(rosenbrock, Eigen::Vector2d(-1.2, 1));
  CHECK(r.converged);
  CHECK((r.x - Eigen::Vector2d(1, 1)).norm() < 1e-12);
  auto const b = duet::least_squares(beale, Eigen::Vector2d(1, 1));
  CHECK(b.converged);
  CHECK((b.x - Eigen::Vector2d(3, 0.5)).norm() < 1e-12);
  auto const c = duet::least_squares(box_3d, Eigen::Vector3d(0, 10, 20));
  CHECK(c.converged);
  CHECK(c.cost < 1e-28);
}

TEST_CASE("a Jacobian singular at the solution is met with patience: Powell") {
  auto const fit = duet::least_squares(powell_singular, Eigen::Vector4d(3, -1, 0, 1));
  CHECK(fit.converged);
  CHECK(fit.x.norm() < 1e-6);
  CHECK(fit.iterations < 100);
}

TEST_CASE("parameters of any scale converge in the same steps") {
  auto const plain = duet::least_squares(rosenbrock, Eigen::Vector2d(-1.2, 1));
  auto const scaled = duet::least_squares(
      [](auto const& x) {
        using S = scalar<decltype(x)>;
        return rosenbrock(std::array<S, 2>{x[0] * 0x1p-30, x[1] * 0x1p40});
      },
      Eigen::Vector2d(-1.2 * 0x1p30, 0x1p-40));
  CHECK(scaled.converged);
  CHECK(scaled.x[0] * 0x1p-30 == plain.x[0]);
  CHECK(scaled.iterations == plain.iterations);
}

TEST_CASE("parameters that the residuals do not determine stay harmless") {
  // Only x0 + x1 matters, x2 not at all; the minimum lies at x0 + x1 = 2.
  auto const deficient = [](auto const& x) {
    using S = scalar<decltype(x)>;
    S const sum = x[0] + x[1];
    return std::array<S, 3>{sum - 1.0, sum - 3.0, S(0.5)};
  };
  auto const fit = duet::least_squares(deficient, Eigen::Vector3d(5, -1, 7));
  CHECK(fit.converged);
  CHECK(fit.x[0] + fit.x[1] == Approx(2));
  CHECK(fit.x[2] == 7);
  CHECK(fit.cost == Approx(1.125));
  // fewer residuals than parameters
  auto const circle =
      duet::least_squares([](auto const& x) { return x[0] * x[0] + x[1] * x[1] - 4.0; }, Eigen::Vector2d(1, 2));
  CHECK(circle.converged);
  CHECK(circle.x.norm() == Approx(2));
}

TEST_CASE("no residuals, no parameters and a start at the solution are solved at once") {
  auto const none = [](auto const& x) { return std::vector<scalar<decltype(x)>>(); };
  auto const empty = duet::least_squares(none, Eigen::Vector2d(1, 2));
  CHECK(empty.converged);
  CHECK(empty.reason == stop_reason::residual_zero);
  CHECK(empty.x == Eigen::Vector2d(1, 2));
  auto const fixed = duet::least_squares([](auto const&) { return std::vector{3.0}; }, VectorXd(0));
  CHECK(fixed.converged);
  CHECK(fixed.cost == 4.5);
  auto const there = duet::least_squares(rosenbrock, Eigen::Vector2d(1, 1));
  CHECK(there.reason == stop_reason::residual_zero);
  CHECK(there.iterations == 0);
}

TEST_CASE("a step to where the residual is not finite is rejected") {
  // The first steps from 0.02 lead below 0, where log is NaN.
  std::size_t rejected = 0;
  duet::least_squares_options<> options;
  options.initial_damping = 1e-10;
  options.on_iteration = [&](auto const& now) { rejected += !now.accepted && std::isnan(now.gain_ratio); };
  auto const fit = duet::least_squares(
      [](auto const& x) {
        using std::log;
        return std::array<scalar<decltype(x)>, 2>{log(x[0]) + 3.0, 2.0 - log(x[0])};
      },
      std::array{20.0}, options);
  CHECK(rejected > 0);
  CHECK(fit.converged);
  CHECK(fit.x[0] == Approx(std::exp(-0.5)));
}

TEST_CASE("a start that is not finite is refused with its reason") {
  auto const fit = duet::least_squares(
      [](auto const& x) {
        using std::log;
        return log(x[0]);
      },
      std::array{-1.0});
  CHECK_FALSE(fit.converged);
  CHECK(fit.reason == stop_reason::not_finite);
  CHECK_THAT(to_string(fit),
             duet_test::contains("not converged after 0 iterations: the residual or its derivative is not finite"));
  auto const vertical = duet::least_squares(
      [](auto const& x) {
        using std::sqrt;
        return sqrt(x[0]) - 1.0;
      },
      std::array{0.0});
  CHECK(vertical.reason == stop_reason::not_finite);
}

TEST_CASE("what has not converged does not say so") {
  duet::least_squares_options<> few;
  few.max_iterations = 3;
  auto const short_run = duet::least_squares(rosenbrock, Eigen::Vector2d(-1.2, 1), few);
  CHECK_FALSE(short_run.converged);
  CHECK(short_run.reason == stop_reason::max_iterations);
  CHECK(short_run.iterations == 3);

  // exp(-x) falls for ever: no minimum.
  auto const endless = duet::least_squares(
      [](auto const& x) {
        using std::exp;
        return exp(-x[0]);
      },
      std::array{0.0});
  CHECK((!endless.converged || endless.cost < 1e-20));

  // The derivative contradicts the values: every step raises the cost.
  auto const wrong =
      duet::least_squares([](auto const& x) { return x[0] - 2 * duet::value(x[0]) + 10.0; }, std::array{1.5});
  CHECK_FALSE(wrong.converged);
  CHECK(wrong.reason == stop_reason::no_progress);
}

TEST_CASE("slopes far steeper at the start than at the solution do not feign convergence") {
  auto const steep = [](auto const& x) {
    using std::exp;
    return std::array<scalar<decltype(x)>, 2>{exp(x[0]) - 1.0, 1e-3 * (x[0] - x[1])};
  };
  auto const fit = duet::least_squares(steep, std::array{60.0, 3.0});
  CHECK(fit.converged);
  CHECK(std::abs(fit.x[0]) < 1e-9);
  CHECK(std::abs(fit.x[1]) < 1e-9);
}

TEST_CASE("iterations are reported as they happen") {
  std::vector<duet::least_squares_iteration<>> seen;
  duet::least_squares_options<> options;
  options.on_iteration = [&](auto const& now) { seen.push_back(now); };
  auto const fit = duet::least_squares(rosenbrock, Eigen::Vector2d(-1.2, 1), options);
  REQUIRE(seen.size() == fit.iterations);
  double cost = duet::gauss_newton(rosenbrock, Eigen::Vector2d(-1.2, 1)).cost;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    CHECK(seen[k].iteration == k + 1);
    CHECK(seen[k].damping >= 0);
    CHECK(seen[k].step_norm > 0);
    CHECK(seen[k].accepted == (seen[k].cost < cost));
    cost = seen[k].cost;
  }
  CHECK(cost == fit.cost);
  CHECK(fit.evaluations == fit.iterations + 1);
  CHECK_THAT(to_string(fit),
             duet_test::contains("converged after " + std::to_string(fit.iterations) + " iterations: "));
}

TEST_CASE("random curved problems end where the gradient vanishes") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    VectorXd const entries = duet_test::random_vector(40, seed), target = duet_test::random_vector(10, seed + 100);
    auto const r = [&](auto const& x) {
      using std::sin;
      Eigen::Matrix<scalar<decltype(x)>, Eigen::Dynamic, 1> y(10);
      for (int i = 0; i < 10; ++i) {
        y[i] = -target[i];
        for (int j = 0; j < 4; ++j) y[i] += sin(entries[4 * i + j] * x[j]) + 0.1 * x[j];
      }
      return y;
    };
    auto const fit = duet::least_squares(r, VectorXd(VectorXd::Zero(4)));
    CHECK(fit.converged);
    CHECK((duet_test::differences(r, fit.x).transpose() * r(fit.x)).norm() < 1e-8);
  }
}
