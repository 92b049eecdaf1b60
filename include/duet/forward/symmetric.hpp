#pragma once

// Symmetric N x N matrices, packed in blocks as wide as the machine's vectors: the Hessians of hyper-duals. The layout
// is chosen by N:
//
//   rows       row i from the block of its diagonal on; an outer product is one number times a block
//   circulant  diagonal d = 0 to N / 2, with entry i being (i, i + d mod N); an outer product is a block times a
//   shifted
//              block. Fewer blocks than rows, and nothing is broadcast: for all that fits one block a row
//
// Sums of outer products u v^T are added block by block; only the whole sum need be symmetric.

#include <array>
#include <cstring>
#include <duet/core/blocks.hpp>

namespace duet {

template <class T, std::size_t N>
struct symmetric_shape {
  using vector = typename block_shape<T, N>::vector;
  static constexpr std::size_t lanes = block_shape<T, N>::lanes, count = block_shape<T, N>::count;
  static constexpr std::size_t padded = lanes * count;

  // The place of row i's first block, column block i / lanes.
  [[nodiscard]] static constexpr std::size_t row_start(std::size_t i) {
    std::size_t const full = i / lanes;
    return i * count - lanes * (full * (full - 1) / 2) - full * (i - full * lanes);
  }
  // One block a row: all of them in registers. Else in memory, and added to in tiles (hessian_pass).
  static constexpr bool in_registers = count == 1;
  static constexpr std::size_t diagonals = padded / 2 + 1;
  static constexpr bool circulant = in_registers && lanes >= 4 && diagonals <= row_start(N);
  static constexpr std::size_t blocks = circulant ? diagonals : row_start(N);
};

template <class T, std::size_t N>
class symmetric {
 public:
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;

  // Left as it comes where it lies in memory: hyper-duals write it before they read it.
  DUET_INLINE constexpr symmetric() {
    if (shape::in_registers || std::is_constant_evaluated()) fill_zero();
  }

  constexpr void fill_zero() {
    if constexpr (shape::in_registers)
      for_each_block([&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = vector{}; });
    else
      members_.fill(vector{});
  }
  // Block by block in registers; what lies in memory is copied as a whole.
  DUET_INLINE constexpr void copy(symmetric const& from) {
    if constexpr (shape::in_registers)
      for_each_block([&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = from[k]; });
    else
      members_ = from.members_;
  }

  constexpr void add(symmetric const& x) {
    for_each_block([&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = vector((*this)[k] + x[k]); });
  }

  // Block k: known to the compiler in registers, at run time in memory.
  template <class K>
  [[nodiscard]] DUET_INLINE constexpr vector& operator[](K k) {
    if constexpr (shape::in_registers)
      return static_cast<block_member<k(), vector>&>(members_).block;
    else
      return members_[k];
  }
  template <class K>
  [[nodiscard]] DUET_INLINE constexpr vector const& operator[](K k) const {
    if constexpr (shape::in_registers)
      return static_cast<block_member<k(), vector> const&>(members_).block;
    else
      return members_[k];
  }
  template <class Visit>
  static DUET_INLINE constexpr void for_each_block(Visit const& visit) {
    if constexpr (shape::in_registers)
      [&]<std::size_t... K>(std::index_sequence<K...>)
          DUET_INLINE_LAMBDA { (visit(block_index<K>{}), ...); }(std::make_index_sequence<shape::blocks>{});
    else
      for (std::size_t k = 0; k < shape::blocks; ++k) visit(k);
  }

  // Calls visit(i, j, entry) for each i <= j: for reading all of it.
  template <class Visit>
  DUET_INLINE void for_each_entry(Visit const& visit) const {
    std::array<T, shape::blocks * shape::lanes> numbers;
    for_each_block([&](auto k) DUET_INLINE_LAMBDA {
      vector const& block = (*this)[k];
      std::copy_n(reinterpret_cast<T const*>(&block), shape::lanes, &numbers[std::size_t{k} * shape::lanes]);
    });
    if constexpr (shape::circulant) {
      for (std::size_t d = 0; d < shape::diagonals; ++d)
        for (std::size_t i = 0; i < N; ++i) {
          std::size_t const j = (i + d) % shape::padded;
          if (j < N && (2 * d < shape::padded || i < j))
            visit(std::min(i, j), std::max(i, j), numbers[d * shape::lanes + i]);
        }
    } else {
      for (std::size_t i = 0; i < N; ++i) {
        std::size_t const row = (shape::row_start(i) - i / shape::lanes) * shape::lanes;
        for (std::size_t j = i; j < N; ++j) visit(i, j, numbers[row + j]);
      }
    }
  }

  // Entry (i, j); for reading results.
  [[nodiscard]] constexpr T at(std::size_t i, std::size_t j) const {
    auto const [block, lane] = place_of(std::min(i, j), std::max(i, j));
    if constexpr (shape::lanes == 1)
      return block_at(block);
    else
      return block_at(block)[lane];
  }
  constexpr void set(std::size_t i, std::size_t j, T const& x) {
    set_entry(i, j, x);
    set_entry(j, i, x);
  }

