#pragma once

// How statements and nodes lie in the streams of a recording, and how the sweep moves over them.

#include <cstdint>
#include <cstring>
#include <duet/core/packed.hpp>

namespace duet {

using tape_index = std::uint32_t;

// A statement's descriptor: bits 0-2 the number g of general partials, bits 3-5 the number u of unit partials. One of
// two flags may say that the statement before is an argument besides: `carry` with partial one and no record at all,
// `predecessor` with the last of the g partials, but no index. g = u = 7 is not of that form: a long statement, whose
// counts are in a stream of their own. A predecessor without a partial is not of that form either: external and array.
namespace descriptor {
inline constexpr std::uint8_t input = 0, external = 64, array = 72, long_statement = 127, predecessor = 64, carry = 128;
inline constexpr std::size_t most_arguments = 7;
}  // namespace descriptor

// In the index of a unit argument the highest bit says that the partial is minus one.
inline constexpr tape_index minus_bit = 0x8000'0000u;
inline constexpr tape_index last_index = minus_bit - 1;

template <class T>
struct array_kernel;

// What lies behind the payload of an array node.
template <class T>
struct array_node {
  array_kernel<T> const* kernel;
  std::size_t payload_bytes;
};

// How a statement is passed over; a tape that records otherwise specialises it.
template <class T>
struct statement_skip;

// A recording as the sweep reads it, from the end.
struct sweep_cursor {
  std::byte const* record;
  std::uint8_t const* descriptors;
  std::byte const* counts;
  std::byte const* nodes;
  void const* values;  // of all entries, on a tape that keeps them

  // The counts of a statement, g general and u unit arguments, `named` of the general ones with an index.
  struct statement {
    std::size_t g, u, named;
    template <class T>
    [[nodiscard]] std::size_t bytes() const {
      return packed<T>::bytes * g + sizeof(tape_index) * (named + u);
    }
  };
  statement read(std::uint8_t code) {
    if ((code | descriptor::carry) == (descriptor::carry | descriptor::long_statement)) {
      std::uint64_t both;
      counts -= sizeof both;
      std::memcpy(&both, counts, sizeof both);
      return {both & 0xffff'ffffu, both >> 32, both & 0xffff'ffffu};
    }
    std::size_t const g = code & 7u;
    return {g, code >> 3 & 7u, g - ((code & descriptor::predecessor) != 0)};
  }

  // Of an array node; leaves the cursor at its payload.
  template <class T>
  array_kernel<T> const& read_array() {
    array_node<T> node;
    nodes -= sizeof node;
    std::memcpy(&node, nodes, sizeof node);
    nodes -= node.payload_bytes;
    return *node.kernel;
  }

  // Over the record of a statement.
  template <class T>
  void skip(std::uint8_t code) {
    if (code == descriptor::external) return;
    if (code == descriptor::array) {
      read_array<T>();
      return;
    }
    statement_skip<T>::over(*this, code);
  }
};

// Where a sweep begins: with so many descriptors and external nodes before it.
struct sweep_origin {
  sweep_cursor cursor;
  std::size_t count, externals;
};

template <class T>
struct statement_skip {
  static void over(sweep_cursor& at, std::uint8_t code) { at.record -= at.read(code).template bytes<T>(); }
};

}  // namespace duet
