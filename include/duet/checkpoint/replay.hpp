#pragma once

// What loops and segments share: a recording that is kept whole or not at all, and the newest of some variables.

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

}  // namespace duet
