#pragma once

// The functions of <cmath> for lanes: xsimd's where they are as good as promised, within 2 units in the last place of
// std for exp, log, sin, cos and tanh, within 4 for the others (test/batch/accuracy.cpp); lane by lane by std where
// xsimd has none or misses that, and for single arguments outside its range: zeros, subnormal numbers, infinity, NaN.
// What a lane holds therefore never depends on its neighbours.

#include <cmath>
#include <duet/batch/lanes_select.hpp>

namespace duet {

namespace lanes_detail {

// vectors(batch) where `safe` holds, numbers(x) in the other lanes.
template <class T, std::size_t W, class Numbers>
[[nodiscard]] DUET_COLD lanes<T, W> patched(lanes<T, W> const& vectorised, lanes<T, W> const& x, std::uint64_t safe,
                                            Numbers const& numbers) {
  auto result = vectorised.array();
  auto const argument = x.array();
  for (std::size_t i = 0; i < W; ++i)
    if ((safe >> i & 1) == 0) result[i] = numbers(argument[i]);
  return lanes<T, W>(result);
}
template <class T, std::size_t W, class Vectors, class Numbers>
[[nodiscard]] DUET_INLINE lanes<T, W> vectorised(lanes<T, W> const& x, lanes_mask<T, W> const& safe,
                                                 Vectors const& vectors, Numbers const& numbers) {
  auto const result = lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return vectors(x.block(j)); });
  if (!all_of(safe)) [[unlikely]]
    return patched(result, x, safe.bits(), numbers);
  return result;
}

// Neither zero nor beyond these magnitudes.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> between(T low, lanes<T, W> const& x, T high) {
  auto const size = lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::abs(x.block(j)); });
  return size >= lanes<T, W>(low) && size <= lanes<T, W>(high);
}

// Far from overflow, underflow and subnormal numbers.
template <class T>
inline constexpr T tiny = std::is_same_v<T, float> ? T(1e-18) : T(1e-140);
template <class T>
inline constexpr T huge = std::is_same_v<T, float> ? T(1e18) : T(1e140);
// exp neither overflows nor becomes subnormal; and in base 2.
template <class T>
inline constexpr T most_exponent = std::is_same_v<T, float> ? T(87) : T(708);
template <class T>
inline constexpr T most_binary_exponent = std::is_same_v<T, float> ? T(125) : T(1021);
// As far as sin and cos reduce their argument quickly.
template <class T>
inline constexpr T most_angle = std::is_same_v<T, float> ? T(1e3) : T(1e5);

}  // namespace lanes_detail

// A function of one number by xsimd where SAFE holds of its argument x.
#define DUET_VECTOR_FUNCTION(NAME, SAFE)                                               \
  template <class T, std::size_t W>                                                    \
  [[nodiscard]] DUET_INLINE lanes<T, W> NAME(lanes<T, W> const& x) {                   \
    using namespace lanes_detail;                                                      \
    return vectorised(                                                                 \
        x, SAFE, [](auto const& b) DUET_INLINE_LAMBDA { return xsimd::NAME(b); },      \
        [](T number) { return std::NAME(number); });                                   \
  }
DUET_VECTOR_FUNCTION(exp, between(tiny<T>, x, most_exponent<T>))
DUET_VECTOR_FUNCTION(exp2, between(tiny<T>, x, most_binary_exponent<T>))
DUET_VECTOR_FUNCTION(expm1, between(tiny<T>, x, most_exponent<T>))
DUET_VECTOR_FUNCTION(log, between(std::numeric_limits<T>::min(), x, std::numeric_limits<T>::max()) && x > T(0))
DUET_VECTOR_FUNCTION(log2, between(std::numeric_limits<T>::min(), x, std::numeric_limits<T>::max()) && x > T(0))
DUET_VECTOR_FUNCTION(log10, between(std::numeric_limits<T>::min(), x, std::numeric_limits<T>::max()) && x > T(0))
DUET_VECTOR_FUNCTION(log1p, between(tiny<T>, x, std::numeric_limits<T>::max()) && x > T(-1))
DUET_VECTOR_FUNCTION(sin, between(tiny<T>, x, most_angle<T>))
DUET_VECTOR_FUNCTION(cos, between(tiny<T>, x, most_angle<T>))
DUET_VECTOR_FUNCTION(tan, between(tiny<T>, x, most_angle<T>))
DUET_VECTOR_FUNCTION(asin, between(tiny<T>, x, T(1)))
DUET_VECTOR_FUNCTION(acos, between(tiny<T>, x, T(1)))
DUET_VECTOR_FUNCTION(atan, between(tiny<T>, x, huge<T>))
DUET_VECTOR_FUNCTION(sinh, between(tiny<T>, x, most_exponent<T>))
DUET_VECTOR_FUNCTION(cosh, between(tiny<T>, x, most_exponent<T>))
DUET_VECTOR_FUNCTION(tanh, between(tiny<T>, x, huge<T>))
DUET_VECTOR_FUNCTION(asinh, between(tiny<T>, x, huge<T>))
DUET_VECTOR_FUNCTION(acosh, between(T(1), x, huge<T>) && x > T(1))
DUET_VECTOR_FUNCTION(atanh, between(tiny<T>, x, T(1)) && x != T(1) && x != T(-1))
DUET_VECTOR_FUNCTION(cbrt, between(tiny<T>, x, huge<T>))
#undef DUET_VECTOR_FUNCTION

