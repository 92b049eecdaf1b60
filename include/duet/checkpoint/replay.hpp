#pragma once

// What loops and segments share: a recording that is kept whole or not at all.

#include <duet/driver/evaluate.hpp>
#include <duet/eigen/places.hpp>

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

}  // namespace duet
