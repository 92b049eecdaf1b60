// Statements on duals: what is read is read before it is written, and what is kept stays valid.

#include "catch.hpp"

#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <memory>

namespace {

using D = duet::dual<double, 3>;

D input(double value, std::size_t i) { return D::independent(value, i); }

void require_dual(D const& x, double value, std::array<double, 3> partials) {
  REQUIRE(x.value() == Approx(value).epsilon(1e-15).margin(1e-15));
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(x.partial(i) == Approx(partials[i]).epsilon(1e-14).margin(1e-15));
}

// Its operands are gone when the caller reads it.
auto kept_expression(double a, double b) {
  D const x = input(a, 0), y = input(b, 1);
  D const z = x * y;
  return z * sin(x) + y / 2;
}

}  // namespace

TEST_CASE("A statement may read the variable it assigns") {
  D x = input(3, 0);
  x = x * x + x;
  require_dual(x, 12, {7, 0, 0});
  x *= x;
  require_dual(x, 144, {2 * 12 * 7, 0, 0});
  x /= x;
  require_dual(x, 1, {0, 0, 0});

  D y = input(2, 1);
  y += y;
  require_dual(y, 4, {0, 2, 0});
  y -= y * y;
  require_dual(y, -12, {0, 2 - 16, 0});
  y -= y;
  require_dual(y, 0, {0, 0, 0});

  D s = input(5, 2);
  s += s * input(2, 0) - s;
  require_dual(s, 10, {5, 0, 2});
}

TEST_CASE("Self-assignment changes nothing") {
  D x = input(3, 0) * input(2, 1);
  D const& alias = x;
  x = alias;
  require_dual(x, 6, {2, 3, 0});
  x = +x;
  require_dual(x, 6, {2, 3, 0});
}

TEST_CASE("Assigning a number makes a constant again") {
  D x = input(3, 0) * 2;
  x = 4;
  require_dual(x, 4, {0, 0, 0});
  x += input(1, 1);
  require_dual(x, 5, {0, 1, 0});
}

TEST_CASE("An expression kept by auto owns its operands") {
  auto const e = kept_expression(0.5, 3);
  std::array<double, 64> const overwritten{};  // the stack where the locals were
  REQUIRE(overwritten[63] == 0);
  require_dual(e, 1.5 * std::sin(0.5) + 1.5, {3 * std::sin(0.5) + 1.5 * std::cos(0.5), 0.5 * std::sin(0.5) + 0.5, 0});

  auto owner = std::make_unique<D>(input(2, 2));
  auto const square = *owner * *owner;
  *owner = 100;
  owner.reset();
  require_dual(square, 4, {0, 0, 4});
}

TEST_CASE("An expression keeps the values its operands had") {
  D x = input(2, 0);
  auto const e = x * x;
  x = 10;
  require_dual(e, 4, {4, 0, 0});
  auto const copy = e;
  require_dual(copy + e, 8, {8, 0, 0});
  std::vector const stored{e, copy};
  require_dual(stored[1], 4, {4, 0, 0});
}

TEST_CASE("Accumulation adds and subtracts every kind of operand") {
  D const x = input(2, 0), y = input(3, 1);
  D s = 1;
  s += x;
  s += x * y;
  s += 4;
  s -= y;
  s -= 2 * x - y / 3;
  require_dual(s, 1 + 2 + 6 + 4 - 3 - 4 + 1, {1 + 3 - 2, 2 - 1 + 1.0 / 3, 0});
}

TEST_CASE("Statements without an active operand that matters clear the partials") {
  D x = input(2, 0);
  x = floor(x * 1.2) + 1;
  require_dual(x, 3, {0, 0, 0});
}

TEST_CASE("At a point of infinite slope a partial of zero stays zero, in one statement and in several") {
  D const x = input(0, 0), y = input(4, 1);
  D const root = sqrt(x);
  D const constant = sqrt(D(0));
  require_dual(constant, 0, {0, 0, 0});
  D const one_statement = sqrt(x) * y;
  D const several = root * y;
  for (D const& r : {one_statement, several}) {
    REQUIRE(std::isinf(r.partial(0)));
    REQUIRE(r.partial(1) == 0);
    REQUIRE(r.partial(2) == 0);
  }
  D const rounded = sqrt(x * x);  // infinity times 2 x = 0
  REQUIRE(rounded.partial(0) == 0);
  D const square = x * x;
  D const in_two = sqrt(square);
  REQUIRE(in_two.partial(0) == 0);
}
