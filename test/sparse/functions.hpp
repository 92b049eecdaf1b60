#pragma once

// Functions with sparse derivatives, and random ones of a given pattern.

#include <Eigen/SparseCore>
#include <duet/forward/dual.hpp>
#include <duet/sparse/pattern.hpp>
#include <random>
#include <vector>

#include "workload/arrow.hpp"
#include "workload/broyden.hpp"
#include "workload/chained_wood.hpp"

namespace duet_test {

template <class S>
using column = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class X>
using scalar_in = std::decay_t<decltype(std::declval<X const&>()[0])>;

inline constexpr workload::broyden broyden;
inline constexpr workload::arrow_sum arrow_sum;
inline constexpr workload::chained_wood chained_wood;

// A point whose derivatives in two parameters are known: 1, and the number of the entry.
inline column<duet::dual<double, 2>> moving_point(Eigen::Index n) {
  column<duet::dual<double, 2>> x(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    x[i] = 0.1 + 0.2 * static_cast<double>(i);
    x[i].set_partial(0, 1);
    x[i].set_partial(1, static_cast<double>(i));
  }
  return x;
}

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
