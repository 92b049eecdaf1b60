#pragma once

// The polygamma functions, derivatives of log gamma, for numbers of any precision: recurrence up to where the
// asymptotic series holds (Abramowitz and Stegun 6.4.6 and 6.4.11), reflection below zero (6.4.7). Boost.Math has them
// too, but including it doubles the time to compile a program that uses Duet.

#include <cmath>
#include <duet/math/number.hpp>
#include <vector>

namespace duet::rules {

// B_2, B_4, ... as exact fractions.
struct fraction {
  double numerator, denominator;
};
inline constexpr fraction bernoulli_numbers[] = {{1, 6},
                                                 {-1, 30},
                                                 {1, 42},
                                                 {-1, 30},
                                                 {5, 66},
                                                 {-691, 2730},
                                                 {7, 6},
                                                 {-3617, 510},
                                                 {43867, 798},
                                                 {-174611, 330},
                                                 {854513, 138},
                                                 {-236364091, 2730},
                                                 {8553103, 6},
                                                 {-23749461029, 870},
                                                 {8615841276005, 14322}};

// The sum of (x + k)^-(n + 1) over k >= 0, for x > 0. For n = 0 it diverges; what remains without its infinite constant
// is -digamma(x).
template <class T>
[[nodiscard]] T inverse_power_sum(int n, T const& x) {
  using std::log;
  // B_32 / z^32 is below the precision of T; derivatives need z larger by n.
  T const large = T(n + std::pow(10, (std::numeric_limits<T>::digits10 + 13) / 32.0));
  int steps = 0;
  while (x + steps < large) ++steps;
  T const z = x + steps;
  T tail = (n == 0 ? T(-log(z)) : T(1) / n) + 1 / (2 * z);
  T binomial = n + 1, shrinking = 1;
  int k = 1;
  for (auto const& [numerator, denominator] : bernoulli_numbers) {
    shrinking /= z * z;
    tail += T(numerator) / (T(denominator) * (2 * k)) * binomial * shrinking;
    binomial *= T(2 * k + n) / (2 * k) * (2 * k + n + 1) / (2 * k + 1);
    ++k;
  }
  auto const inverse_power = [](T const& base, int exponent) {
    T const factor = 1 / base;
    T product = 1;
    for (int i = 0; i < exponent; ++i) product *= factor;
    return product;
  };
  T sum = tail * inverse_power(z, n);
  while (steps-- > 0) sum += inverse_power(x + steps, n + 1);  // small terms first
  return sum;
}

// The root of digamma, in two parts.
inline constexpr double digamma_root[] = {0x1.762d86356be3fp+0, 0x1.b86a722197829p-54};

// Digamma close to its positive root, in digits of the distance to it.
template <class T>
[[nodiscard]] T digamma_near_root(T const& distance) {
  T sum = 0, factor = -1;
  T const root = T(digamma_root[0]) + T(digamma_root[1]);
  for (int k = 1; k <= 16; ++k) {
    factor *= -distance;
    sum += factor * inverse_power_sum(k, root);
  }
  return sum;
}

// The n-th derivative of cot(pi x) times pi, a polynomial in the cotangent.
template <class T>
[[nodiscard]] T cotangent_derivative(int n, T const& x) {
  using std::acos, std::round, std::tan;
  T const pi = acos(T(-1)), cotangent = 1 / tan(pi * (x - round(x)));
  std::vector<T> coefficients{T(0), pi};
  for (int j = 0; j < n; ++j) {  // p(c) to -pi (1 + c^2) p'(c)
    std::vector<T> next(coefficients.size() + 1, T(0));
    for (std::size_t i = 1; i < coefficients.size(); ++i) {
      T const slope = -pi * static_cast<double>(i) * coefficients[i];
      next[i - 1] += slope;
      next[i + 1] += slope;
    }
    coefficients.swap(next);
  }
  T sum = 0;
  for (std::size_t i = coefficients.size(); i-- > 0;) sum = sum * cotangent + coefficients[i];
  return sum;
}

// The n-th derivative of digamma. At its poles it is infinite where both sides agree, and at zero, which has a sign.
template <class T>
[[nodiscard]] T polygamma_of(int n, T const& x) {
  using std::round, std::abs;
  using limits = std::numeric_limits<T>;
  if (n < 0) return limits::quiet_NaN();
  if (x <= 0 && x == round(x)) {
    if (n % 2 == 1) return limits::infinity();
    return x == 0 ? T(-1 / x) : limits::quiet_NaN();
  }
  if (x < 0) return (n % 2 == 0 ? 1 : -1) * polygamma_of(n, T(1 - x)) - cotangent_derivative(n, x);
  if constexpr (std::floating_point<T>)
    if (T const distance = x - T(digamma_root[0]) - T(digamma_root[1]); n == 0 && abs(distance) < T(1) / 32)
      return digamma_near_root(distance);
  T factor = n % 2 == 0 ? -1 : 1;
  for (int k = 2; k <= n; ++k) factor *= k;
  return factor * inverse_power_sum(n, x);
}

// float and double are evaluated in the next wider type.
template <class T>
[[nodiscard]] T polygamma_value(int n, T const& x) {
  using wide = std::conditional_t<std::is_same_v<T, float>, double,
                                  std::conditional_t<std::is_same_v<T, double>, long double, T>>;
  return static_cast<T>(polygamma_of(n, wide(x)));
}

}  // namespace duet::rules
