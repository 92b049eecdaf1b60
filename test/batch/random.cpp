// Random numbers: the published test vectors of Philox, the distribution, and that they depend on seed, path and place
// only.

#include <duet/batch/random.hpp>

#include <boost/math/distributions/normal.hpp>
#include <catch.hpp>

using lanes = duet::lanes<double>;

namespace {

std::array<std::uint64_t, 4> philox(std::array<std::uint64_t, 4> const& counter, std::array<std::uint32_t, 2> key) {
  auto const words = duet::philox<1>({{{counter[0]}, {counter[1]}, {counter[2]}, {counter[3]}}}, key);
  return {words[0][0], words[1][0], words[2][0], words[3][0]};
}

}  // namespace

TEST_CASE("Random numbers: Philox4x32-10 gives the numbers published with it") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == std::array<std::uint64_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<std::uint64_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint64_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("Random numbers lie between zero and one, both excluded") {
  CHECK(duet::unit_number<double>(0) == 0x1p-53);
  CHECK(duet::unit_number<double>(~std::uint64_t{0}) == 1 - 0x1p-53);
  CHECK(duet::unit_number<float>(0) == 0x1p-24f);
  CHECK(duet::unit_number<float>(~std::uint64_t{0}) == 1 - 0x1p-24f);
  CHECK(duet::unit_number<double>(std::uint64_t{1} << 63) == 0.5 + 0x1p-53);
}

TEST_CASE("Random numbers: the quantile of the normal distribution") {
  boost::math::normal_distribution<long double> const normal;
  double worst = 0, between_lanes = 0;
  auto const check = [&](double p) {
    auto const expected = static_cast<double>(quantile(normal, static_cast<long double>(p)));
    double const x = duet::normal_quantile(p);
    worst = std::max(worst, std::abs((x - expected) / expected));
    between_lanes = std::max(between_lanes, std::abs(duet::normal_quantile(lanes(p))[3] / x - 1));
  };
  for (double p = 0x1p-53; p < 0.4999; p *= 1.05) check(p);
  for (double p = 0.5001; p < 1; p += 0.0017) check(p);
  CHECK(worst < 1e-15);
  CHECK(between_lanes < 2e-15);
  CHECK(duet::normal_quantile(0.5) == 0);
}

TEST_CASE("Random numbers are those of their path, in lanes and alone") {
  duet::draws<lanes> together(77, 1000);
  std::vector<duet::draws<double>> alone;
  for (std::size_t l = 0; l < 8; ++l) alone.emplace_back(77, 1000 + l);
  for (int k = 0; k < 9; ++k) {
    bool const uniform = k % 3 != 1;
    lanes const x = uniform ? together.uniform() : together.normal();
    for (std::size_t l = 0; l < 8; ++l) {
      if (uniform)
        CHECK(x[l] == alone[l].uniform());
      else
        CHECK(x[l] == Approx(alone[l].normal()).epsilon(1e-14));
    }
  }
}

TEST_CASE("Random numbers of other seeds, paths and places are other numbers") {
  std::vector<double> all;
  for (std::uint64_t const seed : {1ull, 2ull, 1ull << 32})
    for (std::uint64_t const path : {0ull, 1ull, 1ull << 32}) {
      duet::draws<double> d(seed, path);
      for (int k = 0; k < 4; ++k) all.push_back(d.uniform());
    }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("Random numbers have the moments of their distribution") {
  constexpr int n = 200000;
  double uniform = 0, square = 0, normal = 0, normal_square = 0, product = 0;
  for (int i = 0; i < n; ++i) {
    duet::draws<double> d(5, static_cast<std::uint64_t>(i));
    double const u = d.uniform(), x = d.normal(), y = d.normal();
    uniform += u / n;
    square += u * u / n;
    normal += x / n;
    normal_square += x * x / n;
    product += x * y / n;
  }
  double const root = std::sqrt(static_cast<double>(n));  // four standard errors each
  CHECK(std::abs(uniform - 0.5) < 4 * std::sqrt(1 / 12.0) / root);
  CHECK(std::abs(square - 1 / 3.0) < 4 * std::sqrt(4 / 45.0) / root);
  CHECK(std::abs(normal) < 4 / root);
  CHECK(std::abs(normal_square - 1) < 4 * std::sqrt(2.0) / root);
  CHECK(std::abs(product) < 4 / root);
}
