#pragma once

// Powers, roots and lengths.

#include <duet/math/number.hpp>

namespace duet::rules {

struct square {
  static constexpr std::string_view name = "square";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) { return x * x; }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) { return 2 * x; }
  static constexpr auto second(auto const& x, auto const&, auto const&) { return passive_of_t<decltype(x)>(2); }
};

struct sqrt {
  static constexpr std::string_view name = "sqrt";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::sqrt;
    return sqrt(x);
  }
  // The root of a negative zero is one too, and its slope is +infinity. Of a number 1 / y is often there already, as in
  // x / sqrt(x x).
  template <class Y>
  static DUET_INLINE constexpr auto first(auto const&, Y const& y) {
    using std::abs;
    if constexpr (std::is_floating_point_v<Y>)
      return abs(1 / y) / 2;
    else
      return 1 / (2 * y + 0);
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -(dy / (2 * x + 0)); }
};

struct cbrt {
  static constexpr std::string_view name = "cbrt";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::cbrt;
    return cbrt(x);
  }
  // By the inverse: at 0 its own slope is infinite, as that of 1 / (3 y^2), from a product that is zero, is not.
  static DUET_INLINE constexpr auto first(auto const&, auto const& y) {
    auto const inverse = duet::evaluated(1 / y);
    return inverse * inverse / 3;
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -(dy / x * 2 / 3); }
};

// c a^(c-1), which is c / a * y as long as y has all its digits. Constants (c = 0) do not move, even at 0.
template <class A, class C, class Y>
[[nodiscard]] DUET_INLINE constexpr auto power_slope(A const& a, C const& c, Y const& y) {
  using std::pow;
  return select(
      has_full_precision(y) && (a > 0 || a < 0), [&] { return c / a * y; },
      [&] { return select(c == 0, zero{}, c * pow(a, c - 1)); });
}

// c (c - 1) a^(c-2).
template <class A, class C, class Y>
[[nodiscard]] constexpr auto power_curvature(A const& a, C const& c, Y const& y) {
  using std::pow;
  return select(
      has_full_precision(y) && (a > 0 || a < 0), [&] { return c / a * y * ((c - 1) / a); },
      [&] { return select(c == 0 || c == 1, zero{}, c * pow(a, c - 2) * (c - 1)); });
}

// a^b with both exponent and base active. On a negative base the slope in the exponent is NaN.
struct pow {
  static constexpr std::string_view name = "pow";
  static constexpr std::array domain{positive, real_line};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::pow;
    return pow(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& y) {
    using std::log;
    return partials{power_slope(a, b, y), select(y == 0 && a >= 0, zero{}, y * log(a))};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& y) { return second(a, b, y, first(a, b, y)); }
  // The slope in b holds the logarithm.
  static constexpr auto second(auto const& a, auto const& b, auto const& y, auto const& d) {
    using std::log, std::pow;
    auto const log_a =
        select(has_full_precision(y), [&] { return get<1>(d) / y; }, [&] { return duet::evaluated(log(a)); });
    auto const y_over_a =
        select(has_full_precision(y) && (a > 0 || a < 0), [&] { return y / a; }, [&] { return pow(a, b - 1); });
    auto const growth = select(b == 0, one{}, 1 + b * log_a);
    auto const vanishing = a >= 0 && y == 0;
    return partials{power_curvature(a, b, y), select(a >= 0 && y_over_a == 0, zero{}, y_over_a * growth),
                    select(vanishing, zero{}, y * log_a * log_a)};
  }
};

// x^c with a passive exponent.
struct pow_fixed_exponent {
  static constexpr std::string_view name = "pow_fixed_exponent";
  static constexpr std::array domain{positive, real_line};
  static constexpr std::size_t parameters = 1;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x, auto const& c) {
    using std::pow;
    return pow(x, c);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const& c, auto const& y) {
    return partials{power_slope(x, c, y), zero{}};
  }
  static constexpr auto second(auto const& x, auto const& c, auto const& y) {
    return partials{power_curvature(x, c, y), zero{}, zero{}};
  }
};

// c^x with a passive base c.
struct pow_fixed_base {
  static constexpr std::string_view name = "pow_fixed_base";
  static constexpr std::array domain{real_line, positive};
  static constexpr std::size_t parameters = 1;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x, auto const& c) {
    using std::pow;
    return pow(c, x);
  }
  static DUET_INLINE constexpr auto first(auto const&, auto const& c, auto const& y) {
    using std::log;
    return partials{select(y == 0 && c >= 0, zero{}, y * log(c)), zero{}};
  }
  static constexpr auto second(auto const&, auto const& c, auto const& y) {
    using std::log;
    return partials{select(y == 0 && c >= 0, zero{}, y * log(c) * log(c)), zero{}, zero{}};
  }
};

