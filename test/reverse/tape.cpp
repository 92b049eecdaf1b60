// The tape: outputs and seeds, positions, memory, several outputs side by side, reuse after an exception, misuse.

#include "catch.hpp"

#include <Eigen/Core>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <thread>

namespace {

using duet::tape, duet::var, duet::recording;

}  // namespace

TEST_CASE("Adjoints exist for inputs and for every variable in between") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.4), y = t.independent(1.2);
  var<> const u = x * y, v = sin(u) + x, w = v * v;
  t.reverse(w);
  double const slope = 2 * v.value();
  REQUIRE(t.adjoint(w) == 1);
  REQUIRE(t.adjoint(v) == Approx(slope));
  REQUIRE(t.adjoint(u) == Approx(slope * std::cos(0.48)));
  REQUIRE(t.adjoint(x) == Approx(slope * (std::cos(0.48) * 1.2 + 1)));
  t.reverse(u);  // what was recorded later has no part in it
  REQUIRE(t.adjoint(x) == Approx(1.2));
  REQUIRE(t.adjoint(w) == 0);
}

TEST_CASE("Several seeds are swept at once, and weigh each output") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2), y = t.independent(5);
  var<> const a = x * y, b = x / y;
  t.seed(a, 3);
  t.seed(b, -10);
  t.seed(a, 1);         // seeds add up
  t.seed(var<>(7), 1);  // a constant takes no part
  t.reverse();
  REQUIRE(t.adjoint(x) == Approx(4 * 5 - 10 * 0.2));
  REQUIRE(t.adjoint(y) == Approx(4 * 2 + 10 * 2 / 25.0));
  t.zero_adjoints();
  REQUIRE(t.adjoint(x) == 0);
  t.seed(b, 1);
  t.reverse();
  REQUIRE(t.adjoint(x) == Approx(0.2));
}

TEST_CASE("A second sweep never adds to what the first left on the way") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3), y = t.independent(4);
  var<> const product = x * y, sum = x + product;
  REQUIRE_THROWS_AS(t.reverse(), duet::error);
  t.seed(sum, 1);
  t.reverse();
  REQUIRE(t.adjoint(x) == 5);
  REQUIRE(t.adjoint(product) == 1);
  REQUIRE_THROWS_WITH(t.reverse(), duet_test::contains("nothing was seeded since the last sweep"));
  t.seed(product, 1);
  t.reverse();
  REQUIRE(t.adjoint(x) == 4);
  t.reverse(sum);
  t.reverse(sum);
  REQUIRE(t.adjoint(x) == 5);
}

TEST_CASE("A passive output has zero adjoints") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2);
  var<> const unused = x * 3;
  REQUIRE(unused.value() == 6);
  t.reverse(var<>(4));
  REQUIRE(t.adjoint(x) == 0);
}

TEST_CASE("The rows of more outputs than lanes, with constants, inputs and duplicates among them") {
  tape<> t;
  recording const scope(t);
  std::array<var<>, 3> const x{t.independent(0.5), t.independent(-1.5), t.independent(2)};
  std::vector<var<>> y;
  for (int i = 0; i < 19; ++i) y.push_back(sin(i * x[0]) + x[1] * x[2] * i);
  y[3] = 8.0;
  y[7] = y[6];
  y[8] = x[2];
  y[18] = x[0] * x[0];
  std::vector<std::size_t> order;
  t.reverse_rows(std::span<var<> const>(y), [&](std::size_t row, auto const& adjoint) {
    order.push_back(row);
    t.reverse(y[row]);
    for (auto const& xi : x) REQUIRE(adjoint(xi) == Approx(t.adjoint(xi)).epsilon(1e-14).margin(1e-14));
    REQUIRE(adjoint(var<>(3)) == 0);
  });
  REQUIRE(order.size() == 19);
  REQUIRE(std::is_sorted(order.begin(), order.end()));
  t.reverse_rows(std::span<var<> const>(), [](std::size_t, auto const&) { FAIL("there is no row"); });

  Eigen::MatrixXd const J = t.jacobian(x, y);
  REQUIRE(J.rows() == 19);
  REQUIRE(J.cols() == 3);
  REQUIRE(J(5, 0) == Approx(5 * std::cos(2.5)));
  REQUIRE(J(3, 1) == 0);
  REQUIRE(J(7, 1) == 6 * 2);
  REQUIRE(J(8, 2) == 1);
  REQUIRE(J(18, 0) == 1);
}

