#pragma once

// Exponentials, logarithms, trigonometric, hyperbolic and power functions of lanes. Each is evaluated on whole batches,
// and once more by std, one by one, in lanes whose argument is outside the range in which the batches are good: so what
// a lane holds never depends on its neighbours. Worst distances from std in units in the last place, over 1.6 million
// random and awkward arguments each, and all multiples of pi / 2 (test/batch/accuracy.cpp; float and double, with SSE2,
// AVX2 and AVX-512):
//
//   1   exp exp2 log log1p sin cos acos asinh, pow, hypot of two
//   2   expm1 log2 log10 tan asin atan sinh cosh tanh acosh atanh
//   3   cbrt atan2, pow of an integer from -4 to 5, hypot of three

#include <cmath>
#include <duet/batch/elementary.hpp>
#include <duet/batch/lanes_select.hpp>

namespace duet {

namespace lanes_detail {

// numbers(x...) in the lanes where `safe` has no bit.
template <class Numbers, class T, std::size_t W, class... X>
DUET_COLD void patch(std::array<T, W>& result, std::uint64_t safe, Numbers const& numbers, X const&... x) {
  for (std::size_t i = 0; i < W; ++i)
    if ((safe >> i & 1) == 0) result[i] = numbers(x[i]...);
}
template <class T, std::size_t W, class Numbers, class... X>
[[nodiscard]] DUET_INLINE lanes<T, W> patched(lanes<T, W> const& result, lanes_mask<T, W> const& safe,
                                              Numbers const& numbers, X const&... x) {
  if (all_of(safe)) [[likely]]
    return result;
  auto numbers_of_lanes = result.array();
  patch(numbers_of_lanes, safe.bits(), numbers, x.array()...);
  return lanes<T, W>(numbers_of_lanes);
}

// vectors(batch...) where `safe` holds, numbers(x...) in the other lanes.
template <class T, std::size_t W, class Vectors, class Numbers, class... X>
[[nodiscard]] DUET_INLINE lanes<T, W> vectorised(lanes_mask<T, W> const& safe, Vectors const& vectors,
                                                 Numbers const& numbers, X const&... x) {
  return patched(lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return vectors(x.block(j)...); }), safe, numbers,
                 x...);
}

template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> magnitude(lanes<T, W> const& x) {
  return lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA { return xsimd::abs(x.block(j)); });
}
// |x| <= most, which no NaN is.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> within(lanes<T, W> const& x, T most) {
  return magnitude(x) <= lanes<T, W>(most);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes_mask<T, W> between(T least, lanes<T, W> const& x, T most) {
  return x >= lanes<T, W>(least) && x <= lanes<T, W>(most);
}

// Squares neither overflow nor become subnormal.
template <class T>
inline constexpr T tiny = std::is_same_v<T, float> ? T(1e-18) : T(1e-140);
template <class T>
inline constexpr T huge = std::is_same_v<T, float> ? T(1e18) : T(1e140);
// exp neither overflows nor becomes subnormal; and in base 2.
template <class T>
inline constexpr T most_exponent = std::is_same_v<T, float> ? T(87) : T(708);
template <class T>
inline constexpr T most_binary_exponent = std::is_same_v<T, float> ? T(125) : T(1021);
// As far as multiples of pi / 2 are exact in parts.
template <class T>
inline constexpr T most_angle = std::is_same_v<T, float> ? T(1e3) : T(1e5);
template <class T>
inline constexpr T least_normal = std::numeric_limits<T>::min();
template <class T>
inline constexpr T most_normal = std::numeric_limits<T>::max();
template <class T>
inline constexpr T below_one = 1 - std::numeric_limits<T>::epsilon() / 2;

}  // namespace lanes_detail

