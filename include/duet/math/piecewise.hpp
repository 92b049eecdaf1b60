#pragma once

// Functions made of pieces: at a kink the derivative is the smallest subgradient, at a tie that of the first operand.

#include <duet/math/number.hpp>

namespace duet::rules {

// One or zero, in the precision of x.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto indicator(X const&, auto const& condition) {
  return select(condition, passive_of_t<X>(1), passive_of_t<X>(0));
}

struct abs {
  static constexpr std::string_view name = "abs";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::abs;
    return abs(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    return indicator(x, x > 0) - indicator(x, x < 0);
  }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

// -1, 0 or 1.
struct sign {
  static constexpr std::string_view name = "sign";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) { return select(x > 0, one{}, select(x < 0, minus_one{}, x)); }
  static DUET_INLINE constexpr auto first(auto const&, auto const&) { return zero{}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

// max(x, 0).
struct relu {
  static constexpr std::string_view name = "relu";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) { return select(x <= 0, zero{}, x); }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) { return indicator(x, x > 0); }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

// Two pieces, each of them linear.
struct two_pieces {
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

// std::min and std::max return their first argument unless the second is less, or greater.
struct min : two_pieces {
  static constexpr std::string_view name = "min";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return select(b < a, b, a); }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    return partials{indicator(a, !(b < a)), indicator(a, b < a)};
  }
};

struct max : two_pieces {
  static constexpr std::string_view name = "max";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return select(a < b, b, a); }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    return partials{indicator(a, !(a < b)), indicator(a, a < b)};
  }
};

// fmin and fmax prefer the operand that is not NaN.
struct fmin : two_pieces {
  static constexpr std::string_view name = "fmin";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::fmin;
    return fmin(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    auto const takes_a = a <= b || b != b;
    return partials{indicator(a, takes_a), indicator(a, !takes_a)};
  }
};

struct fmax : two_pieces {
  static constexpr std::string_view name = "fmax";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::fmax;
    return fmax(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    auto const takes_a = a >= b || b != b;
    return partials{indicator(a, takes_a), indicator(a, !takes_a)};
  }
};

// max(a - b, 0).
struct fdim : two_pieces {
  static constexpr std::string_view name = "fdim";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::fdim;
    return fdim(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    return partials{indicator(a, a > b), -indicator(a, a > b)};
  }
};

// |a| with the sign of s.
struct copysign : two_pieces {
  static constexpr std::string_view name = "copysign";

  static DUET_INLINE constexpr auto value(auto const& a, auto const& s) {
    using std::copysign;
    return copysign(a, s);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& s, auto const&) {
    using std::copysign;
    auto const unit = copysign(passive_of_t<decltype(a)>(1), duet::value(s));
    return partials{select(a < 0, -unit, unit), zero{}};
  }
};

// a * b + c, rounded once.
struct fma {
  static constexpr std::string_view name = "fma";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b, auto const& c) {
    using std::fma;
    return fma(a, b, c);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&, auto const&) {
    return partials{b, a, one{}};
  }
  static constexpr auto second(auto const&, auto const&, auto const&, auto const&) {
    return partials{zero{}, one{}, zero{}, zero{}, zero{}, zero{}};
  }
};

// a + t (b - a).
struct lerp {
  static constexpr std::string_view name = "lerp";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b, auto const& t) {
    using std::lerp;
    if constexpr (requires { lerp(a, b, t); })
      return lerp(a, b, t);
    else
      return a + t * (b - a);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& t, auto const&) {
    return partials{1 - t, t, b - a};
  }
  static constexpr auto second(auto const&, auto const&, auto const&, auto const&) {
    return partials{zero{}, zero{}, minus_one{}, zero{}, one{}, zero{}};
  }
};

// x held between two bounds; on a bound it still moves.
struct clamp {
  static constexpr std::string_view name = "clamp";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x, auto const& low, auto const& high) {
    return select(x < low, low, select(high < x, high, x));
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const& low, auto const& high, auto const&) {
    return partials{indicator(x, !(x < low) && !(high < x)), indicator(x, x < low),
                    indicator(x, !(x < low) && high < x)};
  }
  static constexpr auto second(auto const&, auto const&, auto const&, auto const&) {
    return partials{zero{}, zero{}, zero{}, zero{}, zero{}, zero{}};
  }
};

using piecewise = boost::mp11::mp_list<abs, sign, relu, min, max, fmin, fmax, fdim, copysign, fma, lerp, clamp>;

}  // namespace duet::rules

namespace duet {

template <active X>
[[nodiscard]] DUET_INLINE constexpr auto abs(X const& x) {
  return apply(rules::abs{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto fabs(X const& x) {
  return apply(rules::abs{}, x);
}
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto sign(X const& x) {
  return apply_or_value(rules::sign{}, x);
}
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto relu(X const& x) {
  return apply_or_value(rules::relu{}, x);
}

// The overloads for two equal types win over std::min and std::max where both are visible.
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto min(A const& a, B const& b) {
  return apply(rules::min{}, a, b);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto min(X const& a, X const& b) {
  return apply(rules::min{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto max(A const& a, B const& b) {
  return apply(rules::max{}, a, b);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto max(X const& a, X const& b) {
  return apply(rules::max{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto fmin(A const& a, B const& b) {
  return apply(rules::fmin{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto fmax(A const& a, B const& b) {
  return apply(rules::fmax{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto fdim(A const& a, B const& b) {
  return apply(rules::fdim{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto copysign(A const& a, B const& b) {
  return apply(rules::copysign{}, a, b);
}

template <class A, class B, class C>
  requires operands<A, B, C>
[[nodiscard]] DUET_INLINE constexpr auto fma(A const& a, B const& b, C const& c) {
  return apply(rules::fma{}, a, b, c);
}
template <class A, class B, class C>
  requires operands<A, B, C>
[[nodiscard]] DUET_INLINE constexpr auto lerp(A const& a, B const& b, C const& t) {
  return apply(rules::lerp{}, a, b, t);
}
template <class A, class B, class C>
  requires operands<A, B, C>
[[nodiscard]] DUET_INLINE constexpr auto clamp(A const& x, B const& low, C const& high) {
  return apply(rules::clamp{}, x, low, high);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto clamp(X const& x, X const& low, X const& high) {
  return apply(rules::clamp{}, x, low, high);
}

// What the value is.
template <active X>
[[nodiscard]] constexpr auto isfinite(X const& x) {
  using std::isfinite;
  return isfinite(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr auto isinf(X const& x) {
  using std::isinf;
  return isinf(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr auto isnan(X const& x) {
  using std::isnan;
  return isnan(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr auto isnormal(X const& x) {
  using std::isnormal;
  return isnormal(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr auto signbit(X const& x) {
  using std::signbit;
  return signbit(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr int fpclassify(X const& x) {
  using std::fpclassify;
  return fpclassify(duet::value(x));
}

}  // namespace duet
