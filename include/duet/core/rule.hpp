#pragma once

// What a rule states about its function. A rule is a struct of pure templates whose parameters are `auto`, so that one
// text serves double, duals, lanes and symbols:
//
//   name             the function's name
//   domain           where it is real and smooth: one interval for each operand
//   infinite_slope   true if a first partial can become infinite on the closed domain or overflow far out
//   value(a...)      the function
//   first(a..., y)   its partials: one number, or partials{da, db[, dc]}
//   second(x, y, dy) the second derivative; for two operands second(a, b, y) = partials{daa, dab, dbb}, for three
//                    partials{daa, dab, dac, dbb, dbc, dcc}; second(a, b, y, d) too if the first partials d save
//                    it a call of a function
//
// What is known is handed on (y, then dy). A partial that vanishes everywhere is the type `zero`.
// Optional: `parameters = k` says that the last k operands are passive numbers, never differentiated (their partials
// are `zero`); `cheap_first = true` says that `first` costs no more than loading it, so nodes need not store it;
// `is_product = true` that both operands are worth comparing, as in x * x; `early_first = true` that `first` does not
// read y and divides: computed before the value, the division runs beside the call that gives the value.

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <duet/core/constant.hpp>
#include <limits>
#include <string_view>

namespace duet {

struct interval {
  double lower, upper;
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr interval real_line{-infinity, infinity};
inline constexpr interval positive{0, infinity};

// A short list of numbers whose types differ; read by get<I>.
template <std::size_t I, class T>
struct partial_slot {
  T number;
};
// A constant of the type system takes no room. (As a member without an address it would have g++ 12 lose its neighbours
// in constant expressions.)
template <std::size_t I, class T>
  requires std::is_empty_v<T>
struct partial_slot<I, T> {
  static constexpr T number{};
  constexpr partial_slot() = default;
  DUET_INLINE constexpr explicit partial_slot(T const&) {}
};

template <class Indices, class... T>
struct partial_list;

template <std::size_t... I, class... T>
struct partial_list<std::index_sequence<I...>, T...> : partial_slot<I, T>... {
  constexpr partial_list() = default;
  DUET_INLINE constexpr explicit partial_list(T const&... t) : partial_slot<I, T>(t)... {}
};

template <class... T>
struct partials : partial_list<std::index_sequence_for<T...>, T...> {
  constexpr partials() = default;
  DUET_INLINE constexpr explicit partials(T const&... t) : partial_list<std::index_sequence_for<T...>, T...>(t...) {}
};
template <class... T>
partials(T...) -> partials<T...>;

template <std::size_t I, class T>
[[nodiscard]] DUET_INLINE constexpr T const& get(partial_slot<I, T> const& slot) {
  return slot.number;
}

template <class R>
concept rule = requires {
  { R::name } -> std::convertible_to<std::string_view>;
  R::domain;
  { R::infinite_slope } -> std::convertible_to<bool>;
};

// How many of a rule's operands, at the end, are passive numbers.
template <class R>
inline constexpr std::size_t parameter_count = [] {
  if constexpr (requires { R::parameters; })
    return std::size_t{R::parameters};
  else
    return std::size_t{0};
}();

template <class R>
inline constexpr bool has_cheap_first = [] {
  if constexpr (requires { R::cheap_first; })
    return bool{R::cheap_first};
  else
    return false;
}();
template <class R>
inline constexpr bool has_early_first = requires { requires R::early_first; };

}  // namespace duet
