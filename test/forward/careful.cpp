// The scalars of a driver's second look give what the first ones give wherever nothing is infinite.

#include "catch.hpp"

#include <duet/forward/careful.hpp>
#include <duet/math/math.hpp>

namespace {

constexpr std::size_t n = 3;

// One of every kind: sums, products, quotients, one, two and three operands, constants on either side, compound
// assignments.
constexpr auto mixed = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S sum = 2.5 * x[0] - x[1] / 3 + 1 / x[2];
  sum += x[0] * x[1] * x[2];
  sum -= sin(x[0]) * exp(-x[1]) + pow(x[2], x[0]) + pow(x[1], 3);
  sum *= 1 + hypot(x[0], x[1], x[2]) / atan2(x[1], x[2]);
  sum /= sqrt(x[0] + x[1]) + fma(x[0], x[1], x[2]);
  return sum - S(0.25);
};

template <class S>
std::array<S, n> inputs() {
  return {S::independent(0.7, 0), S::independent(1.3, 1), S::independent(2.1, 2)};
}

}  // namespace

TEST_CASE("Careful scalars of first order hold what duals hold") {
  using dual = duet::dual<double, n>;
  using careful = duet::careful<double, n, 1, void>;
  auto const x = inputs<dual>();
  dual const expected = mixed(x);
  careful const got = mixed(std::array<careful, n>{careful::from(x[0]), careful::from(x[1]), careful::from(x[2])});
  dual const back = got.to<dual>();
  CHECK(back.value() == expected.value());
  for (std::size_t i = 0; i < n; ++i) CHECK(back.partial(i) == Approx(expected.partial(i)).epsilon(1e-13).margin(1e-13));
}

TEST_CASE("Careful scalars of second order hold what hyper-duals hold") {
  using hyperdual = duet::hyperdual<double, n>;
  using careful = duet::careful<double, n, 2, void>;
  auto const x = inputs<hyperdual>();
  hyperdual const expected = mixed(x);
  hyperdual const back =
      mixed(std::array<careful, n>{careful::from(x[0]), careful::from(x[1]), careful::from(x[2])}).to<hyperdual>();
  CHECK(back.value() == expected.value());
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(back.partial(i) == Approx(expected.partial(i)).epsilon(1e-13).margin(1e-13));
    for (std::size_t j = 0; j < n; ++j) CHECK(back.second(i, j) == Approx(expected.second(i, j)).epsilon(1e-13).margin(1e-13));
  }
}

TEST_CASE("Careful scalars know whether they are finite, and whether they are zero") {
  using careful = duet::careful<double, n, 2, void>;
  auto const x = careful::from(duet::hyperdual<double, n>::independent(0, 1));
  CHECK_FALSE(x.vanishes());
  CHECK(careful(0).vanishes());
  CHECK(x.all_finite());
  CHECK_FALSE(careful(sqrt(x)).all_finite());
  CHECK(careful(sqrt(x * x)).to<duet::hyperdual<double, n>>().partial(1) == 0);
}

// Terms of a statement share a product only if their leaves are the same to the last partial.
TEST_CASE("A variable that changes between its two uses in a statement counts twice") {
  using S = duet::dual<double, 4>;
  S x = S::independent(3, 0), y = S::independent(2, 1);
  auto const twice = 2.0 * x;
  x.set_partial(2, 5);  // the value stays
  S const z = twice * x;
  CHECK(z.value() == 18);
  CHECK(z.partial(0) == 12);
  CHECK(z.partial(2) == 30);

  S u = x;
  auto const product = u * y;
  u -= S(0.0) * y;
  u = u + (y - y.value());
  S const w = product * u;
  CHECK(w.value() == 18);
  CHECK(w.partial(0) == 12);
  CHECK(w.partial(1) == 9 + 6);
  CHECK(w.partial(2) == 60);
}
