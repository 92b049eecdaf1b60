// Monte Carlo: prices and sensitivities of a call against the formula of Black and Scholes, and that they are the same
// bits on any number of threads.

#include <duet/batch/monte_carlo.hpp>

#include <catch.hpp>
#include <duet/driver/gradient.hpp>

namespace {

// A call at 100 in one year: spot, volatility, rate.
constexpr auto call = [](auto const& p, auto& draws) {
  using std::exp, std::fmax;
  using S = std::remove_cvref_t<decltype(p[0])>;
  S const end = p[0] * exp(p[2] - 0.5 * p[1] * p[1] + p[1] * draws.normal());
  return S(exp(-p[2]) * fmax(end - 100.0, 0.0));
};
constexpr std::array<double, 3> market{105, 0.25, 0.04};

double below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

struct closed_form {
  double price, delta, vega, rho;
  closed_form() {
    auto const [spot, volatility, rate] = market;
    double const d1 = (std::log(spot / 100) + rate + volatility * volatility / 2) / volatility, d2 = d1 - volatility;
    price = spot * below(d1) - 100 * std::exp(-rate) * below(d2);
    delta = below(d1);
    vega = spot * std::exp(-d1 * d1 / 2) / std::sqrt(2 * std::acos(-1.0));
    rho = 100 * std::exp(-rate) * below(d2);
  }
};

template <class E>
void check_against_closed_form(E const& e) {
  closed_form const exact;
  CHECK(std::abs(e.value - exact.price) < 4 * e.standard_error);
  CHECK(std::abs(e.gradient[0] - exact.delta) < 4 * e.gradient_errors[0]);
  CHECK(std::abs(e.gradient[1] - exact.vega) < 4 * e.gradient_errors[1]);
  CHECK(std::abs(e.gradient[2] - exact.rho) < 4 * e.gradient_errors[2]);
  CHECK(e.standard_error < 0.1);
  CHECK(e.gradient_errors[1] < 0.5);
}

}  // namespace

TEST_CASE("Monte Carlo: an estimate lies within its standard errors of the closed form") {
  auto const mean = duet::monte_carlo(50003, 42, call);
  auto const e = mean.estimate(market);
  CHECK(e.paths == 50003);
  check_against_closed_form(e);
  CHECK(mean(market) == Approx(e.value).epsilon(1e-12));

  SECTION("and is the same bits on any number of threads") {
    for (std::size_t const threads : {2u, 7u}) {
      auto const other = mean.threads(threads).estimate(market);
      CHECK(other.value == e.value);
      CHECK(other.standard_error == e.standard_error);
      CHECK(other.gradient == e.gradient);
      CHECK(other.gradient_errors == e.gradient_errors);
      CHECK(mean.threads(threads)(market) == mean(market));
    }
  }
  SECTION("and agrees with that of scalars up to rounding") {
    auto const other = mean.scalar().estimate(market);
    CHECK(other.value == Approx(e.value).epsilon(1e-12));
    CHECK(other.gradient_errors[1] == Approx(e.gradient_errors[1]).epsilon(1e-10));
  }
}

TEST_CASE("Monte Carlo: standard errors are those of the paths' payoffs and gradients") {
  constexpr std::size_t n = 1003;
  auto const e = duet::monte_carlo(n, 3, call).estimate(market);
  std::vector<double> payoffs, deltas;
  for (std::size_t i = 0; i < n; ++i) {
    duet::draws<double> d(3, i);
    double const end = market[0] * std::exp(market[2] - market[1] * market[1] / 2 + market[1] * d.normal());
    payoffs.push_back(std::exp(-market[2]) * std::max(end - 100, 0.0));
    deltas.push_back(end > 100 ? std::exp(-market[2]) * end / market[0] : 0);
  }
  auto const mean_and_error = [](std::vector<double> const& x) {
    double mean = 0, square = 0;
    for (double each : x) mean += each / n;
    for (double each : x) square += (each - mean) * (each - mean);
    return std::pair(mean, std::sqrt(square / (n - 1) / n));
  };
  auto const [price, error] = mean_and_error(payoffs);
  auto const [delta, delta_error] = mean_and_error(deltas);
  CHECK(e.value == Approx(price).epsilon(1e-12));
  CHECK(e.standard_error == Approx(error).epsilon(1e-12));
  CHECK(e.gradient[0] == Approx(delta).epsilon(1e-12));
  CHECK(e.gradient_errors[0] == Approx(delta_error).epsilon(1e-12));
}

TEST_CASE("Monte Carlo: a driver differentiates the mean") {
  auto const mean = duet::monte_carlo(2003, 42, call);
  auto const e = mean.estimate(market);
  auto const g = duet::gradient(mean, market);
  for (std::size_t i = 0; i < 3; ++i) CHECK(g[i] == Approx(e.gradient[i]).epsilon(1e-12));
}

TEST_CASE("Monte Carlo: what makes no sense is said") {
  CHECK_THROWS_WITH(duet::monte_carlo(0, 1, call), "duet::monte_carlo: the mean over 0 paths (expected 1 or more)");
  auto const one = duet::monte_carlo(1, 1, call);
  CHECK_THROWS_WITH(one.estimate(market), "duet::monte_carlo: an estimate of errors needs two paths or more, given 1");
}
