#pragma once

// What drivers and graphs return: a derivative with the value that was computed for it.

#include <duet/core/config.hpp>

namespace duet {

template <class T, class Gradient>
struct valued_gradient {
  T value;
  Gradient gradient;
};
template <class Value, class Jacobian>
struct valued_jacobian {
  Value value;
  Jacobian jacobian;
};

}  // namespace duet
