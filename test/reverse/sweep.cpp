// Sweeps: in stages, repeated, of many outputs, with sparse seeds, of decaying adjoints; and that every way to keep an
// argument comes back as the derivative that forward mode finds.

#include "catch.hpp"

#include <cstdint>
#include <duet/reverse/recording.hpp>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include "straight_line.hpp"

namespace {

using duet::tape, duet::var, duet::recording, duet::adjoint_access, duet::tape_position;
using numbers = std::array<double, duet_test::straight_line_inputs>;

// A random program on a tape, with a position before each of its steps.
struct recorded_program {
  recorded_program(unsigned seed, std::size_t steps) : scope(t) {
    auto const at = duet_test::straight_line_point(seed);
    for (std::size_t i = 0; i < at.size(); ++i) x[i] = t.independent(at[i]);
    v = duet_test::straight_line(
        seed, steps, x, [this](double value) { return t.independent(value); },
        [this](std::size_t) { positions.push_back(t.position()); });
  }
  numbers adjoints() const {
    numbers result;
    for (std::size_t i = 0; i < x.size(); ++i) result[i] = t.adjoint(x[i]);
    return result;
  }

  tape<> t;
  recording<double> scope;
  std::array<var<>, duet_test::straight_line_inputs> x;
  std::vector<var<>> v;
  std::vector<tape_position> positions;
};

void require_near(numbers const& got, numbers const& expected, double tolerance = 1e-12) {
  double scale = 1;
  for (double e : expected) scale = std::max(scale, std::abs(e));
  for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(std::abs(got[i] - expected[i]) <= tolerance * scale);
}
numbers partials(duet_test::straight_line_dual const& y) {
  numbers result;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = y.partial(i);
  return result;
}

}  // namespace

TEST_CASE("the adjoints of the first inputs begin a cache line, on the heap and in reserved memory") {
  for (std::size_t const many : {10u, 100000u}) {
    tape<> t;
    recording const scope(t);
    var<> const x = t.independent(2.0);
    for (std::size_t k = 1; k < many; ++k) static_cast<void>(t.independent(1.0));
    t.reverse(x * x);
    REQUIRE(t.adjoint(x) == 4);
    REQUIRE(reinterpret_cast<std::uintptr_t>(t.adjoints().data() + 1) % 64 == 0);
  }
}

// ---- every way to keep an argument ----

TEST_CASE("Random programs: the adjoints of every variable are the partials that forward mode finds") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    recorded_program p(seed, 60);
    auto const forward = duet_test::straight_line_forward(seed, 60);
    REQUIRE(p.v.size() == forward.size());
    for (std::size_t k = 0; k < p.v.size(); ++k) {
      CAPTURE(k);
      REQUIRE(p.v[k].value() == Approx(forward[k].value()).epsilon(1e-13).margin(1e-13));
      p.t.reverse(p.v[k]);
      require_near(p.adjoints(), partials(forward[k]));
    }
  }
}

TEST_CASE("Random programs: with an infinite partial elsewhere on the tape, zero wins and the rest is the same") {
  for (unsigned seed = 100; seed < 120; ++seed) {
    CAPTURE(seed);
    recorded_program p(seed, 60);
    var<> const zero = p.t.independent(0);
    var<> const pole = sqrt(zero);
    var<> const y = p.v.back() * 1.0 + pole * 0.0;
    p.t.reverse(y);
    require_near(p.adjoints(), partials(duet_test::straight_line_forward(seed, 60).back()));
    REQUIRE(p.t.adjoint(zero) == 0);
  }
}

TEST_CASE("Random programs: a tape of duals carries second derivatives along a direction") {
  using D = duet::dual<double, 1>;
  using second = duet::dual<D, 1>;
  for (unsigned seed = 200; seed < 210; ++seed) {
    CAPTURE(seed);
    auto const at = duet_test::straight_line_point(seed), along = duet_test::straight_line_point(seed + 1000);
    auto const moving = [&](std::size_t i) {
      D x(at[i]);
      x.set_partial(0, along[i]);
      return x;
    };
    tape<D> t;
    recording const scope(t);
    std::array<var<D>, duet_test::straight_line_inputs> inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = t.independent(moving(i));
    var<D> const y = duet_test::straight_line(seed, 50, inputs).back();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      std::array<second, duet_test::straight_line_inputs> x;
      for (std::size_t j = 0; j < x.size(); ++j) x[j] = moving(j);
      x[i] = second::independent(moving(i), 0);
      D const expected = duet_test::straight_line(seed, 50, x).back().partial(0);
      for (auto expect : {duet::seeds::dense, duet::seeds::sparse}) {
        t.reverse(y, expect);
        REQUIRE(t.adjoint(inputs[i]).value() == Approx(expected.value()).epsilon(1e-12).margin(1e-12));
        REQUIRE(t.adjoint(inputs[i]).partial(0) == Approx(expected.partial(0)).epsilon(1e-11).margin(1e-11));
      }
    }
  }
}