// Exact, whatever the argument.
#define DUET_EXACT_FUNCTION(NAME)                                                                             \
  template <class T, std::size_t W>                                                                           \
  [[nodiscard]] DUET_INLINE lanes<T, W> NAME(lanes<T, W> const& x) {                                          \
    return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::NAME(x.block(j)); });             \
  }
DUET_EXACT_FUNCTION(sqrt)
DUET_EXACT_FUNCTION(abs)
DUET_EXACT_FUNCTION(fabs)
#undef DUET_EXACT_FUNCTION

#define DUET_LANEWISE_FUNCTION(NAME)                                                     \
  template <class T, std::size_t W>                                                      \
  [[nodiscard]] lanes<T, W> NAME(lanes<T, W> const& x) {                                 \
    return lanes<T, W>::lane_by_lane([](T number) { return std::NAME(number); }, x);     \
  }
DUET_LANEWISE_FUNCTION(erf)
DUET_LANEWISE_FUNCTION(erfc)
DUET_LANEWISE_FUNCTION(tgamma)
DUET_LANEWISE_FUNCTION(lgamma)
DUET_LANEWISE_FUNCTION(floor)
DUET_LANEWISE_FUNCTION(ceil)
DUET_LANEWISE_FUNCTION(trunc)
DUET_LANEWISE_FUNCTION(round)
DUET_LANEWISE_FUNCTION(nearbyint)
DUET_LANEWISE_FUNCTION(rint)
DUET_LANEWISE_FUNCTION(logb)
#undef DUET_LANEWISE_FUNCTION

// Of two numbers, of which one may be the same in all lanes.
#define DUET_LANEWISE_FUNCTION(NAME)                                                                            \
  template <class A, class B, class L = lanes_among_t<A, B>>                                                    \
  [[nodiscard]] L NAME(A const& a, B const& b) {                                                                \
    using T = typename L::value_type;                                                                           \
    return L::lane_by_lane([](T p, T q) { return std::NAME(p, q); }, L(a), L(b));                               \
  }
DUET_LANEWISE_FUNCTION(fmod)
DUET_LANEWISE_FUNCTION(remainder)
#undef DUET_LANEWISE_FUNCTION

namespace lanes_detail {

// x^n by repeated squares, n up to 8: at most 4 units in the last place.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> small_power(lanes<T, W> x, int n) {
  if (n == 1) return x;
  if (n == 2) return x * x;
  if (n == 3) return x * x * x;
  auto const square = x * x;
  if (n == 4) return square * square;
  if (n == 5) return square * square * x;
  if (n == 6) return square * square * square;
  if (n == 7) return square * square * (square * x);
  auto const fourth = square * square;
  return fourth * fourth;
}

template <class T, std::size_t W>
[[nodiscard]] DUET_COLD lanes<T, W> power(lanes<T, W> const& a, lanes<T, W> const& b) {
  return lanes<T, W>::lane_by_lane([](T p, T q) { return std::pow(p, q); }, a, b);
}

}  // namespace lanes_detail

// A small integer exponent that is the same in all lanes takes products alone.
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L pow(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  if constexpr (std::is_arithmetic_v<B>) {
    if (auto const n = static_cast<T>(b); n >= -8 && n <= 8 && n == static_cast<T>(static_cast<int>(n)) && n != 0) {
      auto const size = static_cast<int>(n < 0 ? -n : n);
      L const y = small_power(a, size);
      if (all_of(between(tiny<T>, y, huge<T>))) [[likely]]
        return n < 0 ? 1 / y : y;
    }
  }
  return power(L(a), L(b));
}

