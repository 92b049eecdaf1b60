#pragma once

// Exponentials, logarithms, trigonometric and hyperbolic functions and powers of SIMD batches, on the range that
// lanes_transcendental.hpp states for each. xsimd's own take their way by what all lanes have in common, so that a
// result would depend on its neighbours, and go through integers that AVX2 converts one by one; these do neither.

#include <bit>
#include <duet/batch/elementary_constants.hpp>
#include <duet/batch/simd.hpp>
#include <duet/core/config.hpp>
#include <limits>
#include <numbers>

namespace duet::elementary {

template <class Batch>
using constants_of = constants<typename Batch::value_type>;
template <class Batch>
using bits_of = xsimd::batch<typename constants_of<Batch>::bits, typename Batch::arch_type>;

// Whether a b + c of batches is rounded once.
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool rounds_once = true;
#else
inline constexpr bool rounds_once = false;
#endif

// a b + c, in one instruction where there is one: of 64 and of 16 bytes xsimd 8 makes two.
template <class T, class Architecture>
[[nodiscard]] DUET_INLINE xsimd::batch<T, Architecture> multiply_add(xsimd::batch<T, Architecture> const& a,
                                                                     xsimd::batch<T, Architecture> const& b,
                                                                     xsimd::batch<T, Architecture> const& c) {
#if defined(__AVX512F__)
  if constexpr (sizeof a == 64 && sizeof(T) == 8) return _mm512_fmadd_pd(a, b, c);
  if constexpr (sizeof a == 64 && sizeof(T) == 4) return _mm512_fmadd_ps(a, b, c);
#endif
#if defined(__FMA__)
  if constexpr (sizeof a == 16 && sizeof(T) == 8) return _mm_fmadd_pd(a, b, c);
  if constexpr (sizeof a == 16 && sizeof(T) == 4) return _mm_fmadd_ps(a, b, c);
#endif
  return xsimd::fma(a, b, c);
}
// c - a b.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch subtract_product(Batch const& a, Batch const& b, Batch const& c) {
  return multiply_add(Batch(-a), b, c);
}

