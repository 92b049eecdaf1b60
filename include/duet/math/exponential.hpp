#pragma once

// Exponentials and logarithms, and the sums of exponentials that statistics needs without overflow.

#include <duet/math/number.hpp>

namespace duet::rules {

struct exp {
  static constexpr std::string_view name = "exp";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = true;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::exp;
    return exp(x);
  }
  static DUET_INLINE constexpr auto first(auto const&, auto const& y) { return y; }
  static constexpr auto second(auto const&, auto const& y, auto const&) { return y; }
};

struct exp2 {
  static constexpr std::string_view name = "exp2";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = true;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::exp2;
    return exp2(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const& y) {
    return y * ln_two<passive_of_t<decltype(x)>>;
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) {
    return dy * ln_two<passive_of_t<decltype(x)>>;
  }
};

struct expm1 {
  static constexpr std::string_view name = "expm1";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::expm1;
    return expm1(x);
  }
  // Towards -infinity y approaches -1, and y + 1 keeps no digit of exp(x).
  static DUET_INLINE constexpr auto first(auto const& x, auto const& y) {
    using std::exp;
    return select(2 * y < -1, [&] { return exp(x); }, [&] { return y + 1; });
  }
  static constexpr auto second(auto const&, auto const&, auto const& dy) { return dy; }
};

// Logarithms write x + 0: it turns a negative zero into zero, where the slope is +infinity.

struct log {
  static constexpr std::string_view name = "log";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;
  static constexpr bool early_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::log;
    return log(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) { return slope_if(!(x < 0), 1 / (x + 0)); }
  static constexpr auto second(auto const&, auto const&, auto const& dy) { return -(dy * dy); }
};

struct log2 {
  static constexpr std::string_view name = "log2";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;
  static constexpr bool early_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::log2;
    return log2(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    return slope_if(!(x < 0), inverse_ln_two<passive_of_t<decltype(x)>> / (x + 0));
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -(dy / (x + 0)); }
};

struct log10 {
  static constexpr std::string_view name = "log10";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;
  static constexpr bool early_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::log10;
    return log10(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    return slope_if(!(x < 0), inverse_ln_ten<passive_of_t<decltype(x)>> / (x + 0));
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -(dy / (x + 0)); }
};

struct log1p {
  static constexpr std::string_view name = "log1p";
  static constexpr interval domain{-1, infinity};
  static constexpr bool infinite_slope = true;
  static constexpr bool early_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::log1p;
    return log1p(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) { return slope_if(!(x < -1), 1 / (1 + x)); }
  static constexpr auto second(auto const&, auto const&, auto const& dy) { return -(dy * dy); }
};

// x log x, 0 at 0.
struct xlogx {
  static constexpr std::string_view name = "xlogx";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::log;
    if constexpr (active<decltype(x)>)
      return apply(xlogx{}, x);
    else
      return select(x == 0, [&] { return x; }, [&] { return x * log(x); });
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const& y) {
    using std::log;
    return select(has_full_precision(y), [&] { return y / x + 1; }, [&] { return log(x) + 1; });
  }
  static constexpr auto second(auto const& x, auto const&, auto const&) { return slope_if(!(x < 0), 1 / (x + 0)); }
};

// a log b, 0 where a is 0.
struct xlogy {
  static constexpr std::string_view name = "xlogy";
  static constexpr std::array domain{real_line, positive};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::log;
    if constexpr (active<decltype(a)> || active<decltype(b)>)
      return apply(xlogy{}, a, b);
    else
      return select(a == 0 && !(b != b), [&] { return a; }, [&] { return a * log(b); });
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& y) {
    using std::log;
    return partials{select(
                        has_full_precision(y), [&] { return y / a; }, [&] { return log(b); }),
                    slope_if(!(b < 0), select(a == 0, zero{}, a / (b + 0)))};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const&) {
    return partials{zero{}, slope_if(!(b < 0), 1 / (b + 0)), slope_if(!(b < 0), select(a == 0, zero{}, -(a / b / b)))};
  }
};

// exp(a - m) for a <= m. The part of a - m that rounding drops is put back: far out it would cost |a - m| / 2 ulp.
template <class A, class M>
[[nodiscard]] constexpr auto shifted_exp(A const& a, M const& m) {
  using std::exp;
  auto const shift = duet::evaluated(a - m);
  auto const top = duet::value(a), base = duet::value(m), difference = duet::value(shift);
  auto const back = difference - top;
  passive_of_t<A> const dropped = (top - (difference - back)) - (base + back);
  auto const both_infinite = top == base && difference != 0;
  return select(
      dropped == dropped, [&] { return exp(shift) * (1 + dropped); },
      [&] { return select(both_infinite, one{}, exp(shift)); });
}

// log(exp a + exp b) without overflow.
struct log_sum_exp {
  static constexpr std::string_view name = "log_sum_exp";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = false;

