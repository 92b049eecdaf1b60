#pragma once

// Random numbers that are functions of a seed, a path and a place on it, so that they do not depend on who draws them
// when: Philox4x32-10 of Salmon, Moraes, Dror and Shaw (Parallel random numbers: as easy as 1, 2, 3, SC 2011), and
// normal numbers by the inverse of their distribution (Wichura, Algorithm AS 241, Applied Statistics 37, 1988).

#include <array>
#include <cstdint>
#include <duet/batch/widened.hpp>

namespace duet {

// W counters of four 32-bit words under one key, ten rounds of Philox each; a word has 64 bits of which the lower half
// is used, as SIMD multiplies them.
template <std::size_t W>
[[nodiscard]] DUET_INLINE std::array<std::array<std::uint64_t, W>, 4> philox(
    std::array<std::array<std::uint64_t, W>, 4> c, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t low = 0xffffffff;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t l = 0; l < W; ++l) {
      std::uint64_t const a = (c[0][l] & low) * 0xD2511F53, b = (c[2][l] & low) * 0xCD9E8D57;
      c[0][l] = (b >> 32) ^ c[1][l] ^ key[0];
      c[1][l] = b & low;
      c[2][l] = (a >> 32) ^ c[3][l] ^ key[1];
      c[3][l] = a & low;
    }
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

// The number between zero and one, both excluded, of 64 random bits: the middle of one of 2^52 equal intervals, for
// float 2^23.
template <class T>
[[nodiscard]] DUET_INLINE T unit_number(std::uint64_t bits) {
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits >> 41) | 0x3f800000u) - (1 - 0x1p-24f);
  else
    return std::bit_cast<double>((bits >> 12) | 0x3ff0000000000000u) - (1 - 0x1p-53);
}

namespace random_detail {

template <class E, std::size_t K>
[[nodiscard]] DUET_INLINE E polynomial(E const& x, double const (&c)[K]) {
  using T = std::conditional_t<sizeof(element_of_t<E>) == 4, float, double>;
  E y(static_cast<T>(c[K - 1]));
  for (std::size_t k = K - 1; k-- > 0;) y = y * x + E(static_cast<T>(c[k]));
  return y;
}

inline constexpr double middle_above[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                          1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                          3.3430575583588128105e4, 2.5090809287301226727e3},
                        middle_below[] = {1,
                                          4.2313330701600911252e1,
                                          6.8718700749205790830e2,
                                          5.3941960214247511077e3,
                                          2.1213794301586595867e4,
                                          3.9307895800092710610e4,
                                          2.8729085735721942674e4,
                                          5.2264952788528545610e3},
                        side_above[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                        3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                        2.27238449892691845833e-2, 7.74545014278341407640e-4},
                        side_below[] = {1,
                                        2.05319162663775882187e0,
                                        1.67638483018380384940e0,
                                        6.89767334985100004550e-1,
                                        1.48103976427480074590e-1,
                                        1.51986665636164571966e-2,
                                        5.47593808499534494600e-4,
                                        1.05075007164441684324e-9},
                        far_above[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                       2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                       2.71155556874348757815e-5, 2.01033439929228813265e-7},
                        far_below[] = {1,
                                       5.99832206555887937690e-1,
                                       1.36929880922735805310e-1,
                                       1.48753612908506148525e-2,
                                       7.86869131145613259100e-4,
                                       1.84631831751005468180e-5,
                                       1.42151175831644588870e-7,
                                       2.04426310338993978564e-15};

}  // namespace random_detail

// The x below which a standard normal number lies with probability p, 0 < p < 1; of a number or lanes. Relative error
// about 1e-16.
template <class E>
[[nodiscard]] DUET_INLINE E normal_quantile(E const& p) {
  using namespace random_detail;
  using std::sqrt, std::log, std::abs;
  E const q = p - E(0.5), r = E(0.180625) - q * q;
  E x = q * polynomial(r, middle_above) / polynomial(r, middle_below);
  auto const is_side = r < E(0);
  if (any_of(is_side)) {
    E const from_end = select(q < E(0), p, E(1) - p);
    E const s = sqrt(-log(from_end)), near = s - E(1.6);
    E y = polynomial(near, side_above) / polynomial(near, side_below);
    auto const is_far = s > E(5);
    if (any_of(is_far)) [[unlikely]] {
      E const far = s - E(5);
      y = select(is_far, polynomial(far, far_above) / polynomial(far, far_below), y);
    }
    x = select(is_side, select(q < E(0), -y, y), x);
  }
  return x;
}

// The random numbers of a path, or of as many paths side by side as E has lanes, one after another. Number k of a path
// is the same in every lane, thread and width; how it becomes a normal number is computed by the functions of E, whose
// last digits may differ between lanes and plain numbers.
template <class E = double>
class draws {
 public:
  using number = element_of_t<E>;
  static constexpr std::size_t width = width_of<E>;

  draws() = default;
  draws(std::uint64_t seed, std::uint64_t first_path)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, path_(first_path) {}

  // The next number, uniform between zero and one, both excluded.
  [[nodiscard]] E uniform() {
    if (drawn_++ % 2 == 1) return kept_;
    std::uint64_t const block = drawn_ / 2;
    std::array<std::array<std::uint64_t, width>, 4> counter;
    for (std::size_t l = 0; l < width; ++l) {
      counter[0][l] = block & 0xffffffff;
      counter[1][l] = block >> 32;
      counter[2][l] = (path_ + l) & 0xffffffff;
      counter[3][l] = (path_ + l) >> 32;
    }
    auto const random = duet::philox<width>(counter, key_);
    kept_ = number_of(random[3], random[2]);
    return number_of(random[1], random[0]);
  }
  // The next number, standard normal. It takes the place of one uniform number.
  [[nodiscard]] E normal() { return duet::normal_quantile(uniform()); }

 private:
  using words = std::array<std::uint64_t, width>;
  static DUET_INLINE E number_of(words const& high, words const& low) {
    if constexpr (width == 1) {
      return duet::unit_number<E>(high[0] << 32 | low[0]);
    } else {
      std::array<number, width> u;
      for (std::size_t l = 0; l < width; ++l) u[l] = duet::unit_number<number>(high[l] << 32 | low[l]);
      return E(u);
    }
  }

  std::array<std::uint32_t, 2> key_{};
  std::uint64_t path_ = 0, drawn_ = 0;
  E kept_{};
};

}  // namespace duet
