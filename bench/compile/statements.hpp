#pragma once

// Statements of 200 operations, flat and nested, for the compile budget. Macros write them out: a loop would make many
// statements of them.

#include <array>
#include <duet/math/math.hpp>

namespace compile_cost {

#define TERM(i) x[(i) % 16] * x[((i) + 5) % 16]
#define FIVE_TERMS(i) TERM(i) + TERM((i) + 1) + TERM((i) + 2) - TERM((i) + 3) + TERM((i) + 4)
#define TWENTY_TERMS(i) FIVE_TERMS(i) + FIVE_TERMS((i) + 5) + FIVE_TERMS((i) + 10) - FIVE_TERMS((i) + 15)

// 100 products and 99 sums side by side.
template <class S>
S flat(std::array<S, 16> const& x) {
  S const y = TWENTY_TERMS(0) + TWENTY_TERMS(1) + TWENTY_TERMS(2) + TWENTY_TERMS(3) + TWENTY_TERMS(4);
  return y;
}

#define SHELL(e, i) sin(x[(i) % 16] * exp(x[((i) + 3) % 16] - x[((i) + 7) % 16] * (e)))
#define FOUR_SHELLS(e, i) SHELL(SHELL(SHELL(SHELL(e, (i) + 3), (i) + 2), (i) + 1), i)
#define TWENTY_SHELLS(e, i) \
  FOUR_SHELLS(FOUR_SHELLS(FOUR_SHELLS(FOUR_SHELLS(FOUR_SHELLS(e, (i) + 16), (i) + 12), (i) + 8), (i) + 4), i)

// 200 operations, each inside the one before: 40 shells of a sine, a product, an exponential, a difference and a
// product.
template <class S>
S nested(std::array<S, 16> const& x) {
  S const y = TWENTY_SHELLS(TWENTY_SHELLS(x[0], 20), 0);
  return y;
}

#undef TWENTY_SHELLS
#undef FOUR_SHELLS
#undef SHELL
#undef TWENTY_TERMS
#undef FIVE_TERMS
#undef TERM

}  // namespace compile_cost
