// Any number of partials: within a block of the machine, over several, with a remainder, beyond the unrolled limit.

#include "catch.hpp"

#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>

namespace {

template <std::size_t N>
struct width : std::integral_constant<std::size_t, N> {};

// sum of (i + 1) x_i^2 + x_i x_(i+1), with the neighbour of the last being the first
template <class T, std::size_t N>
void check_width() {
  using S = duet::dual<T, N>;
  REQUIRE(S::size() == N);
  std::vector<S> x;
  std::vector<T> v;
  for (std::size_t i = 0; i < N; ++i) {
    v.push_back(static_cast<T>(static_cast<double>(i % 7) - 2.5));
    x.push_back(S::independent(v[i], i));
    for (std::size_t j = 0; j < N; ++j) REQUIRE(x[i].partial(j) == (i == j ? 1 : 0));
  }
  S sum = 0;
  for (std::size_t i = 0; i < N; ++i) {
    S const square = x[i] * x[i];
    sum += static_cast<T>(i + 1) * square;
    sum += x[i] * x[(i + 1) % N];
  }
  S negative;
  negative -= sum;
  for (std::size_t i = 0; i < N; ++i) {
    T const expected = static_cast<T>(2 * (i + 1)) * v[i] + v[(i + 1) % N] + v[(i + N - 1) % N];
    REQUIRE(sum.partial(i) == expected);  // all numbers are small multiples of a quarter
    REQUIRE(negative.partial(i) == -expected);
  }
  std::vector<T> copied(N + 1, T(-77));
  sum.partials().copy_to(copied.data());
  for (std::size_t i = 0; i < N; ++i) REQUIRE(copied[i] == sum.partial(i));
  REQUIRE(copied[N] == -77);  // nothing is written beyond
}

}  // namespace

TEMPLATE_TEST_CASE("Partials of any number are right in every place", "", width<1>, width<2>, width<3>, width<5>,
                   width<8>, width<17>, width<33>, width<300>) {
  check_width<double, TestType::value>();
}

TEST_CASE("Partials of float, long double and duals are right in every place") {
  check_width<float, 11>();
  check_width<long double, 3>();
  check_width<duet::dual<double, 2>, 2>();
}
