// Duals whose number of partials is known at run time: they follow static ones, and constants meet any size.

#include "catch.hpp"

#include <duet/forward/dynamic_dual.hpp>
#include <duet/math/math.hpp>
#include <numeric>

namespace {

using D = duet::dual<double, duet::dynamic>;

std::vector<D> inputs(std::vector<double> const& values) {
  std::vector<D> x;
  for (std::size_t i = 0; i < values.size(); ++i) x.push_back(D::independent(values[i], i, values.size()));
  return x;
}

template <class T>
T model(std::vector<T> const& x) {
  T sum = 0;
  for (auto const& xi : x) sum += xi * xi;
  T product = 1;
  for (auto const& xi : x) product *= xi;
  sum = sum + product / (1 + sum) - exp(-x[0]);
  sum -= 0.5 * sum;
  return sum;
}

auto kept_expression() {
  auto const x = inputs({2, 3});
  return x[0] * x[1] + x[0];
}

}  // namespace

TEST_CASE("A dynamic dual knows its number of partials, a constant has none") {
  auto const x = D::independent(2.5, 1, 3);
  REQUIRE(x.value() == 2.5);
  REQUIRE(x.size() == 3);
  REQUIRE(x.partial(0) == 0);
  REQUIRE(x.partial(1) == 1);
  REQUIRE(D(4).size() == 0);
  REQUIRE(D(4).partial(17) == 0);
  REQUIRE(D().value() == 0);
}

TEST_CASE("Dynamic duals have the partials of static ones") {
  using S = duet::dual<double, 11>;
  std::vector<double> v(11);
  std::iota(v.begin(), v.end(), -0.7);
  std::vector<S> x;
  for (std::size_t i = 0; i < 11; ++i) x.push_back(S::independent(v[i] / 4, i));
  for (auto& vi : v) vi /= 4;
  S const expected = model(x);
  D const got = model(inputs(v));
  REQUIRE(got.size() == 11);
  REQUIRE(got.value() == Approx(expected.value()).epsilon(1e-15));
  for (std::size_t i = 0; i < 11; ++i) REQUIRE(got.partial(i) == Approx(expected.partial(i)).epsilon(1e-14));
}

TEST_CASE("Constants meet dynamic duals of any size") {
  auto const x = D::independent(3, 0, 2);
  D const constant = 4;
  D y = constant * x + constant;
  REQUIRE(y.size() == 2);
  REQUIRE(y.partial(0) == 4);
  y = constant * constant;
  REQUIRE(y.size() == 0);
  y += x;
  REQUIRE(y.size() == 2);
  REQUIRE(y.value() == 19);
  REQUIRE(y.partial(0) == 1);
  y -= constant;
  REQUIRE(y.partial(0) == 1);
  y = D::independent(1, 4, 5);  // another size on assignment
  REQUIRE(y.size() == 5);
}

TEST_CASE("Copies of dynamic duals are values") {
  D x = D::independent(3, 0, 2);
  D const copy = x;
  x = x * x;
  x += x;
  x -= copy;
  REQUIRE(copy.partial(0) == 1);
  REQUIRE(x.value() == 15);
  REQUIRE(x.partial(0) == 11);
  D y = copy;
  y *= 2;
  REQUIRE(copy.partial(0) == 1);
  REQUIRE(y.partial(0) == 2);
  D const& alias = y;
  y = alias;
  REQUIRE(y.partial(0) == 2);
}

TEST_CASE("An expression of dynamic duals owns its operands") {
  auto const e = kept_expression();
  D const z = e;
  REQUIRE(z.value() == 8);
  REQUIRE(z.partial(0) == 4);
  REQUIRE(z.partial(1) == 2);
}

TEST_CASE("Dynamic duals of different sizes do not mix, and the message names both") {
  auto const x = D::independent(1, 0, 2), y = D::independent(1, 0, 3);
  REQUIRE_THROWS_AS(D(x * y), std::invalid_argument);
  REQUIRE_THROWS_WITH(D(x + y), duet_test::contains("2") && duet_test::contains("3"));
  D sum = x;
  REQUIRE_THROWS_AS(sum += y, std::invalid_argument);
  REQUIRE(sum.value() == 1);  // a statement that throws changes nothing
  REQUIRE(sum.size() == 2);
  D target = x;
  REQUIRE_THROWS_AS(target = 2 * x * y, std::invalid_argument);
  REQUIRE(target.value() == 1);
  REQUIRE(target.partial(0) == 1);
}

TEST_CASE("A dynamic dual refuses a partial that does not exist") {
  REQUIRE_THROWS_AS(D::independent(1, 3, 3), std::invalid_argument);
  REQUIRE_THROWS_AS(D::independent(1, 0, 0), std::invalid_argument);
  REQUIRE_THROWS_WITH(D::independent(1, 0, 2).partial(5), duet_test::contains("5") && duet_test::contains("2"));
}

TEST_CASE("Dynamic duals nest") {
  using DD = duet::dual<D, duet::dynamic>;
  DD const x = DD::independent(D::independent(0.5, 0, 1), 0, 1);
  DD const y = x * x * x;
  REQUIRE(y.partial(0).value() == Approx(0.75));
  REQUIRE(y.partial(0).partial(0) == Approx(3));
}

TEST_CASE("Dynamic duals damp an infinite slope as static ones do") {
  auto const x = inputs({0, 4});
  D const y = sqrt(x[0]) * x[1];
  REQUIRE(std::isinf(y.partial(0)));
  REQUIRE(y.partial(1) == 0);
  D const root = sqrt(x[0]), z = root * x[1];
  REQUIRE(std::isinf(z.partial(0)));
  REQUIRE(z.partial(1) == 0);
  REQUIRE(D(sqrt(x[0] * x[0])).partial(0) == 0);
}
