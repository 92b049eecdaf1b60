#pragma once

// Operations that graphs have beside the rules of duet::rules: comparisons, the choice between two values, and what
// rules compute with plain numbers, which a graph must do by an operation too.

#include <duet/expression/traverse.hpp>
#include <duet/symbolic/operation.hpp>

namespace duet::symbolic::operations {

struct relation {
  static constexpr std::array domain{real_line, real_line};
  static constexpr notation written = notation::comparison;
  static constexpr bool infinite_slope = false, is_condition = true;
};
struct less : relation {
  static constexpr std::string_view name = "<";
  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a < b; }
};
struct less_equal : relation {
  static constexpr std::string_view name = "<=";
  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a <= b; }
};
struct equal : relation {
  static constexpr std::string_view name = "==";
  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a == b; }
};
struct both : relation {
  static constexpr std::string_view name = "&&";
  static constexpr notation written = notation::logical_and;
  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a && b; }
};
struct either : relation {
  static constexpr std::string_view name = "||";
  static constexpr notation written = notation::logical_or;
  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) { return a || b; }
};
struct negation : relation {
  static constexpr std::string_view name = "!";
  static constexpr notation written = notation::logical_not;
  static constexpr interval domain = real_line;
  static DUET_INLINE constexpr auto value(auto const& a) { return !a; }
};
// x is not so large that it overflows.
struct is_bounded : relation {
  static constexpr std::string_view name = "is_bounded";
  static constexpr notation written = notation::call;
  static constexpr interval domain = real_line;
  static DUET_INLINE constexpr auto value(auto const& x) {
    return x <= std::numeric_limits<passive_of_t<decltype(x)>>::max();
  }
};

// condition ? a : b, by select (evaluate.hpp treats it apart).
struct choice {
  static constexpr std::string_view name = "select";
  static constexpr std::array domain{real_line, real_line, real_line};
  static constexpr notation written = notation::choice;
  static constexpr bool infinite_slope = false;
};

// The same between two forms of one formula, of which one keeps its digits, or between a formula and what holds where
// it is 0/0.
struct choice_of_form : choice {
  static constexpr std::string_view name = "choice_of_form";
};

// The slope where a function is defined, else NaN: choice(condition, slope, NaN).
struct where_defined : choice {
  static constexpr std::string_view name = "where_defined";
};

// a * b in which zero wins over infinity and NaN: what does not move stays.
struct damped_multiply {
  static constexpr std::string_view name = "damped_multiply";
  static constexpr std::array domain{real_line, real_line};
  static constexpr notation written = notation::multiply;
  static constexpr bool infinite_slope = true, cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b) {
    using A = std::remove_cvref_t<decltype(a)>;
    using B = std::remove_cvref_t<decltype(b)>;
    if constexpr (active<A> && !active<B>)
      return duet::damped_product(a, A(b));
    else if constexpr (active<B> && !active<A>)
      return duet::damped_product(B(a), b);
    else
      return duet::damped_product(a, b);
  }
  static DUET_INLINE constexpr auto first(auto const& a, auto const& b, auto const&) { return partials{b, a}; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return partials{zero{}, one{}, zero{}}; }
};

// exp(-x^2) with all its digits.
struct gaussian {
  static constexpr std::string_view name = "gaussian";
  static constexpr interval domain = real_line;
  static constexpr notation written = notation::gaussian;
  static constexpr bool infinite_slope = false;

  static constexpr auto value(auto const& x) {
    if constexpr (active<decltype(x)>)
      return apply(gaussian{}, x);
    else
      return rules::exp_minus_square(x);
  }
  static constexpr auto first(auto const& x, auto const& y) { return -2 * (x * y); }
  static constexpr auto second(auto const& x, auto const& y, auto const& dy) { return -2 * (y + x * dy); }
};

// exp(a - m) with all its digits.
struct shifted_exponential {
  static constexpr std::string_view name = "shifted_exponential";
  static constexpr std::array domain{real_line, real_line};
  static constexpr notation written = notation::shifted_exponential;
  static constexpr bool infinite_slope = false;
  static constexpr bool cheap_first = true;

  static constexpr auto value(auto const& a, auto const& m) {
    if constexpr (active<decltype(a)> || active<decltype(m)>)
      return apply(shifted_exponential{}, a, m);
    else
      return rules::shifted_exp(a, m);
  }
  static constexpr auto first(auto const&, auto const&, auto const& y) { return partials{y, -y}; }
  static constexpr auto second(auto const&, auto const&, auto const& y) { return partials{y, -y, y}; }
};

}  // namespace duet::symbolic::operations
