#pragma once

// What rules share about plain numbers: constants in the precision of an operand, NaN outside a domain, and the plain
// value of functions that only Duet has. Also the ranges of numbers that norm and log_sum_exp read.

#include <duet/math/arithmetic.hpp>
#include <iterator>
#include <limits>
#include <numbers>

namespace duet {

// A number without derivatives: arithmetic, or a class such as Boost.Multiprecision's.
template <class X>
concept passive_number = !active<X> && std::numeric_limits<X>::is_specialized;

template <class X>
concept number_like = active<X> || passive_number<X>;

// As in <cmath>, integers count as double.
template <class... X>
using promoted_t = std::common_type_t<std::conditional_t<std::is_integral_v<X>, double, X>...>;

// The rule applied to active operands, its plain value for passive ones.
template <class Rule, number_like... X>
[[nodiscard]] DUET_INLINE constexpr auto apply_or_value(Rule, X const&... x) {
  if constexpr ((active<X> || ...))
    return apply(Rule{}, x...);
  else
    return Rule::value(static_cast<promoted_t<X...>>(x)...);
}

// Calls visit(x) for each entry of a container: by index if it has one, as Eigen's expressions do.
template <class Range, class Visit>
DUET_INLINE constexpr void for_each_entry(Range const& range, Visit const& visit) {
  if constexpr (requires { range[range.size()]; })
    for (decltype(range.size()) i = 0; i < range.size(); ++i) visit(range[i]);
  else
    for (auto const& x : range) visit(x);
}

namespace range_detail {

template <class Range>
struct entry {};
template <class Range>
  requires requires(Range const& range) { range[range.size()]; }
struct entry<Range> {
  using type = std::remove_cvref_t<decltype(std::declval<Range const&>()[std::declval<Range const&>().size()])>;
};
template <class Range>
  requires(
      !requires(Range const& range) { range[range.size()]; } && requires(Range const& range) { *std::begin(range); })
struct entry<Range> {
  using type = std::remove_cvref_t<decltype(*std::begin(std::declval<Range const&>()))>;
};

}  // namespace range_detail

// A container of numbers, and the scalar that its entries evaluate to.
template <class Range>
concept number_range = number_like<typename range_detail::entry<Range>::type>;
template <number_range Range>
using entry_scalar_t = promoted_t<scalar_of_t<typename range_detail::entry<Range>::type>>;

}  // namespace duet

namespace duet::rules {

// Constants in the precision of T.
template <class T>
inline T const ln_two = log(T(2));
template <std::floating_point T>
inline constexpr T ln_two<T> = std::numbers::ln2_v<T>;

template <class T>
inline T const inverse_ln_two = 1 / log(T(2));
template <std::floating_point T>
inline constexpr T inverse_ln_two<T> = std::numbers::log2e_v<T>;

template <class T>
inline T const inverse_ln_ten = 1 / log(T(10));
template <std::floating_point T>
inline constexpr T inverse_ln_ten<T> = std::numbers::log10e_v<T>;

template <class T>
inline T const two_over_root_pi = 2 / sqrt(acos(T(-1)));
template <std::floating_point T>
inline constexpr T two_over_root_pi<T> = 2 * std::numbers::inv_sqrtpi_v<T>;

// The slope, or NaN where the function has no value.
template <class Slope>
[[nodiscard]] DUET_INLINE constexpr auto slope_if(auto const& defined, Slope const& slope) {
  return select(defined, slope, std::numeric_limits<passive_of_t<Slope>>::quiet_NaN());
}

// True if x is neither zero, subnormal, infinite nor NaN: all its digits count.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto has_full_precision(X const& x) {
  using T = passive_of_t<X>;
  auto const v = duet::value(x);
  return (v >= std::numeric_limits<T>::min() && v <= std::numeric_limits<T>::max()) ||
         (v <= -std::numeric_limits<T>::min() && v >= -std::numeric_limits<T>::max());
}

}  // namespace duet::rules
