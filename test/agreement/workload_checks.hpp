#pragma once

// How a workload is checked: its derivatives by hand against differences in long double and against Duet's.

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <duet/driver/gradient.hpp>
#include <duet/driver/product.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
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

template <size_t N>
std::array<duet::var<>, N> independents(duet::tape<>& t, std::array<double, N> const& x) {
  std::array<duet::var<>, N> result;
  t.independents(x, result);
  return result;
}
inline std::vector<duet::var<>> independents(duet::tape<>& t, std::vector<double> const& x) {
  std::vector<duet::var<>> result(x.size());
  t.independents(x, result);
  return result;
}

// Ten outputs that depend on f in different ways: more than are swept side by side at once.
template <class F, class X>
void check_rows(F const& f, X const& x, X const& by_hand) {
  duet::tape<> t;
  duet::recording const scope(t);
  auto const in = independents(t, x);
  duet::var<> const y = f(in);
  size_t const last = x.size() - 1;
  double const value = y.value();
  std::vector<duet::var<>> const outputs = {
      y, -2 * y, y * y, 0.5 * y + in[last], in[0] * y, in[last], 3 * y, duet::var<>(7.0), y - y * y / 4, -y};
  std::vector<double> const slopes = {1, -2, 2 * value, 0.5, x[0], 0, 3, 0, 1 - value / 2, -1};
  size_t next = 0;
  t.reverse_rows(std::span<duet::var<> const>(outputs), [&](size_t row, auto const& adjoint) {
    REQUIRE(row == next++);
    CAPTURE(row);
    double const scale = std::max({1.0, std::abs(value), std::abs(slopes[row]) * largest(by_hand)});
    for (size_t i = 0; i < x.size(); ++i) {
      double const direct = (row == 3 || row == 5) && i == last ? 1 : row == 4 && i == 0 ? value : 0;
      require_close(adjoint(in[i]), slopes[row] * by_hand[i] + direct, scale, 1e-12);
    }
  });
  REQUIRE(next == outputs.size());
}

// Forward mode along a few directions, where there are too many inputs for all of them.
template <class F, class X>
void check_directions(F const& f, X const& x, X const& by_hand) {
  for (double phase : {0.3, 1.1, 2.6}) {
    X direction = x;
    double expected = 0, scale = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      direction[i] = std::cos(phase + 2.4 * static_cast<double>(i));
      expected += direction[i] * by_hand[i];
      scale += std::abs(direction[i] * by_hand[i]);
    }
    require_close(duet::jvp(duet::forward, f, x, direction), expected, scale, 1e-12);
  }
}

}  // namespace workload_checks
