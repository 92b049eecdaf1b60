#pragma once

// Recurrences for exponentials, logarithms, circular and hyperbolic functions of series. What a rule knows about its
// function (leading slopes, second derivatives) is read from the rule.

#include <duet/forward/series_algebraic.hpp>

namespace duet::recurrences {

// The terms of functions without a singularity: an infinite coefficient comes from an operand or from overflow, and
// none dominates.
template <class Terms>
[[nodiscard]] DUET_INLINE constexpr Terms balanced(Terms const&) {
  return {};
}

// ---- functions that grow in proportion to themselves: y' = y w' ----

// k y_k = sum of (j w_j) y_{k-j}; weights[j] = j w_j.
struct growth {
  template <class Terms, class S, class Weights>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, Weights const& weights) {
    using T = typename S::value_type;
    auto& c = y.coefficients();
    for_each_degree<Terms, 1, S::order()>(
        [&](auto k) DUET_INLINE_LAMBDA { c[k] = recurrences::integrated<T>(balanced(terms), weights, c, k); });
  }
  // With w = rate * x.
  template <class Terms, class S, class Rate>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x, Rate const& rate) {
    using T = typename S::value_type;
    auto weights = recurrences::weighted(terms, x.coefficients());
    for_each_degree<Terms, 1, S::order()>([&](auto j)
                                              DUET_INLINE_LAMBDA { weights[j] = T(terms.product(weights[j], rate)); });
    extend(terms, y, weights);
  }
};

template <>
struct recurrence<rules::exp> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    growth::extend(terms, y, recurrences::weighted(terms, x.coefficients()));
  }
};
template <>
struct recurrence<rules::exp2> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    growth::extend(terms, y, x, rules::ln_two<passive_of_t<S>>);
  }
};
template <>
struct recurrence<rules::pow_fixed_base> {
  template <class Terms, class S, class C>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x, passive<C> const& base) {
    using std::log;
    growth::extend(terms, y, x, C(log(base.value())));
  }
};
// y + 1 is what grows.
template <>
struct recurrence<rules::expm1> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    T const value = y.value();
    y.coefficients()[0] = T(rules::expm1::first(x.value(), value));
    growth::extend(terms, y, recurrences::weighted(terms, x.coefficients()));
    y.coefficients()[0] = value;
  }
};
template <>
struct recurrence<rules::tgamma> {
  template <class Terms, class S>
  static constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    constexpr std::size_t K = S::order();
    if constexpr (K > 0) {
      auto const slope = rules::digamma::value(recurrences::truncated<K - 1>(x));  // of log y
      auto const weights = recurrences::weighted(terms, x.coefficients());
      series<T, K> products{};
      for_each_degree<Terms, 1, K>([&](auto k) DUET_INLINE_LAMBDA {
        products[k] = terms.template sum<T>(degree<1>{}, k, [&](auto j) DUET_INLINE_LAMBDA {
          return terms.product(weights[j], slope.coefficients()[k - j]);
        });
      });
      growth::extend(terms, y, products);
    }
  }
};

// ---- logarithms ----

// The coefficients from 1 on of the natural logarithm of x + shift, given 1 / (x_0 + shift): v = t y' from v x = t x'.
struct logarithm {
  template <class Terms, class T, class Y, class X>
  static DUET_INLINE constexpr void extend(Terms const& terms, Y& y, X const& x, T const& inverse) {
    constexpr std::size_t K = std::tuple_size_v<Y> - 1;
    series<T, K> v{};
    for_each_degree<Terms, 1, K>([&](auto k) DUET_INLINE_LAMBDA {
      v[k] = recurrences::divided<T>(terms, T(recurrences::times(x[k], k)), x, v, k, below(k), inverse);
      y[k] = T(recurrences::over(v[k], k));
    });
  }
};

template <>
struct recurrence<rules::log> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    logarithm::extend(terms, y.coefficients(), x.coefficients(), T(rules::log::first(x.value(), y.value())));
  }
};
template <>
struct recurrence<rules::log1p> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    logarithm::extend(terms, y.coefficients(), x.coefficients(), T(rules::log1p::first(x.value(), y.value())));
  }
};

// To another base: the natural logarithm, scaled.
template <class Rule>
struct scaled_logarithm {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    using P = passive_of_t<T>;
    S natural(y.value());
    logarithm::extend(terms, natural.coefficients(), x.coefficients(), T(rules::log::first(x.value(), y.value())));
    P const scale = std::is_same_v<Rule, rules::log2> ? rules::inverse_ln_two<P> : rules::inverse_ln_ten<P>;
    for_each_degree<Terms, 1, S::order()>(
        [&](auto k) DUET_INLINE_LAMBDA { y.coefficients()[k] = T(natural.coefficients()[k] * scale); });
  }
};
template <>
struct recurrence<rules::log2> : scaled_logarithm<rules::log2> {};
template <>
struct recurrence<rules::log10> : scaled_logarithm<rules::log10> {};

