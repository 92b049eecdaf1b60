#pragma once

// J^T J and J^T r of rows that come as duals, summed in lanes or not.

#include <array>
#include <duet/batch/widened.hpp>

namespace duet {

// The upper triangle of J^T J by rows, and J^T r; E is a number or lanes.
template <class E, std::size_t N>
class normal_sums {
 public:
  // Adds a row: the partials of y and its value.
  template <class Tag>
  DUET_INLINE void add(dual<E, N, Tag> const& y) {
    std::array<E, N> row;
    if constexpr (block_shape<E, N>::lanes == 1 && block_shape<E, N>::unrolled)
      blocks<E, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { row[std::size_t{j}] = y.partials()[j]; });
    else
      y.partials().copy_to(row.data());
    std::size_t k = 0;
    for (std::size_t a = 0; a < N; ++a) {
      gradient_[a] += row[a] * y.value();
      for (std::size_t b = a; b < N; ++b, ++k) products_[k] += row[a] * row[b];
    }
  }
  normal_sums& operator+=(normal_sums const& other) {
    for (std::size_t k = 0; k < products_.size(); ++k) products_[k] += other.products_[k];
    for (std::size_t a = 0; a < N; ++a) gradient_[a] += other.gradient_[a];
    return *this;
  }

  // The sum over the lanes.
  [[nodiscard]] auto of_lanes() const {
    normal_sums<element_of_t<E>, N> sum;
    for (std::size_t k = 0; k < products_.size(); ++k) sum.products_[k] = sum_of_lanes(products_[k]);
    for (std::size_t a = 0; a < N; ++a) sum.gradient_[a] = sum_of_lanes(gradient_[a]);
    return sum;
  }

  [[nodiscard]] E const& gradient(std::size_t a) const { return gradient_[a]; }
  // Entry (a, b) of J^T J, a <= b.
  [[nodiscard]] E const& product(std::size_t a, std::size_t b) const {
    return products_[a * (2 * N - a + 1) / 2 + b - a];
  }

 private:
  template <class, std::size_t>
  friend class normal_sums;
  std::array<E, N*(N + 1) / 2> products_{};
  std::array<E, N> gradient_{};
};

}  // namespace duet
