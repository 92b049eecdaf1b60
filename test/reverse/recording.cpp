// Recordings: scopes inside one another and in turn, their tapes' ends, threads, memory given back and taken again.

#include "catch.hpp"

#include <atomic>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <memory>
#include <stdexcept>
#include <thread>

namespace {

using duet::tape, duet::var, duet::recording;

// e^x - 1 by its series, two statements a term, as many as one likes.
var<> series(var<> const& x, int terms) {
  var<> term = x, sum = x;
  for (int k = 1; k <= terms; ++k) {
    term = term * x / (1.0 + k);
    sum += term;
  }
  return sum;
}
double series_slope(double x, int terms) {
  double term = x, slope = 1, sum = 1;
  for (int k = 1; k <= terms; ++k) {
    slope = (slope * x + term) / (1.0 + k);
    term = term * x / (1.0 + k);
    sum += slope;
  }
  return sum;
}

}  // namespace

TEST_CASE("A, then B inside, then A again inside: each statement goes onto the tape whose scope is the innermost") {
  tape<> a, b;
  recording const outer(a);
  var<> const x = a.independent(2);
  var<> y = x * x;
  {
    recording const middle(b);
    var<> const u = b.independent(3);
    var<> v = u * u;
    {
      recording const inner(a);
      y = y * x;
      y += x;
      REQUIRE(&duet::recording_tape<double>() == &a);
    }
    REQUIRE(&duet::recording_tape<double>() == &b);
    v += u;  // the carry of b
    v = v * u;
    REQUIRE(b.statistics().statements == 3);
    b.reverse(v);
    REQUIRE(b.adjoint(u) == 27 + 6);
  }
  REQUIRE(&duet::recording_tape<double>() == &a);
  y += x;
  REQUIRE(a.statistics().statements == 4);
  REQUIRE(b.statistics().statements == 3);
  a.reverse(y);
  REQUIRE(a.adjoint(x) == 12 + 2);
}

TEST_CASE("A tape read, cleared and shrunk while another one records goes on afterwards") {
  tape<> a, b;
  recording const outer(a);
  var<> const x = a.independent(0.5);
  var<> const y = series(x, 20);
  {
    recording const inside(b);
    REQUIRE(a.statistics().statements == 40);
    a.reverse(y);
    REQUIRE(a.adjoint(x) == Approx(series_slope(0.5, 20)));
    var<> const more = a.independent(7);  // an input may be made at any time
    REQUIRE(more.index() == 42);
    var<> const u = b.independent(2);
    b.reverse(u * u);
    REQUIRE(b.adjoint(u) == 4);
    a.shrink();
  }
  REQUIRE(a.statistics().statements == 0);
  var<> const z = a.independent(0.25);
  a.reverse(series(z, 5000));
  REQUIRE(a.adjoint(z) == Approx(series_slope(0.25, 5000)));
}

TEST_CASE("Two tapes in turn, with what they had before") {
  tape<> tapes[2];
  var<> x[2], y[2];
  for (std::size_t i = 0; i < 2; ++i) {
    recording const scope(tapes[i]);
    y[i] = x[i] = tapes[i].independent(0.5 + static_cast<double>(i));
  }
  for (int round = 0; round < 300; ++round)
    for (std::size_t i = 0; i < 2; ++i) {
      recording const scope(tapes[i]);
      y[i] = 0.5 * y[i];
      y[i] += x[i] * x[i];
    }
  REQUIRE_FALSE(duet::is_recording<double>());
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(tapes[i].statistics().statements == 600);
    tapes[i].reverse(y[i]);
    REQUIRE(tapes[i].adjoint(x[i]) == Approx(4 * x[i].value()));
  }
}

TEST_CASE("An exception out of nested scopes ends both") {
  tape<> a, b;
  auto const record = [&] {
    recording const outer(a);
    recording const inner(b);
    var<> const u = b.independent(2);
    if (u > 1) throw std::runtime_error("no");
  };
  REQUIRE_THROWS_AS(record(), std::runtime_error);
  REQUIRE_FALSE(duet::is_recording<double>());
  REQUIRE_THROWS_AS(duet::recording_tape<double>(), duet::error);
  {
    recording const scope(b);
    var<> const x = b.independent(3);
    b.reverse(x * x);
    REQUIRE(b.adjoint(x) == 6);
  }
}

TEST_CASE("A tape that ends inside another's scope leaves that one recording") {
  tape<> outer;
  recording const scope(outer);
  var<> const x = outer.independent(2);
  {
    auto inner = std::make_unique<tape<>>();
    recording const inside(*inner);
    var<> const u = inner->independent(3);
    REQUIRE(var<>(u * u).value() == 9);
    inner.reset();
    REQUIRE_FALSE(duet::is_recording<double>());
    REQUIRE_THROWS_AS(var<>(u * u), duet::error);
  }
  var<> const y = x * x;
  outer.reverse(y);
  REQUIRE(outer.adjoint(x) == 4);
}

