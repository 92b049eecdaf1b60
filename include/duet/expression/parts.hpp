#pragma once

// An expression as a list of numbers and vectors, and built again from such a list: how it is handed to a function that
// is not inlined (apart.hpp).

#include <duet/expression/expression.hpp>

namespace duet {

// How many parts an operand has: a leaf says so, a number is one.
template <class X>
inline constexpr std::size_t part_count = X::parts;
template <class T>
inline constexpr std::size_t part_count<passive<T>> = 1;
template <class Rule, class... X>
inline constexpr std::size_t part_count<expression<Rule, X...>> = (std::size_t{0} + ... + part_count<X>);

// Part K.
template <std::size_t K, std::size_t I = 0, class X>
[[nodiscard]] DUET_INLINE constexpr auto part_at(X const& x) {
  if constexpr (is_passive_operand<X>) {
    return x.number;
  } else if constexpr (!is_expression<X>) {
    return x.template part<K>();
  } else {
    constexpr std::size_t here = part_count<std::remove_cvref_t<decltype(x.template operand<I>())>>;
    if constexpr (K < here)
      return duet::part_at<K>(x.template operand<I>());
    else
      return duet::part_at<K - here, I + 1>(x);
  }
}
template <std::size_t K, class X>
using part_t = decltype(duet::part_at<K>(std::declval<X const&>()));

// All parts.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto parts_of(X const& x) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
    return partials<part_t<K, X>...>(duet::part_at<K>(x)...);
  }(std::make_index_sequence<part_count<X>>{});
}
template <class X>
using parts_t = decltype(duet::parts_of(std::declval<X const&>()));

// X again, from the First-th part on.
template <class X, std::size_t First = 0>
struct joined {
  template <class Parts>
  static DUET_INLINE constexpr X from(Parts const& parts) {
    return [&]<std::size_t... K>(std::index_sequence<K...>)
               DUET_INLINE_LAMBDA { return X{get<First + K>(parts)...}; }(std::make_index_sequence<part_count<X>>{});
  }
};
template <class Rule, class... X, std::size_t First>
struct joined<expression<Rule, X...>, First> {
  template <class Parts>
  static DUET_INLINE constexpr auto from(Parts const& parts) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      using node = expression<Rule, X...>;
      return node(std::type_identity<typename node::scalar>{}, joined<X, First + before(I)>::from(parts)...);
    }(std::index_sequence_for<X...>{});
  }

 private:
  static consteval std::size_t before(std::size_t operand) {
    std::size_t const counts[] = {part_count<X>...};
    std::size_t sum = 0;
    for (std::size_t i = 0; i < operand; ++i) sum += counts[i];
    return sum;
  }
};

}  // namespace duet
