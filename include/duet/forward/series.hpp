#pragma once

// Truncated power series of rules. A rule y = R(x...) of series is found degree by degree from y' = sum_i first_i x_i';
// with normalised coefficients that is k y_k = sum_i sum_j j x_ij (first_i)_{k-j}. In general Rule::first is evaluated
// on series of one degree less; series_algebraic.hpp, series_transcendental.hpp and series_power.hpp have recurrences
// for rules where that is slower, or not enough. Coefficient 0 is always Rule::value.

#include <boost/mp11/list.hpp>
#include <duet/forward/series_terms.hpp>
#include <duet/math/math.hpp>

namespace duet::recurrences {

// The recurrence of a rule, where it has one of its own:
//   extend(terms, y, x...)  fills y, whose value is known, from degree 1 on
//   holds(y_0, x...)        optional: false where the bare recurrence would go wrong without a sign of it
// An operand x is a series scalar or passive<P>; both have value(). An infinite or NaN coefficient of an operand or of
// y must reach the last coefficient of y, the only one that is looked at.
template <class Rule>
struct recurrence;

template <class Rule, class S, class... X>
concept has_recurrence = requires(S& y, X const&... x) { recurrence<Rule>::extend(damped_terms{}, y, x...); };

// x of degree D, D not above its own; a passive operand as its number.
template <std::size_t D, class X>
[[nodiscard]] DUET_INLINE constexpr auto truncated(X const& x) {
  if constexpr (is_passive_operand<X>) {
    return x.value();
  } else {
    using R = typename X::template of_degree<D>;
    typename R::coefficient_list c{};
    for (std::size_t k = 0; k <= D; ++k) c[k] = x.coefficients()[k];
    return R(c);
  }
}

// ---- the general recurrence ----

// True if all second derivatives of the rule are `zero`: it acts linearly on the coefficients.
template <class Second>
inline constexpr bool all_zero = std::is_same_v<Second, zero>;
template <class... D>
inline constexpr bool all_zero<partials<D...>> = (all_zero<D> && ...);

template <class Rule, class T, class... Values>
[[nodiscard]] consteval bool is_piecewise_linear() {
  if constexpr (sizeof...(Values) == 1) {
    if constexpr (requires(T const& y, Values const&... x) { Rule::second(x..., y, y); })
      return all_zero<std::remove_cvref_t<decltype(Rule::second(std::declval<Values const&>()...,
                                                                std::declval<T const&>(), std::declval<T const&>()))>>;
  } else if constexpr (requires(T const& y, Values const&... x) { Rule::second(x..., y); }) {
    return all_zero<
        std::remove_cvref_t<decltype(Rule::second(std::declval<Values const&>()..., std::declval<T const&>()))>>;
  }
  return false;
}
template <class X>
using value_of_operand_t = std::remove_cvref_t<decltype(std::declval<X const&>().value())>;

// Whether Rule::first may look at more of y than its value. Of Duet's rules those that do have a recurrence of their
// own.
template <class Rule>
inline constexpr bool first_reads_series =
    []<class... Own>(boost::mp11::mp_list<Own...>) { return !(... || std::is_same_v<Rule, Own>); }(rules::all{});

// The part of y_k that comes from the operand x with the partial f: a constant, a number or a series.
template <class T, class Terms, class Degree, class X, class F>
[[nodiscard]] DUET_INLINE constexpr auto share(Terms const& terms, Degree k, X const& x, F const& f) {
  if constexpr (is_passive_operand<X> || std::is_same_v<F, zero>)
    return zero{};
  else if constexpr (constant_number<F>)
    return T(f * x.coefficients()[k]);
  else if constexpr (nesting<F> == nesting<X>)
    return recurrences::integrated<T>(terms, recurrences::weighted(terms, x.coefficients()), f.coefficients(), k);
  else
    return T(terms.product(f, x.coefficients()[k]));
}

// y from the partials of its rule.
template <class Terms, class S, class First, class... X>
DUET_INLINE constexpr void integrate(Terms const& terms, S& y, First const& first, X const&... x) {
  using T = typename S::value_type;
  for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
    if constexpr (sizeof...(X) == 1)
      y.coefficients()[k] = duet::number<T>(recurrences::share<T>(terms, k, x..., first));
    else
      y.coefficients()[k] = [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
        return duet::number<T>((zero{} + ... + recurrences::share<T>(terms, k, x, get<I>(first))));
      }(std::index_sequence_for<X...>{});
  });
}

