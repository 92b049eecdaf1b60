// External nodes: a computation outside the recording, whose derivative a callback supplies in every kind of sweep.

#include "catch.hpp"

#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <memory>

namespace {

using duet::tape, duet::var, duet::recording, duet::adjoint_access;

// {a b, a / b} as one node.
std::array<var<>, 2> product_and_quotient(tape<>& t, var<> const& a, var<> const& b, std::shared_ptr<int> calls = {}) {
  double const u = a.value(), v = b.value();
  var<> const p = t.output(u * v), q = t.output(u / v);
  t.external([=](adjoint_access<double>& adjoints) {
    if (calls) ++*calls;
    double const dp = adjoints(p), dq = adjoints(q);
    adjoints.add(a, v * dp + dq / v);
    adjoints.add(b, u * dp - u / (v * v) * dq);
  });
  return {p, q};
}

}  // namespace

TEST_CASE("An external node takes part in a sweep like a statement") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1.5), y = t.independent(2.5);
  var<> const before = sin(x) + y;
  auto const [p, q] = product_and_quotient(t, before, y);
  var<> const after = p * p - q * x;
  t.reverse(after);
  double const u = std::sin(1.5) + 2.5, v = 2.5;
  double const dp = 2 * u * v, dq = -1.5, du = v * dp + dq / v;
  REQUIRE(t.adjoint(x) == Approx(du * std::cos(1.5) - u / v));
  REQUIRE(t.adjoint(y) == Approx(du + u * dp - u / (v * v) * dq));
  REQUIRE(t.statistics().externals == 1);
  REQUIRE(t.statistics().statements == 2);
  t.reverse(before);  // a sweep from before the node
  REQUIRE(t.adjoint(x) == Approx(std::cos(1.5)));
  REQUIRE(t.adjoint(y) == 1);
}

TEST_CASE("External nodes follow one another, in scalar and lane sweeps alike") {
  tape<> t;
  recording const scope(t);
  auto const calls = std::make_shared<int>(0);
  std::array<var<>, 3> const x{t.independent(0.5), t.independent(-1.5), t.independent(2)};
  std::vector<var<>> y{x[0], x[1]};
  for (int i = 0; i < 10; ++i) {
    auto const [p, q] = product_and_quotient(t, y.back() + x[2], x[static_cast<std::size_t>(i) % 3] + 4, calls);
    y.push_back(0.25 * p);
    y.push_back(q - x[0]);
  }
  t.reverse(y.back());
  REQUIRE(*calls == 10);
  t.reverse_rows(std::span<var<> const>(y), [&](std::size_t row, auto const& adjoint) {
    t.reverse(y[row]);
    for (auto const& xi : x) REQUIRE(adjoint(xi) == Approx(t.adjoint(xi)).epsilon(1e-13).margin(1e-14));
  });
  // By tangents: y depends on x as the same recursion of numbers does.
  auto const value = [](std::array<double, 3> const& v) {
    double last = v[1], a = 0;
    for (std::size_t i = 0; i < 10; ++i) {
      a = last + v[2];
      last = a / (v[i % 3] + 4) - v[0];
    }
    return last;
  };
  t.reverse(y.back());
  for (std::size_t i = 0; i < 3; ++i) {
    std::array<double, 3> up{0.5, -1.5, 2}, down = up;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    REQUIRE(t.adjoint(x[i]) == Approx((value(up) - value(down)) / 2e-5).epsilon(1e-8).margin(1e-9));
  }
}

TEST_CASE("A node reads zero for a constant and adds nothing to it") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3), constant = 5;
  var<> const out = t.output(6);
  double seen = -1;
  t.external([=, &seen](adjoint_access<double>& adjoints) {
    seen = adjoints(constant);
    adjoints.add(constant, 100);
    adjoints.add(x, 2 * adjoints(out));
  });
  var<> const y = out * x + constant * x;  // a constant variable among the operands
  t.reverse(y);
  REQUIRE(seen == 0);
  REQUIRE(t.adjoint(x) == 2 * 3 + 6 + 5);
}

TEST_CASE("An exception in a node leaves the tape usable") {
  tape<> t;
  recording const scope(t);
  auto const fail = std::make_shared<bool>(true);
  var<> const x = t.independent(3);
  var<> const out = t.output(9);
  t.external([=](adjoint_access<double>& adjoints) {
    if (*fail) throw std::runtime_error("the solver failed");
    adjoints.add(x, 6 * adjoints(out));
  });
  std::array<var<>, 2> const y{out * 2, out + x};
  REQUIRE_THROWS_WITH(t.reverse(y[0]), "the solver failed");
  REQUIRE_THROWS_AS(t.reverse_rows(std::span<var<> const>(y), [](std::size_t, auto const&) {}), std::runtime_error);
  *fail = false;
  t.reverse(y[1]);
  REQUIRE(t.adjoint(x) == 7);
  t.reverse_rows(std::span<var<> const>(y),
                 [&](std::size_t row, auto const& adjoint) { REQUIRE(adjoint(x) == (row == 0 ? 12 : 7)); });
}

TEST_CASE("Nodes are rewound and cleared with what surrounds them") {
  tape<> t;
  recording const scope(t);
  auto const calls = std::make_shared<int>(0);
  var<> const x = t.independent(2), y = t.independent(4);
  auto const kept = product_and_quotient(t, x, y, calls);
  auto const start = t.position();
  for (int i = 0; i < 3; ++i) {
    product_and_quotient(t, kept[0], y, calls);
    t.rewind(start);
  }
  REQUIRE(calls.use_count() == 2);
  t.reverse(kept[0] * 1.0);
  REQUIRE(*calls == 1);
  REQUIRE(t.adjoint(x) == 4);
  t.clear();
  REQUIRE(calls.use_count() == 1);
}

TEST_CASE("A node may record onto a tape of its own") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.75);
  var<> const out = t.output(std::exp(std::sin(0.75)));
  t.external([=](adjoint_access<double>& adjoints) {
    tape<> inner;
    recording const inside(inner);
    var<> const u = inner.independent(x.value());
    inner.reverse(exp(sin(u)));
    adjoints.add(x, inner.adjoint(u) * adjoints(out));
  });
  t.reverse(3 * out);
  REQUIRE(t.adjoint(x) == Approx(3 * std::cos(0.75) * std::exp(std::sin(0.75))));
}
