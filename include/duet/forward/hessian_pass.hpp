#pragma once

// Sums of Hessians and outer products where Hessians lie in memory: the work of a statement of hyper-duals.

#include <duet/forward/symmetric.hpp>

namespace duet {

// An outer product in memory.
template <class T, std::size_t N>
struct outer_product {
  using vector = typename symmetric_shape<T, N>::vector;
  static constexpr std::size_t count = symmetric_shape<T, N>::count;
  alignas(vector) std::array<vector, count> left, right;

  template <class U, class V>
  DUET_INLINE constexpr void set(U const& u, V const& v) {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      left[j] = u[j];
      right[j] = v[j];
    });
  }
};

// Rows in which a sum of outer products may differ from zero: those of their left factors.
template <class T, std::size_t N>
class rows_of_products {
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;
  static constexpr std::size_t lanes = shape::lanes;

 public:
  template <class U>
  DUET_INLINE void add(U const& left) {
    if constexpr (row_set<T, N>::one_by_one)
      blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { moved_[j] |= left[j] != vector{}; });
    else
      moved_ = true;
  }
  [[nodiscard]] DUET_INLINE row_set<T, N> rows() const {
    row_set<T, N> result;
    if constexpr (row_set<T, N>::one_by_one)
      blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
        result.add(row_set<T, N>::of_lanes(duet::lane_bits<lanes>(moved_[j]), std::size_t{j} * lanes));
      });
    else if (moved_)
      result = row_set<T, N>::all();
    return result;
  }

 private:
  using mask =
      typename std::conditional_t<lanes == 1, std::type_identity<bool>, std::type_identity<lane_mask<T, lanes>>>::type;
  std::conditional_t<row_set<T, N>::one_by_one, std::array<mask, shape::count>, bool> moved_{};
};

// target (kept or not) + sum_k c_k H_k + sum_t u_t v_t^T for Hessians in memory: one function for all statements, since
// it is most of their work and none of their shape. Tiles of the sum stay in registers over all terms: as many rows as
// a block has lanes where all rows may differ from zero, else row by row of those that may.
template <class T, std::size_t N>
class hessian_pass {
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;
  static constexpr std::size_t lanes = shape::lanes, count = shape::count;
  // Columns of a tile: with `lanes` rows each, what 32 registers of AVX-512, or 16, can hold.
  static constexpr std::size_t columns = lanes == 8 ? 2 : lanes == 4 ? 2 : 4;

 public:
  struct terms {
    hessian_storage<T, N> const* const* hessians;
    T const* coefficients;
    std::size_t hessian_count;
    outer_product<T, N> const* products;
    std::size_t product_count;
  };

  // Rows are those in which a term may differ from zero; complete says that all Hessians have all rows. (Only the
  // matrix is handed on: g++ then knows that nothing else of the target changes, and keeps it in registers.)
  static DUET_INLINE void add(hessian_storage<T, N>& target, bool keep, row_set<T, N> rows, bool complete,
                              terms const& sum) {
    row_set<T, N> const old = keep ? target.rows() : row_set<T, N>();
    target.set_rows(old.with(rows));  // before the call: after it g++ would read all of the target anew
    if (!row_set<T, N>::one_by_one || (complete && rows.complete() && (old.empty() || old.complete())))
      add_all_rows(target.all(), !old.empty(), sum);
    else if constexpr (row_set<T, N>::one_by_one)
      add_rows(target.all(), old, rows, sum);
  }

