#pragma once

// Rounding, remainders and the parts of a number. What rounds has no slope: its partial is `zero`.

#include <duet/math/number.hpp>

namespace duet::rules {

// A function that is constant between its steps.
struct step_function {
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto first(auto const&, auto const&) { return zero{}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

struct floor : step_function {
  static constexpr std::string_view name = "floor";

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::floor;
    return floor(x);
  }
};

struct ceil : step_function {
  static constexpr std::string_view name = "ceil";

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::ceil;
    return ceil(x);
  }
};

struct trunc : step_function {
  static constexpr std::string_view name = "trunc";

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::trunc;
    return trunc(x);
  }
};

struct round : step_function {
  static constexpr std::string_view name = "round";

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::round;
    return round(x);
  }
};

struct nearbyint : step_function {
  static constexpr std::string_view name = "nearbyint";

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::nearbyint;
    return nearbyint(x);
  }
};

// The part behind the decimal point, of modf.
struct fractional_part {
  static constexpr std::string_view name = "fractional_part";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static constexpr auto value(auto const& x) {
    using std::modf;
    auto integral = x;
    return duet::evaluated(modf(x, &integral));
  }
  static DUET_INLINE constexpr auto first(auto const&, auto const&) { return one{}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

// a - q b with q = trunc(a / b). The quotient is rounded from (a - y) / b: a / b may round up to an integer that q is
// not.
struct fmod {
  static constexpr std::string_view name = "fmod";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::fmod;
    return fmod(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& y) {
    using std::round;
    return partials{one{}, -round((a - y) / b)};
  }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

// a - n b with n the integer nearest to a / b.
struct remainder {
  static constexpr std::string_view name = "remainder";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::remainder;
    return remainder(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const& y) {
    using std::round;
    return partials{one{}, -round((a - y) / b)};
  }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

// x * 2^n, n the parameter.
struct ldexp {
  static constexpr std::string_view name = "ldexp";
  static constexpr std::array domain{real_line, real_line};
  static constexpr std::size_t parameters = 1;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x, auto const& n) {
    using std::ldexp;
    return ldexp(x, static_cast<int>(n));
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const& n, auto const&) {
    using std::ldexp;
    return partials{ldexp(passive_of_t<decltype(x)>(1), static_cast<int>(n)), zero{}};
  }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

using rounding = boost::mp11::mp_list<floor, ceil, trunc, round, nearbyint, fractional_part, fmod, remainder, ldexp>;

}  // namespace duet::rules

namespace duet {

template <active X>
[[nodiscard]] DUET_INLINE constexpr auto floor(X const& x) {
  return apply(rules::floor{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto ceil(X const& x) {
  return apply(rules::ceil{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto trunc(X const& x) {
  return apply(rules::trunc{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto round(X const& x) {
  return apply(rules::round{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto nearbyint(X const& x) {
  return apply(rules::nearbyint{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto rint(X const& x) {
  return apply(rules::nearbyint{}, x);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto fmod(A const& a, B const& b) {
  return apply(rules::fmod{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto remainder(A const& a, B const& b) {
  return apply(rules::remainder{}, a, b);
}

// x * 2^n.
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto ldexp(X const& x, int n) {
  return apply(rules::ldexp{}, x, n);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto scalbn(X const& x, int n) {
  return apply(rules::ldexp{}, x, n);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto scalbln(X const& x, long n) {
  constexpr long most = std::numeric_limits<int>::max();
  return apply(rules::ldexp{}, x, n > most ? most : n < -most ? -most : n);
}

// The parts of x. A stored integral part is passive; the other parts move with x.
template <active X>
[[nodiscard]] constexpr auto modf(X const& x, scalar_of_t<X>* integral) {
  *integral = scalar_of_t<X>(trunc(x));
  return apply(rules::fractional_part{}, x);
}
template <active X>
[[nodiscard]] constexpr auto frexp(X const& x, int* exponent) {
  using std::frexp;
  (void)frexp(duet::value(x), exponent);
  return apply(rules::ldexp{}, x, -*exponent);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] constexpr auto remquo(A const& a, B const& b, int* quotient) {
  using std::remquo;
  (void)remquo(duet::value(a), duet::value(b), quotient);
  return apply(rules::remainder{}, a, b);
}

// Integers are read off the value.
template <active X>
[[nodiscard]] constexpr long lround(X const& x) {
  using std::lround;
  return lround(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr long long llround(X const& x) {
  using std::llround;
  return llround(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr long lrint(X const& x) {
  using std::lrint;
  return lrint(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr long long llrint(X const& x) {
  using std::llrint;
  return llrint(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr int ilogb(X const& x) {
  using std::ilogb;
  return ilogb(duet::value(x));
}
template <active X>
[[nodiscard]] constexpr auto logb(X const& x) {
  using std::logb;
  return logb(duet::value(x));
}

}  // namespace duet
