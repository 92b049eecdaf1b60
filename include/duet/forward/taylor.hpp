#pragma once

// The truncated Taylor series in one variable: a value and its K normalised derivatives along a curve, carried through
// every rule at a cost of order K^2. Operations are evaluated at once, since a series gains nothing from seeing its
// statement whole.

#include <duet/core/error.hpp>
#include <duet/forward/checked.hpp>
#include <duet/forward/series_power.hpp>
#include <duet/math/located_assignment.hpp>

namespace duet {

// x(t) = sum over k of coefficient(k) t^k, up to k = K. T is a passive number or an active scalar: taylor<taylor<>>
// carries a series in two variables, taylor<dual<>> the gradient of each coefficient. Tag keeps the levels of nested
// drivers apart.
template <class T, std::size_t K, class Tag = void>
class taylor;

template <class T, std::size_t K, class Tag>
inline constexpr bool is_active_scalar<taylor<T, K, Tag>> = true;
template <class T, std::size_t K, class Tag>
inline constexpr bool is_eager<taylor<T, K, Tag>> = true;

template <class T, std::size_t K, class Tag>
class taylor : public statement_assignment<taylor<T, K, Tag>> {
  static_assert(std::is_same_v<element_of_t<passive_of_t<T>>, passive_of_t<T>>,
                "duet::taylor: series of lanes do not exist, since a series looks at each of its numbers; take a "
                "taylor<double, K> for each lane, or dual and hyperdual of lanes for the first two derivatives");

 public:
  using value_type = T;
  using scalar = taylor;
  using tag = Tag;
  using coefficient_list = std::array<T, K + 1>;
  template <std::size_t D>
  using of_degree = taylor<T, D, Tag>;

  // Zero.
  constexpr taylor() = default;

  // A constant: a number of the level below, without higher coefficients.
  template <constant_of<taylor> X>
  DUET_INLINE constexpr taylor(X const& x) : coefficients_{static_cast<T>(x)} {}  // NOLINT: implicit as in double

  // The series with these coefficients, x^(k) / k! at index k.
  DUET_INLINE constexpr explicit taylor(coefficient_list const& coefficients) : coefficients_(coefficients) {}

  // The independent variable value + t: coefficient 1 is one.
  [[nodiscard]] static DUET_INLINE constexpr taylor independent(T const& value,
                                                                checked::site at = checked::site::current()) {
    checked::input(value, at);
    taylor x;
    x.coefficients_[0] = value;
    if constexpr (K > 0) x.coefficients_[1] = T(1);
    return x;
  }

  [[nodiscard]] static constexpr std::size_t order() { return K; }
  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return coefficients_[0]; }

  // x^(k) / k!, for k up to K; beyond it std::invalid_argument.
  [[nodiscard]] constexpr T coefficient(std::size_t k) const {
    if (k > K) throw_bad_index(k);
    return coefficients_[k];
  }
  constexpr void set_coefficient(std::size_t k, T const& x) {
    if (k > K) throw_bad_index(k);
    coefficients_[k] = x;
  }
  // x^(k).
  [[nodiscard]] constexpr T derivative(std::size_t k) const {
    using P = passive_of_t<T>;
    P factorial(1);
    for (std::size_t j = 2; j <= k; ++j) factorial *= static_cast<P>(j);
    return T(coefficient(k) * factorial);
  }

  [[nodiscard]] DUET_INLINE constexpr coefficient_list const& coefficients() const { return coefficients_; }
  [[nodiscard]] DUET_INLINE constexpr coefficient_list& coefficients() { return coefficients_; }

  [[nodiscard]] constexpr bool vanishes() const {
    for (T const& c : coefficients_)
      if (!duet::vanishes(c)) return false;
    return true;
  }
  [[nodiscard]] constexpr bool all_finite() const {
    for (T const& c : coefficients_)
      if (!duet::all_finite(c)) return false;
    return true;
  }

  // The result of a rule whose operands are series of this type or numbers of a level below; apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static DUET_INLINE constexpr taylor applied(Rule, X const&... x) {
    if constexpr (checked::enabled) {
      taylor const y = unchecked<Rule>(x...);
      checked::applied<Rule>(y, x...);
      return y;
    } else {
      return unchecked<Rule>(x...);
    }
  }

 private:
  template <class Rule, class... X>
  [[nodiscard]] static DUET_INLINE constexpr taylor unchecked(X const&... x) {
    [[maybe_unused]] checked::level_inside<T> const quiet;
    return recurrences::applied_series<taylor, Rule>(duet::eager_operand<taylor>(x)...);
  }
  DUET_COLD static void throw_bad_index(std::size_t k) {
    throw std::invalid_argument("duet::taylor: index " + std::to_string(k) + " of a series of degree " +
                                std::to_string(K) + " (expected 0 to K)");
  }

  coefficient_list coefficients_{};
};

}  // namespace duet
