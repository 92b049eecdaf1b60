#pragma once

// Marks: what is known of the partials of a dual besides the numbers.

#include <cstdint>
#include <duet/core/blocks.hpp>

namespace duet {

// How many blocks share a bit of a mark: of the many that SSE2 has two, which is less to compile; a coefficient is then
// spread over a vector once for both (tetrahedron .8 of the time), though a zero is now and then multiplied
// (reprojection 1.04).
template <class T, std::size_t N>
inline constexpr std::size_t blocks_a_bit = block_shape<T, N>::lanes == 2 && block_shape<T, N>::count > 4 ? 2 : 1;

// What the compiler may know of the partials of a dual once a function is inlined: which blocks can differ from zero,
// and of an input that a driver has just seeded, which one it is. Blocks that nothing reaches are then neither computed
// nor loaded. Marks are stored in what alignment leaves free, and read only as far as they are known (DUET_KNOWN).
class seed_mark {
 public:
  DUET_INLINE constexpr seed_mark() {}  // a constant: no block
  [[nodiscard]] static DUET_INLINE constexpr seed_mark anything() { return seed_mark(every_bit); }
  // Of an input, where a bit stands for so many inputs.
  [[nodiscard]] static DUET_INLINE constexpr seed_mark input(std::size_t index, std::size_t a_bit) {
    return index / a_bit < most_bits && index < most_inputs
               ? seed_mark((std::uint32_t{1} << (index / a_bit)) | static_cast<std::uint32_t>(index + 1) << most_bits)
               : anything();
  }

  // What the compiler knows of it: the other questions are for marks that come from here. (Without a branch: g++
  // unrolls loops around statements early only if there are few.)
  [[nodiscard]] DUET_INLINE constexpr seed_mark known() const {
    return seed_mark(code_ | (static_cast<std::uint32_t>(DUET_KNOWN(code_)) - 1));
  }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t bit) const {
    return bit >= most_bits || (code_ >> bit & 1) != 0;
  }
  [[nodiscard]] DUET_INLINE constexpr bool is_input() const { return (code_ >> most_bits) - 1 < most_inputs; }
  [[nodiscard]] DUET_INLINE constexpr std::size_t index() const { return (code_ >> most_bits) - 1; }
  // Of a sum in which a term with this and one with the other mark occur.
  [[nodiscard]] DUET_INLINE constexpr seed_mark joined(seed_mark other) const {
    return seed_mark((code_ | other.code_) & every_bit);
  }

 private:
  DUET_INLINE constexpr explicit seed_mark(std::uint32_t code) : code_(code) {}
  static constexpr std::uint32_t most_bits = 16, most_inputs = 0xfffe, every_bit = 0xffff;
  std::uint32_t code_ = 0;  // a bit for each block or two, and above them the index of an input plus one, or all ones
};

// In place of a mark where there is one lane a block or one block, or loops over blocks, or in large arrays: nothing is
// ever known.
struct no_mark {
  [[nodiscard]] static DUET_INLINE constexpr no_mark anything() { return {}; }
  [[nodiscard]] static DUET_INLINE constexpr no_mark input(std::size_t, std::size_t) { return {}; }
  [[nodiscard]] DUET_INLINE constexpr no_mark known() const { return {}; }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t) const { return true; }
  [[nodiscard]] DUET_INLINE constexpr no_mark joined(no_mark) const { return {}; }
};

// In place of a mark where partials are stored late (dual.hpp): whether they are, asked at run time. Those of a
// constant, and of what has been computed of constants alone, are not.
class stored_mark {
 public:
  DUET_INLINE constexpr stored_mark() {}  // a constant
  [[nodiscard]] static DUET_INLINE constexpr stored_mark anything() { return stored_mark(true); }
  [[nodiscard]] static DUET_INLINE constexpr stored_mark input(std::size_t, std::size_t) { return anything(); }
  [[nodiscard]] DUET_INLINE constexpr stored_mark known() const { return *this; }
  [[nodiscard]] DUET_INLINE constexpr bool stored() const { return stored_; }
  [[nodiscard]] DUET_INLINE constexpr stored_mark joined(stored_mark other) const {
    return stored_mark(stored_ || other.stored_);
  }

 private:
  DUET_INLINE constexpr explicit stored_mark(bool stored) : stored_(stored) {}
  bool stored_ = false;
};

// One block of more than two lanes is none the wiser for a mark, which in an array of duals is a store each
// (exponential fit: 1.04 of the time). A number that is a vector itself (lanes) is worth the look though it is a block
// of its own.
template <class T, std::size_t N>
inline constexpr bool has_marks =
    block_shape<T, N>::unrolled &&
    (!std::is_same_v<element_of_t<T>, T> ||
     (block_shape<T, N>::count == 1 ? block_shape<T, N>::lanes == 2 : block_shape<T, N>::lanes > 1));
template <class T, std::size_t N>
using mark_of = std::conditional_t<has_marks<T, N>, seed_mark, no_mark>;

}  // namespace duet
