// The tape of lanes: statements of every kind have the gradient that the tape of doubles finds in each lane.

#include "value_tape.hpp"

using namespace value_tape_test;
using duet::tape, duet::recording;

TEST_CASE("The tape of lanes has the gradient of every lane") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    using std::exp, std::sin, std::sqrt, std::log, std::pow, std::max;
    S const copy = x[0];
    S sum = 0;                  // passive until something is added
    sum += x[1];                // what is added is a variable
    sum += 2.5;                 // a constant
    sum -= x[2] * x[2] - 1;     // a product with itself
    sum *= copy;                // *=, of a copy
    sum /= 1 + x[1] * 3;        // and /=
    sum = std::as_const(sum);   // self-assignment records nothing
    sum = sum * sum + sum;      // the old value and the new one
    S const unused = exp(sum);  // nobody asks for it
    S y = sin(sum) + 2 * exp(-x[1]) * sqrt(x[2]) - log(x[0]) / x[2] + pow(x[0], x[1]) + max(x[1], x[2]);
    y -= -copy;
    y = -y + unused * 0;
    S const constant = 3;
    return S(y * constant + constant);
  };
  require_lanes_agree<3>(f);
}

TEST_CASE("Constants of lanes keep a number for each of them on the tape") {
  number offset;
  for (std::size_t l = 0; l < number::size(); ++l) offset.set(l, 0.1 * static_cast<double>(l));
  tape<number> t;
  recording<number> const scope(t);
  auto const x = start<2>();
  variable const a = t.independent(x[0]), b = t.independent(x[1]);
  variable sum = a * offset + 1;
  sum += offset;
  sum -= 0.5;
  variable const passive = offset, y = sum * b * passive * sum;
  t.reverse(y);
  for (std::size_t l = 0; l < number::size(); ++l) {
    double const o = offset[l], s = x[0][l] * o + 1 + o - 0.5, v = x[1][l];
    require_close(y.value()[l], s * s * v * o);
    require_close(t.adjoint(a)[l], 2 * s * v * o * o);
    require_close(t.adjoint(b)[l], s * s * o);
  }
}

TEST_CASE("Paths recorded one after the other on the same stretch of the tape add up") {
  tape<number> t;
  recording<number> const scope(t);
  variable const a = t.independent(number(0.5)), b = t.independent(number(-0.25));
  auto const empty = t.position();
  auto const record = [&](double c) {
    variable y = a * c;
    for (int i = 0; i < 5; ++i) {
      y += sin(y) * b;
      y += 0.125;  // a constant gives a value of its own
    }
    return y;
  };
  double da = 0, db = 0;
  number expected_a = 0, expected_b = 0;
  for (int k = 0; k < 4; ++k) {
    variable const y = record(k);
    t.reverse(y);
    expected_a += t.adjoint(a);
    expected_b += t.adjoint(b);
    t.rewind(empty);
  }
  t.zero_adjoints();
  std::size_t bytes = 0;
  for (int k = 0; k < 4; ++k) {
    t.seed(record(k), number(1));
    t.reverse_to(empty);
    if (k == 0) bytes = t.statistics().bytes;
    REQUIRE(t.statistics().bytes == bytes);  // the same stretch again
    t.rewind(empty);
  }
  da = t.adjoint(a)[5];
  db = t.adjoint(b)[5];
  REQUIRE(da == Approx(expected_a[5]));
  REQUIRE(db == Approx(expected_b[5]));
  t.shrink();
  REQUIRE(t.statistics().statements == 0);
  variable const again = t.independent(number(2)), y = again * again;
  t.reverse(y);
  REQUIRE(t.adjoint(again)[7] == 4);
}
