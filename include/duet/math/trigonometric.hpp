#pragma once

// Trigonometric functions and their inverses. Near the ends of their domain, and far out, the inverses keep their
// digits because products replace differences of squares.

#include <duet/math/number.hpp>

namespace duet::rules {

struct sin {
  static constexpr std::string_view name = "sin";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::sin;
    return sin(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    using std::cos;
    return cos(x);
  }
  static constexpr auto second(auto const&, auto const& y, auto const&) { return -y; }
};

struct cos {
  static constexpr std::string_view name = "cos";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::cos;
    return cos(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    using std::sin;
    return -sin(x);
  }
  static constexpr auto second(auto const&, auto const& y, auto const&) { return -y; }
};

struct tan {
  static constexpr std::string_view name = "tan";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;  // no floating-point number comes close enough to pi / 2

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::tan;
    return tan(x);
  }
  static DUET_INLINE constexpr auto first(auto const&, auto const& y) { return 1 + y * y; }
  static constexpr auto second(auto const&, auto const& y, auto const& dy) { return 2 * y * dy; }
};

struct asin {
  static constexpr std::string_view name = "asin";
  static constexpr interval domain{-1, 1};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::asin;
    return asin(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    using std::sqrt;
    return 1 / sqrt((1 - x) * (1 + x));
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return x * dy * dy * dy; }
};

struct acos {
  static constexpr std::string_view name = "acos";
  static constexpr interval domain{-1, 1};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::acos;
    return acos(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    using std::sqrt;
    return -(1 / sqrt((1 - x) * (1 + x)));
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return x * dy * dy * dy; }
};

struct atan {
  static constexpr std::string_view name = "atan";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;

  static DUET_INLINE constexpr auto value(auto const& x) {
    using std::atan;
    return atan(x);
  }
  static DUET_INLINE constexpr auto first(auto const& x, auto const&) {
    auto const xx = duet::evaluated(x * x);
    return select(
        xx <= std::numeric_limits<passive_of_t<decltype(x)>>::max(), [&] { return 1 / (1 + xx); },
        [&] { return 1 / x / x; });
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -2 * (x * dy * dy); }
};

// The angle of (b, a), in (-pi, pi]. With h = |(a, b)| its slopes are (b / h) / h and -(a / h) / h: h * h could
// overflow.
struct atan2 {
  static constexpr std::string_view name = "atan2";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using std::atan2;
    return atan2(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) {
    using std::hypot;
    auto const h = duet::evaluated(hypot(a, b));
    return partials{duet::evaluated(b / h / h), duet::evaluated(-(a / h / h))};
  }
  static constexpr auto second(auto const& a, auto const& b, auto const& y) { return second(a, b, y, first(a, b, y)); }
  // By the slopes d, of which one gives 1 / h^2 with all its digits; its sign does not matter, it is squared.
  static constexpr auto second(auto const& a, auto const& b, auto const&, auto const& d) {
    using std::abs;
    auto const bend = duet::evaluated(2 * (get<0>(d) * get<1>(d)));
    auto const steep = abs(a) > abs(b);
    auto const inverse = duet::evaluated(select(steep, get<1>(d), get<0>(d)) / select(steep, a, b));
    return partials{bend, duet::evaluated(((a - b) * inverse) * ((a + b) * inverse)), -bend};
  }
};

using trigonometric = boost::mp11::mp_list<sin, cos, tan, asin, acos, atan, atan2>;

}  // namespace duet::rules

namespace duet {

template <active X>
[[nodiscard]] DUET_INLINE constexpr auto sin(X const& x) {
  return apply(rules::sin{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto cos(X const& x) {
  return apply(rules::cos{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto tan(X const& x) {
  return apply(rules::tan{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto asin(X const& x) {
  return apply(rules::asin{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto acos(X const& x) {
  return apply(rules::acos{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto atan(X const& x) {
  return apply(rules::atan{}, x);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto atan2(A const& a, B const& b) {
  return apply(rules::atan2{}, a, b);
}

}  // namespace duet
