#pragma once

// How a workload is checked: its derivatives by hand against differences in long double and against Duet's.

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>
#include <vector>

namespace workload_checks {

using std::size_t;

// Where the compiler may contract a * b + c, two texts of one formula need not round alike.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
constexpr double same_value = 1e-14;
#else
constexpr double same_value = 0;
#endif

inline void require_close(double a, double b, double scale, double bound) {
  CAPTURE(a, b, scale);
  REQUIRE(std::abs(a - b) <= bound * scale);
}

template <class Range>
double largest(Range const& range) {
  double result = 0;
  for (double x : range) result = std::max(result, std::abs(x));
  return result;
}

template <size_t N>
std::array<long double, N> in_long_double(std::array<double, N> const& x) {
  std::array<long double, N> result;
  std::copy(x.begin(), x.end(), result.begin());
  return result;
}
inline std::vector<long double> in_long_double(std::vector<double> const& x) { return {x.begin(), x.end()}; }

// Central differences with Richardson's extrapolation.
template <class F, class X>
auto difference(F const& f, X const& x, size_t i) {
  auto const slope = [&](long double h) {
    auto up = in_long_double(x), down = up;
    up[i] += h;
    down[i] -= h;
    auto y = f(up);
    auto const z = f(down);
    if constexpr (requires { y[0]; })
      for (size_t j = 0; j < y.size(); ++j) y[j] = (y[j] - z[j]) / (2 * h);
    else
      y = (y - z) / (2 * h);
    return y;
  };
  long double const h = 1e-4L * std::max(1.0L, std::abs(static_cast<long double>(x[i])));
  auto coarse = slope(h);
  auto const fine = slope(h / 2);
  if constexpr (requires { coarse[0]; })
    for (size_t j = 0; j < coarse.size(); ++j) coarse[j] = (4 * fine[j] - coarse[j]) / 3;
  else
    coarse = (4 * fine - coarse) / 3;
  return coarse;
}

// By hand against differences in the inputs named.
template <class F, class X>
void check_differences(F const& f, X const& x, double value, X const& by_hand, std::vector<size_t> const& inputs) {
  double const plain = f(x), scale = largest(by_hand);
  require_close(value, plain, std::abs(plain), 1e-13);
  for (size_t i : inputs) require_close(static_cast<double>(difference(f, x, i)), by_hand[i], scale, 1e-9);
}

template <class Mode, class F, class X>
void check_mode(Mode mode, F const& f, X const& x, X const& by_hand) {
  double const plain = f(x), scale = largest(by_hand);
  auto const result = duet::value_and_gradient(mode, f, x);
  require_close(result.value, plain, std::abs(plain), same_value);
  for (size_t i = 0; i < x.size(); ++i) require_close(result.gradient[i], by_hand[i], scale, 1e-12);
}

template <class F, class X>
void check_gradient(F const& f, X const& x, double value, X const& by_hand, std::vector<size_t> const& inputs) {
  check_differences(f, x, value, by_hand, inputs);
  check_mode(duet::forward, f, x, by_hand);
  check_mode(duet::reverse, f, x, by_hand);
}

// The inputs before n.
inline std::vector<size_t> first(size_t n) {
  std::vector<size_t> result(n);
  for (size_t i = 0; i < n; ++i) result[i] = i;
  return result;
}

}  // namespace workload_checks
