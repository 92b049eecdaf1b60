#pragma once

// What loops and segments share: a recording that is kept whole or not at all, and variables that are of it.

#include <duet/driver/evaluate.hpp>

namespace duet {

// What body() records vanishes if it throws.
template <class T, class Body>
auto recorded_or_rewound(tape<T>& on, Body const& body) {
  tape_position const begin = on.position();
  try {
    return body();
  } catch (...) {
    on.rewind(begin);
    throw;
  }
}

// The newest of the variables, by index; 0 if all are passive.
template <class X>
[[nodiscard]] tape_index newest_index(X const& x) {
  tape_index newest = 0;
  for (std::size_t i = 0; i < duet::size_of(x); ++i) newest = std::max(newest, shape<X>::entry(x, i).index());
  return newest;
}
template <class T>
void require_on(tape<T> const& on, tape_index newest, char const* where) {
  if (newest >= on.next_index())
    throw error(std::string(where) + ": a variable has index " + std::to_string(newest) + ", but the tape holds " +
                std::to_string(on.next_index() - 1) + "; it is of another tape, or of a part that was rewound");
}

}  // namespace duet
