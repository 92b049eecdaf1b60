#pragma once

// A statement as a call of a function of its own, which takes the expression's parts by value. Handed over as a whole
// the expression would lie in memory whose address others know, and compilers compare each such object with each access
// to memory in a function: what they take for many statements then grows with the square of their number.

#include <algorithm>
#include <array>
#include <cstdint>
#include <duet/expression/deferred.hpp>

namespace duet {

// Which parts of an X are handed over as integers: where registers for numbers and vectors run short, numbers take
// those for integers. On the stack each call would move its pointer, and what g++ takes grows with the square of such
// moves.
template <class X>
inline constexpr auto goes_as_integer = []<std::size_t... K>(std::index_sequence<K...>) {
  bool const integral[] = {std::is_integral_v<part_t<K, X>>...};
  bool const number[] = {std::is_same_v<part_t<K, X>, double>...};
  std::size_t const integers = (std::size_t{0} + ... + integral[K]);
  std::size_t others = sizeof...(K) - integers, room = 5 - std::min<std::size_t>(5, integers);
  std::array<bool, sizeof...(K)> chosen{};
  for (std::size_t k = 0; k < sizeof...(K) && others > 8 && room > 0; ++k)
    if (number[k]) {
      chosen[k] = true;
      --others;
      --room;
    }
  return chosen;
}(std::make_index_sequence<part_count<X>>{});

template <class To, class From>
[[nodiscard]] DUET_INLINE constexpr To same_bits(From const& x) {
  if constexpr (std::is_same_v<To, From>)
    return x;
  else
    return __builtin_bit_cast(To, x);  // std::bit_cast is a function: thousands of calls to decide on inlining of
}

template <class Work, class X, class Indices = std::make_index_sequence<part_count<X>>>
struct apart;
template <class Work, class X, std::size_t... K>
struct apart<Work, X, std::index_sequence<K...>> {
  template <std::size_t I>
  using argument = std::conditional_t<goes_as_integer<X>[I], std::uint64_t, part_t<I, X>>;

  template <class... Extra>
  DUET_APART static constexpr auto function(argument<K>... part, Extra... extra) {
    if (!std::is_constant_evaluated()) DUET_OPAQUE();
    return Work::run(joined<X>::from(parts_t<X>(duet::same_bits<part_t<K, X>>(part)...)), extra...);
  }
  template <class Deferred, class... Extra>
  static DUET_INLINE constexpr auto call(Deferred const& x, Extra... extra) {
    return function(duet::same_bits<argument<K>>(duet::part_at<K>(x))..., extra...);
  }
};

// Work::run(x, extra...) for a deferred x, as a function of its own.
template <class Work, class X, class... Extra>
DUET_INLINE constexpr auto run_apart(X const& x, Extra... extra) {
  return apart<Work, prompt_t<X>>::call(x, extra...);
}

}  // namespace duet