// ---- repeated sweeps, rows, sparse seeds ----

TEST_CASE("Sweeps repeated with other seeds are linear in them") {
  for (unsigned seed = 300; seed < 310; ++seed) {
    CAPTURE(seed);
    recorded_program p(seed, 50);
    auto const forward = duet_test::straight_line_forward(seed, 50);
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    for (int round = 0; round < 8; ++round) {
      numbers expected{};
      for (int s = 0; s < 1 + round; ++s) {
        std::size_t const k = engine() % p.v.size();
        double const w = uniform(engine);
        p.t.seed(p.v[k], w);
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += w * forward[k].partial(i);
      }
      p.t.reverse(round % 2 == 0 ? duet::seeds::dense : duet::seeds::sparse);
      require_near(p.adjoints(), expected);
    }
  }
}

TEST_CASE("Rows of 1 to 40 outputs, in sweeps of 8 or 16 or as the tape chooses, are the sweeps of each") {
  recorded_program p(400, 120);
  p.v.push_back(2.5);  // a constant
  std::mt19937 engine(400);
  for (std::size_t count = 1; count <= 40; ++count) {
    CAPTURE(count);
    std::vector<var<>> y;
    std::vector<numbers> expected;
    for (std::size_t k = 0; k < count; ++k) {
      y.push_back(p.v[engine() % p.v.size()]);
      p.t.reverse(y.back());
      expected.push_back(p.adjoints());
    }
    std::size_t next = 0;
    auto const check = [&](std::size_t row, auto const& adjoint) {
      REQUIRE(row == next++);
      numbers got;
      for (std::size_t i = 0; i < got.size(); ++i) got[i] = adjoint(p.x[i]);
      require_near(got, expected[row]);
      REQUIRE(adjoint(var<>(1.5)) == 0);
    };
    std::span<var<> const> const outputs(y);
    p.t.reverse_rows(outputs, check);
    REQUIRE(std::exchange(next, 0) == count);
    p.t.reverse_rows<8>(outputs, check);
    REQUIRE(std::exchange(next, 0) == count);
    p.t.reverse_rows<16>(outputs, check);
    REQUIRE(next == count);
    require_near(p.adjoints(), expected.back());  // those of the last reverse() are still there
  }
}

TEST_CASE("Sparse seeds give what dense ones give, where most of the recording has no part in the output") {
  recorded_program p(500, 200);
  auto const forward = duet_test::straight_line_forward(500, 200);
  std::vector<double> dense(p.v.size()), sparse(p.v.size());
  for (std::size_t k = 0; k < p.v.size(); ++k) {
    CAPTURE(k);
    for (auto [expected, into] : {std::pair{duet::seeds::dense, &dense}, std::pair{duet::seeds::sparse, &sparse}}) {
      p.t.reverse(p.v[k], expected);
      for (std::size_t j = 0; j < p.v.size(); ++j) (*into)[j] = p.v[j].index() == 0 ? 0 : p.t.adjoint(p.v[j]);
    }
    for (std::size_t j = 0; j < p.v.size(); ++j) REQUIRE(sparse[j] == Approx(dense[j]).epsilon(1e-13).margin(1e-13));
    require_near(p.adjoints(), partials(forward[k]));
  }
}

// ---- stages ----

