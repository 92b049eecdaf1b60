#pragma once

// Symmetric N x N matrices, packed in blocks as wide as the machine's vectors: the Hessians of hyper-duals. The layout
// is chosen by N:
//
//   rows       row i from the block of its diagonal on; an outer product is one number times a block
//   circulant  diagonal d = 0 to N / 2, with entry i being (i, i + d mod N); an outer product is a block times one
//              that is shifted. Nothing is broadcast, and of small matrices there are fewer blocks than of rows
//
// Sums of outer products u v^T are added block by block; only the whole sum need be symmetric.

#include <array>
#include <bit>
#include <cstdint>
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
  // Few blocks are named one by one: in registers, as far as these go. More lie in memory and are added to in tiles
  // (hessian_pass), of which rows can be left out. (Of N = 24 by AVX-512, 39 diagonal blocks named one by one take .95
  // of the time where all is dense, and 1.5 where a term has two inputs; of fewer they win at both.)
  static constexpr bool unrolled = count == 1 || (lanes > 1 && count <= 4 && N <= 16);
  static constexpr std::size_t diagonals = padded / 2 + 1;
  static constexpr bool circulant = unrolled && (count > 1 || (lanes >= 4 && diagonals <= row_start(N)));
  static constexpr std::size_t blocks = circulant ? diagonals * count : row_start(N);
};

// Rows of a matrix that may differ from zero; the others, and with them the columns of their number, are zero and
// neither stored nor read. Of unrolled matrices or of more than 64 rows, and of numbers that are no plain ones, all
// or none.
template <class T, std::size_t N>
class row_set {
  using word = std::uint64_t;

 public:
  static constexpr bool one_by_one = N <= 64 && std::is_arithmetic_v<T> && !symmetric_shape<T, N>::unrolled;

  constexpr row_set() = default;
  [[nodiscard]] static DUET_INLINE constexpr row_set all() { return row_set(every); }
  // Of the lanes from row `first` on that have a bit, as far as they are rows.
  [[nodiscard]] static DUET_INLINE constexpr row_set of_lanes(word lanes, std::size_t first) {
    return row_set(lanes << first & every);
  }

  [[nodiscard]] DUET_INLINE constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] DUET_INLINE constexpr bool complete() const { return bits_ == every; }
  // The first of them; of a set of rows told one by one that is not empty.
  [[nodiscard]] DUET_INLINE constexpr std::size_t first() const {
    return static_cast<std::size_t>(std::countr_zero(bits_));
  }
  [[nodiscard]] DUET_INLINE constexpr bool single() const { return one_by_one && (bits_ & (bits_ - 1)) == 0; }
  [[nodiscard]] DUET_INLINE constexpr bool has(std::size_t i) const {
    return one_by_one ? (bits_ >> i & 1) != 0 : bits_ != 0;
  }
  DUET_INLINE constexpr void add(row_set other) { bits_ |= other.bits_; }
  [[nodiscard]] DUET_INLINE constexpr row_set with(row_set other) const { return row_set(bits_ | other.bits_); }
  [[nodiscard]] DUET_INLINE constexpr row_set missing() const { return row_set(bits_ ^ every); }

  // visit(i - first) for each row i of those from `first` to first + count - 1, if there are so many.
  template <class Visit>
  DUET_INLINE constexpr void for_each(std::size_t first, std::size_t count, Visit const& visit) const {
    if constexpr (one_by_one) {
      word const some = count >= 64 ? ~word{0} : (word{1} << count) - 1;
      for (word rest = bits_ >> first & some; rest != 0; rest &= rest - 1)
        visit(static_cast<std::size_t>(std::countr_zero(rest)));
    } else {
      for (std::size_t i = 0; i < std::min(count, N - first) && bits_ != 0; ++i) visit(i);
    }
  }

 private:
  DUET_INLINE constexpr explicit row_set(word bits) : bits_(bits) {}
  static constexpr word every = one_by_one && N < 64 ? (word{1} << N) - 1 : ~word{0};
  word bits_ = 0;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ does not see that who reads a matrix asks for its rows
