#pragma once

// Forward mode with a scalar that carries a fixed number of directions: what Ceres, Sacado and Eigen have in common. A
// Dual says what the scalar for N directions is, how an input is seeded, and how value and partials are read.

#include "rows.hpp"

#include <algorithm>

namespace rival {

template <class Dual>
struct passes {
  static constexpr bool second_order = Dual::second_order, chunked = true;

  // f with `count` inputs from `first` on seeded.
  template <std::size_t Chunk, class F, std::size_t N>
  static auto pass(F const& f, std::array<double, N> const& x, std::size_t first) {
    using T = typename Dual::template scalar<Chunk>;
    std::array<T, N> in;
    for (std::size_t i = 0; i < N; ++i)
      if (Chunk == N || i - first < Chunk)
        Dual::template seed<Chunk>(in[i], x[i], i - first);
      else
        Dual::template hold<Chunk>(in[i], x[i]);
    return f(in);
  }

  template <std::size_t Chunk, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      gradient_result<N> result;
      for (std::size_t first = 0; first < N; first += Chunk) {
        auto const y = pass<Chunk>(f, x, first);
        result.value = Dual::value(y);
        for (std::size_t k = 0; k < std::min(Chunk, N - first); ++k) result.gradient[first + k] = Dual::partial(y, k);
      }
      return result;
    };
  }

  template <std::size_t Chunk, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      jacobian_result<F::outputs, N> result;
      for (std::size_t first = 0; first < N; first += Chunk) {
        auto const y = pass<Chunk>(f, x, first);
        for (std::size_t i = 0; i < F::outputs; ++i) {
          result.value[i] = Dual::value(y[i]);
          for (std::size_t k = 0; k < std::min(Chunk, N - first); ++k)
            result.jacobian[i][first + k] = Dual::partial(y[i], k);
        }
      }
      return result;
    };
  }

  // Scalars in scalars, all directions at once.
  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      using T = typename Dual::template nested<N>;
      std::array<T, N> in;
      for (std::size_t i = 0; i < N; ++i) Dual::template seed_twice<N>(in[i], x[i], i);
      T const y = f(in);
      hessian_result<N> result;
      result.value = Dual::value(Dual::value(y));
      for (std::size_t i = 0; i < N; ++i) {
        auto const& row = Dual::partial(y, i);
        result.gradient[i] = Dual::value(row);
        for (std::size_t j = 0; j < N; ++j) result.hessian[i][j] = Dual::partial(row, j);
      }
      return result;
    };
  }
};

}  // namespace rival