template <class Batch>
[[nodiscard]] DUET_INLINE bits_of<Batch> bits(Batch const& x) {
  return xsimd::bitwise_cast<bits_of<Batch>>(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch from_bits(bits_of<Batch> const& x) {
  return xsimd::bitwise_cast<Batch>(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE bits_of<Batch> bits_of_number(typename Batch::value_type x) {
  return bits_of<Batch>(std::bit_cast<typename constants_of<Batch>::bits>(x));
}

// The coefficients from Index on in steps of Step, by Horner's scheme.
template <auto Coefficients, std::size_t Index, std::size_t Step, class Batch>
[[nodiscard]] DUET_INLINE Batch horner(Batch const& x) {
  constexpr auto coefficient = (*Coefficients)[Index];
  if constexpr (Index + Step >= Coefficients->size())
    return Batch(coefficient);
  else
    return multiply_add(horner<Coefficients, Index + Step, Step>(x), x, Batch(coefficient));
}
// Even and odd powers side by side: the chain of operations is half as long.
template <auto Coefficients, class Batch>
[[nodiscard]] DUET_INLINE Batch polynomial(Batch const& x) {
  if constexpr (Coefficients->size() < 4) {
    return horner<Coefficients, 0, 1>(x);
  } else {
    Batch const square = x * x;
    return multiply_add(horner<Coefficients, 1, 2>(square), x, horner<Coefficients, 0, 2>(square));
  }
}

// ---- exponentials ----

// x = n ln(2) + r with |r| <= ln(2) / 2; the lowest bits are those of n.
template <class Batch>
struct exponent_parts {
  bits_of<Batch> lowest;
  Batch n, r;
};
template <class Batch>
[[nodiscard]] DUET_INLINE exponent_parts<Batch> split_exponent(Batch const& x) {
  using C = constants_of<Batch>;
  using T = typename Batch::value_type;
  Batch const shifted = multiply_add(x, Batch(std::numbers::log2e_v<T>), Batch(C::shifter));
  Batch const n = shifted - Batch(C::shifter);
  return {bits(shifted), n, subtract_product(n, Batch(C::ln_two[1]), subtract_product(n, Batch(C::ln_two[0]), x))};
}
// exp(r) - 1.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch small_expm1(Batch const& r) {
  return multiply_add(r * r, polynomial<&constants_of<Batch>::exp>(r), r);
}
// x 2^n as long as that is a normal number.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch scaled(Batch const& x, bits_of<Batch> const& lowest) {
  return from_bits<Batch>(bits(x) + (lowest << constants_of<Batch>::mantissa));
}

template <class Batch>
[[nodiscard]] DUET_INLINE Batch exp(Batch const& x) {
  auto const parts = split_exponent(x);
  return scaled(Batch(small_expm1(parts.r) + Batch(1)), parts.lowest);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch exp2(Batch const& x) {
  using C = constants_of<Batch>;
  Batch const shifted = x + Batch(C::shifter);
  Batch const r = (x - (shifted - Batch(C::shifter))) * Batch(std::numbers::ln2_v<typename Batch::value_type>);
  return scaled(Batch(small_expm1(r) + Batch(1)), bits(shifted));
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch expm1(Batch const& x) {
  auto const parts = split_exponent(x);
  Batch const power = scaled(Batch(1), parts.lowest);
  return multiply_add(power, small_expm1(parts.r), power - Batch(1)) | xsimd::bitofsign(x);
}

// ---- logarithms ----

// x = 2^k m, m between the root of 1/2 and that of 2.
template <class Batch>
struct logarithm_parts {
  Batch k, m;
};
template <class Batch>
[[nodiscard]] DUET_INLINE logarithm_parts<Batch> split_number(Batch const& x) {
  using C = constants_of<Batch>;
  using T = typename Batch::value_type;
  auto const root_of_half = bits_of_number<Batch>(std::numbers::sqrt2_v<T> / 2);
  auto const from_root = bits(x) + (bits_of_number<Batch>(T(1)) - root_of_half);
  auto const mantissa = bits_of<Batch>((typename C::bits{1} << C::mantissa) - 1);
  return {from_bits<Batch>((from_root >> C::mantissa) | bits_of_number<Batch>(C::two_to_mantissa)) -
              Batch(C::two_to_mantissa + C::bias),
          from_bits<Batch>((from_root & mantissa) + root_of_half)};
}
// k ln(2) + log(1 + f) + rest.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch assembled_log(Batch const& k, Batch const& f, Batch const& rest) {
  using C = constants_of<Batch>;
  Batch const s = f / (Batch(2) + f), z = s * s, half_square = Batch(typename Batch::value_type(0.5)) * f * f;
  Batch const small =
      multiply_add(s, half_square + z * polynomial<&C::log>(z), multiply_add(k, Batch(C::ln_two[1]), rest));
  return multiply_add(k, Batch(C::ln_two[0]), f - (half_square - small));
}

template <class Batch>
[[nodiscard]] DUET_INLINE Batch log(Batch const& x) {
  auto const [k, m] = split_number(x);
  return assembled_log(k, Batch(m - Batch(1)), Batch(0));
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch log2(Batch const& x) {
  auto const [k, m] = split_number(x);
  Batch const mantissa = assembled_log(Batch(0), Batch(m - Batch(1)), Batch(0));
  return multiply_add(mantissa, Batch(std::numbers::log2e_v<typename Batch::value_type>), k);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch log10(Batch const& x) {
  using C = constants_of<Batch>;
  auto const [k, m] = split_number(x);
  Batch const mantissa = assembled_log(Batch(0), Batch(m - Batch(1)), Batch(0));
  Batch const small = mantissa * Batch(std::numbers::log10e_v<typename Batch::value_type>);
  return multiply_add(k, Batch(C::log_ten_two[0]), multiply_add(k, Batch(C::log_ten_two[1]), small));
}
// The digits that 1 + x drops are put back.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch log1p(Batch const& x) {
  Batch const u = Batch(1) + x, back = u - Batch(1);
  Batch const dropped = (Batch(1) - (u - back)) + (x - back);
  auto const [k, m] = split_number(u);
  auto const near = k == Batch(0);
  return assembled_log(k, xsimd::select(near, x, Batch(m - Batch(1))),
                       xsimd::select(near, Batch(0), Batch(dropped / u))) |
         (xsimd::bitofsign(x));
}

// ---- powers ----

// The unevaluated sum of two numbers.
template <class Batch>
struct two_parts {
  Batch high, low;
};
// a + b for |a| >= |b| (Dekker 1971).
template <class Batch>
[[nodiscard]] DUET_INLINE two_parts<Batch> sum(Batch const& a, Batch const& b) {
  Batch const high = a + b;
  return {high, Batch(b - (high - a))};
}
// The product, by a multiplication that rounds once together with its addition.
template <class Batch>
[[nodiscard]] DUET_INLINE two_parts<Batch> product(two_parts<Batch> const& a, two_parts<Batch> const& b) {
  Batch const high = a.high * b.high;
  return {high, multiply_add(a.high, b.low, multiply_add(a.low, b.high, multiply_add(a.high, b.high, Batch(-high))))};
}

// log(x) in two parts, good to 2^-65: the terms s and s^3 of its series carry both parts.
template <class Batch>
[[nodiscard]] DUET_INLINE two_parts<Batch> log_in_two_parts(Batch const& x) {
  using C = constants_of<Batch>;
  auto const [k, m] = split_number(x);
  Batch const f = m - Batch(1), below = m + Batch(1), below_rest = m - (below - Batch(1)), inverse = Batch(1) / below;
  Batch const quotient = f * inverse;
  two_parts<Batch> const s{
      quotient, Batch(subtract_product(quotient, below_rest, Batch(subtract_product(quotient, below, f))) * inverse)};
  auto const square = product(s, s), cube = product(square, s);
  auto const third = product(cube, two_parts<Batch>{Batch(C::two_thirds[0]), Batch(C::two_thirds[1])});
  auto const lead = sum(Batch(k * Batch(C::ln_two[0])), Batch(s.high + s.high));
  auto const more = sum(lead.high, third.high);
  Batch const rest = multiply_add(cube.high * square.high, polynomial<&C::log_rest>(square.high),
                                  multiply_add(k, Batch(C::ln_two[1]), third.low));
  return sum(more.high, Batch((lead.low + more.low) + (rest + (s.low + s.low))));
}

// x^y, good as long as y log(x), which is given too, is in the range of exp.
template <class Batch>
struct power_and_exponent {
  Batch power, exponent;
};
template <class Batch>
[[nodiscard]] DUET_INLINE power_and_exponent<Batch> pow(Batch const& x, Batch const& y) {
  auto const exponent = product(log_in_two_parts(x), two_parts<Batch>{y, Batch(0)});
  auto const parts = split_exponent(exponent.high);
  return {scaled(Batch(small_expm1(Batch(parts.r + exponent.low)) + Batch(1)), parts.lowest), exponent.high};
}

// By the logarithm, and one step of Newton's method.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch cbrt(Batch const& x) {
  Batch const size = xsimd::abs(x), third(typename Batch::value_type(1) / 3);
  Batch const rough = elementary::exp(Batch(elementary::log(size) * third));
  return subtract_product(third, rough - size / (rough * rough), rough) ^ xsimd::bitofsign(x);
}

// ---- sine, cosine, tangent ----

// x >= 0 as a multiple n of pi / 2 and what remains, r + rest, of which all digits are good (Cody and Waite 1980).
template <class Batch>
struct angle_parts {
  bits_of<Batch> lowest;
  Batch r, rest;
};
template <class Batch>
[[nodiscard]] DUET_INLINE angle_parts<Batch> split_angle(Batch const& x) {
  using C = constants_of<Batch>;
  using T = typename Batch::value_type;
  Batch const shifted = multiply_add(x, Batch(2 * std::numbers::inv_pi_v<T>), Batch(C::shifter));
  Batch const n = shifted - Batch(C::shifter);
  Batch const first = subtract_product(n, Batch(C::half_pi[0]), x);
  Batch const second = subtract_product(n, Batch(C::half_pi[1]), first);
  Batch const second_error = subtract_product(n, Batch(C::half_pi[1]), first - second);
  Batch const r = subtract_product(n, Batch(C::half_pi[2]), second);
  Batch const error = subtract_product(n, Batch(C::half_pi[2]), second - r) + second_error;
  return {bits(shifted), r, subtract_product(n, Batch(C::half_pi[3]), error)};
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch small_sin(angle_parts<Batch> const& x) {
  Batch const z = x.r * x.r;
  return x.r + multiply_add(x.r * z, polynomial<&constants_of<Batch>::sin>(z), x.rest);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch small_cos(angle_parts<Batch> const& x) {
  Batch const z = x.r * x.r, half = Batch(typename Batch::value_type(0.5)) * z, top = Batch(1) - half;
  Batch const small = subtract_product(x.r, x.rest, z * z * polynomial<&constants_of<Batch>::cos>(z));
  return top + (((Batch(1) - top) - half) + small);
}
// Whether n is odd, and the sign bit set where its next bit is.
template <class Batch>
[[nodiscard]] DUET_INLINE auto is_odd(bits_of<Batch> const& n) {
  constexpr int top = sizeof(typename Batch::value_type) * 8 - 1;
  return from_bits<Batch>((n << top) | bits_of_number<Batch>(1)) < Batch(0);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch sign_of_half_turns(bits_of<Batch> const& n) {
  constexpr int top = sizeof(typename Batch::value_type) * 8 - 1;
  return from_bits<Batch>((n >> 1) << top);
}

template <class Batch>
[[nodiscard]] DUET_INLINE Batch sin(Batch const& x) {
  auto const parts = split_angle(Batch(xsimd::abs(x)));
  return xsimd::select(is_odd<Batch>(parts.lowest), small_cos(parts), small_sin(parts)) ^
         sign_of_half_turns<Batch>(parts.lowest) ^ xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch cos(Batch const& x) {
  auto const parts = split_angle(Batch(xsimd::abs(x)));
  bits_of<Batch> const next = parts.lowest + bits_of<Batch>(1);  // a quarter turn ahead
  return xsimd::select(is_odd<Batch>(parts.lowest), small_sin(parts), small_cos(parts)) ^
         sign_of_half_turns<Batch>(next);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch tan(Batch const& x) {
  auto const parts = split_angle(Batch(xsimd::abs(x)));
  Batch const s = small_sin(parts), c = small_cos(parts);
  auto const odd = is_odd<Batch>(parts.lowest);
  return (xsimd::select(odd, Batch(-c), s) / xsimd::select(odd, s, c)) ^ xsimd::bitofsign(x);
}

// ---- hyperbolic functions and their inverses ----

template <class Batch>
[[nodiscard]] DUET_INLINE Batch sinh(Batch const& x) {
  Batch const size = xsimd::abs(x), z = size * size, half(typename Batch::value_type(0.5)), e = elementary::exp(size);
  Batch const small = multiply_add(size * z, polynomial<&constants_of<Batch>::sinh>(z), size);
  return xsimd::select(size < Batch(1), small, Batch(half * e - half / e)) ^ xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch cosh(Batch const& x) {
  Batch const half(typename Batch::value_type(0.5)), e = elementary::exp(Batch(xsimd::abs(x)));
  return multiply_add(half, e, half / e);
}
// Up to 5/8 by a fraction, then 1 - 2 / (1 + exp(2 x)): one division for both.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch tanh(Batch const& x) {
  using C = constants_of<Batch>;
  Batch const size = xsimd::min(Batch(xsimd::abs(x)), Batch(20)), z = size * size;
  auto const small = size < Batch(typename Batch::value_type(0.625));
  Batch const above = xsimd::select(small, Batch(size * z * polynomial<&C::tanh_above>(z)), Batch(-2));
  Batch const below =
      xsimd::select(small, polynomial<&C::tanh_below>(z), Batch(Batch(1) + elementary::exp(Batch(size + size))));
  return (xsimd::select(small, size, Batch(1)) + above / below) ^ xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch asinh(Batch const& x) {
  Batch const size = xsimd::abs(x), square = size * size;
  return elementary::log1p(Batch(size + square / (Batch(1) + xsimd::sqrt(Batch(Batch(1) + square))))) ^
         xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch acosh(Batch const& x) {
  Batch const above = x - Batch(1);
  return elementary::log1p(Batch(above + xsimd::sqrt(Batch(above * (above + Batch(2))))));
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch atanh(Batch const& x) {
  Batch const size = xsimd::abs(x), twice = size + size, quotient = size / (Batch(1) - size);
  Batch const excess = xsimd::select(size < Batch(typename Batch::value_type(0.5)),
                                     Batch(multiply_add(twice, quotient, twice)), Batch(quotient + quotient));
  return (Batch(typename Batch::value_type(0.5)) * elementary::log1p(excess)) ^ xsimd::bitofsign(x);
}

// ---- rounding, in any mode of it ----

// The integer near |x|: above 2^52 (float: 2^23) every number is one.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch integer_near(Batch const& size) {
  Batch const large(constants_of<Batch>::two_to_mantissa);
  return xsimd::select(size < large, Batch((size + large) - large), size);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch nearbyint(Batch const& x) {
  return integer_near(Batch(xsimd::abs(x))) | xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch trunc(Batch const& x) {
  Batch const size = xsimd::abs(x), near = integer_near(size);
  return (near - xsimd::select(near > size, Batch(1), Batch(0))) | xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch floor(Batch const& x) {
  Batch const near = nearbyint(x);
  return (near - xsimd::select(near > x, Batch(1), Batch(0))) | xsimd::bitofsign(x);
}
template <class Batch>
[[nodiscard]] DUET_INLINE Batch ceil(Batch const& x) {
  Batch const near = nearbyint(x);
  return (near + xsimd::select(near < x, Batch(1), Batch(0))) | xsimd::bitofsign(x);
}
// Halves go away from zero: the number below 1/2 added to one that is less than a half above an integer does not reach
// the next.
template <class Batch>
[[nodiscard]] DUET_INLINE Batch round(Batch const& x) {
  using T = typename Batch::value_type;
  Batch const below_half((1 - std::numeric_limits<T>::epsilon() / 2) / 2);
  return elementary::trunc(Batch(xsimd::abs(x) + below_half)) | xsimd::bitofsign(x);
}

}  // namespace duet::elementary