TEST_CASE("Several stages are one sweep, with seeds before and in between") {
  for (unsigned seed = 600; seed < 640; ++seed) {
    CAPTURE(seed);
    recorded_program p(seed, 80);
    auto const forward = duet_test::straight_line_forward(seed, 80);
    std::mt19937 engine(seed);
    numbers expected{};
    auto const plant = [&](std::size_t below, double w) {
      std::size_t const k = engine() % below;
      p.t.seed(p.v[k], w);
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += w * forward[k].partial(i);
    };
    for (double w : {1.0, -0.5, 2.0}) plant(p.v.size(), w);
    std::size_t step = p.positions.size();
    while (step > 0) {
      step -= 1 + engine() % std::min<std::size_t>(step, 25);
      p.t.reverse_to(p.positions[step], engine() % 2 == 0 ? duet::seeds::dense : duet::seeds::sparse);
      plant(duet_test::straight_line_inputs + step, 0.25);  // a variable from before that step, for sure
    }
    p.t.reverse();
    require_near(p.adjoints(), expected);
  }
}

TEST_CASE("A stage leaves the adjoints of what it swept, and those of earlier variables half done") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3);
  var<> const u = x * x;
  auto const middle = t.position();
  var<> const v = u * x, w = v * v;
  t.seed(w, 1);
  t.reverse_to(middle);
  REQUIRE(t.adjoint(v) == 54);
  REQUIRE(t.adjoint(u) == 162);
  REQUIRE(t.adjoint(x) == 54 * 9);  // what v = u x gave
  t.reverse();
  REQUIRE(t.adjoint(x) == 6 * std::pow(3, 5));
  REQUIRE(t.adjoint(v) == 54);
}

TEST_CASE("A stage rewound, recorded again and swept goes on where the last one stopped") {
  // A chain of segments x <- x sin x + p x, swept from the end with one segment on the tape at a time.
  constexpr std::size_t segments = 7;
  auto const segment = [](auto x, auto const& p) {
    for (int k = 0; k < 3; ++k) x = 0.5 * x * sin(x) + p * x;
    return x;
  };
  using D = duet::dual<double, 2>;
  D whole = D::independent(1.1, 0);
  D const parameter = D::independent(0.8, 1);
  std::vector<double> states;
  for (std::size_t s = 0; s < segments; ++s) {
    states.push_back(whole.value());
    whole = segment(whole, parameter);
  }

  tape<> t;
  recording const scope(t);
  var<> const p = t.independent(0.8);
  auto const start = t.position();
  double adjoint = 1;
  for (std::size_t s = segments; s-- > 0;) {
    t.rewind(start);
    var<> const x = t.independent(states[s]);
    t.seed(segment(x, p), adjoint);
    t.reverse_to(start);  // the adjoint of p stays, that of x is the seed of the segment before
    adjoint = t.adjoint(x);
  }
  REQUIRE(adjoint == Approx(whole.partial(0)).epsilon(1e-13));
  REQUIRE(t.adjoint(p) == Approx(whole.partial(1)).epsilon(1e-13));
  t.reverse();  // the part before: nothing but the parameter
  REQUIRE(t.adjoint(p) == Approx(whole.partial(1)).epsilon(1e-13));
}

TEST_CASE("A statement whose predecessor lies before the position hands its adjoint on to the next stage") {
  tape<> t;
  recording const scope(t);
  for (int form = 0; form < 4; ++form)
    for (auto expected : {duet::seeds::dense, duet::seeds::sparse}) {
      CAPTURE(form);
      t.clear();
      var<> const x = t.independent(1.5), a = t.independent(2);
      var<> const u = x * x;
      auto const middle = t.position();
      var<> y = u;
      if (form == 0) y = 3 * u;
      if (form == 1) y = u + a;
      if (form == 2) y += a * a;  // the carry
      if (form == 3) y = a - u;
      t.seed(y, 2);
      t.reverse_to(middle, expected);
      double const slope = form == 0 ? 6 : form == 3 ? -2 : 2;
      REQUIRE(t.adjoint(u) == slope);
      REQUIRE(t.adjoint(x) == 0);
      t.reverse(expected);
      REQUIRE(t.adjoint(x) == slope * 3);
    }
}

TEST_CASE("A stage to the start of the recording leaves nothing to sweep twice") {
  tape<> t;
  recording const scope(t);
  auto const start = t.position();
  var<> const x = t.independent(3);
  var<> const u = x * x, y = u * u;
  t.seed(y, 1);
  t.reverse_to(start);
  REQUIRE(t.adjoint(x) == 108);
  t.reverse();
  REQUIRE(t.adjoint(x) == 108);
}

