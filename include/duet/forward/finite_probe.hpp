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
      return any_of<lanes / 2>(seen_) == 0;
    else
      return !seen_;
  }

 private:
  static constexpr std::size_t lanes = block_shape<T, N>::lanes;
  using integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using mask = std::conditional_t<(lanes > 1), typename native_vector<integer, lanes>::type, bool>;

  static DUET_INLINE constexpr mask reinterpret_bits(vector const& x) { return (mask)x; }
  // Some lane of x, with the bits of all: the halves are joined until one lane is left.
  template <std::size_t Distance>
  static DUET_INLINE constexpr integer any_of(mask const& x) {
    if constexpr (Distance == 0)
      return x[0];
    else
      return any_of<Distance / 2>(x | rotated<Distance>(x, std::make_index_sequence<lanes>{}));
  }
  template <std::size_t Distance, std::size_t... L>
  static DUET_INLINE constexpr mask rotated(mask const& x, std::index_sequence<L...>) {
    return __builtin_shufflevector(x, x, ((L + Distance) % lanes)...);
  }

  mask seen_{};
};

}  // namespace duet