 private:
  struct entry_place {
    std::size_t block, lane;
  };
  // Where entry (i, j) with i <= j is read. Within a diagonal block, and on the last diagonal, (j, i) is kept too.
  [[nodiscard]] static constexpr entry_place place_of(std::size_t i, std::size_t j) {
    if constexpr (shape::circulant) {
      std::size_t const d = (j + shape::padded - i) % shape::padded;
      if (d > shape::padded / 2) return {(shape::padded - d) * shape::count + j / shape::lanes, j % shape::lanes};
      return {d * shape::count + i / shape::lanes, i % shape::lanes};
    } else {
      if (i / shape::lanes > j / shape::lanes) std::swap(i, j);
      return {shape::row_start(i) + j / shape::lanes - i / shape::lanes, j % shape::lanes};
    }
  }
  [[nodiscard]] constexpr vector block_at(std::size_t k) const {
    if constexpr (shape::in_registers) {
      vector result{};
      for_each_block([&](auto j) {
        if (j == k) result = (*this)[j];
      });
      return result;
    } else {
      return members_[k];
    }
  }
  constexpr void set_entry(std::size_t i, std::size_t j, T const& x) {
    auto const [block, lane] = place_of(i, j);
    vector changed = block_at(block);
    if constexpr (shape::lanes == 1)
      changed = x;
    else
      changed[lane] = x;
    if constexpr (shape::in_registers)
      for_each_block([&](auto k) {
        if (k == block) (*this)[k] = changed;
      });
    else
      members_[block] = changed;
  }

  using storage =
      std::conditional_t<shape::in_registers, block_members<vector, std::make_index_sequence<shape::blocks>>,
                         std::array<vector, shape::blocks>>;
  storage members_;
};

// Block K of the outer product u v^T in registers, with factors of one block each.
template <class T, std::size_t N, std::size_t K, class U, class V>
[[nodiscard]] DUET_INLINE constexpr auto outer_block(block_index<K>, U const& u, V const& v) {
  using shape = symmetric_shape<T, N>;
  typename shape::vector const left = u[block_index<0>{}], right = v[block_index<0>{}];
  if constexpr (shape::circulant) {
    return [&]<std::size_t... L>(std::index_sequence<L...>) DUET_INLINE_LAMBDA {
      using vector = typename shape::vector;
      if (std::is_constant_evaluated()) return vector(left * vector{right[(L + K) % shape::lanes]...});
      return vector(left * __builtin_shufflevector(right, right, (L + K) % shape::lanes...));
    }(std::make_index_sequence<shape::lanes>{});
  } else if constexpr (shape::lanes == 1) {
    return typename shape::vector(left * right);
  } else {
    return typename shape::vector(left[K] * right);
  }
}

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

// target (kept or not) + sum_k c_k H_k + sum_t u_t v_t^T for Hessians in memory: one function for all statements, since
// it is most of their work and none of their shape. Tiles of the sum stay in registers over all terms.
template <class T, std::size_t N>
class hessian_pass {
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;
  static constexpr std::size_t lanes = shape::lanes, count = shape::count;
  // Columns of a tile: with `lanes` rows each, what 32 registers of AVX-512, or 16, can hold.
  static constexpr std::size_t columns = lanes == 8 ? 2 : lanes == 4 ? 2 : 4;

 public:
  struct terms {
    symmetric<T, N> const* const* hessians;
    T const* coefficients;
    std::size_t hessian_count;
    outer_product<T, N> const* products;
    std::size_t product_count;
  };

  [[gnu::noinline]] static void add(symmetric<T, N>& target, bool keep, terms const& sum) {
    for (std::size_t block = 0; block < count; ++block) {
      if ((block + 1) * lanes <= N)
        add_rows<lanes>(target, keep, sum, block);
      else
        add_rows<N % lanes>(target, keep, sum, block);
    }
  }

 private:
  template <std::size_t Rows>
  static DUET_INLINE void add_rows(symmetric<T, N>& target, bool keep, terms const& sum, std::size_t block) {
    if constexpr (Rows != 0) {
      std::size_t j = block;
      for (; j + columns <= count; j += columns) add_tile<Rows, columns>(target, keep, sum, block, j);
      for (; j < count; ++j) add_tile<Rows, 1>(target, keep, sum, block, j);
    }
  }

  template <std::size_t Rows, std::size_t Columns>
  static DUET_INLINE void add_tile(symmetric<T, N>& target, bool keep, terms const& sum, std::size_t block,
                                   std::size_t column) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      constexpr auto row = [](std::size_t k) { return k / Columns; };
      constexpr auto across = [](std::size_t k) { return k % Columns; };
      std::size_t const width = count - block, start = shape::row_start(block * lanes) + (column - block);
      block_members<vector, std::index_sequence<K...>> tile{};
      auto const at = [&]<std::size_t J>(block_index<J>)
                          DUET_INLINE_LAMBDA -> vector& { return static_cast<block_member<J, vector>&>(tile).block; };
      auto const place = [&](std::size_t k) DUET_INLINE_LAMBDA { return start + row(k) * width + across(k); };
      if (keep) (static_cast<void>(at(block_index<K>{}) = target[place(K)]), ...);
      for (std::size_t l = 0; l < sum.hessian_count; ++l) {
        symmetric<T, N> const& h = *sum.hessians[l];
        T const& c = sum.coefficients[l];
        (static_cast<void>(at(block_index<K>{}) += c * h[place(K)]), ...);
      }
      for (std::size_t t = 0; t < sum.product_count; ++t) {
        outer_product<T, N> const& p = sum.products[t];
        (static_cast<void>(at(block_index<K>{}) += number_at(p.left[block], row(K)) * p.right[column + across(K)]),
         ...);
      }
      (static_cast<void>(target[place(K)] = at(block_index<K>{})), ...);
    }(std::make_index_sequence<Rows * Columns>{});
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
