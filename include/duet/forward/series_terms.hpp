#pragma once

// Sums over the degrees of a truncated power series: what all recurrences are made of. They are written once, for terms
// that are added as they are, unrolled or in loops, and for terms in which zero wins over infinity.

#include <array>
#include <duet/expression/traverse.hpp>
#include <utility>

namespace duet::recurrences {

// The coefficients of degrees 0 to K.
template <class T, std::size_t K>
using series = std::array<T, K + 1>;

// ---- degrees ----

// A degree is a constant in unrolled sums and a std::size_t in loops.
template <std::size_t K>
using degree = std::integral_constant<std::size_t, K>;

template <std::size_t K>
[[nodiscard]] consteval degree<K - 1> below(degree<K>) {
  return {};
}
[[nodiscard]] constexpr std::size_t below(std::size_t k) { return k - 1; }
template <std::size_t K>
[[nodiscard]] consteval degree<K / 2> half(degree<K>) {
  return {};
}
[[nodiscard]] constexpr std::size_t half(std::size_t k) { return k / 2; }

// x / k and x * k. The inverse of k is a constant where T is a floating-point number or carries such.
template <class T, class Degree>
[[nodiscard]] DUET_INLINE constexpr auto over(T const& x, Degree k) {
  using P = passive_of_t<T>;
  if constexpr (std::floating_point<P>)
    return x * (P(1) / static_cast<P>(std::size_t{k}));
  else
    return x / static_cast<P>(std::size_t{k});
}
template <class T, class Degree>
[[nodiscard]] DUET_INLINE constexpr auto times(T const& x, Degree k) {
  return x * static_cast<passive_of_t<T>>(std::size_t{k});
}

// ---- terms ----

// Terms as they are. A sum runs over from <= j <= to, the lowest j last: it has the newest coefficient, and the others
// are added while that is not yet known.
struct looped_terms {
  static constexpr bool bare = true;

  template <class A, class B>
  [[nodiscard]] static DUET_INLINE constexpr auto product(A const& a, B const& b) {
    return a * b;
  }
  template <class A, class B>
  [[nodiscard]] static DUET_INLINE constexpr auto add(A const& a, B const& b) {
    return a + b;
  }
  template <class A, class B>
  [[nodiscard]] static DUET_INLINE constexpr auto subtract(A const& a, B const& b) {
    return a - b;
  }
  template <class T, class Term>
  [[nodiscard]] static DUET_INLINE constexpr T sum(std::size_t from, std::size_t to, Term const& term) {
    if (to < from) return T(0);
    T total(term(to));
    for (std::size_t j = to; j-- > from;) total += term(j);
    return total;
  }
  template <class T, class Term>
  [[nodiscard]] static DUET_INLINE constexpr T dominated_sum(std::size_t from, std::size_t to, Term const& term) {
    return sum<T>(from, to, term);
  }
};

// True if the compiler has found out that x is zero.
template <class T>
[[nodiscard]] DUET_INLINE constexpr bool known_zero(T const& x) {
  return DUET_KNOWN(x == 0) && x == 0;
}

// The same unrolled, without the terms that are known to be zero: once a function is inlined where its point is made, a
// polynomial of low degree costs what its own coefficients cost (measured: half of the time).
struct unrolled_terms {
  static constexpr bool bare = true;

  template <class A, class B>
  [[nodiscard]] static DUET_INLINE constexpr auto product(A const& a, B const& b) {
    return known_zero(a) || known_zero(b) ? decltype(a * b)(0) : a * b;
  }
  template <class T>
  [[nodiscard]] static DUET_INLINE constexpr T add(T const& a, T const& b) {
    return known_zero(a) ? b : known_zero(b) ? a : a + b;
  }
  template <class T>
  [[nodiscard]] static DUET_INLINE constexpr T subtract(T const& a, T const& b) {
    return known_zero(b) ? a : known_zero(a) ? -b : a - b;
  }
  template <class T, std::size_t From, std::size_t To, class Term>
  [[nodiscard]] static DUET_INLINE constexpr T sum(degree<From>, degree<To>, Term const& term) {
    if constexpr (To < From) {
      return T(0);
    } else {
      T total(term(degree<To>{}));
      [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
        ((total = add(total, T(term(degree<To - 1 - J>{})))), ...);
      }(std::make_index_sequence<To - From>{});
      return total;
    }
  }
  template <class T, class From, class To, class Term>
  [[nodiscard]] static DUET_INLINE constexpr T dominated_sum(From from, To to, Term const& term) {
    return sum<T>(from, to, term);
  }
};

// Terms beside coefficients that are infinite or NaN: zero wins.
struct damped_terms {
  static constexpr bool bare = false;
  bool dominated = false;  // all operands are finite: what is infinite comes from a singularity of the rule

  template <class A, class B>
  [[nodiscard]] static constexpr auto product(A const& a, B const& b) {
    return duet::damped_product(a, b);
  }
  template <class A, class B>
  [[nodiscard]] static constexpr auto add(A const& a, B const& b) {
    return a + b;
  }
  template <class A, class B>
  [[nodiscard]] static constexpr auto subtract(A const& a, B const& b) {
    return a - b;
  }
  template <class T, class Term>
  [[nodiscard]] static constexpr T sum(std::size_t from, std::size_t to, Term const& term) {
    T total(0);
    for (std::size_t j = from; j <= to; ++j) total += term(j);
    return total;
  }
  // At a singularity each derivative of a rule grows faster than the one before: of several infinite terms the one with
  // the newest coefficient, of the lowest j, says where the sum goes.
  template <class T, class Term>
  [[nodiscard]] constexpr T dominated_sum(std::size_t from, std::size_t to, Term const& term) const {
    if constexpr (active_scalar<T>) {
      return sum<T>(from, to, term);
    } else {
      T total(0);
      for (std::size_t j = from; j <= to; ++j) {
        T const next(term(j));
        if (!dominated || duet::all_finite(total) || next != next) total += next;
      }
      return total;
    }
  }
};

// Of a rule that is piecewise linear: its slope, a plain number, can be zero beside any coefficient.
struct linear_terms {
  static constexpr bool bare = true;

