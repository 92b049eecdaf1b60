#pragma once

// The four operations, the sign and the comparisons. Comparisons look at values alone: the branch taken is the branch
// that is differentiated.

#include <boost/mp11/list.hpp>
#include <compare>
#include <duet/expression/expression.hpp>
#include <iosfwd>

namespace duet::rules {

struct add {
  static constexpr std::string_view name = "add";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a + b; }
  static DUET_INLINE constexpr auto first(auto const&, auto const&, auto const&) { return partials{one{}, one{}}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

struct subtract {
  static constexpr std::string_view name = "subtract";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a - b; }
  static DUET_INLINE constexpr auto first(auto const&, auto const&, auto const&) {
    return partials{one{}, minus_one{}};
  }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, zero{}, zero{}}; }
};

struct multiply {
  static constexpr std::string_view name = "multiply";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool is_product = true;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a * b; }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) { return partials{b, a}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, one{}, zero{}}; }
};

struct divide {
  static constexpr std::string_view name = "divide";
  static constexpr std::array domain{real_line, real_line};
  static constexpr bool infinite_slope = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a / b; }
  // One division for both slopes; where 1 / b overflows, |b| < 2^-1024, both are infinite.
  static DUET_INLINE constexpr auto first(auto const&, auto const& b, auto const& y) {
    auto const inverse = duet::evaluated(1 / b);
    return partials{inverse, -(y * inverse)};
  }
  static constexpr auto second(auto const&, auto const& b, auto const& y) {
    auto const inverse = duet::evaluated(1 / b);
    return partials{zero{}, -(inverse * inverse), 2 * ((y * inverse) * inverse)};
  }
};

struct negate {
  static constexpr std::string_view name = "negate";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& x) { return -x; }
  static DUET_INLINE constexpr auto first(auto const&, auto const&) { return minus_one{}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return zero{}; }
};

using arithmetic = boost::mp11::mp_list<add, subtract, multiply, divide, negate>;

}  // namespace duet::rules

namespace duet {

template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator+(A const& a, B const& b) {
  return apply(rules::add{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator-(A const& a, B const& b) {
  return apply(rules::subtract{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator*(A const& a, B const& b) {
  return apply(rules::multiply{}, a, b);
}
template <class A, class B>
  requires operands<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator/(A const& a, B const& b) {
  return apply(rules::divide{}, a, b);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr auto operator-(X const& x) {
  return apply(rules::negate{}, x);
}
template <active X>
[[nodiscard]] DUET_INLINE constexpr X operator+(X const& x) {
  return x;
}

// A variable of one derivative met inside another: says so instead of "no match for operator".
template <class A, class B>
struct reject_confusion {
  static_assert(
      !perturbations_confused<A, B>,
      "duet: in a derivative inside another, a variable of the outer one meets those of the inner, whose point "
      "is a plain number; take the inner derivative at a number of the outer type, such as "
      "duet::derivative(f, S(1.0)) with S the type of the outer variable");
  using type = A;
};
template <class A, class B>
  requires perturbations_confused<A, B>
typename reject_confusion<A, B>::type operator+(A const&, B const&);
template <class A, class B>
  requires perturbations_confused<A, B>
typename reject_confusion<A, B>::type operator-(A const&, B const&);
template <class A, class B>
  requires perturbations_confused<A, B>
typename reject_confusion<A, B>::type operator*(A const&, B const&);
template <class A, class B>
  requires perturbations_confused<A, B>
typename reject_confusion<A, B>::type operator/(A const&, B const&);

// Scalars of two kinds, or of two kinds of number, carry derivatives of different things: said where they meet rather
// than by a list of all operators that do not fit.
template <class A, class B>
concept scalars_of_two_kinds = active<A> && active<B> && !operands<A, B> && !perturbations_confused<A, B>;
template <class A, class B>
A reject_two_kinds() {
  static_assert(!scalars_of_two_kinds<A, B>,
                "duet: scalars of two kinds, such as var and dual or var<float> and var<double>, meet in an operation: "
                "they carry derivatives of different things; give both to f as inputs, or take duet::value of one");
  return {};
}
template <class A, class B>
  requires scalars_of_two_kinds<A, B>
A operator+(A const&, B const&) {
  return duet::reject_two_kinds<A, B>();
}
template <class A, class B>
  requires scalars_of_two_kinds<A, B>
A operator-(A const&, B const&) {
  return duet::reject_two_kinds<A, B>();
}
template <class A, class B>
  requires scalars_of_two_kinds<A, B>
A operator*(A const&, B const&) {
  return duet::reject_two_kinds<A, B>();
}
template <class A, class B>
  requires scalars_of_two_kinds<A, B>
A operator/(A const&, B const&) {
  return duet::reject_two_kinds<A, B>();
}

// Active numbers compare with each other and with every number of a level below.
template <class A, class B>
concept comparable = operands<A, B>;

// The value of x as it meets Other in a comparison: an integer becomes Other's kind of number, as it does beside a
// double.
template <class Other, class X>
[[nodiscard]] DUET_INLINE constexpr auto compared(X const& x) {
  if constexpr (std::is_integral_v<X>)
    return static_cast<passive_of_t<Other>>(x);
  else
    return duet::value(x);
}

template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator==(A const& a, B const& b) {
  return duet::compared<B>(a) == duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator!=(A const& a, B const& b) {
  return duet::compared<B>(a) != duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator<(A const& a, B const& b) {
  return duet::compared<B>(a) < duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator>(A const& a, B const& b) {
  return duet::compared<B>(a) > duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator<=(A const& a, B const& b) {
  return duet::compared<B>(a) <= duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr auto operator>=(A const& a, B const& b) {
  return duet::compared<B>(a) >= duet::compared<A>(b);
}
template <class A, class B>
  requires comparable<A, B>
[[nodiscard]] DUET_INLINE constexpr std::partial_ordering operator<=>(A const& a, B const& b) {
  if (a < b) return std::partial_ordering::less;
  if (a == b) return std::partial_ordering::equivalent;
  return a > b ? std::partial_ordering::greater : std::partial_ordering::unordered;
}

// Prints the value, as generic code that prints a double expects.
template <class Char, class Traits, active X>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, X const& x) {
  return out << duet::value(x);
}

}  // namespace duet
