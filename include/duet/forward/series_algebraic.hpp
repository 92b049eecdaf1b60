#pragma once

// Recurrences for products, quotients, square roots and lengths of series.

#include <duet/forward/series.hpp>

namespace duet::recurrences {

// ---- products ----

template <>
struct recurrence<rules::square> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    auto const& a = x.coefficients();
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      T const ends(terms.product(a[0], a[k]));
      y.coefficients()[k] = T(terms.add(recurrences::inner_square<T>(terms, a, k), T(ends + ends)));
    });
  }
};

// Scaled by a plain number.
struct scaled {
  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x, C const& factor) {
    using T = typename S::value_type;
    for_each_degree<Terms, 1, S::order()>(
        [&](auto k) DUET_INLINE_LAMBDA { y.coefficients()[k] = T(terms.product(x.coefficients()[k], factor)); });
  }
  // The last coefficient does not tell: a factor that is zero or infinite meets each one alone.
  template <class C>
  static DUET_INLINE constexpr bool is_harmless(C const& factor) {
    return !duet::vanishes(factor) && duet::all_finite(factor);
  }
};

template <>
struct recurrence<rules::multiply> {
  template <class T, class S, class C>
  static DUET_INLINE constexpr bool holds(T const&, S const&, passive<C> const& b) {
    return scaled::is_harmless(b.value());
  }
  template <class T, class S, class C>
  static DUET_INLINE constexpr bool holds(T const&, passive<C> const& a, S const&) {
    return scaled::is_harmless(a.value());
  }

  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& a, passive<C> const& b) {
    scaled::extend(terms, y, a, b.value());
  }
  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, passive<C> const& a, S const& b) {
    scaled::extend(terms, y, b, a.value());
  }
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& a, S const& b) {
    using T = typename S::value_type;
    if (DUET_KNOWN_EQUAL(&a, &b))
      recurrence<rules::square>::extend(terms, y, a);
    else
      for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
        y.coefficients()[k] = recurrences::convolved<T>(terms, a.coefficients(), b.coefficients(), k);
      });
  }
  // If one factor is singular, its highest derivative dominates.
  template <class S>
  static constexpr void extend(damped_terms const&, S& y, S const& a, S const& b) {
    using T = typename S::value_type;
    bool const a_is_singular = !a.all_finite() && duet::all_finite(a.value());
    bool const b_is_singular = !b.all_finite() && duet::all_finite(b.value());
    damped_terms const terms{(a_is_singular && b.all_finite()) || (b_is_singular && a.all_finite())};
    auto const& singular = (a_is_singular ? a : b).coefficients();
    auto const& other = (a_is_singular ? b : a).coefficients();
    for (std::size_t k = 1; k <= S::order(); ++k)
      y.coefficients()[k] =
          terms.dominated_sum<T>(0, k, [&](std::size_t j) { return terms.product(other[j], singular[k - j]); });
  }
};

// ---- quotients ----

template <>
struct recurrence<rules::divide> {
  template <class T, class S, class C>
  static DUET_INLINE constexpr bool holds(T const&, S const&, passive<C> const& b) {
    return scaled::is_harmless(b.value()) && scaled::is_harmless(1 / b.value());
  }
  template <class T, class X, class S>
  static DUET_INLINE constexpr bool holds(T const&, X const&, S const&) {
    return true;
  }

  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& a, passive<C> const& b) {
    scaled::extend(terms, y, a, C(1 / b.value()));
  }
  // From y b = a.
  template <class Terms, class S, class A>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, A const& a, S const& divisor) {
    using T = typename S::value_type;
    auto const& b = divisor.coefficients();
    auto& c = y.coefficients();
    T const inverse(1 / b[0]);
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      if constexpr (is_passive_operand<A>)
        c[k] = recurrences::divided<T>(terms, T(0), b, c, k, k, inverse);
      else
        c[k] = recurrences::divided<T>(terms, a.coefficients()[k], b, c, k, k, inverse);
    });
  }
};

// ---- roots and lengths ----

// y y = x.
template <>
struct recurrence<rules::sqrt> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    auto& c = y.coefficients();
    T const slope(rules::sqrt::first(x.value(), y.value()));
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      T const& a = x.coefficients()[k];
      if constexpr (std::is_same_v<Terms, unrolled_terms>) {
        if (k > 2) {  // the newest coefficient last, as in divided()
          T const rest = terms.product(terms.subtract(a, recurrences::inner_square<T, 2>(terms, c, k)), slope);
          c[k] = terms.subtract(rest, terms.product(2 * terms.product(slope, c[1]), c[k - 1]));
          return;
        }
      }
      c[k] = T(terms.product(T(terms.subtract(a, recurrences::inner_square<T>(terms, c, k))), slope));
    });
  }
};

// y y = sum of the squares. At the origin the length is taken for constant.
template <class Rule>
struct length_recurrence {
  template <class Terms, class S, class... X>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, X const&... x) {
    using T = typename S::value_type;
    if constexpr (!Terms::bare)
      if (duet::value(y) == 0) return;
    auto& c = y.coefficients();
    auto const first = Rule::first(x.value()..., y.value());
    T const half_inverse(1 / (2 * y.value()));
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      auto const linear = [&](auto const& operand, auto const& f) DUET_INLINE_LAMBDA {
        if constexpr (is_passive_operand<std::remove_cvref_t<decltype(operand)>>)
          return zero{};
        else
          return T(terms.product(f, operand.coefficients()[k]));
      };
      auto const inner = [&](auto const& operand) DUET_INLINE_LAMBDA {
        if constexpr (is_passive_operand<std::remove_cvref_t<decltype(operand)>>)
          return zero{};
        else
          return recurrences::inner_square<T>(terms, operand.coefficients(), k);
      };
      T const squares((zero{} + ... + inner(x)));
      T const rest(terms.product(T(terms.subtract(squares, recurrences::inner_square<T>(terms, c, k))), half_inverse));
      c[k] = [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
        return T((zero{} + ... + linear(x, get<I>(first))) + rest);
      }(std::index_sequence_for<X...>{});
    });
  }
};
template <>
struct recurrence<rules::hypot> : length_recurrence<rules::hypot> {};
template <>
struct recurrence<rules::hypot3> : length_recurrence<rules::hypot3> {};

}  // namespace duet::recurrences
