#pragma once

// Random straight-line programs for every scalar: their statements use the newest variable in each way that the tape
// keeps apart (as a general, +1 or -1 argument, twice, merged or not), with inputs, passive values, copies and long
// statements in between. The oracle is forward mode on the same program.

#include <array>
#include <cmath>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <random>
#include <vector>

namespace duet_test {

inline constexpr std::size_t straight_line_inputs = 4;

inline std::array<double, straight_line_inputs> straight_line_point(unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::array<double, straight_line_inputs> x;
  for (double& xi : x) xi = uniform(engine);
  return x;
}

// All variables of a program of `steps` statements or so, the inputs first. make(value) gives an input that nobody
// differentiates by; at(step) is called before each step.
template <class S, class Make, class At>
std::vector<S> straight_line(unsigned seed, std::size_t steps, std::array<S, straight_line_inputs> const& x,
                             Make const& make, At const& at) {
  using std::sin, std::cos, std::exp;  // for plain numbers
  std::mt19937 engine(seed);
  auto const below = [&](std::size_t n) { return engine() % n; };
  std::vector<S> v(x.begin(), x.end());
  v.reserve(4 * steps + straight_line_inputs);
  for (std::size_t step = 0; step < steps; ++step) {
    at(step);
    std::size_t const kind = below(20);
    S const &a = v[below(v.size())], &b = v[below(v.size())], &c = v[below(v.size())];
    S n = v.back();  // the newest statement, more often than not
    S y = n;
    switch (kind) {
      case 0:
        y = 0.75 * n + a * b;
        break;
      case 1:
        y = n + 0.5 * a;
        break;
      case 2:
        y = a - n;
        break;
      case 3:
        y = n * n;
        break;
      case 4:
        y = n * y * a;
        break;  // one variable in two objects
      case 5:
        y = n + y - a;
        break;
      case 6:
        y = a - 0.25 * b;
        break;
      case 7:
        y += a * b;
        break;
      case 8:
        y -= y * a;
        break;
      case 9:
        y = 0.625;
        break;
      case 10:
        y = sin(n);
        break;
      case 11:
        y = -n;
        break;
      case 12:
        y = make(0.375);
        break;
      case 13:
        if constexpr (duet::nesting<S> <= 1)  // scalars of second order make it slow to compile
          y = n - a + b * 0.5 - c + a * c + n * b - sin(c) + b / (2.0 + n * n) + cos(n);
        break;
      case 14:
        y = a, y += n;
        break;
      case 15:
        y = n - b - n + c;
        break;
      case 16:
        y = n * a + b * n;
        break;
      case 17:
        y -= n, y += n * b;
        break;
      case 18:
        y = n + n;
        break;
      default:
        if constexpr (duet::nesting<S> <= 1) y = exp(-n * n) + a - b + c;
        break;
    }
    v.push_back(y);
    if (std::abs(duet::value(v.back())) > 2) v.push_back(0.125 * v.back());
  }
  return v;
}
template <class S>
std::vector<S> straight_line(unsigned seed, std::size_t steps, std::array<S, straight_line_inputs> const& x) {
  return duet_test::straight_line(seed, steps, x, [](double value) { return S(value); }, [](std::size_t) {});
}

// Its variables with their partials in the inputs.
using straight_line_dual = duet::dual<double, straight_line_inputs>;
inline std::vector<straight_line_dual> straight_line_forward(unsigned seed, std::size_t steps) {
  auto const x = duet_test::straight_line_point(seed);
  std::array<straight_line_dual, straight_line_inputs> inputs;
  for (std::size_t i = 0; i < x.size(); ++i) inputs[i] = straight_line_dual::independent(x[i], i);
  return duet_test::straight_line(seed, steps, inputs);
}

}  // namespace duet_test