TEST_CASE("A position is rewound to, and the recording goes on from there") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1.25);
  var<> const base = x * x;
  auto const start = t.position();
  auto const bytes = t.statistics().bytes;
  for (int i = 0; i < 20; ++i) {
    t.rewind(start);
    REQUIRE(t.position() == start);
    REQUIRE(t.statistics().bytes == bytes);
    var<> y = base;
    for (int k = 0; k < i; ++k) y += base * x;
    y = y * (x + x + x + x + x + x + x + x + x);  // a long statement: counts are rewound, too
    t.reverse(y);
    double const v = 1.25;
    REQUIRE(t.adjoint(x) == Approx(9 * (3 * v * v + i * 4 * v * v * v)));
  }
}

TEST_CASE("A position beyond the recording is refused") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1);
  auto const early = t.position();
  var<> const y = x * 2;
  auto const late = t.position();
  REQUIRE(y.index() != 0);
  t.rewind(early);
  REQUIRE_THROWS_AS(t.rewind(late), duet::error);
  t.rewind(early);  // still as it was
  REQUIRE(t.position() == early);
}

TEST_CASE("A tape is cleared and shrunk while a recording onto it is active") {
  tape<> t;
  recording const scope(t);
  std::size_t bytes = 0;
  for (int round = 0; round < 6; ++round) {
    var<> const x = t.independent(0.5);
    var<> y = x;
    for (int i = 0; i < 20000; ++i) y = y * 0.5 + x;
    t.reverse(y);
    REQUIRE(t.adjoint(x) == Approx(2));
    REQUIRE(t.statistics().statements == 20000);
    REQUIRE(t.statistics().inputs == 1);
    if (round > 0) REQUIRE(t.statistics().bytes == bytes);
    bytes = t.statistics().bytes;
    if (round % 2 == 0)
      t.clear();
    else
      t.shrink();
    REQUIRE(t.statistics().statements == 0);
    REQUIRE(t.statistics().inputs == 0);
    REQUIRE_THROWS_AS(t.adjoint(x), duet::error);
  }
}

TEST_CASE("Statistics count statements and the bytes they take") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1.5), y = t.independent(2);
  auto const before = t.statistics();
  REQUIRE(before.statements == 0);
  REQUIRE(before.inputs == 2);
  var<> const a = x * y;                                       // two general arguments and the descriptor
  std::size_t const no_index = DUET_TAPE_PREDECESSOR ? 4 : 0;  // of an argument that is the newest statement
  REQUIRE(t.statistics().bytes - before.bytes == 2 * 12 - no_index + 1);
  var<> const b = a - y;  // two unit arguments
  std::size_t const units = DUET_TAPE_UNIT_PARTIALS ? 2 * 4 : 2 * 12;
  REQUIRE(t.statistics().bytes - before.bytes == 2 * 12 - no_index + 1 + units - no_index + 1);
  REQUIRE(t.statistics().statements == 2);
  REQUIRE(t.statistics().externals == 0);
  t.reverse(b);
  REQUIRE(t.statistics().adjoint_bytes >= 4 * sizeof(double));
}

TEST_CASE("A tape goes on after an exception in the recorded code") {
  tape<> t;
  auto const record = [&](bool fail) {
    recording const scope(t);
    var<> const x = t.independent(3);
    var<> const y = x * x;
    if (fail) throw std::runtime_error("halfway");
    t.reverse(y);
    return t.adjoint(x);
  };
  REQUIRE_THROWS_AS(record(true), std::runtime_error);
  var<> const outside = 2;
  REQUIRE_NOTHROW(var<>(outside * 3));
  t.clear();
  REQUIRE(record(false) == 6);
  REQUIRE(record(false) == 6);  // without clearing: the recording grows
}

