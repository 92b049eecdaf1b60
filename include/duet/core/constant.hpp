#pragma once

// Numbers known to the type system. A partial that vanishes everywhere is returned as the type `zero`:
// evaluation skips it, pattern tracers read linearity from it. Sums hand their seed on as `one`.

#include <concepts>
#include <duet/core/config.hpp>
#include <type_traits>

namespace duet {

struct zero;
struct one;
struct minus_one;

template <class T>
concept constant_number = std::same_as<std::remove_cvref_t<T>, zero> || std::same_as<std::remove_cvref_t<T>, one> ||
                          std::same_as<std::remove_cvref_t<T>, minus_one>;

struct zero {
  static constexpr int number = 0;
  constexpr zero operator-() const { return {}; }
};
struct minus_one {
  static constexpr int number = -1;
  constexpr one operator-() const;
};
struct one {
  static constexpr int number = 1;
  constexpr minus_one operator-() const { return {}; }
};
constexpr one minus_one::operator-() const { return {}; }

template <class A, class B>
  requires(constant_number<A> || constant_number<B>)
[[nodiscard]] DUET_INLINE constexpr auto operator*(A const& a, B const& b) {
  if constexpr (std::same_as<A, zero> || std::same_as<B, zero>)
    return zero{};
  else if constexpr (std::same_as<A, one>)
    return b;
  else if constexpr (std::same_as<B, one>)
    return a;
  else if constexpr (std::same_as<A, minus_one>)
    return -b;
  else
    return -a;
}

template <class A, class B>
  requires(std::same_as<A, zero> || std::same_as<B, zero>)
[[nodiscard]] DUET_INLINE constexpr auto operator+(A const& a, B const& b) {
  if constexpr (std::same_as<A, zero>)
    return b;
  else
    return a;
}

template <class A, class B>
  requires(std::same_as<A, zero> || std::same_as<B, zero>)
[[nodiscard]] DUET_INLINE constexpr auto operator-(A const& a, B const& b) {
  if constexpr (std::same_as<B, zero>)
    return a;
  else
    return -b;
}

// The constant as a number of type T; any other number unchanged.
template <class T, class X>
[[nodiscard]] DUET_INLINE constexpr T number(X const& x) {
  if constexpr (constant_number<X>)
    return T(X::number);
  else
    return T(x);
}

}  // namespace duet
