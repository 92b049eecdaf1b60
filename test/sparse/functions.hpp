#pragma once

// Functions with sparse derivatives, and random ones of a given pattern.

#include <Eigen/SparseCore>
#include <duet/sparse/pattern.hpp>
#include <random>
#include <vector>

namespace duet_test {

template <class S>
using column = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class X>
using scalar_in = std::decay_t<decltype(std::declval<X const&>()[0])>;

inline constexpr auto broyden = [](auto const& x) {
  using S = scalar_in<decltype(x)>;
  auto const n = x.size();
  column<S> r(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
    if (i > 0) r[i] -= x[i - 1];
    if (i + 1 < n) r[i] -= 2.0 * x[i + 1];
  }
  return r;
};

// The first variable meets all others.
inline constexpr auto arrow_sum = [](auto const& x) {
  scalar_in<decltype(x)> f = 0.0;
  for (decltype(x.size()) i = 1; i < x.size(); ++i) f += x[0] * x[i] + exp(x[i]);
  return f;
};

// More, Garbow and Hillstrom's Wood function, chained; n even, at least 4.
inline constexpr auto chained_wood = [](auto const& x) {
  using S = scalar_in<decltype(x)>;
  S f = 0.0;
  for (Eigen::Index i = 0; i + 3 < x.size(); i += 2) {
    S const a = x[i + 1] - x[i] * x[i], b = x[i + 3] - x[i + 2] * x[i + 2];
    S const c = x[i + 1] + x[i + 3] - 2.0, d = x[i + 1] - x[i + 3];
    f += 100.0 * a * a + 90.0 * b * b;
    f += 10.0 * c * c + 0.1 * d * d;
    S const e = 1.0 - x[i], g = 1.0 - x[i + 2];
    f += e * e + g * g;
  }
  return f;
};

// Rows of products, sines and sums over the places of a pattern: the Jacobian has it, and no less.
struct random_rows {
  duet::sparsity_pattern pattern;
  template <class X>
  auto operator()(X const& x) const {
    using S = scalar_in<X>;
    column<S> r(static_cast<Eigen::Index>(pattern.rows()));
    for (std::size_t i = 0; i < pattern.rows(); ++i) {
      S product = 1.0, sum = 0.0;
      for (int const j : pattern.row(i)) {
        product *= 1.5 + 0.5 * sin(x[j]);
        sum += static_cast<double>(j + 1) * x[j];
      }
      r[static_cast<Eigen::Index>(i)] = product + 0.01 * sum;
    }
    return r;
  }
};

// A sum over the pairs of a symmetric pattern: the Hessian has it, and no less.
struct random_pairs {
  duet::sparsity_pattern pattern;
  template <class X>
  auto operator()(X const& x) const {
    using S = scalar_in<X>;
    S f = 0.0;
    for (std::size_t i = 0; i < pattern.rows(); ++i)
      for (int const j : pattern.row(i)) {
        if (static_cast<int>(i) < j) f += (1.0 + static_cast<double>(i)) * x[static_cast<int>(i)] * x[j];
        if (static_cast<int>(i) == j) f += exp(0.1 * x[j]);
      }
    return f;
  }
};

}  // namespace duet_test
