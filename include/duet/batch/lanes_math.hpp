#pragma once

// The functions of <cmath> for lanes: those of lanes_transcendental.hpp, what is exact on whole batches (roots,
// rounding, pieces, fma), and std's lane by lane where nothing faster is as good (erf, gamma, remainders).

#include <duet/batch/lanes_transcendental.hpp>

namespace duet {

// ---- exact, whatever the argument ----

template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> sqrt(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::sqrt(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> abs(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::abs(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> fabs(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::abs(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> floor(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::floor(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> ceil(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::ceil(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> trunc(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::trunc(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> round(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::round(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> nearbyint(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::nearbyint(x.block(j)); });
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> rint(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return elementary::nearbyint(x.block(j)); });
}

// ---- lane by lane ----

template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> erf(lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([](T number) { return std::erf(number); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> erfc(lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([](T number) { return std::erfc(number); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> tgamma(lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([](T number) { return std::tgamma(number); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> lgamma(lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([](T number) { return std::lgamma(number); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] lanes<T, W> logb(lanes<T, W> const& x) {
  return lanes<T, W>::lane_by_lane([](T number) { return std::logb(number); }, x);
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] L fmod(A const& a, B const& b) {
  using T = typename L::value_type;
  return L::lane_by_lane([](T p, T q) { return std::fmod(p, q); }, L(a), L(b));
}
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] L remainder(A const& a, B const& b) {
  using T = typename L::value_type;
  return L::lane_by_lane([](T p, T q) { return std::remainder(p, q); }, L(a), L(b));
}

// ---- pieces ----

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
  L const x(a), y(b), z(c);
  if constexpr (elementary::rounds_once)
    return L::made([&](auto j)
                       DUET_INLINE_LAMBDA { return elementary::multiply_add(x.block(j), y.block(j), z.block(j)); });
  else
    return L::lane_by_lane([](auto p, auto q, auto r) { return std::fma(p, q, r); }, x, y, z);
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
// ---- what a number is, and its parts ----

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
[[nodiscard]] DUET_INLINE lanes_mask<T, W> isnormal(lanes<T, W> const& x) {
  return abs(x) >= lanes<T, W>(std::numeric_limits<T>::min()) && isfinite(x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> signbit(lanes<T, W> const& x) {
  return copysign(lanes<T, W>(1), x) < lanes<T, W>(0);
}

// x 2^n.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> ldexp(lanes<T, W> const& x, int n) {
  using limits = std::numeric_limits<T>;
  if (n >= limits::min_exponent - 1 && n < limits::max_exponent) [[likely]]
    return x * std::ldexp(T(1), n);
  return lanes<T, W>::lane_by_lane([n](T number) { return std::ldexp(number, n); }, x);
}
// The part behind the decimal point, with the sign of x; none of infinity.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> modf(lanes<T, W> const& x, lanes<T, W>* integral) {
  *integral = trunc(x);
  return copysign(select(isinf(x), lanes<T, W>(0), x - *integral), x);
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
