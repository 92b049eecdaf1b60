#pragma once

// Which variables an array node reads. Those of a matrix of inputs, of a row of it, or of another node's result follow
// one another in equal steps and take no memory; others are listed.

#include <bit>
#include <cstdint>
#include <duet/core/packed.hpp>
#include <duet/reverse/sweep.hpp>
#include <type_traits>

namespace duet {

// Entry k of numbers side by side in a payload, packed as in the records of statements.
template <class T>
[[nodiscard]] DUET_INLINE T payload_entry(std::byte const* at, std::size_t k) {
  return packed<T>::read(at + k * packed<T>::bytes);
}
template <class T>
DUET_INLINE void set_payload_entry(std::byte* at, std::size_t k, T const& x) {
  packed<T>::write(at + k * packed<T>::bytes, x);
}

// Whether all numbers given so far are finite, with all their derivatives: of plain ones x - x has no bit set then.
template <class T>
class finite_so_far {
 public:
  DUET_INLINE void add(T const& x) {
    if constexpr (by_bits)
      seen_ |= std::bit_cast<bits>(x - x) << 1;  // -0 where it is rounded down
    else
      seen_ |= bits{!duet::all_finite(x)};
  }
  [[nodiscard]] explicit operator bool() const { return seen_ == 0; }

 private:
  static constexpr bool by_bits = std::is_same_v<T, double> || std::is_same_v<T, float>;
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  bits seen_ = 0;
};
// Whether all of `count` numbers side by side in a payload are.
template <class T>
[[nodiscard]] bool payload_is_finite(std::byte const* at, std::size_t count) {
  finite_so_far<T> finite;
  for (std::size_t k = 0; k < count; ++k) finite.add(payload_entry<T>(at, k));
  return bool(finite);
}

struct array_places {
  tape_index first = 0;
  tape_index step = 0;     // between neighbours, modulo 2^32; 0: one variable for all
  std::uint64_t list = 0;  // where in the payload they are listed, if they are
  bool active = false;     // one of them at least is on the tape
  bool listed = false;

  // They follow one another without a gap.
  [[nodiscard]] bool contiguous() const { return !listed && step == 1; }

  // The index of entry k, for a node with this payload.
  [[nodiscard]] DUET_INLINE tape_index operator()(std::byte const* payload, std::size_t k) const {
    if (!listed) return first + static_cast<tape_index>(k) * step;
    return payload_entry<tape_index>(payload + list, k);
  }
};

// Finds out from the indices, given one after another. The first two say what the step is.
class places_probe {
 public:
  places_probe() = default;
  places_probe(tape_index first, tape_index second) : first_(first), step_(second - first), expected_(first) {}
  // Of indices listed in a payload.
  places_probe(std::byte const* list, std::size_t count)
      : places_probe(payload_entry<tape_index>(list, 0), payload_entry<tape_index>(list, count > 1 ? 1 : 0)) {
    for (std::size_t k = 0; k < count; ++k) add(payload_entry<tape_index>(list, k));
  }

  DUET_INLINE void add(tape_index i) {
    irregular_ |= i ^ expected_;
    expected_ += step_;
    any_ |= i;
  }
  [[nodiscard]] bool active() const { return any_ != 0; }
  [[nodiscard]] bool listed() const { return irregular_ != 0; }
  // Listed `at` bytes into the payload if they must be.
  [[nodiscard]] array_places places(std::size_t at) const { return {first_, step_, at, active(), listed()}; }

 private:
  tape_index first_ = 0, step_ = 0, expected_ = 0, irregular_ = 0, any_ = 0;
};

}  // namespace duet
