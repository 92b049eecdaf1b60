#pragma once

// The adjoints of several outputs side by side in vectors: one reverse sweep over a graph for all rows of its Jacobian.
// Each partial is computed once and multiplied into all rows by one instruction.

#include <bit>
#include <cstdint>
#include <duet/core/blocks.hpp>
#include <limits>

namespace duet::symbolic {

// Where rows are swept side by side; what lies in registers becomes too much beyond.
inline constexpr std::size_t most_rows = 8;
template <class T, std::size_t Rows>
inline constexpr bool rows_fit_vectors = Rows > 1 && Rows <= most_rows &&
                                         (native_lanes<T> > 1) && std::numeric_limits<T>::is_iec559;

template <class T, std::size_t Rows>
class adjoint_rows {
  using numbers = blocks<T, Rows>;
  using vector = typename numbers::vector;
  static constexpr std::size_t lanes = numbers::shape::lanes;

 public:
  adjoint_rows() = default;
  DUET_INLINE explicit adjoint_rows(T const& all) {
    numbers::for_each_block([&](auto j) DUET_INLINE_LAMBDA { numbers_[j] = vector{} + all; });
  }
  // The seed of output O.
  template <std::size_t O>
  [[nodiscard]] static DUET_INLINE adjoint_rows unit() {
    adjoint_rows result;
    result.numbers_[block_index<O / lanes>{}][O % lanes] = 1;
    return result;
  }

  template <std::size_t R>
  [[nodiscard]] DUET_INLINE T row(block_index<R>) const {
    return numbers_[block_index<R / lanes>{}][R % lanes];
  }

  [[nodiscard]] DUET_INLINE adjoint_rows operator-() const {
    return blockwise([&](auto j) DUET_INLINE_LAMBDA { return -numbers_[j]; });
  }
  [[nodiscard]] friend DUET_INLINE adjoint_rows operator+(adjoint_rows const& a, adjoint_rows const& b) {
    return blockwise([&](auto j) DUET_INLINE_LAMBDA { return a.numbers_[j] + b.numbers_[j]; });
  }
  [[nodiscard]] friend DUET_INLINE adjoint_rows operator*(adjoint_rows const& a, T const& partial) {
    return blockwise([&](auto j) DUET_INLINE_LAMBDA { return a.numbers_[j] * partial; });
  }

  // The product in which zero wins over infinity and NaN.
  [[nodiscard]] static adjoint_rows damped_product(adjoint_rows const& a, adjoint_rows const& b) {
    return blockwise([&](auto j) {
      vector const none{};
      return vector(a.numbers_[j] == none || b.numbers_[j] == none ? none : a.numbers_[j] * b.numbers_[j]);
    });
  }

  // True if no number is infinite or NaN: of none are all bits of the exponent set.
  template <class... Rest>
  [[nodiscard]] static DUET_INLINE bool all_finite(adjoint_rows const& first, Rest const&... rest) {
    using mask = lane_mask<T, lanes>;
    using bits = std::remove_cvref_t<decltype(mask{}[0])>;
    constexpr auto exponent = static_cast<bits>(sizeof(T) == 4 ? 0x7f80'0000 : 0x7ff0'0000'0000'0000);
    mask awkward{};
    auto const look = [&](adjoint_rows const& a) DUET_INLINE_LAMBDA {
      numbers::for_each_block(
          [&](auto j) DUET_INLINE_LAMBDA { awkward |= (std::bit_cast<mask>(a.numbers_[j]) & exponent) == exponent; });
    };
    look(first);
    (look(rest), ...);
    return !any_lane<lanes>(awkward);
  }

 private:
  template <class Block>
  static DUET_INLINE adjoint_rows blockwise(Block const& block) {
    adjoint_rows result;
    numbers::for_each_block([&](auto j) DUET_INLINE_LAMBDA { result.numbers_[j] = block(j); });
    return result;
  }

  numbers numbers_;
};

}  // namespace duet::symbolic