 private:
  [[gnu::noinline]] static void add_all_rows(symmetric<T, N>& target, bool keep, terms const& sum) {
    constexpr auto take = [](hessian_storage<T, N> const&) DUET_INLINE_LAMBDA { return true; };
    for (std::size_t block = 0; block < count; ++block) {
      if ((block + 1) * lanes <= N)
        add_tiles<lanes>(target, keep, sum, block, 0, take);
      else
        add_tiles<N % lanes>(target, keep, sum, block, 0, take);
    }
  }
  // Where there are few blocks they are unrolled, and places in a row hidden from each other: places computed as
  // addresses g++ does not bound by the matrix, and what else is in the target would be read anew after each call.
  [[gnu::noinline]] static void add_rows(symmetric<T, N>& target, row_set<T, N> old, row_set<T, N> rows,
                                         terms const& sum) {
    auto const add_block = [&](auto block) DUET_INLINE_LAMBDA {
      rows.for_each(block * lanes, lanes, [&](std::size_t lane) DUET_INLINE_LAMBDA {
        std::size_t const i = block * lanes + lane;
        add_tiles<1>(target, old.has(i), sum, block, lane,
                     [i](hessian_storage<T, N> const& h) DUET_INLINE_LAMBDA { return h.rows().has(i); });
      });
    };
    if constexpr (count <= 8)
      [&]<std::size_t... Block>(std::index_sequence<Block...>)
          DUET_INLINE_LAMBDA { (add_block(block_index<Block>{}), ...); }(std::make_index_sequence<count>{});
    else
      for (std::size_t block = 0; block < count; ++block) add_block(block);
  }

  // Rows of a block from its row `lane` on, of those Hessians that take(hessian) says.
  template <std::size_t Rows, class Take>
  static DUET_INLINE void add_tiles(symmetric<T, N>& target, bool keep, terms const& sum, std::size_t block,
                                    std::size_t lane, Take const& take) {
    if constexpr (Rows != 0) {
      std::size_t j = block;
      for (; j + columns <= count; j += columns) add_tile<Rows, columns>(target, keep, sum, block, lane, j, take);
      for (; j < count; ++j) add_tile<Rows, 1>(target, keep, sum, block, lane, j, take);
    }
  }

  template <std::size_t Rows, std::size_t Columns, class Take>
  static DUET_INLINE void add_tile(symmetric<T, N>& target, bool keep, terms const& sum, std::size_t block,
                                   std::size_t lane, std::size_t column, Take const& take) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      constexpr auto row = [](std::size_t k) { return k / Columns; };
      constexpr auto across = [](std::size_t k) { return k % Columns; };
      std::size_t const width = count - block;
      std::size_t const start = shape::row_start(block * lanes) + lane * width + (column - block);
      block_members<vector, std::index_sequence<K...>> tile{};
      auto const at = [&]<std::size_t J>(block_index<J>)
                          DUET_INLINE_LAMBDA -> vector& { return static_cast<block_member<J, vector>&>(tile).block; };
      std::array<std::size_t, Rows * Columns> const place{
          (Rows == 1 ? hidden(start + across(K)) : start + row(K) * width + across(K))...};
      if (keep) (static_cast<void>(at(block_index<K>{}) = target[place[K]]), ...);
      for (std::size_t l = 0; l < sum.hessian_count; ++l) {
        if (!take(*sum.hessians[l])) continue;
        symmetric<T, N> const& h = sum.hessians[l]->all();
        T const& c = sum.coefficients[l];
        (static_cast<void>(at(block_index<K>{}) += c * h[place[K]]), ...);
      }
      for (std::size_t t = 0; t < sum.product_count; ++t) {
        outer_product<T, N> const& p = sum.products[t];
        (static_cast<void>(at(block_index<K>{}) +=
                           number_at(p.left[block], lane + row(K)) * p.right[column + across(K)]),
         ...);
      }
      (static_cast<void>(target[place[K]] = at(block_index<K>{})), ...);
    }(std::make_index_sequence<Rows * Columns>{});
  }
  // A number of which the compiler does not know where it comes from.
  [[nodiscard]] static DUET_INLINE std::size_t hidden(std::size_t x) {
#if defined(__GNUC__)
    __asm__("" : "+r"(x));
#endif
    return x;
  }
  // Lane r, loaded from memory: a vector would be taken apart by shuffles.
  [[nodiscard]] static DUET_INLINE T number_at(vector const& v, std::size_t r) {
    if constexpr (lanes == 1) {
      return v;
    } else {
      T x;
      std::memcpy(&x, reinterpret_cast<char const*>(&v) + r * sizeof(T), sizeof(T));
      return x;
    }
  }
};

}  // namespace duet