TEST_CASE("A stage to a position that was swept already sweeps nothing") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2);
  var<> const u = x * x;
  auto const early = t.position();
  var<> const v = u * u;
  auto const late = t.position();
  var<> const w = v * v;
  t.seed(w, 1);
  t.reverse_to(early);
  t.reverse_to(late);
  t.reverse_to(early);
  REQUIRE(t.adjoint(u) == 4 * 64);
  t.reverse();
  REQUIRE(t.adjoint(x) == 8 * 128);
}

TEST_CASE("A staged sweep refuses what it would get wrong") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3);
  var<> const u = x * x;
  auto const middle = t.position();
  var<> const y = u * u;
  auto const end = t.position();
  REQUIRE_THROWS_WITH(t.reverse_to(middle), duet_test::contains("nothing was seeded"));
  t.seed(y, 1);
  t.reverse_to(middle);
  REQUIRE_THROWS_WITH(t.seed(y, 1), duet_test::contains("swept") && duet_test::contains("rewind()"));
  REQUIRE_THROWS_AS(t.seed(y, 1), duet::error);
  t.seed(u, 0.5);  // from before: allowed
  var<> const late = y * 2;
  REQUIRE_THROWS_WITH(t.reverse(), duet_test::contains("behind a part"));
  REQUIRE_THROWS_AS(t.reverse_to(middle), duet::error);
  REQUIRE_THROWS_AS(t.seed(late, 1), duet::error);
  t.rewind(end);
  t.reverse();
  REQUIRE(t.adjoint(x) == (18 + 0.5) * 6);

  t.rewind(middle);
  REQUIRE_THROWS_WITH(t.reverse_to(end), duet_test::contains("beyond the recording"));
  t.seed(u, 1);
  REQUIRE_THROWS_AS(t.reverse_to(end), duet::error);
  t.reverse();  // the seed is still there
  REQUIRE(t.adjoint(x) == 6);
}

TEST_CASE("A recording cut between the stages and grown again is refused until it is rewound") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2);
  auto const first = t.position();
  var<> const u = x * x;
  auto const second = t.position();
  var<> const v = u * u;
  t.seed(v, 1);
  t.reverse_to(first);
  t.rewind(second);
  var<> const w = u * x;
  REQUIRE_THROWS_AS(t.reverse(), duet::error);
  t.rewind(first);
  var<> const z = x * x * x;
  t.seed(z, 1);  // on top of the adjoint of x from the stage before
  t.reverse();
  REQUIRE(t.adjoint(x) == 4 * 8 + 3 * 4);
  REQUIRE(w.value() == 8);
}

TEST_CASE("A new sweep forgets the stages of the one before") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2);
  var<> const u = x * x;
  auto const middle = t.position();
  var<> const y = u * u;
  t.seed(y, 1);
  t.reverse_to(middle);
  t.reverse(y);
  REQUIRE(t.adjoint(x) == 32);
  t.seed(y, 1);
  t.reverse_to(middle);
  t.zero_adjoints();
  t.seed(y, 2);
  t.reverse();
  REQUIRE(t.adjoint(x) == 64);
}

TEST_CASE("Stages run external nodes once each") {
  tape<> t;
  recording const scope(t);
  auto const calls = std::make_shared<int>(0);
  var<> const x = t.independent(2);
  std::vector<tape_position> positions;
  var<> y = x;
  for (int i = 0; i < 5; ++i) {
    positions.push_back(t.position());
    var<> const in = y * 0.5 + x, out = t.output(in.value() * in.value());
    t.external([=](adjoint_access<double>& adjoints) {
      ++*calls;
      adjoints.add(in, 2 * in.value() * adjoints(out));
    });
    y = out * 0.25;
  }
  t.reverse(y);
  double const expected = t.adjoint(x);
  *calls = 0;
  t.seed(y, 1);
  for (std::size_t k : {3u, 2u, 0u}) t.reverse_to(positions[k]);
  REQUIRE(*calls == 5);
  t.reverse();
  REQUIRE(*calls == 5);
  REQUIRE(t.adjoint(x) == expected);
}

// ---- denormals ----

