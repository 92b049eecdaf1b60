#pragma once

// J^T J and J^T r summed over rows of J that arrive as partials of the residuals; J itself is never stored. A tile of
// J^T J stays in registers over all rows.

#include <array>
#include <cstring>
#include <duet/core/blocks.hpp>

namespace duet {

template <class T, std::size_t C>
class normal_equations {
  using shape = block_shape<T, C>;
  using vector = typename shape::vector;

 public:
  // Adds the rows row(i).partials(), i < count, with their residuals row(i).value().
  template <class Row>
  void add(std::size_t count, Row const& row) {
    add_gradient(count, row);
    blocks<T, C>::for_each_block([&](auto diagonal) {
      std::size_t const first = std::size_t{diagonal} * shape::lanes, last = std::min(first + shape::lanes, C);
      std::size_t a = first;
      for (; a + tile <= last; a += tile) add_tile<tile>(count, row, a, diagonal);
      for (; a < last; ++a) add_tile<1>(count, row, a, diagonal);
    });
  }

  // Entry (a, b) of J^T J and entry a of J^T r.
  [[nodiscard]] T hessian(std::size_t a, std::size_t b) const {
    return a <= b ? lane(upper_[a], b) : lane(upper_[b], a);
  }
  [[nodiscard]] T gradient(std::size_t a) const { return lane(gradient_, a); }

 private:
  // Rows of J^T J in a tile: their blocks, from the diagonal on, are the sums that have to fit the registers.
  static constexpr std::size_t tile = shape::count >= 8   ? 1
                                      : shape::count >= 4 ? 2
                                                          : std::min(std::size_t{4}, shape::lanes);

  // Entry a of a row, without the detour by which a vector gives a lane at run-time index.
  [[nodiscard]] static DUET_INLINE T lane(blocks<T, C> const& row, std::size_t a) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      T result;
      std::memcpy(&result, reinterpret_cast<char const*>(&row) + a * sizeof(T), sizeof(T));
      return result;
    } else {
      return row.at(a);
    }
  }

  template <class Row>
  void add_gradient(std::size_t count, Row const& row) {
    blocks<T, C> even = gradient_, odd{};  // two sums, so that additions need not wait for each other
    for (std::size_t i = 0; i < count; ++i) {
      auto const& e = row(i);
      blocks<T, C>::for_each_block([&](auto j)
                                       DUET_INLINE_LAMBDA { even[j] = vector(even[j] + e.value() * e.partials()[j]); });
      if (++i == count) break;
      auto const& f = row(i);
      blocks<T, C>::for_each_block([&](auto j)
                                       DUET_INLINE_LAMBDA { odd[j] = vector(odd[j] + f.value() * f.partials()[j]); });
    }
    blocks<T, C>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { gradient_[j] = vector(even[j] + odd[j]); });
  }

  // Rows a to a + Rows - 1 of J^T J, from block `diagonal` on.
  template <std::size_t Rows, class Row, class Index>
  void add_tile(std::size_t count, Row const& row, std::size_t a, Index diagonal) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      tile_rows<std::index_sequence<K...>> sums;
      (static_cast<void>(get<K>(sums) = upper_[a + K]), ...);
      for (std::size_t i = 0; i < count; ++i) {
        blocks<T, C> const& partials = row(i).partials();
        (add_product(get<K>(sums), lane(partials, a + K), partials, diagonal), ...);
      }
      (static_cast<void>(upper_[a + K] = get<K>(sums)), ...);
    }(std::make_index_sequence<Rows>{});
  }
  template <class Index>
  static DUET_INLINE void add_product(blocks<T, C>& sum, T const& c, blocks<T, C> const& row, Index diagonal) {
    blocks<T, C>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      if (std::size_t{j} >= std::size_t{diagonal}) sum[j] = vector(sum[j] + c * row[j]);
    });
  }

  // Members of their own, as registers are: see core/blocks.hpp.
  template <std::size_t K>
  struct tile_row {
    blocks<T, C> sum;
  };
  template <class Indices>
  struct tile_rows;
  template <std::size_t... K>
  struct tile_rows<std::index_sequence<K...>> : tile_row<K>... {};
  template <std::size_t K>
  static DUET_INLINE blocks<T, C>& get(tile_row<K>& row) {
    return row.sum;
  }

  std::array<blocks<T, C>, C> upper_{};  // row a, right from block a / lanes on
  blocks<T, C> gradient_{};
};

}  // namespace duet
