#pragma once

// Recurrences for powers of series, and what becomes of a power at a base of zero: there each derivative is the limit
// from the right.

#include <duet/forward/series_transcendental.hpp>

namespace duet::recurrences {

// (x - x_0)^m for m = 0 to K, one row each.
template <class S>
using series_powers = std::array<series<typename S::value_type, S::order()>, S::order() + 1>;
template <class S>
[[nodiscard]] constexpr series_powers<S> powers_of_increment(damped_terms const& terms, S const& x) {
  using T = typename S::value_type;
  series_powers<S> powers{};
  powers[0][0] = T(1);
  for (std::size_t m = 1; m <= S::order(); ++m)
    for (std::size_t k = m; k <= S::order(); ++k)
      powers[m][k] = terms.sum<T>(
          1, k + 1 - m, [&](std::size_t j) { return terms.product(x.coefficients()[j], powers[m - 1][k - j]); });
  return powers;
}

// y = sum of outer(m) (x - x_0)^m, with outer(m) the m-th Taylor coefficient of the rule. At a singular point several
// can be infinite, and the highest of them dominates. Costs K^3.
template <class S, class Outer>
constexpr void compose(damped_terms const& terms, S& y, S const& x, Outer const& outer) {
  using T = typename S::value_type;
  auto const powers = recurrences::powers_of_increment(terms, x);
  series<T, S::order()> g{};
  for (std::size_t m = 1; m <= S::order(); ++m) g[m] = T(outer(m));
  for (std::size_t k = 1; k <= S::order(); ++k)
    y.coefficients()[k] =
        terms.dominated_sum<T>(0, k - 1, [&](std::size_t j) { return terms.product(g[k - j], powers[k - j][k]); });
}

// c over m.
template <class C>
[[nodiscard]] constexpr C binomial(C const& c, std::size_t m) {
  using P = passive_of_t<C>;
  C product(1);
  for (std::size_t i = 0; i < m; ++i) product = C(product * (c - static_cast<P>(i)) / static_cast<P>(i + 1));
  return product;
}

// ---- x^c ----

struct power_recurrence {
  template <class C>
  static DUET_INLINE constexpr bool is(C const& c, int number) {
    return !active_scalar<C> && c == static_cast<C>(number);
  }
  // A square or a cube is a product; any other power divides by x.
  template <class T, class C>
  static DUET_INLINE constexpr bool holds(T const& y, T const& x, C const& c) {
    return is(c, 2) || is(c, 3) || (rules::has_full_precision(y) && duet::value(x) != 0);
  }
  // From x y' = c y x': k x_0 y_k = sum of (c j - (k - j)) x_j y_{k-j}. Where c is an integer so is the factor, and
  // what ends ends in zeros.
  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x, C const& c) {
    using T = typename S::value_type;
    using P = passive_of_t<T>;
    auto const& a = x.coefficients();
    auto& b = y.coefficients();
    if (is(c, 2)) {
      recurrence<rules::square>::extend(terms, y, x);
    } else if (is(c, 3)) {
      S squared(T(a[0] * a[0]));
      recurrence<rules::square>::extend(terms, squared, x);
      recurrence<rules::multiply>::extend(terms, y, squared, x);
    } else {
      T const inverse(1 / a[0]);
      for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
        T const sum = terms.template sum<T>(degree<1>{}, k, [&](auto j) DUET_INLINE_LAMBDA {
          C const factor(recurrences::times(c, j) - static_cast<P>(k - j));
          return terms.product(T(terms.product(a[j], factor)), b[k - j]);
        });
        b[k] = T(terms.product(T(recurrences::over(sum, k)), inverse));
      });
    }
  }
};

template <>
struct recurrence<rules::pow_fixed_exponent> {
  template <class T, class S, class C>
  static DUET_INLINE constexpr bool holds(T const& y, S const& x, passive<C> const& c) {
    return power_recurrence::holds(y, x.value(), c.value());
  }
  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x, passive<C> const& c) {
    power_recurrence::extend(terms, y, x, c.value());
  }
  template <class S, class C>
  static constexpr void extend(damped_terms const& terms, S& y, S const& x, passive<C> const& exponent) {
    using std::pow;
    using T = typename S::value_type;
    using P = passive_of_t<T>;
    C const& c = exponent.value();
    recurrences::compose(terms, y, x, [&](std::size_t m) {
      return duet::damped_product(recurrences::binomial(c, m), T(pow(x.value(), C(c - static_cast<P>(m)))));
    });
  }
};

