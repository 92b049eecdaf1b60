#pragma once

// The determinant of an N x N matrix, by rows, expanded into minors as the textbook does it: N! products, few
// statements of two kinds.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

namespace workload {

template <std::size_t N = 6>
struct determinant {
  static_assert(N >= 3);
  static constexpr std::size_t inputs = N * N;
  using point = std::array<double, inputs>;

  static point start() {
    point a;
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j < N; ++j)
        a[i * N + j] = std::sin(0.4 + 1.1 * static_cast<double>(i * N + j)) + (i == j ? 2 : 0);
    return a;
  }

  // Of the last K rows and the columns named, by the first of these rows.
  template <std::size_t K, class T>
  static constexpr T minor(std::array<T, inputs> const& a, std::array<std::size_t, K> const& columns) {
    constexpr std::size_t row = (N - K) * N;
    if constexpr (K == 2) {
      return a[row + columns[0]] * a[row + N + columns[1]] - a[row + columns[1]] * a[row + N + columns[0]];
    } else {
      std::array<std::size_t, K - 1> others{};
      for (std::size_t k = 0; k + 1 < K; ++k) others[k] = columns[k + 1];
      T sum = a[row + columns[0]] * minor<K - 1>(a, others);
      for (std::size_t k = 1; k < K; ++k) {
        others[k - 1] = columns[k - 1];
        T const part = minor<K - 1>(a, others);
        if (k % 2 == 0)
          sum += a[row + columns[k]] * part;
        else
          sum -= a[row + columns[k]] * part;
      }
      return sum;
    }
  }

  template <class T>
  constexpr T operator()(std::array<T, inputs> const& a) const {
    std::array<std::size_t, N> columns{};
    for (std::size_t j = 0; j < N; ++j) columns[j] = j;
    return minor<N>(a, columns);
  }

  // By hand, and by a better algorithm: of each set of columns the minor of the last rows is computed once, N 2^(N-1)
  // products in place of N!, then as many for the adjoints of these minors and for the gradient. Sets are bits of an
  // integer, a subset comes before its set. All is unrolled: what a sum reads is known when it is compiled. Holds for
  // singular matrices too, as the function does.
  double gradient(point const& a, point& g) const {
    constexpr std::size_t all = (std::size_t{1} << N) - 1;
    std::array<double, all + 1> minors, adjoints;
    minors[0] = adjoints[all] = 1;
    unrolled<all>([&]<std::size_t S> {
      constexpr std::size_t set = S + 1, row = row_of(set);
      double sum = 0;
      unrolled<N>([&]<std::size_t J> {
        if constexpr (contains(set, J)) sum += sign_of(set, J) * a[row + J] * minors[set - (std::size_t{1} << J)];
      });
      minors[set] = sum;
    });
    unrolled<all>([&]<std::size_t S> {
      constexpr std::size_t set = all - 1 - S;
      double sum = 0;
      unrolled<N>([&]<std::size_t J> {
        constexpr std::size_t larger = set | (std::size_t{1} << J);
        if constexpr (larger != set) sum += sign_of(larger, J) * a[row_of(larger) + J] * adjoints[larger];
      });
      adjoints[set] = sum;
    });
    unrolled<inputs>([&]<std::size_t I> {
      double sum = 0;
      unrolled<all>([&]<std::size_t S> {
        constexpr std::size_t set = S + 1, column = I % N;
        if constexpr (contains(set, column) && row_of(set) + column == I)
          sum += sign_of(set, column) * adjoints[set] * minors[set - (std::size_t{1} << column)];
      });
      g[I] = sum;
    });
    return minors[all];
  }

 private:
  // The row by which the minor of these columns is expanded, as an index of its first entry.
  static constexpr std::size_t row_of(std::size_t set) {
    return (N - static_cast<std::size_t>(std::popcount(set))) * N;
  }
  static constexpr bool contains(std::size_t set, std::size_t column) { return (set >> column) % 2 == 1; }
  static constexpr double sign_of(std::size_t set, std::size_t column) {
    return std::popcount(set % (std::size_t{1} << column)) % 2 == 0 ? 1 : -1;
  }
  template <std::size_t Count, class Visit>
  [[gnu::always_inline]] static void unrolled(Visit visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (visit.template operator()<I>(), ...);
    }(std::make_index_sequence<Count>{});
  }
};

}  // namespace workload