#endif
template <class T, std::size_t N>
class symmetric {
 public:
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;

  // Left as it comes: hyper-duals write it before they read it.
  DUET_INLINE constexpr symmetric() {
    if (std::is_constant_evaluated()) fill_zero();
  }

  constexpr void fill_zero(row_set<T, N> rows = row_set<T, N>::all()) {
    for_each_block(rows, [&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = vector{}; });
  }
  // These rows of another one, of which there are some. Where the address of a part is taken g++ keeps all of a leaf in
  // memory, so that a small matrix is copied as a whole.
  DUET_INLINE constexpr void copy(symmetric const& from, row_set<T, N> rows) {
    if constexpr (shape::unrolled)
      for_each_block([&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = from[k]; });
    else if constexpr (sizeof(symmetric) <= most_copied_bytes)
      members_ = from.members_;
    else if (rows.single())
      for_each_block_of_row(rows.first(), [&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = from[k]; });
    else
      copy_rows(from, rows);
  }

  constexpr void add(symmetric const& x) {
    for_each_block([&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = vector((*this)[k] + x[k]); });
  }

  // Block k: known to the compiler if unrolled, else at run time.
  template <class K>
  [[nodiscard]] DUET_INLINE constexpr vector& operator[](K k) {
    if constexpr (shape::unrolled)
      return static_cast<block_member<k(), vector>&>(members_).block;
    else
      return members_[k];
  }
  template <class K>
  [[nodiscard]] DUET_INLINE constexpr vector const& operator[](K k) const {
    if constexpr (shape::unrolled)
      return static_cast<block_member<k(), vector> const&>(members_).block;
    else
      return members_[k];
  }
  template <class Visit>
  static DUET_INLINE constexpr void for_each_block(Visit const& visit) {
    if constexpr (shape::unrolled)
      [&]<std::size_t... K>(std::index_sequence<K...>)
          DUET_INLINE_LAMBDA { (visit(block_index<K>{}), ...); }(std::make_index_sequence<shape::blocks>{});
    else
      for (std::size_t k = 0; k < shape::blocks; ++k) visit(k);
  }
  // The same of these rows.
  template <class Visit>
  static DUET_INLINE constexpr void for_each_block(row_set<T, N> rows, Visit const& visit) {
    if (rows.complete())
      for_each_block(visit);
    else if constexpr (!shape::unrolled)
      rows.for_each(0, N, [&](std::size_t i) DUET_INLINE_LAMBDA { for_each_block_of_row(i, visit); });
  }

  // Unrolled while there are few: g++ makes a call of memcpy out of a loop that copies two blocks.
  template <class Visit>
  static DUET_INLINE constexpr void for_each_block_of_row(std::size_t i, Visit const& visit) {
    std::size_t const first = i / shape::lanes, start = shape::row_start(i) - first;
    if constexpr (shape::count <= 8)
      [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
        (static_cast<void>(J < first ? void() : visit(start + J)), ...);
      }(std::make_index_sequence<shape::count>{});
    else
      for (std::size_t j = first; j < shape::count; ++j) visit(start + j);
  }

  // Calls visit(i, j, entry) for each i <= j: for reading all of it. Of rows other than these entries are zero.
  template <class Visit>
  DUET_INLINE void for_each_entry(row_set<T, N> rows, Visit const& visit) const {
    std::array<T, shape::blocks * shape::lanes> numbers{};
    for_each_block(rows, [&](auto k) DUET_INLINE_LAMBDA {
      vector const& block = (*this)[k];
      std::copy_n(reinterpret_cast<T const*>(&block), shape::lanes, &numbers[std::size_t{k} * shape::lanes]);
    });
    if constexpr (shape::circulant) {
      for (std::size_t d = 0; d < shape::diagonals; ++d)
        for (std::size_t i = 0; i < N; ++i) {
          std::size_t const j = (i + d) % shape::padded;
          if (j < N && (2 * d < shape::padded || i < j))
            visit(std::min(i, j), std::max(i, j), numbers[d * shape::padded + i]);
        }
    } else {
      for (std::size_t i = 0; i < N; ++i) {
        std::size_t const row = (shape::row_start(i) - i / shape::lanes) * shape::lanes;
        for (std::size_t j = i; j < N; ++j) visit(i, j, numbers[row + j]);
      }
    }
  }

