#pragma once

// std::numeric_limits of every active scalar: the facts of the passive number below it. The functions return the scalar
// itself, so that std::max(x, std::numeric_limits<S>::lowest()) deduces as it does for double.

#include <duet/core/scalar.hpp>
#include <limits>

template <class S>
  requires duet::is_active_scalar<S>
class std::numeric_limits<S> : public std::numeric_limits<duet::passive_of_t<S>> {
  using passive = std::numeric_limits<duet::passive_of_t<S>>;

 public:
  static constexpr S min() noexcept { return S(passive::min()); }
  static constexpr S max() noexcept { return S(passive::max()); }
  static constexpr S lowest() noexcept { return S(passive::lowest()); }
  static constexpr S epsilon() noexcept { return S(passive::epsilon()); }
  static constexpr S round_error() noexcept { return S(passive::round_error()); }
  static constexpr S infinity() noexcept { return S(passive::infinity()); }
  static constexpr S quiet_NaN() noexcept { return S(passive::quiet_NaN()); }
  static constexpr S signaling_NaN() noexcept { return S(passive::signaling_NaN()); }
  static constexpr S denorm_min() noexcept { return S(passive::denorm_min()); }
};