template <class X>
[[nodiscard]] constexpr bool is_finite_operand(X const& x) {
  if constexpr (is_passive_operand<X>)
    return duet::all_finite(x.value());
  else
    return x.all_finite();
}
// Looks at the last coefficient that is not known to be zero.
template <class S>
[[nodiscard]] DUET_INLINE constexpr bool is_good(S const& y) {
  using T = typename S::value_type;
  constexpr std::size_t K = S::order();
  if constexpr (std::is_same_v<bare_terms_for<S>, unrolled_terms>) {
    T last(0);
    for_each_degree<unrolled_terms, 1, K>([&](auto k) DUET_INLINE_LAMBDA {
      T const& c = y.coefficients()[k];
      last = known_zero(c) ? last : c;
    });
    return duet::all_finite(last);
  } else {
    return duet::all_finite(y.coefficients()[K]);
  }
}

template <class S, class First, class... X>
constexpr void integrate_with_care(S& y, First const& first, X const&... x) {
  recurrences::integrate(bare_terms_for<S>{}, y, first, x...);
  if (recurrences::is_good(y)) [[likely]]
    return;
  // Only beside a finite value an infinite slope is sure to come from a singularity, and not from an overflow.
  bool const dominated = (recurrences::is_finite_operand(x) && ...) && duet::all_finite(y.value());
  recurrences::integrate(damped_terms{dominated}, y, first, x...);
}

template <class T>
[[nodiscard]] constexpr bool same_number(T const& a, T const& b) {
  if constexpr (active_scalar<T>)
    return duet::vanishes(T(a - b));
  else
    return a == b || (a != a && b != b);
}

// The general recurrence; where `first` branches on a value, the branch taken is differentiated. Out of line: most of
// these rules call others, and a call costs little beside them.
template <class S, class Rule, class... X>
constexpr void extend_by_first(S& y, X const&... x) {
  constexpr std::size_t K = S::order();
  if constexpr (K == 1) {
    recurrences::integrate_with_care(y, Rule::first(x.value()..., y.value()), x...);
  } else if constexpr (!first_reads_series<Rule>) {
    recurrences::integrate_with_care(
        y, Rule::first(recurrences::truncated<K - 1>(x)..., recurrences::truncated<K - 1>(y)), x...);
  } else {
    // Each round gets one more degree of y right, and a second one changes nothing if first does not read y.
    for (std::size_t round = 1; round <= K; ++round) {
      S const before = y;
      recurrences::integrate_with_care(
          y, Rule::first(recurrences::truncated<K - 1>(x)..., recurrences::truncated<K - 1>(y)), x...);
      bool same = true;
      for (std::size_t k = 1; k <= K; ++k)
        same = same && recurrences::same_number(before.coefficients()[k], y.coefficients()[k]);
      if (same) return;
    }
  }
}

// ---- a rule applied to series ----

// By its own recurrence, with zero winning over infinity. Out of line, on copies, so that the hot path keeps its
// numbers in registers.
template <class S, class Rule, class... X>
[[nodiscard]] DUET_COLD constexpr S damped_series(X const&... x) {
  using T = typename S::value_type;
  S y(T(Rule::value(x.value()...)));
  damped_terms const terms{(recurrences::is_finite_operand(x) && ...)};
  recurrence<Rule>::extend(terms, y, x...);
  return y;
}

template <class S, class Rule, class... X>
[[nodiscard]] DUET_INLINE constexpr S applied_series(X const&... x) {
  using T = typename S::value_type;
  constexpr std::size_t K = S::order();
  S y(T(Rule::value(x.value()...)));
  if constexpr (K == 0) {
  } else if constexpr (is_piecewise_linear<Rule, T, value_of_operand_t<X>...>()) {
    recurrences::integrate(linear_terms{}, y, Rule::first(x.value()..., y.value()), x...);
  } else if constexpr (has_recurrence<Rule, S, X...>) {
    bool applies = true;
    if constexpr (requires { recurrence<Rule>::holds(y.value(), x...); })
      applies = recurrence<Rule>::holds(y.value(), x...);
    if (applies) [[likely]]
      recurrence<Rule>::extend(bare_terms_for<S>{}, y, x...);
    if (!applies || !recurrences::is_good(y)) [[unlikely]] {
      // Number by number: g++ keeps a series in registers as long as its address goes nowhere. What is known stays
      // known.
      S const careful = recurrences::damped_series<S, Rule>(X(x)...);
      for_each_degree<bare_terms_for<S>, 1, K>([&](auto k) DUET_INLINE_LAMBDA {
        if (!applies || !known_zero(y.coefficients()[k])) y.coefficients()[k] = careful.coefficients()[k];
      });
    }
  } else {
    recurrences::extend_by_first<S, Rule>(y, x...);
  }
  return y;
}

}  // namespace duet::recurrences