template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> exp(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_exponent<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::exp(b); },
      [](T a) { return std::exp(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> exp2(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_binary_exponent<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::exp2(b); },
      [](T a) { return std::exp2(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> expm1(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_exponent<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::expm1(b); },
      [](T a) { return std::expm1(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> log(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(least_normal<T>, x, most_normal<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::log(b); },
      [](T a) { return std::log(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> log2(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(least_normal<T>, x, most_normal<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::log2(b); },
      [](T a) { return std::log2(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> log10(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(least_normal<T>, x, most_normal<T>),
      [](auto const& b) DUET_INLINE_LAMBDA { return elementary::log10(b); }, [](T a) { return std::log10(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> log1p(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(-below_one<T>, x, most_normal<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::log1p(b); },
      [](T a) { return std::log1p(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> sin(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_angle<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::sin(b); },
      [](T a) { return std::sin(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> cos(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_angle<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::cos(b); },
      [](T a) { return std::cos(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> tan(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_angle<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::tan(b); },
      [](T a) { return std::tan(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> asin(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, T(1)), [](auto const& b) DUET_INLINE_LAMBDA { return xsimd::asin(b); },
      [](T a) { return std::asin(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> acos(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, T(1)), [](auto const& b) DUET_INLINE_LAMBDA { return xsimd::acos(b); },
      [](T a) { return std::acos(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> atan(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, huge<T>), [](auto const& b) DUET_INLINE_LAMBDA { return xsimd::atan(b); },
      [](T a) { return std::atan(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> sinh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_exponent<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::sinh(b); },
      [](T a) { return std::sinh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> cosh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_exponent<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::cosh(b); },
      [](T a) { return std::cosh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> tanh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, most_normal<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::tanh(b); },
      [](T a) { return std::tanh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> asinh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, huge<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::asinh(b); },
      [](T a) { return std::asinh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> acosh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(T(1), x, huge<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::acosh(b); },
      [](T a) { return std::acosh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> atanh(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      within(x, below_one<T>), [](auto const& b) DUET_INLINE_LAMBDA { return elementary::atanh(b); },
      [](T a) { return std::atanh(a); }, x);
}
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> cbrt(lanes<T, W> const& x) {
  using namespace lanes_detail;
  return vectorised(
      between(least_normal<T>, magnitude(x), most_normal<T>),
      [](auto const& b) DUET_INLINE_LAMBDA { return elementary::cbrt(b); }, [](T a) { return std::cbrt(a); }, x);
}

// The angle of (x, y).
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L atan2(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const y(a), x(b);
  auto const safe = between(tiny<T>, magnitude(y), huge<T>) && between(tiny<T>, magnitude(x), huge<T>);
  return vectorised(
      safe, [](auto const& p, auto const& q) DUET_INLINE_LAMBDA { return xsimd::atan2(p, q); },
      [](T p, T q) { return std::atan2(p, q); }, y, x);
}

// The root of the sum of squares, as long as these neither overflow nor underflow.
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L hypot(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const x(a), y(b), squares = x * x + y * y;
  return patched(sqrt(squares), between(tiny<T>, squares, huge<T>), [](T p, T q) { return std::hypot(p, q); }, x, y);
}
template <class A, class B, class C, class L = lanes_among_t<A, B, C>>
[[nodiscard]] DUET_INLINE L hypot(A const& a, B const& b, C const& c) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  L const x(a), y(b), z(c), squares = x * x + y * y + z * z;
  return patched(
      sqrt(squares), between(tiny<T>, squares, huge<T>), [](T p, T q, T r) { return std::hypot(p, q, r); }, x, y, z);
}

namespace lanes_detail {

// x^n by products, n from 1 to 5: each adds at most one unit in the last place.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> small_power(lanes<T, W> const& x, int n) {
  if (n == 1) return x;
  auto const square = x * x;
  if (n == 2) return square;
  if (n == 3) return square * x;
  auto const fourth = square * square;
  if (n == 4) return fourth;
  return fourth * x;
}

template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> power(lanes<T, W> const& a, lanes<T, W> const& b) {
  auto const numbers = [](T p, T q) { return std::pow(p, q); };
  if constexpr (elementary::rounds_once) {
    lanes<T, W> exponent;
    auto const result = lanes<T, W>::made([&](auto j) DUET_INLINE_LAMBDA {
      auto const [power, of_e] = elementary::pow(a.block(j), b.block(j));
      exponent.block(j) = of_e;
      return power;
    });
    return patched(result, between(least_normal<T>, a, most_normal<T>) && within(exponent, most_exponent<T>), numbers,
                   a, b);
  } else {
    return lanes<T, W>::lane_by_lane(numbers, a, b);
  }
}

}  // namespace lanes_detail

// Where the processor has no fused multiply-add, lane by lane; but an integer exponent from -4 to 5 that is the same in
// all lanes takes products alone.
template <class A, class B, class L = lanes_among_t<A, B>>
[[nodiscard]] DUET_INLINE L pow(A const& a, B const& b) {
  using namespace lanes_detail;
  using T = typename L::value_type;
  if constexpr (std::is_arithmetic_v<B>) {
    if (auto const n = static_cast<T>(b); n >= -4 && n <= 5 && n == static_cast<T>(static_cast<int>(n)) && n != 0) {
      L const y = small_power(a, static_cast<int>(n < 0 ? -n : n));
      return patched(
          n < 0 ? 1 / y : y, between(tiny<T>, magnitude(y), huge<T>), [n](T p) { return std::pow(p, n); }, a);
    }
  }
  return power(L(a), L(b));
}

}  // namespace duet
