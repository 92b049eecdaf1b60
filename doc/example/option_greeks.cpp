// The price of a call option and its Greeks by Monte Carlo, with standard errors, against the closed form of Black and
// Scholes: in lanes, on all cores, and the same digits on every run.
//
//   option_greeks                          prints the table
//   option_greeks --svg greeks.svg         and draws how the errors fall with the number of paths

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <duet/batch.hpp>
#include <duet/duet.hpp>
#include <exception>
#include <numbers>
#include <type_traits>
#include <vector>

#include "line_chart.hpp"

namespace {

// What the price depends on, and is differentiated in.
constexpr std::size_t spot = 0, volatility = 1, rate = 2, maturity = 3;
using market = std::array<double, 4>;
constexpr double strike = 100;
constexpr std::array<char const*, 4> greeks{"delta", "vega", "rho", "-theta"};

// The discounted payoff of one path. Inside, numbers are dual<lanes<double>, 4>: eight paths side by side, each with
// its four derivatives; fmax takes the side that each path is on.
constexpr auto discounted_payoff = [](auto const& m, auto& draws) {
  using std::exp, std::sqrt, std::fmax;
  using S = std::remove_cvref_t<decltype(m[0])>;
  const S v = m[volatility], t = m[maturity];
  const S end = m[spot] * exp((m[rate] - 0.5 * v * v) * t + v * sqrt(t) * draws.normal());
  return S(exp(-m[rate] * t) * fmax(end - strike, 0.0));
};

// The closed form, differentiated by Duet too.
constexpr auto black_scholes = [](auto const& m) {
  using std::exp, std::log, std::sqrt, std::erfc;
  using S = std::remove_cvref_t<decltype(m[0])>;
  const auto below = [](S const& x) { return S(0.5 * erfc(-x / std::numbers::sqrt2)); };
  const S spread = m[volatility] * sqrt(m[maturity]);
  const S d1 = log(m[spot] / strike) / spread + m[rate] * m[maturity] / spread + 0.5 * spread, d2 = d1 - spread;
  return S(m[spot] * below(d1) - strike * exp(-m[rate] * m[maturity]) * below(d2));
};

void print_row(char const* name, double estimate, double error, double exact) {
  std::printf("%-7s %11.4f  +- %.4f %11.4f %10.1f\n", name, estimate, error, exact, (estimate - exact) / error);
}

void draw_convergence(market const& at, char const* file) {
  const auto exact = duet::value_and_gradient(black_scholes, at);
  example::line_chart chart{.title = "Standard errors of a price and its Greeks",
                            .subtitle = "relative to their values; each falls as one over the root of the paths",
                            .x_label = "paths",
                            .y_label = "standard error over value",
                            .curves = {{"price"}, {"delta"}, {"vega"}, {"rho"}, {"price, actual"}},
                            .logarithmic_x = true,
                            .logarithmic_y = true};
  for (std::size_t paths = 1000; paths <= 1000000; paths *= 10) {
    const auto e = duet::monte_carlo(paths, 1, discounted_payoff).threads(0).estimate(at);
    const auto add = [&](std::size_t k, double error) {
      chart.curves[k].x.push_back(static_cast<double>(paths));
      chart.curves[k].y.push_back(error);
    };
    add(0, e.standard_error / exact.value);
    for (std::size_t i = 0; i < 3; ++i) add(1 + i, e.gradient_errors[i] / std::abs(exact.gradient[i]));
    add(4, std::abs(e.value - exact.value) / exact.value);
  }
  example::write(chart, file);
  std::printf("\nThe picture is in %s.\n", file);
}

int run(char const* picture) {
  const market today{105, 0.25, 0.04, 0.75};
  const auto price = duet::monte_carlo(200000, 1, discounted_payoff).threads(0);  // on all cores
  const auto e = price.estimate(today);
  const auto exact = duet::value_and_gradient(black_scholes, today);

  std::printf("A call at %g; spot %g, volatility %g, rate %g, %g years; %zu paths\n\n", strike, today[spot],
              today[volatility], today[rate], today[maturity], e.paths);
  std::printf("           estimate                closed form  off by (standard errors)\n");
  print_row("price", e.value, e.standard_error, exact.value);
  for (std::size_t i = 0; i < greeks.size(); ++i)
    print_row(greeks[i], e.gradient[i], e.gradient_errors[i], exact.gradient[i]);

  // The mean is a function like any other: the volatility that gives a price seen on the market, by Newton's method.
  const double quoted = 12.5;
  double implied = 0.2;
  int steps = 0;
  for (double step = 1; std::abs(step) > 1e-10 && steps < 50; ++steps) {
    const auto at_volatility = [&](auto const& v) {
      using S = std::remove_cvref_t<decltype(v)>;
      return price(std::array<S, 4>{S(today[spot]), v, S(today[rate]), S(today[maturity])});
    };
    const auto [value, vega] = duet::value_and_gradient(at_volatility, implied);
    step = (value - quoted) / vega;
    implied -= step;
  }
  std::printf("\nA price of %g implies a volatility of %.4f (%d Newton steps).\n", quoted, implied, steps);

  if (picture != nullptr) draw_convergence(today, picture);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count == 3 && std::strcmp(arguments[1], "--svg") == 0 ? arguments[2] : nullptr);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "option_greeks: %s\n", error.what());
    return 1;
  }
}