// The root of the sum of squares, as long as these neither overflow nor underflow.
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L hypot(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const sum = L(a) * L(a) + L(b) * L(b);
  if (all_of(between(tiny<T>, sum, huge<T>))) [[likely]]
    return sqrt(sum);
  return L::lane_by_lane([](T p, T q) { return std::hypot(p, q); }, L(a), L(b));
}
template <class A, class B, class C, class L = lanes_among_t<A, B, C>>
[[nodiscard]] L hypot(A const& a, B const& b, C const& c) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const sum = L(a) * L(a) + L(b) * L(b) + L(c) * L(c);
  if (all_of(between(tiny<T>, sum, huge<T>))) [[likely]]
    return sqrt(sum);
  return L::lane_by_lane([](T p, T q, T r) { return std::hypot(p, q, r); }, L(a), L(b), L(c));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L atan2(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const y(a), x(b);
  if (all_of(between(tiny<T>, y, huge<T>) && between(tiny<T>, x, huge<T>))) [[likely]]
    return L::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::atan2(y.block(j), x.block(j)); });
  return L::lane_by_lane([](T p, T q) { return std::atan2(p, q); }, y, x);
}

// Ties, and NaN, as in std.
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L min(A const& a, B const& b) {
  return select(L(b) < L(a), L(b), L(a));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L max(A const& a, B const& b) {
  return select(L(a) < L(b), L(b), L(a));
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> min(lanes<T, W> const& a, lanes<T, W> const& b) {
  return select(b < a, b, a);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> max(lanes<T, W> const& a, lanes<T, W> const& b) {
  return select(a < b, b, a);
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L fmin(A const& a, B const& b) {
  return select(L(a) <= L(b) || L(b) != L(b), L(a), L(b));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L fmax(A const& a, B const& b) {
  return select(L(a) >= L(b) || L(b) != L(b), L(a), L(b));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L fdim(A const& a, B const& b) {
  return select(L(a) <= L(b), L(0), L(a) - L(b));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L copysign(A const& a, B const& s) {
  L const size(a), sign(s);
  return L::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::copysign(size.block(j), sign.block(j)); });
}
// Rounded once.
template <class A, class B, class C, class L = lanes_among_t<A, B, C>>
[[nodiscard]] DUET_INLINE L fma(A const& a, B const& b, C const& c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  L const x(a), y(b), z(c);
  return L::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::fma(x.block(j), y.block(j), z.block(j)); });
#else
  using T = typename L::value_type;
  return L::lane_by_lane([](T p, T q, T r) { return std::fma(p, q, r); }, L(a), L(b), L(c));
#endif
}
template <class A, class B, class C, class L = lanes_among_t<A, B, C>>
[[nodiscard]] L lerp(A const& a, B const& b, C const& t) {
  using T = typename L::value_type;
  return L::lane_by_lane([](T p, T q, T r) { return std::lerp(p, q, r); }, L(a), L(b), L(t));
}
template <class A, class B, class C, class L = lanes_among_t<A, B, C>>
[[nodiscard]] DUET_INLINE L clamp(A const& x, B const& low, C const& high) {
  return select(L(x) < L(low), L(low), select(L(high) < L(x), L(high), L(x)));
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> ldexp(lanes<T, W> const& x, int n) {
  return lanes<T, W>::lane_by_lane([n](T number) { return std::ldexp(number, n); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> modf(lanes<T, W> const& x, lanes<T, W>* integral) {
  *integral = trunc(x);
  return lanes<T, W>::lane_by_lane(
      [](T number) {
        T whole;
        return std::modf(number, &whole);
      },
      x);
}

template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> isnan(lanes<T, W> const& x) {
  return x != x;
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> isfinite(lanes<T, W> const& x) {
  return x - x == lanes<T, W>(0);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> isinf(lanes<T, W> const& x) {
  return abs(x) == lanes<T, W>(std::numeric_limits<T>::infinity());
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> signbit(lanes<T, W> const& x) {
  return copysign(lanes<T, W>(1), x) < lanes<T, W>(0);
}

// The rules' own: what they branch on differs between lanes.
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> polygamma_value(int n, lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([n](T number) { return rules::polygamma_value(n, number); }, x);
}

namespace rules {

template <class T, std::size_t W>
inline constexpr T ln_two<lanes<T, W>> = ln_two<T>;
template <class T, std::size_t W>
inline constexpr T inverse_ln_two<lanes<T, W>> = inverse_ln_two<T>;
template <class T, std::size_t W>
inline constexpr T inverse_ln_ten<lanes<T, W>> = inverse_ln_ten<T>;
template <class T, std::size_t W>
inline constexpr T two_over_root_pi<lanes<T, W>> = two_over_root_pi<T>;

}  // namespace rules
}  // namespace duet