  // All N x N entries to consecutive places, row by row; in rows other than these they are zero.
  DUET_INLINE void copy_to(T* target, row_set<T, N> rows) const {
    if constexpr (shape::lanes == 1)
      for_each_entry(rows, [=](std::size_t i, std::size_t j, T const& x) DUET_INLINE_LAMBDA {
        target[i * N + j] = x;
        target[j * N + i] = x;
      });
    else if (rows.empty())
      std::fill_n(target, N * N, T(0));
    else if constexpr (shape::circulant)
      copy_diagonals_to(target);
    else
      for (std::size_t block = 0; block < shape::count; ++block) copy_rows_to(target, rows, block);
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
  static constexpr std::size_t most_copied_bytes = 1280;
  [[gnu::noinline]] constexpr void copy_rows(symmetric const& from, row_set<T, N> rows) {
    for_each_block(rows, [&](auto k) DUET_INLINE_LAMBDA { (*this)[k] = from[k]; });
  }

  // Columns first to first + lanes - 1 of row i, as far as there are so many.
  static DUET_INLINE void store(T* target, std::size_t i, std::size_t first, vector const& x) {
    constexpr std::size_t last = N % shape::lanes;
    if (last != 0 && first + shape::lanes > N)
      std::memcpy(target + i * N + first, &x, last * sizeof(T));
    else
      std::memcpy(target + i * N + first, &x, sizeof x);
  }
  // Block B of diagonal D, also of the second half, in which (i, i + D) is (j, j - D) with j = i + D.
  template <std::size_t D, std::size_t B>
  [[nodiscard]] DUET_INLINE vector diagonal_block() const {
    if constexpr (D < shape::diagonals)
      return (*this)[block_index<D * shape::count + B>{}];
    else
      return duet::turned_block<shape::lanes, shape::count, B, D>(
          [&](auto k) DUET_INLINE_LAMBDA { return (*this)[block_index<(shape::padded - D) * shape::count + k()>{}]; });
  }
  // Column j of the rows of a block has lane l of diagonal j - l.
  DUET_INLINE void copy_diagonals_to(T* target) const {
    auto const copy_block = [&]<std::size_t B, std::size_t... D>(block_index<B>,
                                                                 std::index_sequence<D...>) DUET_INLINE_LAMBDA {
      constexpr std::size_t row = B * shape::lanes;
      vector_tile<vector, shape::lanes, shape::padded> t(diagonal_block<D, B>()...);
      t.skew();
      (static_cast<void>(D < N ? store(target, D, row, t[(D + shape::padded - row) % shape::padded]) : void()), ...);
    };
    [&]<std::size_t... B>(std::index_sequence<B...>) DUET_INLINE_LAMBDA {
      (copy_block(block_index<B>{}, std::make_index_sequence<shape::padded>{}), ...);
    }(std::make_index_sequence<shape::count>{});
  }
  // The rows of a block from its diagonal on, and below the diagonal what is their transpose.
  DUET_INLINE void copy_rows_to(T* target, row_set<T, N> rows, std::size_t block) const {
    std::size_t const row = block * shape::lanes, start = shape::row_start(row), width = shape::count - block;
    auto const copy_tile = [&]<std::size_t... K>(std::size_t j, std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      std::size_t const column = row + j * shape::lanes;
      vector_tile<vector, shape::lanes> t(
          (row + K < N && rows.has(row + K) ? block_at(start + K * width + j) : vector{})...);
      (static_cast<void>(row + K < N ? store(target, row + K, column, t[K]) : void()), ...);
      if (j == 0) return;
      t.transpose();
      (static_cast<void>(column + K < N ? store(target, column + K, row, t[K]) : void()), ...);
    };
    for (std::size_t j = 0; j < width; ++j) copy_tile(j, std::make_index_sequence<shape::lanes>{});
  }

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
    if constexpr (shape::unrolled) {
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
    if constexpr (shape::unrolled)
      for_each_block([&](auto k) {
        if (k == block) (*this)[k] = changed;
      });
    else
      members_[block] = changed;
  }

  using storage = std::conditional_t<shape::unrolled, block_members<vector, std::make_index_sequence<shape::blocks>>,
                                     std::array<vector, shape::blocks>>;
  storage members_;
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

// Hessians of the numbers that a statement reads and writes: only rows that may differ from zero are stored, copied and
// read.
template <class T, std::size_t N>
class hessian_storage {
 public:
  using rows_type = row_set<T, N>;

  DUET_INLINE constexpr hessian_storage() = default;

  [[nodiscard]] DUET_INLINE constexpr rows_type rows() const { return rows_; }
  // True if it is zero and nothing is stored.
  [[nodiscard]] DUET_INLINE constexpr bool flat() const { return rows().empty(); }
  DUET_INLINE constexpr void clear() { rows_ = {}; }
  // Zeros are stored too.
  constexpr void store_all() {
    all_.fill_zero(rows_.missing());
    set_rows(rows_type::all());
  }
  // Of another one, to one that is zero: of a zero then nothing is copied.
  DUET_INLINE constexpr void copy(hessian_storage const& from) {
    if (from.flat()) return;
    rows_ = from.rows_;
    all_.copy(from.all_, from.rows());
  }
  // These rows, and no others, are written.
  DUET_INLINE constexpr void set_rows(rows_type rows) { rows_ = rows; }

  [[nodiscard]] constexpr T at(std::size_t i, std::size_t j) const {
    return rows().has(std::min(i, j)) ? all_.at(i, j) : T(0);
  }
  constexpr void set(std::size_t i, std::size_t j, T const& x) {
    store_all();
    all_.set(i, j, x);
  }
  template <class Visit>
  DUET_INLINE void for_each_entry(Visit const& visit) const {
    all_.for_each_entry(rows(), visit);
  }
  // All N x N entries, row by row.
  DUET_INLINE void copy_to(T* target) const { all_.copy_to(target, rows()); }
  // Calls visit(block) for each that is stored.
  template <class Visit>
  DUET_INLINE constexpr void for_each_block(Visit const& visit) const {
    symmetric<T, N>::for_each_block(rows(), [&](auto k) DUET_INLINE_LAMBDA { visit(all_[k]); });
  }

  // Of what is not stored nothing can be said.
  [[nodiscard]] DUET_INLINE constexpr symmetric<T, N>& all() { return all_; }
  [[nodiscard]] DUET_INLINE constexpr symmetric<T, N> const& all() const { return all_; }

 private:
  row_set<T, N> rows_;
  symmetric<T, N> all_;
};

// Block K of the outer product u v^T of an unrolled matrix.
template <class T, std::size_t N, std::size_t K, class U, class V>
[[nodiscard]] DUET_INLINE constexpr auto outer_block(block_index<K>, U const& u, V const& v) {
  using shape = symmetric_shape<T, N>;
  using vector = typename shape::vector;
  if constexpr (shape::circulant) {
    return vector(u[block_index<K % shape::count>{}] *
                  duet::turned_block<shape::lanes, shape::count, K % shape::count, K / shape::count>(
                      [&](auto k) DUET_INLINE_LAMBDA -> vector { return v[k]; }));
  } else {
    vector const left = u[block_index<0>{}], right = v[block_index<0>{}];
    if constexpr (shape::lanes == 1)
      return vector(left * right);
    else
      return vector(left[K] * right);
  }
}

}  // namespace duet