// x log x: its slope is log x + 1.
template <>
struct recurrence<rules::xlogx> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    S slope(T(rules::xlogx::first(x.value(), y.value())));
    logarithm::extend(terms, slope.coefficients(), x.coefficients(), T(rules::log::first(x.value(), y.value())));
    for_each_degree<Terms, 1, S::order()>(
        [&](auto k) DUET_INLINE_LAMBDA { y.coefficients()[k] = recurrences::share<T>(terms, k, x, slope); });
  }
};

// a log b is a product, with log b_0 read from the slope. Below zero it has a value where a is zero, but no slope.
template <>
struct recurrence<rules::xlogy> {
  template <class T, class A, class B>
  static DUET_INLINE constexpr bool holds(T const& y, A const& a, B const& b) {
    if (b.value() < 0) return false;
    if constexpr (is_passive_operand<B>)
      return scaled::is_harmless(leading(y, a, b));
    else
      return true;
  }
  template <class Terms, class S, class A, class B>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, A const& a, B const& b) {
    using T = typename S::value_type;
    if constexpr (!Terms::bare)
      if (b.value() < 0)
        return recurrences::integrate(terms, y, rules::xlogy::first(a.value(), b.value(), y.value()), a, b);
    if constexpr (is_passive_operand<B>) {
      scaled::extend(terms, y, a, leading(y.value(), a, b));
    } else {
      S logarithms(leading(y.value(), a, b));
      logarithm::extend(terms, logarithms.coefficients(), b.coefficients(), T(rules::log::first(b.value(), y.value())));
      if constexpr (is_passive_operand<A>)
        scaled::extend(terms, y, logarithms, a.value());
      else
        recurrence<rules::multiply>::extend(terms, y, a, logarithms);
    }
  }

 private:
  template <class T, class A, class B>
  static DUET_INLINE constexpr T leading(T const& y, A const& a, B const& b) {
    return T(get<0>(rules::xlogy::first(a.value(), b.value(), y)));
  }
};

// ---- circular and hyperbolic functions ----

// Two functions that are each other's slope, up to sign: y' = z x', z' = sign y x'.
template <class Rule, int Sign>
struct harmonic {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    auto const weights = recurrences::weighted(terms, x.coefficients());
    auto& c = y.coefficients();
    series<T, S::order()> z{T(Rule::first(x.value(), y.value()))};
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      T const next = recurrences::integrated<T>(balanced(terms), weights, z, k),
              other = recurrences::integrated<T>(balanced(terms), weights, c, k);
      z[k] = Sign > 0 ? other : T(-other);
      c[k] = next;
    });
  }
};
template <>
struct recurrence<rules::sin> : harmonic<rules::sin, -1> {};
template <>
struct recurrence<rules::cos> : harmonic<rules::cos, -1> {};
template <>
struct recurrence<rules::sinh> : harmonic<rules::sinh, 1> {};
template <>
struct recurrence<rules::cosh> : harmonic<rules::cosh, 1> {};

// Functions whose slope s is quadratic in themselves, s_k = p y_k + sign * sum of y_j y_{k-j} for 0 < j < k, with
// p = ds/dy at y_0 from the rule: 2 y, -2 y, 1 - 2 y.
template <class Rule, int Sign>
struct riccati {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    auto const weights = recurrences::weighted(terms, x.coefficients());
    auto& c = y.coefficients();
    series<T, S::order()> slope{T(Rule::first(x.value(), y.value()))};
    T const bend(Rule::second(x.value(), y.value(), T(1)));
    for_each_degree<Terms, 1, S::order()>([&](auto k) DUET_INLINE_LAMBDA {
      c[k] = recurrences::integrated<T>(balanced(terms), weights, slope, k);
      T const inner = recurrences::inner_square<T>(terms, c, k);
      T const linear(terms.product(bend, c[k]));
      slope[k] = Sign > 0 ? T(terms.add(linear, inner)) : T(terms.subtract(linear, inner));
    });
  }
};
template <>
struct recurrence<rules::tan> : riccati<rules::tan, 1> {};
template <>
struct recurrence<rules::tanh> : riccati<rules::tanh, -1> {};
template <>
struct recurrence<rules::sigmoid> : riccati<rules::sigmoid, -1> {};

// The integral of the sigmoid.
template <>
struct recurrence<rules::softplus> {
  template <class Terms, class S>
  static DUET_INLINE constexpr void extend(Terms const& terms, S& y, S const& x) {
    using T = typename S::value_type;
    constexpr std::size_t K = S::order();
    if constexpr (K > 0) {
      typename S::template of_degree<K - 1> slope(T(rules::softplus::first(x.value(), y.value())));
      recurrence<rules::sigmoid>::extend(terms, slope, recurrences::truncated<K - 1>(x));
      for_each_degree<Terms, 1, K>(
          [&](auto k) DUET_INLINE_LAMBDA { y.coefficients()[k] = recurrences::share<T>(terms, k, x, slope); });
    }
  }
};

}  // namespace duet::recurrences
