#pragma once

// Error and gamma functions, and the smooth steps of statistics and learning.

#include <duet/math/number.hpp>
#include <duet/math/polygamma.hpp>

namespace duet::rules {

// exp(-x^2). The part of x^2 that rounding drops is put back: far out it would cost x^2 / 2 ulp.
template <class X>
[[nodiscard]] constexpr auto exp_minus_square(X const& x) {
  using std::exp, std::fma;
  auto const v = duet::value(x);
  if constexpr (std::floating_point<element_of_t<passive_of_t<X>>>) {
    auto const dropped = fma(v, v, -(v * v));
    return exp(-(x * x)) * select(dropped - dropped == 0, 1 - dropped, one{});  // unless x^2 overflows
  } else {
    return exp(-(x * x));
  }
}

struct erf {
  static constexpr std::string_view name = "erf";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::erf;
    return erf(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    return two_over_root_pi<passive_of_t<decltype(x)>> * exp_minus_square(x);
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -2 * (x * dy); }
};

struct erfc {
  static constexpr std::string_view name = "erfc";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::erfc;
    return erfc(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    return -two_over_root_pi<passive_of_t<decltype(x)>> * exp_minus_square(x);
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -2 * (x * dy); }
};

// The n-th derivative of digamma, n the parameter.
struct polygamma {
  static constexpr std::string_view name = "polygamma";
  static constexpr std::array domain{positive, interval{0, infinity}};
  static constexpr std::size_t parameters = 1;
  static constexpr bool infinite_slope = true;

  static constexpr auto value(auto const& x, auto const& n) {
    if constexpr (active<decltype(x)>)
      return apply(polygamma{}, x, n);
    else
      return polygamma_value(static_cast<int>(n), x);
  }
  static constexpr auto first(auto const& x, auto const& n, auto const&) { return partials{value(x, n + 1), zero{}}; }
  static constexpr auto second(auto const& x, auto const& n, auto const&) {
    return partials{value(x, n + 2), zero{}, zero{}};
  }
};

struct digamma {
  static constexpr std::string_view name = "digamma";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;

  static constexpr auto value(auto const& x) {
    if constexpr (active<decltype(x)>)
      return apply(digamma{}, x);
    else
      return polygamma::value(x, 0);
  }
  static constexpr auto first(auto const& x, auto const&) { return polygamma::value(x, 1); }
  static constexpr auto second(auto const& x, auto const&, auto const&) { return polygamma::value(x, 2); }
};

struct tgamma {
  static constexpr std::string_view name = "tgamma";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::tgamma;
    return tgamma(x);
  }
  static constexpr auto first(auto const& x, auto const& y) { return y * digamma::value(x); }
  static constexpr auto second(auto const& x, auto const& y, auto const& dy) {
    return dy * digamma::value(x) + y * polygamma::value(x, 1);
  }
};

struct lgamma {
  static constexpr std::string_view name = "lgamma";
  static constexpr interval domain = positive;
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::lgamma;
    return lgamma(x);
  }
  static constexpr auto first(auto const& x, auto const&) { return digamma::value(x); }
  static constexpr auto second(auto const& x, auto const&, auto const&) { return polygamma::value(x, 1); }
};

// 1 / (1 + exp(-x)).
struct sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static constexpr auto value(auto const& x) {
    using std::exp, std::abs;
    if constexpr (active<decltype(x)>) {
      return apply(sigmoid{}, x);
    } else {
      auto const e = exp(-abs(x));
      return select(x < 0, [&] { return e / (1 + e); }, [&] { return 1 / (1 + e); });
    }
  }
  // y (1 - y), as long as 1 - y keeps its digits; then exp(-x) y^2.
  static DUET_INLINE constexpr auto first(auto const& x, auto const& y) {
    using std::exp;
    return select(4 * y <= 3, [&] { return y * (1 - y); }, [&] { return exp(-x) * y * y; });
  }
  // 1 - 2 y is -tanh(x / 2), and says so where it cancels: by the continued fraction z / (1 + z^2 / (3 + z^2 / (5 + ...
  // to the 11, which leaves 1e-19 for |z| < 1/8, z = x / 2.
  static constexpr auto second(auto const& x, auto const& y, auto const& dy) {
    using std::tanh;
    auto const tangent = [&] {
      if constexpr (std::numeric_limits<passive_of_t<decltype(x)>>::digits <= 53) {
        auto const z = duet::evaluated(x / 2), square = duet::evaluated(z * z);
        return duet::evaluated(z * (10395 + square * (1260 + 21 * square)) /
                               (10395 + square * (4725 + square * (210 + square))));
      } else {
        return duet::evaluated(tanh(x / 2));
      }
    };
    return select(4 * x > -1 && 4 * x < 1, [&] { return -(dy * tangent()); }, [&] { return dy * (1 - 2 * y); });
  }
};

// log(1 + exp(x)).
struct softplus {
  static constexpr std::string_view name = "softplus";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static constexpr auto value(auto const& x) {
    using std::exp, std::log1p;
    if constexpr (active<decltype(x)>)
      return apply(softplus{}, x);
    else
      return select(x > 0, [&] { return x + log1p(exp(-x)); }, [&] { return log1p(exp(x)); });
  }
  // 1 - exp(-y) and exp(-y) are sigmoid(x) and sigmoid(-x).
  static DUET_INLINE constexpr auto first(auto const&, auto const& y) {
    using std::expm1;
    return -expm1(-y);
  }
  static constexpr auto second(auto const&, auto const& y, auto const& dy) {
    using std::exp;
    return dy * exp(-y);
  }
};

using special = boost::mp11::mp_list<erf, erfc, tgamma, lgamma, digamma, polygamma, sigmoid, softplus>;

}  // namespace duet::rules

namespace duet {

template <active X>
[[nodiscard]] DUET_INLINE constexpr auto erf(X const& x) {
  return apply(rules::erf{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto erfc(X const& x) {
  return apply(rules::erfc{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto tgamma(X const& x) {
  return apply(rules::tgamma{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto lgamma(X const& x) {
  return apply(rules::lgamma{}, x);
}
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto digamma(X const& x) {
  return apply_or_value(rules::digamma{}, x);
}
// The n-th derivative of digamma; n = 1 is trigamma.
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto polygamma(int n, X const& x) {
  return apply_or_value(rules::polygamma{}, x, n);
}
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto sigmoid(X const& x) {
  return apply_or_value(rules::sigmoid{}, x);
}
template <number_like X>
[[nodiscard]] DUET_INLINE constexpr auto softplus(X const& x) {
  return apply_or_value(rules::softplus{}, x);
}

}  // namespace duet
