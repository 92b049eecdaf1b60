#pragma once

// The array node of map_entries(): the local Jacobians of a function applied to the entries of arrays.

#include <duet/core/blocks.hpp>
#include <duet/reverse/array_node.hpp>
#include <duet/reverse/array_places.hpp>

namespace duet::entries_detail {

// Payload: this, then for each active argument the partials of each output in it, by entries and padded to whole
// groups, then the indices of arguments that are listed.
template <std::size_t Arguments>
struct header {
  struct argument {
    array_places places;
    std::uint64_t partials;
  };
  std::uint64_t count, padded;
  std::array<argument, Arguments> arguments;
};

// Calls piece(k, width) for stretches of `Width` numbers, then of half as many and so on; width is a constant.
template <std::size_t Width, class Piece>
DUET_INLINE void in_pieces(std::size_t k, std::size_t count, Piece const& piece) {
  for (; k + Width <= count; k += Width) piece(k, std::integral_constant<std::size_t, Width>{});
  if constexpr (Width > 1)
    if (k < count) in_pieces<Width / 2>(k, count, piece);
}

// Outputs follow one another, `count` entries of each, or one if they are summed.
template <class T, std::size_t Arguments, std::size_t Outputs, bool Sum>
struct node {
  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index at) {
    header<Arguments> h;
    std::memcpy(&h, payload, sizeof h);
    std::size_t const step = Sum ? 1 : h.count;
    T const* const seeds = adjoints + (at - Outputs * step) * lanes;
    for (auto const& a : h.arguments) {
      if (!a.places.active) continue;
      std::byte const* const partials = payload + a.partials;
      if (!Damped && lanes == 1 && !a.places.listed && (a.places.step == 1 || a.places.step == 0))
        pull_back_side_by_side(h, partials, seeds, adjoints + a.places.first, a.places.step == 0);
      else
        for (std::size_t o = 0; o < Outputs; ++o)
          for (std::size_t k = 0; k < h.count; ++k)
            add_products<Damped>(adjoints + a.places(payload, k) * lanes, payload_entry<T>(partials, o * h.padded + k),
                                 seeds + (o * step + (Sum ? 0 : k)) * lanes, lanes);
    }
  }

 private:
  static constexpr std::size_t width = native_lanes<T>;

  static DUET_INLINE void pull_back_side_by_side(header<Arguments> const& h, std::byte const* partials, T const* seeds,
                                                 T* target, bool all_one) {
    T total(0);
    in_pieces<width>(
        0, h.count,
        [&]<std::size_t Width>(std::size_t k, std::integral_constant<std::size_t, Width>) DUET_INLINE_LAMBDA {
          using vector = typename native_vector<T, Width>::type;
          vector gain{};
          for (std::size_t o = 0; o < Outputs; ++o) {
            auto const partial = packed<vector>::read(partials + (o * h.padded + k) * sizeof(T));
            if constexpr (Sum)
              gain += partial * seeds[o];
            else
              gain += partial * packed<vector>::read(reinterpret_cast<std::byte const*>(seeds + o * h.count + k));
          }
          if (!all_one) {
            auto* const to = reinterpret_cast<std::byte*>(target + k);
            packed<vector>::write(to, packed<vector>::read(to) + gain);
          } else if constexpr (Width == 1) {
            total += gain;
          } else {
            for (std::size_t l = 0; l < Width; ++l) total += gain[l];
          }
        });
    if (all_one) *target += total;
  }
};

}  // namespace duet::entries_detail
