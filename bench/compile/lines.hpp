#pragma once

// A function of so many lines, each a statement of a few operations, for the compile budget: what it takes is to grow
// with the number of lines and no faster. Macros write the lines out.

#include <array>
#include <duet/math/math.hpp>

namespace compile_cost {

#define TEN_LINES(i)                                                  \
  y = y * x[(i) % 16] + z;                                            \
  z = sin(y) - 0.5 * x[((i) + 3) % 16];                               \
  w += y * z;                                                         \
  y = exp(-w * w) * (z + x[((i) + 5) % 16]);                          \
  z = y / (2.0 + x[((i) + 7) % 16] * x[((i) + 7) % 16]);              \
  w = sqrt(1.0 + y * y + z * z) - w;                                  \
  y -= z * w - x[((i) + 11) % 16] * 0.25;                             \
  z = tanh(y + z) * x[((i) + 2) % 16];                                \
  w = w * z + y * x[((i) + 13) % 16] - x[(i) % 16] * z;               \
  y = log(1.5 + w * w) + cos(z) * y;
#define HUNDRED_LINES(i)                                              \
  TEN_LINES(i)                                                        \
  TEN_LINES((i) + 1)                                                  \
  TEN_LINES((i) + 2)                                                  \
  TEN_LINES((i) + 3)                                                  \
  TEN_LINES((i) + 4)                                                  \
  TEN_LINES((i) + 5)                                                  \
  TEN_LINES((i) + 6)                                                  \
  TEN_LINES((i) + 7)                                                  \
  TEN_LINES((i) + 8)                                                  \
  TEN_LINES((i) + 9)
#define THOUSAND_LINES(i)                                             \
  HUNDRED_LINES(i)                                                    \
  HUNDRED_LINES((i) + 1)                                              \
  HUNDRED_LINES((i) + 2)                                              \
  HUNDRED_LINES((i) + 3)                                              \
  HUNDRED_LINES((i) + 4)                                              \
  HUNDRED_LINES((i) + 5)                                              \
  HUNDRED_LINES((i) + 6)                                              \
  HUNDRED_LINES((i) + 7)                                              \
  HUNDRED_LINES((i) + 8)                                              \
  HUNDRED_LINES((i) + 9)

template <int Lines, class S>
S lines(std::array<S, 16> const& x) {
  S y = x[0], z = x[1], w = x[2];
  if constexpr (Lines == 100) {
    HUNDRED_LINES(0)
  } else if constexpr (Lines == 1000) {
    THOUSAND_LINES(0)
  } else {
    THOUSAND_LINES(0)
    THOUSAND_LINES(1)
    THOUSAND_LINES(2)
  }
  return y + z * w;
}

#undef THOUSAND_LINES
#undef HUNDRED_LINES
#undef TEN_LINES

}  // namespace compile_cost