  static constexpr auto value(auto const& a, auto const& b) {
    using std::log1p;
    if constexpr (active<decltype(a)> || active<decltype(b)>)
      return apply(log_sum_exp{}, a, b);
    else
      return select(a < b, [&] { return b + log1p(shifted_exp(a, b)); }, [&] { return a + log1p(shifted_exp(b, a)); });
  }
  static constexpr auto first(auto const& a, auto const& b, auto const&) {
    auto const e = select(a < b, [&] { return shifted_exp(a, b); }, [&] { return shifted_exp(b, a); });
    auto const larger = duet::evaluated(1 / (1 + e));
    auto const smaller = duet::evaluated(e * larger);
    return partials{select(a < b, smaller, larger), select(a < b, larger, smaller)};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& y) {
    auto const slopes = first(a, b, y);
    auto const bend = duet::evaluated(get<0>(slopes) * get<1>(slopes));
    return partials{bend, -bend, bend};
  }
};

// log(exp a + exp b + exp c) without overflow.
struct log_sum_exp3 {
  static constexpr std::string_view name = "log_sum_exp3";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr bool infinite_slope = false;

  static constexpr auto value(auto const& a, auto const& b, auto const& c) {
    using std::log1p;
    if constexpr (active<decltype(a)> || active<decltype(b)> || active<decltype(c)>)
      return apply(log_sum_exp3{}, a, b, c);
    else
      return select(
          a >= b && a >= c, [&] { return a + log1p(shifted_exp(b, a) + shifted_exp(c, a)); },
          [&] {
            return select(
                b >= c, [&] { return b + log1p(shifted_exp(a, b) + shifted_exp(c, b)); },
                [&] { return c + log1p(shifted_exp(a, c) + shifted_exp(b, c)); });
          });
  }
  static constexpr auto first(auto const& a, auto const& b, auto const& c, auto const&) {
    auto const m = select(a >= b && a >= c, a, select(b >= c, b, c));
    auto const from_a = duet::evaluated(shifted_exp(a, m)), from_b = duet::evaluated(shifted_exp(b, m)),
               from_c = duet::evaluated(shifted_exp(c, m));
    auto const sum = duet::evaluated(from_a + from_b + from_c);
    return partials{duet::evaluated(from_a / sum), duet::evaluated(from_b / sum), duet::evaluated(from_c / sum)};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& c, auto const& y) {
    auto const slopes = first(a, b, c, y);
    auto const &p = get<0>(slopes), &q = get<1>(slopes), &r = get<2>(slopes);
    return partials{p * (q + r), -(p * q), -(p * r), q * (p + r), -(q * r), r * (p + q)};
  }
};

using exponential =
    boost::mp11::mp_list<exp, exp2, expm1, log, log2, log10, log1p, xlogx, xlogy, log_sum_exp, log_sum_exp3>;

}  // namespace duet::rules

namespace duet {

template <active X>
[[nodiscard]] DUET_INLINE constexpr auto exp(X const& x) {
  return apply(rules::exp{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto exp2(X const& x) {
  return apply(rules::exp2{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto expm1(X const& x) {
  return apply(rules::expm1{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto log(X const& x) {
  return apply(rules::log{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto log2(X const& x) {
  return apply(rules::log2{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto log10(X const& x) {
  return apply(rules::log10{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto log1p(X const& x) {
  return apply(rules::log1p{}, x);
}

template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto xlogx(X const& x) {
  return apply_or_value(rules::xlogx{}, x);
}
template <number_like A, number_like B>
[[nodiscard]] DUET_INLINE constexpr auto xlogy(A const& a, B const& b) {
  return apply_or_value(rules::xlogy{}, a, b);
}

template <number_like A, number_like B>
[[nodiscard]] DUET_INLINE constexpr auto log_sum_exp(A const& a, B const& b) {
  return apply_or_value(rules::log_sum_exp{}, a, b);
}
template <number_like A, number_like B, number_like C>
[[nodiscard]] DUET_INLINE constexpr auto log_sum_exp(A const& a, B const& b, C const& c) {
  return apply_or_value(rules::log_sum_exp3{}, a, b, c);
}
// log of the sum of exp over a container, -infinity if it is empty. The largest entry is subtracted as a plain number:
// its own term is then expm1 of zero, which keeps the digits of the others and still has slope one.
template <number_range Range>
[[nodiscard]] constexpr auto log_sum_exp(Range const& range) {
  using std::exp, std::expm1, std::log1p;
  using S = entry_scalar_t<Range>;
  using T = passive_of_t<S>;
  T largest = -std::numeric_limits<T>::infinity();
  for_each_entry(range, [&](auto const& x) {
    auto const v = static_cast<T>(duet::value(x));
    largest = select(v <= largest, largest, v);
  });
  auto const infinite = largest - largest != 0;  // or NaN, or without any entry at all
  if (all_of(infinite)) return S(largest);
  S sum(0);
  auto found = infinite;
  for_each_entry(range, [&](auto const& x) {
    auto const is_largest = !found && duet::value(x) == largest;
    found = found || is_largest;
    if (all_of(is_largest))
      sum += expm1(S(x) - largest);
    else if (!any_of(is_largest))
      sum += exp(S(x) - largest);
    else
      sum += select(is_largest, S(expm1(S(x) - largest)), S(exp(S(x) - largest)));
  });
  if (!any_of(infinite)) return S(largest + log1p(sum));
  return select(infinite, S(largest), S(largest + log1p(sum)));
}

}  // namespace duet
