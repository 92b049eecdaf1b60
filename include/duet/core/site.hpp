#pragma once

// Whether this is checked mode, and a place in the source, which only checked mode has.

#include <duet/core/config.hpp>

#if DUET_CHECKED
#include <source_location>
#endif

namespace duet::checked {

inline constexpr bool enabled = DUET_CHECKED;

// As a default argument, `site at = site::current()`, it is where the user's statement stands: of a conversion, of a
// constructor, of a call by name. An operator can have none, which is why checked scalars have no assignment from an
// expression: it is converted, at that place, and copied.
#if DUET_CHECKED
using site = std::source_location;
#else
struct site {
  [[nodiscard]] static constexpr site current() { return {}; }
};
#endif

}  // namespace duet::checked
