// What a statement on variables records, and that every form of it sweeps back right: accumulation with and without the
// carry, merged and unit leaves, long statements, passive operands, copies.

#include "catch.hpp"

#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

namespace {

using duet::tape, duet::var, duet::recording;

struct fixture {
  tape<> t;
  recording<double> scope{t};
  var<> x = t.independent(1.5), y = t.independent(-2), z = t.independent(0.5);

  std::size_t statements() const { return t.statistics().statements; }
  void require_gradient(var<> const& of, double dx, double dy, double dz) {
    t.reverse(of);
    REQUIRE(t.adjoint(x) == Approx(dx).epsilon(1e-14).margin(1e-14));
    REQUIRE(t.adjoint(y) == Approx(dy).epsilon(1e-14).margin(1e-14));
    REQUIRE(t.adjoint(z) == Approx(dz).epsilon(1e-14).margin(1e-14));
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "One assignment records one statement, whatever the length of the expression") {
  var<> const a = x * y + sin(z) / (x + 3) - exp(y * z);
  REQUIRE(statements() == 1);
  double const e = std::exp(-1.0);
  require_gradient(a, -2 - std::sin(0.5) / (4.5 * 4.5), 1.5 - 0.5 * e, std::cos(0.5) / 4.5 + 2 * e);
}

TEST_CASE_METHOD(fixture, "Copies, reads and passive statements record nothing") {
  var<> const a = x;
  var<> b = a;
  b = y;
  b = 3.5;
  var<> const p = b * 2 + sin(b);
  b += p;
  b *= 2;
  b += 1;
  std::vector<var<>> const many(100, x);
  REQUIRE((b > 0 && x.value() > y));
  REQUIRE(statements() == 0);
  REQUIRE(a.index() == x.index());
  REQUIRE(b.index() == 0);
  var<> sum = 2.0;
  sum += x;
  sum += 4.0;
  REQUIRE(statements() == 1);
  REQUIRE(sum.value() == 7.5);
  require_gradient(sum + many[99], 2, 0, 0);
}

TEST_CASE_METHOD(fixture, "A statement whose slope is zero everywhere is passive") {
  var<> const steps = floor(x) + 2;
  REQUIRE(steps.index() == 0);
  REQUIRE(statements() == 0);
  require_gradient(steps * x, 3, 0, 0);
}

TEST_CASE_METHOD(fixture, "Leaves of one variable add up") {
  require_gradient(x * x * x + x, 3 * 2.25 + 1, 0, 0);
  require_gradient(x - x, 0, 0, 0);
  require_gradient(x + x + y - x, 1, 1, 0);
  var<> const copy = x;
  require_gradient(x * copy + copy, 2 * 1.5 + 1, 0, 0);
  var<> const several[2] = {x, x};
  for (int i = 0; i < 2; ++i) require_gradient(several[i] * several[1 - i] * y, 2 * 1.5 * -2, 2.25, 0);
}

TEST_CASE_METHOD(fixture, "Sums and differences have partials of one and minus one") {
  require_gradient(x + y, 1, 1, 0);
  require_gradient(x - y - z, 1, -1, -1);
  require_gradient(-(x - (y - (z - x))), 0, 1, -1);
  require_gradient(-(x - (y - (z + x))), -2, 1, -1);
  require_gradient(-x + y * z, -1, 0.5, -2);
  require_gradient(+x, 1, 0, 0);
}

TEST_CASE_METHOD(fixture, "Accumulation onto the newest statement and onto older ones") {
  var<> s = x * y;
  s += y * z;  // onto the newest
  s -= x;
  var<> const early = s;  // a copy in between stays as it is
  s += x * x;
  var<> const other = exp(z);
  s += other;  // onto an older one
  s -= 2 * y;
  require_gradient(early, -3, 2, -2);
  require_gradient(s, -3 + 3, 0, -2 + std::exp(0.5));
  require_gradient(s * early, (0 * early + -3 * s).value(), (0 * early + 2 * s).value(),
                   ((-2 + std::exp(0.5)) * early - 2 * s).value());
}

TEST_CASE_METHOD(fixture, "Interleaved accumulators") {
  var<> a = 0, b = x, c = y * z;
  for (int i = 0; i < 5; ++i) {
    a += x * y;
    b += a;
    c -= b * z;
    a -= z;
  }
  // a_i = i (xy - z), b gains a_i + xy, c loses b_i z
  double const p = -3, q = -3.5;
  auto const sum_of_b = [](double x0, double product, double step) {
    double total = 0, sum = x0;
    for (int i = 0; i < 5; ++i) total += sum += i * step + product;
    return total;
  };
  REQUIRE(c.value() == Approx(-1 - 0.5 * sum_of_b(1.5, p, q)));
  // total of b is linear in (x0, xy, z): 5 x0 + 35 xy - 20 z
  double const total = sum_of_b(1.5, p, q);
  REQUIRE(total == Approx(5 * 1.5 + 35 * p - 20 * 0.5));
  require_gradient(c, -0.5 * (5 + 35 * -2), 0.5 - 0.5 * 35 * 1.5, -2 - total - 0.5 * -20);
}

TEST_CASE_METHOD(fixture, "A variable accumulates itself") {
  var<> s = x * z;
  s += s;
  require_gradient(s, 1, 0, 3);
  s -= s * s;  // s - s^2 at 1.5
  require_gradient(s, 1 * (1 - 3), 0, 3 * (1 - 3));
  s *= s;
  s /= s * y;
  require_gradient(s, 0, -0.25, 0);
  s -= s;
  require_gradient(s, 0, 0, 0);
  var<> input = x;
  input += input;
  input += input * input;
  require_gradient(input, 2 + 8 * 1.5, 0, 0);
  require_gradient(x, 1, 0, 0);
}

TEST_CASE_METHOD(fixture, "A recorded statement may read the variable it assigns") {
  var<> a = x;
  a = a * a + a;
  a = y * a;
  require_gradient(a, -2 * 4, 3.75, 0);
  var<> const& alias = a;
  a = alias;
  require_gradient(a, -2 * 4, 3.75, 0);
}

TEST_CASE_METHOD(fixture, "A long chain of accumulation") {
  var<> s = 0;
  for (int i = 1; i <= 1000; ++i) s += i * x * y;
  REQUIRE(statements() == 1000);
  std::size_t const itself = DUET_TAPE_CARRY ? 0 : 12;  // a carried sum does not store itself
  REQUIRE(t.statistics().bytes < 1000 * (2 * 12 + itself + 1) + 20);
  require_gradient(s, 500500.0 * -2, 500500.0 * 1.5, 0);
}

TEST_CASE("Statements with every number of general and unit leaves, short and long") {
  tape<> t;
  recording const scope(t);
  std::vector<var<>> v;
  for (int i = 0; i < 24; ++i) v.push_back(t.independent(1 + 0.25 * i));
  auto const check = [&](var<> const& y, std::vector<double> const& slopes) {
    t.reverse(y);
    for (std::size_t i = 0; i < v.size(); ++i)
      REQUIRE(t.adjoint(v[i]) == Approx(i < slopes.size() ? slopes[i] : 0).epsilon(1e-14).margin(1e-14));
    t.reverse_rows(std::span(&y, 1), [&](std::size_t, auto const& adjoint) {
      for (std::size_t i = 0; i < v.size(); ++i)
        REQUIRE(adjoint(v[i]) == Approx(i < slopes.size() ? slopes[i] : 0).epsilon(1e-14).margin(1e-14));
    });
  };
  check(2 * v[0] + 3 * v[1] + 4 * v[2] + 5 * v[3] + 6 * v[4] + 7 * v[5] + 8 * v[6], {2, 3, 4, 5, 6, 7, 8});
  check(2 * v[0] + 3 * v[1] + 4 * v[2] + 5 * v[3] + 6 * v[4] + 7 * v[5] + 8 * v[6] + 9 * v[7],
        {2, 3, 4, 5, 6, 7, 8, 9});
  check(v[0] - v[1] + v[2] - v[3] + v[4] - v[5] + v[6], {1, -1, 1, -1, 1, -1, 1});
  check(v[0] - v[1] + v[2] - v[3] + v[4] - v[5] + v[6] - v[7] + v[8], {1, -1, 1, -1, 1, -1, 1, -1, 1});
  check(2 * v[0] + v[1] + 3 * v[2] - v[3] + 4 * v[4] + v[5] + 5 * v[6] - v[7] + 6 * v[8] + v[9] + 7 * v[10] - v[11] +
            8 * v[12] + v[13] + 9 * v[14] - v[15],
        {2, 1, 3, -1, 4, 1, 5, -1, 6, 1, 7, -1, 8, 1, 9, -1});
  var<> carried = v[20] * v[20];
  carried += 2 * v[0] + 3 * v[1] + 4 * v[2] + 5 * v[3] + 6 * v[4] + 7 * v[5] + 8 * v[6] + 9 * v[7] - v[8];
  carried -= v[0] + 1.5;
  check(carried, {1, 3, 4, 5, 6, 7, 8, 9, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12});
  // more operations than one expression holds
  var<> const product = v[0] * v[1] * v[2] * v[3] * v[4] * v[5] * v[6] * v[7] * v[8] * v[9] * v[10] * v[11] * v[12] *
                        v[13] * v[14] * v[15] * v[16] * v[17] * v[18] * v[19];
  std::vector<double> slopes;
  for (std::size_t i = 0; i < 20; ++i) slopes.push_back(product.value() / v[i].value());
  check(product, slopes);
}

TEST_CASE_METHOD(fixture, "An infinite partial times a zero adjoint is zero") {
  var<> const zero = t.independent(0);
  var<> const root = sqrt(zero);
  var<> const product = root * zero;  // x^(3/2): in two statements infinity meets zero
  t.reverse(product);
  REQUIRE(t.adjoint(zero) == 0);
  var<> const square = zero * zero;
  t.reverse(sqrt(square));
  REQUIRE(t.adjoint(zero) == 0);
  t.reverse(sqrt(zero * zero) + root * 0);
  REQUIRE(t.adjoint(zero) == 0);
  t.reverse(root);
  REQUIRE(std::isinf(t.adjoint(zero)));
  var<> const y2 = root * 0 + x * y;
  require_gradient(y2, -2, 1.5, 0);
}

TEST_CASE("The sweep for recordings with infinite partials, the lanes and the unrolled sweep agree") {
  tape<> t;
  recording const scope(t);
  std::vector<var<>> x;
  for (int i = 0; i < 6; ++i) x.push_back(t.independent(0.3 + 0.2 * i));
  var<> s = x[0], p = 1;
  for (std::size_t i = 0; i < 200; ++i) {
    var<> const &a = x[i % 6], &b = x[(i * i + 1) % 6], &c = x[(3 * i + 2) % 6];
    s += a * b - c;
    p = 0.5 * p + tanh(s - p) * b;
    s -= p;
    s = s - a + b - c + p * 0.125;
  }
  var<> const y = s + p;
  t.reverse(y);
  std::vector<double> unrolled, damped, lane;
  for (auto const& xi : x) unrolled.push_back(t.adjoint(xi));
  t.reverse_rows(std::span(&y, 1), [&](std::size_t, auto const& adjoint) {
    for (auto const& xi : x) lane.push_back(adjoint(xi));
  });
  var<> const zero = t.independent(0);
  REQUIRE(sqrt(zero) == 0);
  var<> const pole = sqrt(zero);
  REQUIRE(pole.index() != 0);
  t.reverse(y);
  for (auto const& xi : x) damped.push_back(t.adjoint(xi));
  for (std::size_t i = 0; i < 6; ++i) {
    REQUIRE(damped[i] == Approx(unrolled[i]).epsilon(1e-13));
    REQUIRE(lane[i] == Approx(unrolled[i]).epsilon(1e-13));
  }
}
