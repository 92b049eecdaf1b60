// Monte Carlo with more parameters than are carried forward: recordings of groups of paths.

#include <duet/batch/monte_carlo.hpp>

#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/eigen/arguments.hpp>

namespace {

// A basket: each share has a spot and a volatility.
constexpr auto basket = [](auto const& spots, auto const& volatilities, auto const& strike, auto& draws) {
  using std::exp, std::fmax;
  using S = std::remove_cvref_t<decltype(spots[0])>;
  S sum(0);
  for (Eigen::Index i = 0; i < spots.size(); ++i)
    sum += spots[i] * exp(volatilities[i] * draws.normal() - 0.5 * volatilities[i] * volatilities[i]);
  return S(fmax(sum / static_cast<double>(spots.size()) - strike, 0.0));
};

}  // namespace

TEST_CASE("Monte Carlo of many parameters agrees with scalars and threads") {
  constexpr Eigen::Index n = 12;
  Eigen::VectorXd const spots = Eigen::VectorXd::LinSpaced(n, 90, 110),
                        volatilities = Eigen::VectorXd::LinSpaced(n, 0.1, 0.4);
  auto const at = duet::args(spots, volatilities, duet::constant(98.0));
  auto const mean = duet::monte_carlo(517, 11, basket);
  auto const e = mean.estimate(at), threaded = mean.threads(3).estimate(at), alone = mean.scalar().estimate(at);
  CHECK(std::get<0>(e.gradient).size() == n);
  CHECK(e.value == threaded.value);
  CHECK(std::get<1>(e.gradient) == std::get<1>(threaded.gradient));
  CHECK(std::get<1>(e.gradient_errors) == std::get<1>(threaded.gradient_errors));
  CHECK(e.value == Approx(alone.value).epsilon(1e-12));
  CHECK(std::get<0>(e.gradient).isApprox(std::get<0>(alone.gradient), 1e-11));
  CHECK(std::get<1>(e.gradient_errors).isApprox(std::get<1>(alone.gradient_errors), 1e-9));

  // The mean of the pathwise gradients is the gradient of the mean.
  auto const g = duet::gradient(mean, at);
  CHECK(std::get<0>(g).isApprox(std::get<0>(e.gradient), 1e-11));
  CHECK(std::get<1>(g).isApprox(std::get<1>(e.gradient), 1e-11));
}
