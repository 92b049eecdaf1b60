#pragma once

#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>

namespace duet {

// Whether numbers are finite: x - x is zero for those that are, and NaN for the others.
template <class T, std::size_t N>
class finite_probe {
 public:
  using vector = typename blocks<T, N>::vector;

  DUET_INLINE constexpr void add(vector const& x) {
    if constexpr (lanes > 1)
      seen_ |= reinterpret_bits(x - x);
    else
      seen_ = seen_ || !duet::all_finite(x);
  }
  [[nodiscard]] DUET_INLINE constexpr bool finite() const {
    if constexpr (lanes > 1)
      return !any_lane<lanes>(seen_);
    else
      return !seen_;
  }

 private:
  static constexpr std::size_t lanes = block_shape<T, N>::lanes;
  using mask =
      typename std::conditional_t<(lanes > 1), std::type_identity<lane_mask<T, lanes>>, std::type_identity<bool>>::type;

  static DUET_INLINE constexpr mask reinterpret_bits(vector const& x) { return (mask)x; }
  mask seen_{};
};

}  // namespace duet
