#pragma once

// What a tape says of itself, and what a sweep is told.

#include <cstddef>
#include <duet/core/error.hpp>
#include <string>

namespace duet {

DUET_COLD inline void throw_not_here(char const* where, std::size_t index, std::size_t most) {
  throw error(std::string(where) + ": the variable has index " + std::to_string(index) + ", but this tape holds " +
              std::to_string(most) + "; it is of another tape, or of a part that was rewound or cleared");
}
DUET_COLD inline void throw_swept_already() {
  throw error("duet::tape::seed: the variable lies in a part that reverse_to() has swept; rewind() to its position");
}
DUET_COLD inline void throw_full() {
  throw error("duet::tape: 2^31 statements are recorded, the most a tape holds; rewind, preaccumulate or checkpoint");
}
DUET_COLD inline void throw_no_adjoint(bool passive) {
  throw error(passive ? "duet::tape::adjoint: the variable is a passive number; make inputs by tape.independent(value)"
                      : "duet::tape::adjoint: no sweep yet; call tape.reverse(y) first");
}
[[noreturn]] DUET_COLD inline void throw_recorded_elsewhere() {
  throw error("duet::tape: another thread records onto this tape");
}
DUET_COLD inline void throw_beyond(char const* where) {
  throw error("duet::tape::" + std::string(where) +
              ": the position lies beyond the recording; it was rewound or cleared since");
}

DUET_COLD inline void throw_nothing_seeded(char const* where) {
  throw error("duet::tape::" + std::string(where) +
              ": nothing was seeded since the last sweep; call tape.seed(y, w) first");
}
DUET_COLD inline void throw_recorded_behind(char const* where) {
  throw error("duet::tape::" + std::string(where) +
              ": statements were recorded behind a part that reverse_to() has swept; rewind() to its position first");
}

// Where a recording stood; made by tape::position().
struct tape_position {
  std::size_t record_bytes = 0, descriptors = 1, count_bytes = 0, node_bytes = 0, externals = 0;
  friend bool operator==(tape_position const&, tape_position const&) = default;
  // Nothing of it lies beyond another position of the same recording.
  [[nodiscard]] bool is_within(tape_position const& end) const {
    return record_bytes <= end.record_bytes && descriptors <= end.descriptors && count_bytes <= end.count_bytes &&
           node_bytes <= end.node_bytes && externals <= end.externals;
  }
};

// What a sweep may expect. `sparse`: most adjoints stay zero, as when the output depends on a small part of the
// recording; statements whose adjoint is zero are passed over, at a test for each.
enum class seeds { dense, sparse };

struct tape_statistics {
  std::size_t statements;  // right-hand sides recorded
  std::size_t inputs;      // variables made by independent() and output(), and outputs of array nodes
  std::size_t externals;   // external nodes
  std::size_t arrays;      // array nodes
  std::size_t bytes;       // of the recording, without adjoints
  std::size_t adjoint_bytes;
  double bytes_per_statement;
};

}  // namespace duet
