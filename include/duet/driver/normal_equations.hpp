#pragma once

// J^T J and J^T r, added up row by row while J itself is never stored: rows gather until a few can share each load and
// store of the sum, then go through registers in blocks.

#include <array>
#include <duet/core/blocks.hpp>

namespace duet {

template <class T, std::size_t C>
class normal_equations {
  using shape = block_shape<T, C>;
  using vector = typename shape::vector;
  static constexpr std::size_t rows_at_once = 4;

 public:
  // Adds one row of J, and the residual that it belongs to.
  DUET_INLINE void add(blocks<T, C> const& row, T const& residual) {
    rows_[waiting_] = row;
    residuals_[waiting_] = residual;
    if (++waiting_ == rows_at_once) flush();
  }

  // Entry (a, b) of J^T J and entry a of J^T r; after finish().
  [[nodiscard]] T hessian(std::size_t a, std::size_t b) const { return a <= b ? upper_[a].at(b) : upper_[b].at(a); }
  [[nodiscard]] T gradient(std::size_t a) const { return gradient_.at(a); }

  void finish() {
    if (waiting_ == 0) return;
    for (; waiting_ < rows_at_once; ++waiting_) {
      rows_[waiting_] = {};
      residuals_[waiting_] = T(0);
    }
    flush();
  }

 private:
  static_assert(rows_at_once == 4);
  // a + sum of c[k] rows[k], block j.
  template <class Index>
  DUET_INLINE void add_rows(blocks<T, C>& sum, std::array<T, rows_at_once> const& c, Index j) const {
    sum[j] = vector(vector(sum[j] + c[0] * rows_[0][j] + c[1] * rows_[1][j]) +
                    vector(c[2] * rows_[2][j] + c[3] * rows_[3][j]));
  }

  void flush() {
    std::array<std::array<T, C>, rows_at_once> entries;
    for (std::size_t k = 0; k < rows_at_once; ++k) rows_[k].copy_to(entries[k].data());
    blocks<T, C>::for_each_block([&](auto diagonal) {
      std::size_t const first = std::size_t{diagonal} * shape::lanes;
      for (std::size_t a = first; a < std::min(first + shape::lanes, C); ++a) {
        std::array<T, rows_at_once> const c{entries[0][a], entries[1][a], entries[2][a], entries[3][a]};
        blocks<T, C>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
          if (std::size_t{j} >= std::size_t{diagonal}) add_rows(upper_[a], c, j);
        });
      }
    });
    blocks<T, C>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { add_rows(gradient_, residuals_, j); });
    waiting_ = 0;
  }

  std::array<blocks<T, C>, C> upper_{};  // row a from block a / lanes on
  blocks<T, C> gradient_{};
  std::array<blocks<T, C>, rows_at_once> rows_{};
  std::array<T, rows_at_once> residuals_{};
  std::size_t waiting_ = 0;
};

}  // namespace duet