  template <class A, class B>
  [[nodiscard]] static DUET_INLINE constexpr auto product(A const& a, B const& b) {
    return duet::damped_product(a, b);
  }
};

// Sums are unrolled up to this degree, for numbers whose operations are instructions.
inline constexpr std::size_t most_unrolled_degree = 12;
template <class T>
inline constexpr bool unrolls_degrees = std::floating_point<T> && !DUET_SANITIZED;

// The bare terms of a series scalar.
template <class S>
using bare_terms_for = std::conditional_t<unrolls_degrees<typename S::value_type> && S::order() <= most_unrolled_degree,
                                          unrolled_terms, looped_terms>;

// Calls visit(k) for From <= k <= To, upwards.
template <class Terms, std::size_t From, std::size_t To, class Visit>
DUET_INLINE constexpr void for_each_degree(Visit const& visit) {
  if constexpr (To < From) {
  } else if constexpr (std::is_same_v<Terms, unrolled_terms> ||
                       (std::is_same_v<Terms, linear_terms> && To <= most_unrolled_degree)) {
    [&]<std::size_t... J>(std::index_sequence<J...>)
        DUET_INLINE_LAMBDA { (visit(degree<From + J>{}), ...); }(std::make_index_sequence<To + 1 - From>{});
  } else {
    for (std::size_t k = From; k <= To; ++k) visit(k);
  }
}

// ---- what recurrences share ----

// j x_j at index j: the derivative of x, shifted by one. Index 0 is not used.
template <class Terms, class T, std::size_t N>
[[nodiscard]] DUET_INLINE constexpr std::array<T, N> weighted(Terms const&, std::array<T, N> const& x) {
  std::array<T, N> result{};
  for_each_degree<Terms, 1, N - 1>([&](auto j) DUET_INLINE_LAMBDA { result[j] = T(recurrences::times(x[j], j)); });
  return result;
}

// (sum of w_j z_{k-j} for 1 <= j <= k) / k: the step of y' = w' z, w_j given times j. What waits for the newest
// coefficient is one multiplication.
template <class T, class Terms, class W, class Z, class Degree>
[[nodiscard]] DUET_INLINE constexpr T integrated(Terms const& terms, W const& w, Z const& z, Degree k) {
  auto const term = [&](auto j) DUET_INLINE_LAMBDA { return terms.product(w[j], z[k - j]); };
  if constexpr (std::is_same_v<Terms, unrolled_terms>) {
    if (k == 1) return term(k);
    T const rest(recurrences::over(terms.template sum<T>(degree<2>{}, k, term), k));
    return terms.add(rest, terms.product(T(recurrences::over(w[1], k)), z[k - 1]));
  } else {
    return T(recurrences::over(terms.template dominated_sum<T>(degree<1>{}, k, term), k));
  }
}

// (a - sum of b_j y_{k-j} for 1 <= j <= last) / b_0, the step of a quotient. What waits for the newest coefficient is
// one multiplication.
template <class T, class Terms, class B, class Y, class Degree, class Last>
[[nodiscard]] DUET_INLINE constexpr T divided(Terms const& terms, T const& a, B const& b, Y const& y, Degree k,
                                              Last last, T const& inverse) {
  auto const term = [&](auto j) DUET_INLINE_LAMBDA { return terms.product(b[j], y[k - j]); };
  if constexpr (std::is_same_v<Terms, unrolled_terms>) {
    if (k > 1) {
      T const rest = terms.product(terms.subtract(a, terms.template sum<T>(degree<2>{}, last, term)), inverse);
      return terms.subtract(rest, terms.product(terms.product(b[1], inverse), y[k - 1]));
    }
  }
  T const known = terms.template dominated_sum<T>(degree<1>{}, last, term);
  return T(terms.product(T(terms.subtract(a, known)), inverse));
}

// sum of a_j b_{k-j} for 0 <= j <= k.
template <class T, class Terms, class A, class B, class Degree>
[[nodiscard]] DUET_INLINE constexpr T convolved(Terms const& terms, A const& a, B const& b, Degree k) {
  return terms.template sum<T>(degree<0>{}, k,
                               [&](auto j) DUET_INLINE_LAMBDA { return terms.product(a[j], b[k - j]); });
}

// sum of y_j y_{k-j} for From <= j <= k - From: half of the products, twice.
template <class T, std::size_t From = 1, class Terms, class Y, class Degree>
[[nodiscard]] DUET_INLINE constexpr T inner_square(Terms const& terms, Y const& y, Degree k) {
  T const once = terms.template sum<T>(degree<From>{}, half(below(k)),
                                       [&](auto j) DUET_INLINE_LAMBDA { return terms.product(y[j], y[k - j]); });
  if (k % 2 == 1) return T(once + once);
  T const middle(terms.product(y[half(k)], y[half(k)]));
  return k < 2 * From + 2 ? middle : T(terms.add(T(once + once), middle));
}

}  // namespace duet::recurrences