template <>
struct recurrence<rules::cbrt> {
  template <class T, class S>
  static DUET_INLINE constexpr bool holds(T const& y, S const& x) {
    return power_recurrence::holds(y, x.value(), third<T>());
  }
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    power_recurrence::extend(terms, y, x, third<typename S::value_type>());
  }
  template <class S>
  static constexpr void extend(damped_terms const& terms, S& y, S const& x) {
    using std::pow;
    using T = typename S::value_type;
    recurrences::compose(terms, y, x, [&](std::size_t m) {
      auto const c = third<T>();
      if (duet::value(x) == 0)
        return T(pow(x.value(), c - static_cast<passive_of_t<T>>(m)) * recurrences::binomial(c, m));
      return T(recurrences::binomial(c, m) * y.value() / pow(x.value(), static_cast<int>(m)));
    });
  }

 private:
  template <class T>
  static DUET_INLINE constexpr auto third() {
    using P = passive_of_t<T>;
    return P(P(1) / P(3));
  }
};

// ---- a^b ----

// The coefficient of da^m db^n in the expansion of (a + da)^(b + db) as a falls to zero: of
// binomial(b + db, m) a^(b - m) exp(db log a), where any power of a outweighs every power of log a.
template <class P>
[[nodiscard]] constexpr P power_limit(P const& b, std::size_t m, std::size_t n) {
  P const room = b - static_cast<P>(m);
  if (room > 0) return P(0);
  auto const infinite = [](bool upwards) {
    return upwards ? std::numeric_limits<P>::infinity() : -std::numeric_limits<P>::infinity();
  };
  if (room == 0) return n == 0 ? P(1) : infinite(n % 2 == 0);
  P const leading = recurrences::binomial(b, m);
  if (leading > 0 || leading < 0) return infinite((leading > 0) == (n % 2 == 0));
  if (leading != 0) return leading;  // NaN
  // b is one of 0 to m - 1, and the binomial is of first order in db, negative if an even number of factors is.
  if (n == 0) return P(0);
  std::size_t negative_factors = m - 1;
  for (P i(0); i < b; i += 1) --negative_factors;
  return infinite((negative_factors + n - 1) % 2 == 0);
}

template <>
struct recurrence<rules::pow> {
  template <class T, class S>
  static DUET_INLINE constexpr bool holds(T const& y, S const& a, S const&) {
    return a.value() > 0 && rules::has_full_precision(y);
  }
  // y grows with b log a.
  template <class Terms, class S>
  static DUET_INLINE constexpr void grow(Terms const& terms, S& y, S const& a, S const& b) {
    using std::log;
    using T = typename S::value_type;
    S logarithms(T(log(a.value()))), exponent;
    logarithm::extend(terms, logarithms.coefficients(), a.coefficients(), T(1 / a.value()));
    recurrence<rules::multiply>::extend(terms, exponent, logarithms, b);
    growth::extend(terms, y, recurrences::weighted(terms, exponent.coefficients()));
  }

  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& a, S const& b) {
    grow(terms, y, a, b);
  }
  template <class S>
  static constexpr void extend(damped_terms const& terms, S& y, S const& a, S const& b) {
    using T = typename S::value_type;
    constexpr std::size_t K = S::order();
    if (duet::value(a) > 0 && fixed_until(b) <= K) return grow(terms, y, a, b);
    recurrence<rules::pow_fixed_exponent>::extend(terms, y, a, passive<T>{b.value()});
    if (fixed_until(b) > K) return;
    if constexpr (!active_scalar<T>)
      if (a.value() == 0) return extend_at_zero(terms, y, a, b);
    if (fixed_until(b) == 1) {
      auto const first = rules::pow::first(a.value(), b.value(), y.value());
      y.coefficients()[1] =
          T(terms.product(get<0>(first), a.coefficients()[1]) + terms.product(get<1>(first), b.coefficients()[1]));
    }
    for (std::size_t k = std::max(fixed_until(b), std::size_t{2}); k <= K; ++k)
      y.coefficients()[k] = T(std::numeric_limits<passive_of_t<T>>::quiet_NaN());
  }

 private:
  // The first degree in which x moves.
  template <class S>
  static constexpr std::size_t fixed_until(S const& x) {
    std::size_t k = 1;
    while (k <= S::order() && duet::vanishes(x.coefficients()[k])) ++k;
    return k;
  }

  template <class S>
  static constexpr void extend_at_zero(damped_terms const& terms, S& y, S const& a, S const& b) {
    using T = typename S::value_type;
    auto const from_a = recurrences::powers_of_increment(terms, a), from_b = recurrences::powers_of_increment(terms, b);
    for (std::size_t k = 1; k <= S::order(); ++k)
      y.coefficients()[k] = terms.dominated_sum<T>(0, k, [&](std::size_t i) {
        std::size_t const m = k - i;
        return terms.dominated_sum<T>(0, i, [&](std::size_t j) {
          std::size_t const n = i - j;
          T const product =
              terms.sum<T>(m, k - n, [&](std::size_t l) { return terms.product(from_a[m][l], from_b[n][k - l]); });
          return m + n == 0 ? T(0) : T(terms.product(recurrences::power_limit(b.value(), m, n), product));
        });
      });
  }
};

}  // namespace duet::recurrences
