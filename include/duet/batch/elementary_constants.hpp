#pragma once

// The numbers behind elementary.hpp. Polynomials are minimax in the stated measure (Remez exchange in 60 digits), with
// an error below 1/5 unit in the last place; where float has fewer coefficients, they mean the same.

#include <array>
#include <cstdint>

namespace duet::elementary {

template <class T>
struct constants;
template <>
struct constants<double> {
  using bits = std::uint64_t;
  static constexpr int mantissa = 52, bias = 1023;
  // Adding it rounds to an integer, which is then in the lowest bits.
  static constexpr double shifter = 0x1.8p52;
  static constexpr double two_to_mantissa = 0x1p52;
  // The first part has so few bits that its product with an exponent is exact.
  static constexpr double ln_two[] = {0x1.62e42fefa3800p-1, 0x1.ef35793c76730p-45};
  static constexpr double log_ten_two[] = {0x1.34413509f7800p-2, 0x1.fef311f12b358p-46};
  // Three parts whose products with integers below 2^16 are exact, and the rest.
  static constexpr double half_pi[] = {0x1.921fb54440000p+0, 0x1.68c234c4c0000p-39, 0x1.98a2e03700000p-77,
                                       0x1.cd129024e088ap-115};
  // (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2.
  static constexpr std::array exp{0x1.0000000000005p-1,  0x1.555555555555cp-3,  0x1.555555555210fp-5,
                                  0x1.111111110e6e4p-7,  0x1.6c16c17f35219p-10, 0x1.a01a01b5d4c0bp-13,
                                  0x1.a019a684000d0p-16, 0x1.71ddea0954309p-19, 0x1.28a2b3ac18047p-22,
                                  0x1.af76aaed259afp-26};
  // (2 atanh(s) - 2 s) / s^3 in s^2, for s = f / (2 + f) and 1 + f between the root of 1/2 and that of 2.
  static constexpr std::array log{0x1.555555555558bp-1, 0x1.9999999981b7ap-2, 0x1.2492494092e8ep-2,
                                  0x1.c71c52ffd66a1p-3, 0x1.746611f81f680p-3, 0x1.39a5d39a27a42p-3,
                                  0x1.2edf90250896cp-3};
  // (2 atanh(s) - 2 s - 2/3 s^3) / s^5.
  static constexpr std::array log_rest{0x1.9999999999a93p-2, 0x1.249249246768dp-2, 0x1.c71c721a68546p-3,
                                       0x1.745cefafffabep-3, 0x1.3b1df9b1d7693p-3, 0x1.0f94245399ce1p-3,
                                       0x1.0d94d24530b01p-3};
  static constexpr double two_thirds[] = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
  // (sin(r) / r - 1) / r^2 and (cos(r) - 1 + r^2 / 2) / r^4 in r^2, for |r| <= pi / 4.
  static constexpr std::array sin{-0x1.5555555555548p-3, 0x1.111111110f7cap-7,   -0x1.a01a019bfd181p-13,
                                  0x1.71de356712614p-19, -0x1.ae5e59f5977c2p-26, 0x1.5d8fa31f444bbp-33};
  static constexpr std::array cos{0x1.555555555554bp-5,   -0x1.6c16c16c14f8ap-10, 0x1.a01a019c8390dp-16,
                                  -0x1.27e4f7ea3779dp-22, 0x1.1ee9d7527f859p-29,  -0x1.8fa465e5b53e1p-37};
  // (sinh(x) / x - 1) / x^2 in x^2, for |x| <= 1.
  static constexpr std::array sinh{0x1.5555555555556p-3,  0x1.11111111110a6p-7,  0x1.a01a01a028971p-13,
                                   0x1.71de3a465cfdcp-19, 0x1.ae646719c9e9fp-26, 0x1.611a569296ce9p-33,
                                   0x1.b4c73a59959cdp-41};
  // (tanh(x) / x - 1) / x^2 in x^2: eight steps of Lambert's continued fraction, for |x| <= 5/8.
  static constexpr std::array tanh_above{-675675.0, -45045.0, -594.0, -1.0};
  static constexpr std::array tanh_below{2027025.0, 945945.0, 51975.0, 630.0, 1.0};
};
template <>
struct constants<float> {
  using bits = std::uint32_t;
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float shifter = 0x1.8p23f;
  static constexpr float two_to_mantissa = 0x1p23f;
  static constexpr float ln_two[] = {0x1.62e4p-1f, 0x1.7f7d1cp-20f};
  static constexpr float log_ten_two[] = {0x1.3442p-2f, -0x1.95ec10p-19f};
  static constexpr float half_pi[] = {0x1.9218p+0f, 0x1.ed50p-14f, 0x1.10b0p-30f, 0x1.184698p-44f};
  static constexpr std::array exp{0x1.000000p-1f, 0x1.5554aep-3f, 0x1.555486p-5f, 0x1.12281cp-7f, 0x1.6d9934p-10f};
  static constexpr std::array log{0x1.55557ap-1f, 0x1.995f40p-2f, 0x1.31d776p-2f};
  static constexpr std::array log_rest{0x1.9999fep-2f, 0x1.2452eap-2f, 0x1.df900ep-3f};
  static constexpr float two_thirds[] = {0x1.555556p-1f, -0x1.555556p-26f};
  static constexpr std::array sin{-0x1.555546p-3f, 0x1.11073ap-7f, -0x1.994388p-13f};
  static constexpr std::array cos{0x1.55554ap-5f, -0x1.6c0c32p-10f, 0x1.99eb4ap-16f};
  static constexpr std::array sinh{0x1.555556p-3f, 0x1.111134p-7f, 0x1.9ffe94p-13f, 0x1.7a1592p-19f};
  static constexpr std::array tanh_above{-315.0f, -14.0f};
  static constexpr std::array tanh_below{945.0f, 420.0f, 15.0f};
};

}  // namespace duet::elementary
