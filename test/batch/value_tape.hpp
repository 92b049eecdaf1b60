#pragma once

// What the tests of the tape of lanes compare it with: the tape of doubles, one lane after the other.

#include "catch.hpp"

#include <duet/batch/value_tape.hpp>
#include <duet/driver/gradient.hpp>

namespace value_tape_test {

using number = duet::lanes<double, 8>;
using variable = duet::var<number>;
template <class X, std::size_t N>
using points = std::array<X, N>;

// Inputs that differ in all lanes, between 0.3 and 1.7.
template <std::size_t N>
points<number, N> start() {
  points<number, N> x;
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t l = 0; l < number::size(); ++l)
      x[i].set(l, 1 + 0.7 * std::sin(1.3 * static_cast<double>(i) + 2.1 * static_cast<double>(l)));
  return x;
}
template <std::size_t N>
points<double, N> lane(points<number, N> const& x, std::size_t l) {
  points<double, N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = x[i][l];
  return result;
}

// Lanes round as doubles do, but for functions of several instructions.
inline void require_close(double a, double b) {
  if (std::isnan(b))
    REQUIRE(std::isnan(a));
  else
    REQUIRE(std::abs(a - b) <= 1e-12 * (1 + std::abs(b)));
}

// The gradient of f in lanes is that of f in each of them.
template <std::size_t N, class F>
void require_lanes_agree(F const& f, points<number, N> const& x = start<N>()) {
  auto const g = duet::gradient(duet::reverse, f, x);
  number const value = f(x);
  duet::tape<number> t;
  duet::recording<number> const scope(t);
  points<variable, N> in;
  for (std::size_t i = 0; i < N; ++i) in[i] = t.independent(x[i]);
  variable const y = f(in);
  t.reverse(y);
  for (std::size_t l = 0; l < number::size(); ++l) {
    auto const at = lane(x, l);
    auto const expected = duet::gradient(duet::reverse, f, at);
    require_close(value[l], f(at));
    require_close(y.value()[l], f(at));
    for (std::size_t i = 0; i < N; ++i) {
      CAPTURE(i, l);
      require_close(g[i][l], expected[i]);
      require_close(t.adjoint(in[i])[l], expected[i]);
    }
  }
}

}  // namespace value_tape_test
