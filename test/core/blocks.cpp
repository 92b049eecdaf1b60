#include "catch.hpp"

#include <duet/core/blocks.hpp>

namespace {

// In memory first: what the compiler knows of a mask it would work out itself.
template <std::size_t Lanes>
void require_any_lane() {
  using mask = duet::lane_mask<double, Lanes>;
  auto const seen = [](mask x) {
    mask volatile kept = x;
    return duet::any_lane<Lanes>(mask(kept));
  };
  CHECK_FALSE(seen(mask{}));
  for (std::size_t l = 0; l < Lanes; ++l)
    for (auto const bits : {std::int64_t{-1}, std::int64_t{1}, std::int64_t{1} << 32}) {
      mask one{};
      one[l] = bits;
      CAPTURE(Lanes, l, bits);
      CHECK(seen(one));
    }
}

template <class T, std::size_t Lanes>
void require_lane_bits() {
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << Lanes); ++bits) {
    duet::lane_mask<T, Lanes> x{};
    for (std::size_t l = 0; l < Lanes; ++l) x[l] = (bits >> l & 1) != 0 ? -1 : 0;
    duet::lane_mask<T, Lanes> volatile kept = x;
    CAPTURE(Lanes, bits);
    CHECK(duet::lane_bits<Lanes>(duet::lane_mask<T, Lanes>(kept)) == bits);
  }
}

}  // namespace

TEST_CASE("Lanes of a mask are bits of a number", "[core]") {
  if constexpr (duet::vector_bytes >= 16) require_lane_bits<double, 2>();
  if constexpr (duet::vector_bytes >= 16) require_lane_bits<float, 4>();
  if constexpr (duet::vector_bytes >= 32) require_lane_bits<double, 4>();
  if constexpr (duet::vector_bytes >= 64) require_lane_bits<double, 8>();
}

TEST_CASE("A lane of a mask that is set is found, whichever it is", "[core]") {
  if constexpr (duet::vector_bytes >= 16) require_any_lane<2>();
  if constexpr (duet::vector_bytes >= 32) require_any_lane<4>();
  if constexpr (duet::vector_bytes >= 64) require_any_lane<8>();
}

TEST_CASE("Numbers are cut into blocks as wide as the machine's vectors", "[core]") {
  constexpr std::size_t widest = duet::native_lanes<double>;
  CHECK(duet::block_shape<double, 1>::lanes == 1);
  CHECK(duet::block_shape<double, 2>::lanes == std::min<std::size_t>(widest, 2));
  CHECK(duet::block_shape<double, 3>::lanes == std::min<std::size_t>(widest, 4));
  for (auto const lanes : {duet::block_shape<double, 9>::lanes, duet::block_shape<double, 12>::lanes,
                           duet::block_shape<double, 16>::lanes, duet::block_shape<double, 30>::lanes})
    CHECK(lanes == widest);
  CHECK(duet::block_shape<double, 12>::count * widest >= 12);
  CHECK(duet::block_shape<double, 12>::count * widest < 12 + widest);
}