TEST_CASE("Statistics after clear() and shrink(), and the same recording in the memory that is left") {
  tape<> t;
  REQUIRE(t.statistics().bytes <= 1);
  REQUIRE(t.statistics().bytes_per_statement == 0);
  recording const scope(t);
  auto const record = [&](int terms) {
    var<> const x = t.independent(0.75), y = series(x, terms);
    t.reverse(y);
    REQUIRE(t.adjoint(x) == Approx(series_slope(0.75, terms)));
    return t.statistics();
  };
  for (int terms : {3, 100, 40000, 3}) {
    CAPTURE(terms);
    auto const fresh = record(terms);
    REQUIRE(fresh.statements == 2 * static_cast<std::size_t>(terms));
    REQUIRE(fresh.inputs == 1);
    REQUIRE(fresh.adjoint_bytes == (fresh.statements + 2) * sizeof(double));
    REQUIRE(fresh.bytes_per_statement * static_cast<double>(fresh.statements) ==
            Approx(static_cast<double>(fresh.bytes)));
    t.clear();
    REQUIRE(t.statistics().statements == 0);
    REQUIRE(t.statistics().bytes <= 1);
    REQUIRE(record(terms).bytes == fresh.bytes);
    t.shrink();
    REQUIRE(t.statistics().statements == 0);
    REQUIRE(t.statistics().adjoint_bytes == 0);
    REQUIRE(t.position() == duet::tape_position{});
    REQUIRE(record(terms).bytes == fresh.bytes);
    t.clear();
  }
}

TEST_CASE("A tape that one thread records onto is refused to others, and is unharmed") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3);
  var<> const y = x * x;
  auto const before = t.position();
  int refused = 0;
  std::thread([&] {
    auto const attempt = [&](auto const& call) {
      try {
        call();
      } catch (duet::error const& e) {
        refused += std::string(e.what()).find("another thread") != std::string::npos;
      }
    };
    attempt([&] { recording const theirs(t); });
    attempt([&] { (void)t.independent(1); });
    attempt([&] { t.reverse(y); });
    attempt([&] { t.rewind({}); });
    attempt([&] { t.clear(); });
    attempt([&] { (void)t.statistics(); });
    attempt([&] {
      tape<> mine;
      recording const outer(mine);
      recording const theirs(t);
    });
    refused += duet::is_recording<double>() ? 100 : 0;
  }).join();
  REQUIRE(refused == 7);
  REQUIRE(t.position() == before);
  var<> const z = y * x;
  t.reverse(z);
  REQUIRE(t.adjoint(x) == 27);
}

TEST_CASE("A tape refused to a thread is refused to it inside its own recording, which goes on") {
  tape<> t;
  double slope = 0;
  bool refused = false;
  {
    recording const scope(t);
    std::thread([&] {
      tape<> mine;
      recording const outer(mine);
      var<> const u = mine.independent(2);
      var<> v = u * u;
      try {
        recording const theirs(t);
      } catch (duet::error const&) {
        refused = true;
      }
      v = v * u;
      mine.reverse(v);
      slope = mine.adjoint(u);
    }).join();
  }
  REQUIRE(refused);
  REQUIRE(slope == 12);
}

TEST_CASE("Two threads record and sweep at the same time, again and again") {
  std::atomic<int> waiting{2};
  double worst[2] = {1, 1};
  auto const work = [&](std::size_t me) {
    waiting.fetch_sub(1);
    while (waiting.load() > 0) std::this_thread::yield();
    double error = 0;
    tape<> mine;
    for (int round = 1; round <= 60; ++round) {
      recording const scope(mine);
      double const at = 0.1 * round / 60 + 0.5 * static_cast<double>(me);
      var<> const x = mine.independent(at), y = series(x, 100 * round);
      mine.reverse(y);
      double const expected = series_slope(at, 100 * round);
      error = std::max(error, std::abs(mine.adjoint(x) - expected));
      error = std::max(error, std::abs(y.value() - (std::expm1(at))));
      if (round % 10 == 0)
        mine.shrink();
      else
        mine.clear();
    }
    worst[me] = error;
  };
  std::thread other([&] { work(1); });
  work(0);
  other.join();
  REQUIRE(worst[0] < 1e-12);
  REQUIRE(worst[1] < 1e-12);
}

TEST_CASE("A tape recorded by one thread goes on in another") {
  tape<> t;
  var<> x, y;
  std::thread([&] {
    recording const scope(t);
    x = t.independent(2);
    y = x * x;
  }).join();
  recording const scope(t);
  y += x;
  y = y * x;
  t.reverse(y);
  REQUIRE(t.adjoint(x) == 12 + 4);
}
