#pragma once

// N numbers in blocks of the machine's vector width, read by forward mode for partials and by the tape for adjoint
// lanes. Each block is a named member of exactly the native vector type: g++ keeps such members in registers, while it
// sends arrays of vectors and oversized vectors through memory (measured 3 times slower).

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <duet/core/config.hpp>
#include <type_traits>
#include <utility>

namespace duet {

#if !DUET_VECTORS
inline constexpr std::size_t vector_bytes = 0;
#elif defined(__AVX512F__)
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

template <class T>
inline constexpr std::size_t native_lanes = 1;
template <>
inline constexpr std::size_t native_lanes<double> = vector_bytes < 16 ? 1 : vector_bytes / sizeof(double);
template <>
inline constexpr std::size_t native_lanes<float> = vector_bytes < 16 ? 1 : vector_bytes / sizeof(float);

template <class T, std::size_t Lanes>
struct native_vector {
#if DUET_VECTORS
  typedef T type __attribute__((vector_size(Lanes * sizeof(T))));
#endif
};
template <class T>
struct native_vector<T, 1> {
  using type = T;
};

// What comparing vectors of T gives: all bits of a lane, or none.
template <class T, std::size_t Lanes>
using lane_mask = typename native_vector<std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>, Lanes>::type;

template <std::size_t Lanes, std::size_t Distance, class Mask, std::size_t... L>
[[nodiscard]] DUET_INLINE constexpr Mask rotated_lanes(Mask const& x, std::index_sequence<L...>) {
  return __builtin_shufflevector(x, x, ((L + Distance) % Lanes)...);
}
// True if some lane of the mask is set: one instruction where the machine has it, otherwise the halves are joined until
// one lane is left.
template <std::size_t Lanes, std::size_t Distance = Lanes / 2, class Mask>
[[nodiscard]] DUET_INLINE constexpr bool any_lane(Mask const& x) {
#if defined(__GNUC__) && DUET_VECTORS && defined(__AVX__)
  if constexpr (Distance == Lanes / 2 && !std::is_class_v<Mask> && sizeof(Mask) >= 32) {
    if (!std::is_constant_evaluated()) {
      using words = typename native_vector<long long, sizeof(Mask) / 8>::type;
#if defined(__AVX512F__)
      if constexpr (sizeof(Mask) == 64)
        return __builtin_ia32_cmpq512_mask((words)x, words{}, 4, 0xff) != 0;  // 4: not equal
      else
#endif
        return __builtin_ia32_ptestz256((words)x, (words)x) == 0;
    }
  }
#endif
  if constexpr (Distance == 0)
    return x[0] != 0;
  else
    return any_lane<Lanes, Distance / 2>(
        Mask(x | rotated_lanes<Lanes, Distance>(x, std::make_index_sequence<Lanes>{})));
}

// A bit for each lane of the mask whose bits are set, the first lane's the lowest.
template <std::size_t Lanes, class Mask>
[[nodiscard]] DUET_INLINE std::uint64_t lane_bits(Mask const& x) {
#if defined(__GNUC__) && DUET_VECTORS && defined(__SSE2__)
  if constexpr (Lanes > 1 && sizeof(Mask) == 8 * Lanes) {
#if defined(__AVX512F__)
    using words = typename native_vector<long long, Lanes>::type;
    if constexpr (Lanes == 8)
      return static_cast<unsigned char>(__builtin_ia32_cmpq512_mask((words)x, words{}, 4, 0xff));
#endif
    using numbers = typename native_vector<double, Lanes>::type;
#if defined(__AVX__)
    if constexpr (Lanes == 4) return static_cast<unsigned>(__builtin_ia32_movmskpd256((numbers)x));
#endif
    if constexpr (Lanes == 2) return static_cast<unsigned>(__builtin_ia32_movmskpd((numbers)x));
  }
#endif
  if constexpr (Lanes == 1) {
    return x ? 1 : 0;
  } else {
    std::uint64_t bits = 0;
    for (std::size_t l = 0; l < Lanes; ++l) bits |= std::uint64_t{x[l] != 0} << l;
    return bits;
  }
}

// How N numbers of type T are cut into blocks: as wide as the machine's vectors, for small N the next power of two. (On
// AVX-512 three vectors of 4 doubles in place of two of 8 that are half empty take 1.1 to 1.7 times as long.)
template <class T, std::size_t N>
struct block_shape {
  static constexpr std::size_t lanes = N == 0 ? 1 : std::min(native_lanes<T>, std::bit_ceil(N));
  static constexpr std::size_t count = (N + lanes - 1) / lanes;
  // Unrolled up to here; a loop over an array beyond it, where code size would cost more than registers gain.
  static constexpr bool unrolled = count <= 16;
  using vector = typename native_vector<T, lanes>::type;
};

template <std::size_t J, class V>
struct block_member {
  V block;
};
// At a multiple of the alignment of one number.
template <std::size_t J, class V, std::size_t Alignment>
struct unaligned_block_member {
  typedef V vector __attribute__((aligned(Alignment)));
  vector block;
};

template <class V, class Indices>
struct block_members;
template <class V, std::size_t... J>
struct block_members<V, std::index_sequence<J...>> : block_member<J, V>... {
  template <std::size_t K>
  using member = block_member<K, V>;
};
template <class V, std::size_t Alignment, class Indices>
struct unaligned_block_members;
template <class V, std::size_t Alignment, std::size_t... J>
struct unaligned_block_members<V, Alignment, std::index_sequence<J...>> : unaligned_block_member<J, V, Alignment>... {
  template <std::size_t K>
  using member = unaligned_block_member<K, V, Alignment>;
};

// Stands for a vector that is not aligned: a reference to it would say that it is.
template <class Member, class V>
class unaligned_block {
 public:
  DUET_INLINE constexpr explicit unaligned_block(Member& member) : member_(member) {}
  DUET_INLINE constexpr operator V() const { return member_.block; }  // NOLINT: implicit as in a reference
  DUET_INLINE constexpr void operator=(V const& x) const { member_.block = x; }
  DUET_INLINE constexpr void operator+=(V const& x) const { member_.block += x; }