TEST_CASE("A recorded function is swept after its scope and by another thread") {
  tape<> t;
  var<> x, y;
  {
    recording const scope(t);
    x = t.independent(0.5);
    y = exp(x) * x;
  }
  double slope = 0;
  std::thread([&] {
    t.reverse(y);
    slope = t.adjoint(x);
  }).join();
  REQUIRE(slope == Approx(std::exp(0.5) * 1.5));
}

TEST_CASE("Scopes nest: the inner tape records until its scope ends") {
  tape<> outer, inner;
  recording const scope(outer);
  var<> const x = outer.independent(2);
  var<> y = x * x;
  {
    recording const inside(inner);
    var<> const u = inner.independent(3);
    var<> const v = u * u * u;
    inner.reverse(v);
    REQUIRE(inner.adjoint(u) == 27);
  }
  REQUIRE(outer.statistics().statements == 1);
  y = x * x * x;
  outer.reverse(y);
  REQUIRE(outer.adjoint(x) == 12);
  {
    recording const again(outer);  // the same tape twice
    y += x;
  }
  y += x;
  outer.reverse(y);
  REQUIRE(outer.adjoint(x) == 14);
}

TEST_CASE("Each thread records onto its own tape") {
  std::array<double, 4> slopes{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < slopes.size(); ++i)
    threads.emplace_back([&slopes, i] {
      for (int round = 0; round < 50; ++round) {
        tape<> mine;
        recording const scope(mine);
        var<> const x = mine.independent(static_cast<double>(i));
        var<> y = 1;
        for (int k = 0; k < 300; ++k) y = y * 0.9 + x * x;
        mine.reverse(y);
        slopes[i] = mine.adjoint(x);
      }
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < slopes.size(); ++i) REQUIRE(slopes[i] == Approx(20.0 * static_cast<double>(i)));
}

TEST_CASE("A variable used while nothing is recorded is an error that says what to do") {
  tape<> t;
  var<> x;
  {
    recording const scope(t);
    x = t.independent(1);
  }
  REQUIRE_THROWS_AS(var<>(x * x), duet::error);
  REQUIRE_THROWS_WITH(var<>(x + 1), duet_test::contains("duet::recording"));
  var<> y = 1;
  REQUIRE_THROWS_AS(y += x, duet::error);
  REQUIRE(y.value() == 1);  // a statement that throws changes nothing
  REQUIRE(y.index() == 0);
  var<> const copy = x;  // copying is no statement
  REQUIRE(copy.index() == x.index());
}

TEST_CASE("A variable that is not of this recording is an error that names its index") {
  tape<> t, other;
  var<> far;
  {
    recording const scope(other);
    far = other.independent(1);
    for (int i = 0; i < 10; ++i) far = far * 2;
  }
  recording const scope(t);
  var<> const x = t.independent(1);
  auto const start = t.position();
  var<> const y = x * x;
  REQUIRE_THROWS_AS(t.reverse(far), duet::error);
  REQUIRE_THROWS_WITH(t.reverse(far), duet_test::contains("11") && duet_test::contains("2"));
  REQUIRE_THROWS_AS(t.seed(far, 1), duet::error);
  REQUIRE_THROWS_AS(t.reverse_rows(std::span<var<> const>(&far, 1), [](std::size_t, auto const&) {}), duet::error);
  t.reverse(y);
  REQUIRE_THROWS_AS(t.adjoint(far), duet::error);
  REQUIRE_THROWS_AS(t.adjoint(var<>(2)), duet::error);  // a passive number has no adjoint
  t.rewind(start);
  REQUIRE_THROWS_AS(t.reverse(y), duet::error);
  REQUIRE_THROWS_AS(t.adjoint(y), duet::error);
}

TEST_CASE("An adjoint before any sweep is an error") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1);
  REQUIRE_THROWS_AS(t.adjoint(x), duet::error);
}

TEST_CASE("A tape may end before the scope that names it would record again") {
  auto t = std::make_unique<tape<>>();
  {
    recording const scope(*t);
    var<> const x = t->independent(2);
    t.reset();
    REQUIRE_THROWS_AS(var<>(x * x), duet::error);
  }
}