// The length of (a, b). At the origin the derivative is the smallest subgradient, zero.
struct hypot {
  static constexpr std::string_view name = "hypot";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::hypot;
    return hypot(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& h) {
    return partials{select(h == 0, zero{}, a / h), select(h == 0, zero{}, b / h)};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& h) {
    return partials{select(h == 0, zero{}, b / h / h * (b / h)), select(h == 0, zero{}, -(a / h / h * (b / h))),
                    select(h == 0, zero{}, a / h / h * (a / h))};
  }
};

// The length of (a, b, c).
struct hypot3 {
  static constexpr std::string_view name = "hypot3";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b, auto const& c) {
    using std::hypot;
    if constexpr (requires { hypot(a, b, c); })
      return hypot(a, b, c);
    else
      return hypot(hypot(a, b), c);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& c, auto const& h) {
    return partials{select(h == 0, zero{}, a / h), select(h == 0, zero{}, b / h), select(h == 0, zero{}, c / h)};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& c, auto const& h) {
    auto const u = select(h == 0, zero{}, a / h), v = select(h == 0, zero{}, b / h), w = select(h == 0, zero{}, c / h);
    auto const over_h = [&](auto const& p, auto const& q) { return select(h == 0, zero{}, p / h * q); };
    return partials{duet::evaluated(over_h(v, v) + over_h(w, w)),
                    duet::evaluated(-over_h(u, v)),
                    duet::evaluated(-over_h(u, w)),
                    duet::evaluated(over_h(u, u) + over_h(w, w)),
                    duet::evaluated(-over_h(v, w)),
                    duet::evaluated(over_h(u, u) + over_h(v, v))};
  }
};

using power = boost::mp11::mp_list<square, sqrt, cbrt, pow, pow_fixed_exponent, pow_fixed_base, hypot, hypot3>;

}  // namespace duet::rules

namespace duet {

template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto square(X const& x) {
  return apply_or_value(rules::square{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto sqrt(X const& x) {
  return apply(rules::sqrt{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto cbrt(X const& x) {
  return apply(rules::cbrt{}, x);
}

template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto pow(A const& a, B const& b) {
  using S = result_scalar_t<A, B>;
  if constexpr (!std::is_same_v<scalar_of_t<B>, S>)
    return apply(rules::pow_fixed_exponent{}, a, b);
  else if constexpr (!std::is_same_v<scalar_of_t<A>, S>)
    return apply(rules::pow_fixed_base{}, b, a);
  else
    return apply(rules::pow{}, a, b);
}

template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto hypot(A const& a, B const& b) {
  return apply(rules::hypot{}, a, b);
}
template <class A, class B, class C>
  requires operands<A, B, C>
[[nodiscard]] DUET_INLINE constexpr auto hypot(A const& a, B const& b, C const& c) {
  return apply(rules::hypot3{}, a, b, c);
}

// The sum of squares of a container's entries, each times `scale`.
template <class S, class Range, class... Scale>
[[nodiscard]] constexpr S sum_of_squares(Range const& range, Scale const&... scale) {
  S sum(0);
  for_each_entry(range, [&](auto const& x) {
    S const entry((S(x) * ... * scale));
    sum += entry * entry;
  });
  return sum;
}

// The length of a container of numbers: the root of its plain sum of squares in order, unless that leaves the safe
// range, when the entries are scaled by a power of two. At the origin its derivative is zero.
template <number_range Range>
[[nodiscard]] constexpr auto norm(Range const& range) {
  using std::sqrt, std::ldexp;
  using S = entry_scalar_t<Range>;
  using T = passive_of_t<S>;
  using limits = std::numeric_limits<T>;
  T plain(0);
  for_each_entry(range, [&](auto const& x) {
    auto const v = static_cast<T>(duet::value(x));
    plain += v * v;
  });
  auto const safe = plain >= limits::min() / limits::epsilon() && plain <= limits::max();
  if (all_of(safe)) [[likely]]
    return S(sqrt(sum_of_squares<S>(range)));
  constexpr int shift = limits::max_exponent / 32 * 25;
  T const scale = select(safe, T(1), select(plain < 1, ldexp(T(1), shift), ldexp(T(1), -shift)));
  S const scaled = sum_of_squares<S>(range, scale);
  return select(duet::value(scaled) == 0, [&] { return S(0); }, [&] { return S(sqrt(scaled) / scale); });
}

}  // namespace duet