namespace {

#if defined(DUET_FLUSH_SSE) || defined(DUET_FLUSH_NEON)
constexpr bool machine_flushes = true;
#else
constexpr bool machine_flushes = false;
#endif

// Whether denormals exist for this thread at the moment.
bool denormals_live() {
  double volatile tiny = std::numeric_limits<double>::min();
  double volatile half = tiny * 0.5;
  return half != 0;
}

// x <- 0.5 x so often that the adjoint of the first is a denormal, 2^-1060, while those of the last are not.
struct decaying_chain {
  tape<> t;
  recording<double> scope{t};
  var<> x = t.independent(1), y = x;
  std::vector<var<>> steps;
  decaying_chain() {
    for (int i = 0; i < 1060; ++i) steps.push_back(y = 0.5 * y);
  }
};

}  // namespace

TEST_CASE_METHOD(decaying_chain, "Decaying adjoints are flushed to zero, unless the tape is told to keep them") {
  double const denormal = std::ldexp(1.0, -1060);
  REQUIRE(denormal > 0);
  REQUIRE(y.value() == denormal);  // values are not touched
  auto const sweep = [&] {
    t.reverse(y);
    REQUIRE(denormals_live());
    REQUIRE(t.adjoint(steps[1059 - 1000]) == std::ldexp(1.0, -1000));
    double lane = -1;
    t.reverse_rows(std::span<var<> const>(&y, 1), [&](std::size_t, auto const& adjoint) { lane = adjoint(x); });
    REQUIRE(lane == t.adjoint(x));
    REQUIRE(denormals_live());
    return t.adjoint(x);
  };
  REQUIRE(sweep() == (DUET_TAPE_FLUSH && machine_flushes ? 0 : denormal));
  t.keep_denormals();
  REQUIRE(sweep() == denormal);
  t.keep_denormals(false);
  REQUIRE(sweep() == (machine_flushes ? 0 : denormal));
}

TEST_CASE("Two thousand statements that halve leave no trace of the output at the input") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1);
  var<> y = x;
  for (int i = 0; i < 2000; ++i) y = 0.5 * y;
  var<> const z = y + x;
  t.reverse(z);
  REQUIRE(t.adjoint(x) == 1);
  t.keep_denormals();
  t.reverse(z);
  REQUIRE(t.adjoint(x) == 1);
}

TEST_CASE("A pullback keeps its denormals, and the caller's setting is back when it throws") {
  tape<> t;
  recording const scope(t);
  t.keep_denormals(false);
  auto const fail = std::make_shared<bool>(false);
  auto const seen = std::make_shared<int>(0);
  var<> const x = t.independent(1), out = t.output(1);
  t.external([=](adjoint_access<double>& adjoints) {
    if (denormals_live()) ++*seen;
    if (*fail) throw std::runtime_error("no");
    adjoints.add(x, adjoints(out) * std::ldexp(1.0, -1050));
  });
  t.reverse(out);
  REQUIRE(*seen == 1);
  REQUIRE(t.adjoint(x) == std::ldexp(1.0, -1050));  // what a pullback adds stays as it is
  *fail = true;
  var<> const y = out * 2;
  REQUIRE_THROWS_AS(t.reverse(y), std::runtime_error);
  REQUIRE(denormals_live());
  REQUIRE_THROWS_AS(t.reverse_rows(std::span<var<> const>(&y, 1), [](std::size_t, auto const&) {}), std::runtime_error);
  REQUIRE(denormals_live());
  REQUIRE(*seen == 3);
  t.seed(y, 1);
  REQUIRE_THROWS_AS(t.reverse(), std::runtime_error);
  REQUIRE(denormals_live());
}

#if defined(DUET_FLUSH_SSE)
TEST_CASE_METHOD(decaying_chain, "A caller who flushes denormals himself still does after a sweep") {
  unsigned const before = _mm_getcsr();
  struct restored {
    unsigned bits;
    ~restored() { _mm_setcsr(bits); }
  } const restore{before};
  for (bool keep : {false, true}) {
    _mm_setcsr(before | 0x8040);
    t.keep_denormals(keep);
    t.reverse(y);
    unsigned const after = _mm_getcsr();
    _mm_setcsr(before);
    REQUIRE((after & 0x8040) == 0x8040);
    REQUIRE(t.adjoint(x) == 0);
  }
}
#endif