 private:
  Member& member_;
};

template <std::size_t J>
using block_index = std::integral_constant<std::size_t, J>;

// Says that numbers are left as they come: what follows writes them.
struct unset {};

// Aligned says whether blocks lie at multiples of their size, or one behind the other at those of a number's: large
// arrays of numbers of few blocks then take less memory, but blocks straddle cache lines.
template <class T, std::size_t N, bool Aligned = true>
class blocks {
 public:
  using shape = block_shape<T, N>;
  using vector = typename shape::vector;
  static constexpr bool aligned = Aligned || shape::lanes == 1 || !shape::unrolled;

  // Zero. At run time block by block: g++ clears objects by loops over words and arrays of them by memset.
  DUET_INLINE constexpr blocks() : members_{} {}
  DUET_INLINE constexpr blocks()
    requires(shape::unrolled && std::is_trivially_default_constructible_v<vector>)
  {
    if (std::is_constant_evaluated())
      members_ = storage{};
    else
      for_each_block([&](auto j) DUET_INLINE_LAMBDA { (*this)[j] = vector{}; });
  }
  DUET_INLINE constexpr explicit blocks(unset) {
    if (std::is_constant_evaluated()) members_ = storage{};
#if defined(__GNUC__)
    else  // of which g++ would warn
      __asm__("" : "=m"(members_));
#endif
  }

  // The block at an index of for_each_block: known to the compiler where blocks are unrolled. Where it is not aligned,
  // what stands for it, and a copy of a constant one.
  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr decltype(auto) operator[](Index j) {
    if constexpr (!shape::unrolled)
      return (members_[j]);
    else if constexpr (aligned)
      return (static_cast<typename storage::template member<j()>&>(members_).block);
    else
      return unaligned_block<typename storage::template member<j()>, vector>(members_);
  }
  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr std::conditional_t<aligned, vector const&, vector> operator[](Index j) const {
    if constexpr (shape::unrolled)
      return static_cast<typename storage::template member<j()> const&>(members_).block;
    else
      return members_[j];
  }

