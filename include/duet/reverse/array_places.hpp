#pragma once

// Which variables an array node reads. Those of a matrix of inputs, of a row of it, or of another node's result follow
// one another in equal steps and take no memory; others are listed.

#include <duet/core/packed.hpp>
#include <duet/reverse/sweep.hpp>

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

// Finds out from the indices, given one after another.
class places_probe {
 public:
  DUET_INLINE void add(tape_index i) {
    if (count_ == 0)
      first_ = i;
    else if (count_ == 1)
      step_ = i - first_;
    irregular_ |= i ^ (first_ + count_ * step_);
    any_ |= i;
    ++count_;
  }
  [[nodiscard]] bool active() const { return any_ != 0; }
  [[nodiscard]] bool listed() const { return irregular_ != 0; }
  // Listed `at` bytes into the payload if they must be.
  [[nodiscard]] array_places places(std::size_t at) const { return {first_, step_, at, active(), listed()}; }

 private:
  tape_index count_ = 0, first_ = 0, step_ = 0, irregular_ = 0, any_ = 0;
};

}  // namespace duet
