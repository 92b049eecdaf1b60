#pragma once

// Holds the structural form of a workload against its scalar form and the gradient written by hand.

#include "catch.hpp"
#include "workload_checks.hpp"

#include <duet/forward/dual.hpp>
#include <duet/reverse/recording.hpp>

namespace structural_checks {

using workload_checks::require_close, workload_checks::largest;

// The inputs as scalars S, made one by one. Without a tag, unlike those of the drivers: that is what all workloads
// share when they are compiled.
template <class S, size_t N>
std::array<S, N> lifted(std::array<double, N> const&, auto const& make) {
  std::array<S, N> result;
  for (size_t i = 0; i < N; ++i) result[i] = make(i);
  return result;
}
template <class S>
std::vector<S> lifted(std::vector<double> const& x, auto const& make) {
  std::vector<S> result;
  for (size_t i = 0; i < x.size(); ++i) result.push_back(make(i));
  return result;
}

template <class Scalar, class F, class X>
void check(F const& f, X const& x, X const& by_hand) {
  double const value = static_cast<Scalar const&>(f)(x), size = std::abs(value);
  require_close(f(x), value, size, 1e-13);

  duet::tape<> t;
  duet::recording const scope(t);
  auto const in = lifted<duet::var<>>(x, [&](size_t i) { return t.independent(x[i]); });
  duet::var<> const y = f(in);
  t.reverse(y);
  require_close(y.value(), value, size, 1e-13);
  for (size_t i = 0; i < x.size(); ++i) {
    CAPTURE(i);
    require_close(t.adjoint(in[i]), by_hand[i], largest(by_hand), 1e-12);
  }

  double expected = 0, scale = 0;
  duet::dual<> const forward = f(lifted<duet::dual<>>(x, [&](size_t i) {
    duet::dual<> result(x[i]);
    result.set_partial(0, std::cos(0.3 + 2.4 * static_cast<double>(i)));
    expected += result.partial(0) * by_hand[i];
    scale += std::abs(result.partial(0) * by_hand[i]);
    return result;
  }));
  require_close(forward.value(), value, size, 1e-13);
  require_close(forward.partial(0), expected, scale, 1e-12);
}

// The memory is what the gradient by hand keeps.
template <class Scalar, class F, class... Memory>
void check_by_hand(F const& f, Memory&&... memory) {
  auto const x = f.start();
  auto by_hand = x;
  f.gradient(x, by_hand, memory...);
  check<Scalar>(f, x, by_hand);
}

}  // namespace structural_checks