  template <class Visit>
  static DUET_INLINE constexpr void for_each_block(Visit const& visit) {
    if constexpr (shape::unrolled)
      [&]<std::size_t... J>(std::index_sequence<J...>)
          DUET_INLINE_LAMBDA { (visit(block_index<J>{}), ...); }(std::make_index_sequence<shape::count>{});
    else
      for (std::size_t j = 0; j < shape::count; ++j) visit(j);
  }

  // The number at run-time index i; for reading results, not for hot loops.
  [[nodiscard]] constexpr T at(std::size_t i) const {
    T result{};
    visit_lane(*this, i, [&](auto const& lane) { result = lane; });
    return result;
  }
  constexpr void set(std::size_t i, T const& x) {
    for_each_block([&](auto j) {
      if (i / shape::lanes != std::size_t{j}) return;
      if constexpr (shape::lanes == 1) {
        (*this)[j] = x;
      } else {
        vector block = std::as_const(*this)[j];
        block[i % shape::lanes] = x;
        (*this)[j] = block;
      }
    });
  }

  // All N numbers, written to consecutive places.
  DUET_INLINE void copy_to(T* target) const {
    if constexpr (std::is_trivially_copyable_v<T> && shape::lanes > 1) {
      for_each_block([&](auto j) DUET_INLINE_LAMBDA {
        vector const block = (*this)[j];
        std::memcpy(target + std::size_t{j} * shape::lanes, &block, used_lanes(j) * sizeof(T));
      });
    } else {
      for_each_block([&](auto j) DUET_INLINE_LAMBDA { target[std::size_t{j}] = (*this)[j]; });
    }
  }

  // The same, unaligned; and back.
  DUET_INLINE void write(std::byte* to) const {
    for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      vector const block = (*this)[j];
      std::memcpy(to + std::size_t{j} * sizeof block, &block, used_lanes(j) * sizeof(T));
    });
  }
  DUET_INLINE void read(std::byte const* from) {
    for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      vector block{};
      std::memcpy(&block, from + std::size_t{j} * sizeof block, used_lanes(j) * sizeof(T));
      (*this)[j] = block;
    });
  }

 private:
  // The last block may have lanes beyond N.
  static DUET_INLINE constexpr std::size_t used_lanes(std::size_t j) {
    return j + 1 == shape::count ? N - j * shape::lanes : shape::lanes;
  }
  template <class Visit>
  static constexpr void visit_lane(blocks const& self, std::size_t i, Visit const& visit) {
    for_each_block([&](auto j) {
      if (i / shape::lanes != std::size_t{j}) return;
      if constexpr (shape::lanes == 1)
        visit(self[j]);
      else
        visit(self[j][i % shape::lanes]);
    });
  }

  using indices = std::make_index_sequence<shape::count>;
  using storage = std::conditional_t<!shape::unrolled, std::array<vector, shape::count>,
                                     std::conditional_t<aligned, block_members<vector, indices>,
                                                        unaligned_block_members<vector, alignof(T), indices>>>;
  storage members_;
};

// Block B of Count blocks whose numbers are turned round: lane l is that of number B * Lanes + l + Distance, modulo
// all.
template <std::size_t Lanes, std::size_t Count, std::size_t B, std::size_t Distance, class Block>
[[nodiscard]] DUET_INLINE constexpr auto turned_block(Block const& block) {
  constexpr std::size_t first = B + Distance / Lanes, lane = Distance % Lanes;
  auto const low = block(block_index<first % Count>{});
  if constexpr (lane == 0) {
    return low;
  } else {
    auto const high = block(block_index<(first + 1) % Count>{});
    return [&]<std::size_t... L>(std::index_sequence<L...>) DUET_INLINE_LAMBDA {
      if (std::is_constant_evaluated())
        return std::remove_const_t<decltype(low)>{(L + lane < Lanes ? low : high)[(L + lane) % Lanes]...};
      return __builtin_shufflevector(low, high, (L + lane)...);
    }(std::make_index_sequence<Lanes>{});
  }
}

