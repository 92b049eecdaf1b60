#pragma once

// Boost.Math's root finders with derivatives by Duet. (Its quadrature and bracketing take Duet scalars as they are.)

#include <duet/driver/derivatives.hpp>
#include <tuple>

namespace duet {

// f as a callable that returns the tuple f, f', ..., f^(K), as Boost.Math wants it: newton_raphson_iterate with K = 1,
// halley_iterate and schroder_iterate with K = 2. One pass of f. The root that is found is a plain number:
// duet::implicit_solution gives it derivatives in parameters.
template <std::size_t K, class F>
[[nodiscard]] auto with_slopes(F f) {
  return [f = std::move(f)](auto const& x) {
    auto const all = duet::derivatives<K>(f, x);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::make_tuple(all[I]...);
    }(std::make_index_sequence<K + 1>{});
  };
}

}  // namespace duet