// Vectors side by side, by default as many as each has lanes.
template <class V, std::size_t Lanes, std::size_t Rows = Lanes>
class vector_tile {
 public:
  template <class... Row>
  DUET_INLINE explicit vector_tile(Row const&... row) : rows_{row...} {}
  [[nodiscard]] DUET_INLINE V const& operator[](std::size_t k) const { return rows_[k]; }

  // In log2(Lanes) rounds rows a power of two apart exchange lanes that are as far apart.
  DUET_INLINE void transpose()
    requires(Rows == Lanes)
  {
    if constexpr (Lanes > 1) transpose_from<1>(std::make_index_sequence<Lanes>{});
  }
  // Moves lane l of each row l rows on, modulo Rows: in as many rounds, those whose number has a bit by as many rows.
  DUET_INLINE void skew() {
    if constexpr (Lanes > 1) skew_from<1>(std::make_index_sequence<Rows>{});
  }

 private:
  template <std::size_t Distance, std::size_t... K>
  DUET_INLINE void transpose_from(std::index_sequence<K...> all) {
    (((K & Distance) == 0 ? exchange<Distance>(rows_[K], rows_[K | Distance], all) : void()), ...);
    if constexpr (2 * Distance < Lanes) transpose_from<2 * Distance>(all);
  }
  template <std::size_t Distance, std::size_t... L>
  static DUET_INLINE void exchange(V& a, V& b, std::index_sequence<L...>) {
    V const first = __builtin_shufflevector(a, b, ((L & Distance) != 0 ? Lanes + L - Distance : L)...);
    b = __builtin_shufflevector(a, b, ((L & Distance) != 0 ? Lanes + L : L + Distance)...);
    a = first;
  }

  template <std::size_t Distance, std::size_t... K>
  DUET_INLINE void skew_from(std::index_sequence<K...> all) {
    vector_tile const before = *this;
    ((rows_[K] = moved<Distance>(before.rows_[K], before.rows_[(K + Rows - Distance) % Rows],
                                 std::make_index_sequence<Lanes>{})),
     ...);
    if constexpr (2 * Distance < Lanes) skew_from<2 * Distance>(all);
  }
  template <std::size_t Distance, std::size_t... L>
  [[nodiscard]] static DUET_INLINE V moved(V const& stays, V const& comes, std::index_sequence<L...>) {
    return __builtin_shufflevector(stays, comes, ((L & Distance) != 0 ? Lanes + L : L)...);
  }

  V rows_[Rows];
};

// The block whose lane `index` is one: by comparing lanes, since poking a lane of a vector and loading it again stalls.
template <class T, std::size_t N, class Index>
[[nodiscard]] DUET_INLINE constexpr typename block_shape<T, N>::vector unit_block(Index j, std::size_t index) {
  using shape = block_shape<T, N>;
  using vector = typename shape::vector;
  if constexpr (shape::lanes == 1) {
    return std::size_t{j} == index ? T(1) : T(0);
  } else if constexpr (sizeof(T) == 8 && vector_bytes == 16) {  // SSE2 compares no 64-bit lanes
    return vector{std::size_t{j} * 2 == index ? T(1) : T(0), std::size_t{j} * 2 + 1 == index ? T(1) : T(0)};
  } else {
    constexpr vector lane_numbers = []<std::size_t... L>(std::index_sequence<L...>) {
      return vector{static_cast<T>(L)...};  // no loop: g++ unrolls those of the caller earlier if they hold none
    }(std::make_index_sequence<shape::lanes>{});
    auto const wanted =
        static_cast<T>(static_cast<std::ptrdiff_t>(index) - static_cast<std::ptrdiff_t>(std::size_t{j} * shape::lanes));
    return lane_numbers == wanted ? vector{} + T(1) : vector{};
  }
}

}  // namespace duet
