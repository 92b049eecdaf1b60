// Checked mode of the tape: each finding by its kind, its text and the line it names. Compiled with DUET_CHECKED.

#include <catch.hpp>
#include <cmath>
#include <duet/checked.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <limits>
#include <string>
#include <thread>
#include <vector>

using duet::recording;
using duet::tape;
using duet::var;
using duet::checked::collected;
using duet::checked::finding;

namespace {

// The one report of a kind; its place is in this file.
duet::checked::report only(collected const& found, finding what) {
  REQUIRE(found.count(what) == 1);
  for (auto const& r : found.reports())
    if (r.what == what) {
      if (r.where.line() != 0) REQUIRE(std::string(r.where.file_name()).ends_with("checked/reverse.cpp"));
      return r;
    }
  return {};
}
template <class F>
std::string thrown(F&& f) {
  try {
    f();
  } catch (duet::error const& e) {
    return e.what();
  }
  return "nothing";
}
int line_of(duet::checked::report const& r) { return static_cast<int>(r.where.line()); }

}  // namespace

TEST_CASE("A checked recording with nothing wrong says nothing") {
  collected const found;
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.5), y = t.independent(2);
  var<> z = x * y + sin(x);
  z += y;
  z -= x * x;
  z *= 2.0;
  z /= y;
  t.reverse(z);
  REQUIRE(std::abs(t.adjoint(x) - (2 * (2 + std::cos(0.5) - 1) / 2)) < 1e-15);
  t.clear();
  var<> const again = t.independent(3);
  t.reverse(again * again);
  REQUIRE(t.adjoint(again) == 6);
  REQUIRE(found.reports().empty());
}

TEST_CASE("A checked tape reports inputs that no statement reads") {
  tape<> t;
  recording const scope(t);
  SECTION("one by one, with the line where they were made") {
    collected const found;
    var<> const x = t.independent(0.5);
    int const line = __LINE__ + 1;
    var<> const unread = t.independent(7.25);
    var<> y = x * x;
    if (unread > 0) y = y * 2.0;  // a comparison reads the value, and nothing on the tape
    t.reverse(y);
    auto const r = only(found, finding::input_unread);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.message ==
            "input 1 (value 7.25) is read by no recorded statement: derivatives with respect to it are zero");
    REQUIRE(r.values == std::vector<double>{7.25});
    t.reverse(y);
    REQUIRE(found.reports().size() == 1);  // once for a recording
  }
  SECTION("made together") {
    collected const found;
    std::vector<double> const values{1, 2, 3, 4};
    std::vector<var<>> x(4);
    int const line = __LINE__ + 1;
    t.independents(values, x);
    t.reverse(x[0] * x[2]);
    auto const r = only(found, finding::input_unread);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.message ==
            "inputs 1, 3 (2 of 4) are read by no recorded statement: derivatives with respect to them are zero");
  }
  SECTION("but not what an external node reads, nor an output") {
    collected const found;
    var<> const x = t.independent(3), alone = t.independent(4);
    var<> const y = t.output(x.value() * x.value());
    t.external([x, y](duet::adjoint_access<double>& adjoint) { adjoint.add(x, 2 * 3 * adjoint(y)); });
    std::vector<var<>> const outputs{2.0 * y, alone};
    double slope = 0;
    t.reverse_rows(std::span(outputs), [&](std::size_t row, auto const& adjoint) {
      if (row == 0) slope = adjoint(x);
    });
    REQUIRE(slope == 12);
    REQUIRE(found.reports().empty());
  }
}

TEST_CASE("A checked tape reports outputs that depend on nothing") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(0.5), constant = 3.5;
  SECTION("swept") {
    t.reverse(constant);
    REQUIRE(only(found, finding::output_constant).message ==
            "duet::tape::reverse: the output (value 3.5) depends on nothing recorded: its derivatives are zero");
  }
  SECTION("seeded") {
    t.seed(constant, 1);
    REQUIRE(only(found, finding::output_constant).operation == "duet::tape::seed");
  }
  SECTION("among others") {
    std::vector<var<>> const outputs{x * x, constant, x + 1.0, constant};
    t.reverse_rows(std::span(outputs), [](std::size_t, auto const&) {});
    auto const r = only(found, finding::output_constant);
    REQUIRE(r.message ==
            "duet::tape::reverse_rows: outputs 1, 3 (2 of 4) depend on nothing recorded: their derivatives are zero");
    REQUIRE(r.values == std::vector<double>{3.5, 3.5});
  }
}

TEST_CASE("A variable of another tape is an error of a checked recording") {
  tape<> t, other;
  var<> const foreign = other.independent(3);
  recording const scope(t);
  var<> const x = t.independent(0.5), filler = t.independent(1);
  std::size_t const before = t.statistics().statements;
  int const line = __LINE__ + 1;
  REQUIRE_THAT(thrown([&] { [[maybe_unused]] var<> const y = x * foreign; }),
               Catch::Contains("reverse.cpp:" + std::to_string(line)));
  REQUIRE_THAT(thrown([&] { [[maybe_unused]] var<> const y = x * foreign; }),
               Catch::Contains("multiply: the variable with index 1 is of another tape"));
  var<> sum = x * filler;
  REQUIRE_THAT(thrown([&] { sum += foreign; }), Catch::Contains("is of another tape"));
  REQUIRE_THAT(thrown([&] { t.reverse(foreign); }),
               Catch::Contains("duet::tape::reverse: the variable with index 1 is of another tape"));
  REQUIRE_THAT(thrown([&] { t.seed(foreign, 1); }), Catch::Contains("of another tape"));
  t.reverse(sum);
  REQUIRE_THAT(thrown([&] { (void)t.adjoint(foreign); }), Catch::Contains("duet::tape::adjoint"));
  REQUIRE(t.statistics().statements == before + 1);
  REQUIRE(t.adjoint(x) == 1);
}

TEST_CASE("A variable of a rewound part is an error of a checked recording") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(2);
  auto const here = t.position();
  var<> const gone = x * x;
  t.rewind(here);
  var<> const y = x * 3.0;  // in its place
  REQUIRE(y.index() == gone.index());
  REQUIRE_THAT(thrown([&] { [[maybe_unused]] var<> const z = sin(gone); }),
               Catch::Contains("sin: the variable with index 2 is of a part of the tape that was rewound or cleared"));
  REQUIRE_THAT(thrown([&] { t.reverse(gone); }), Catch::Contains("rewound or cleared"));
  t.reverse(y);
  REQUIRE(t.adjoint(x) == 3);  // what lies before the position stays
  t.clear();
  var<> const next = t.independent(2);
  REQUIRE_THAT(thrown([&] { [[maybe_unused]] var<> const z = x + next; }), Catch::Contains("rewound or cleared"));
  REQUIRE_THAT(thrown([&] {
                 auto const kept = x * 2.0;  // an expression, assigned later
                 [[maybe_unused]] var<> const z = kept;
               }),
               Catch::Contains("rewound or cleared"));
}

TEST_CASE("A checked tape reports a sweep on top of an old recording") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(2);
  t.reverse(x * x);
  t.reverse(x * x * x);  // another output of the same inputs is fine
  REQUIRE(found.reports().empty());
  int const line = __LINE__ + 1;
  var<> const next = t.independent(3);
  t.reverse(next * next);
  auto const r = only(found, finding::second_sweep);
  REQUIRE(line_of(r) == line);
  REQUIRE(r.message ==
          "duet::tape::reverse: inputs were made since the last sweep, behind its recording of 3 entries: call "
          "tape.clear() first, or tape.rewind(position)");
  t.seed(next, 1);
  t.reverse();
  REQUIRE_THAT(thrown([&] { t.reverse(); }), Catch::Contains("nothing was seeded since the last sweep"));
}

TEST_CASE("A checked recording reports an active value made passive before it goes on") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(2);
  SECTION("by duet::value") {
    int const line = __LINE__ + 1;
    double const passive = duet::value(x * x);
    REQUIRE(found.reports().empty());  // it may be for printing
    var<> const y = passive * x;
    auto const r = only(found, finding::made_passive);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.message == "an active value (4) was made passive and recording went on: no derivative follows it");
    REQUIRE(y.value() == 8);
  }
  SECTION("by its own value") {
    int const line = __LINE__ + 1;
    var<> const y = x.value() * x;
    REQUIRE(line_of(only(found, finding::made_passive)) == line);
    REQUIRE(y.value() == 4);
  }
  SECTION("unless nothing comes after it") {
    var<> const y = x * x;
    REQUIRE(y.value() == 4);
    t.reverse(y);
    REQUIRE(duet::value(y) == 4);
    t.reverse(y);
    REQUIRE(found.reports().empty());
  }
  SECTION("unless it is silenced") {
    duet::checked::silence const quiet(finding::made_passive);
    var<> const y = duet::value(x) * x;
    REQUIRE(y.value() == 4);
    REQUIRE(found.reports().empty());
  }
  SECTION("and passive variables as they are") {
    var<> const constant = 3;
    var<> const y = duet::value(constant) * x;
    t.reverse(y);
    REQUIRE(found.reports().empty());
  }
}

TEST_CASE("A checked recording reports the first value that is not finite") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(-1), y = t.independent(2);
  SECTION("of a statement, by its operation") {
    int const line = __LINE__ + 1;
    var<> z = y * (2.0 + log(x)) + sqrt(x);
    z = z * z;
    t.reverse(z);
    auto const r = only(found, finding::value_not_finite);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.operation == "log");
    REQUIRE(r.message == "log(-1) = NaN, the first value that is not finite");
    REQUIRE(to_string(r).ends_with("checked/reverse.cpp:" + std::to_string(line) +
                                   ": duet: log(-1) = NaN, the first value that is not finite [value_not_finite]"));
    REQUIRE(found.reports().size() == 1);  // its derivatives are not finite either
  }
  SECTION("of an assignment") {
    var<> z;
    int const line = __LINE__ + 1;
    z = y / (x + 1.0);
    REQUIRE(line_of(only(found, finding::value_not_finite)) == line);
    REQUIRE(found.reports()[0].message == "divide(2, 0) = inf, the first value that is not finite");
  }
  SECTION("of a sum") {
    var<> z = y;
    int const line = __LINE__ + 1;
    z += exp(1000 * y);
    REQUIRE(line_of(only(found, finding::value_not_finite)) == line);
    REQUIRE(found.reports()[0].message == "exp(2000) = inf, the first value that is not finite");
  }
  SECTION("that a passive number brings in") {
    double const unset = std::numeric_limits<double>::quiet_NaN();
    [[maybe_unused]] var<> const z = y * unset;
    REQUIRE(only(found, finding::value_not_finite).message ==
            "multiply(2, NaN) = NaN, the first value that is not finite");
  }
  SECTION("of an input") {
    int const line = __LINE__ + 1;
    var<> const bad = t.independent(std::numeric_limits<double>::infinity());
    [[maybe_unused]] var<> const z = bad * y;
    auto const r = only(found, finding::value_not_finite);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.message == "input has the value inf, the first value that is not finite");
  }
  SECTION("but none that a finite result hides") {
    using std::min;
    var<> const z = min(y, std::numeric_limits<double>::infinity());
    t.reverse(z * x);
    REQUIRE(found.reports().empty());
  }
}

TEST_CASE("A checked sweep reports the first derivative that is not finite") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(0);
  SECTION("by its operation") {
    int const line = __LINE__ + 1;
    var<> y = 3.0 * (1.0 + sqrt(x));
    y = y * y;
    REQUIRE(found.reports().empty());
    t.reverse(y);
    auto const r = only(found, finding::derivative_not_finite);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.operation == "sqrt");
    REQUIRE(r.message == "the derivative of sqrt(0) is inf, the first derivative that is not finite");
    REQUIRE(t.adjoint(x) == std::numeric_limits<double>::infinity());  // the sweep was completed
  }
  SECTION("of several outputs") {
    std::vector<var<>> const outputs{x + 1.0, cbrt(x)};
    t.reverse_rows(std::span(outputs), [](std::size_t, auto const&) {});
    REQUIRE(only(found, finding::derivative_not_finite).operation == "cbrt");
  }
  SECTION("but none that meets a zero") {
    var<> const y = sqrt(x * x);
    t.reverse(y);
    REQUIRE(t.adjoint(x) == 0);
    var<> const z = x * x;
    t.reverse(sqrt(z) * 0.0);
    REQUIRE(t.adjoint(x) == 0);
    REQUIRE(found.reports().empty());
  }
  SECTION("by a partial that overflows") {
    var<> const small = t.independent(1e-300);
    int const line = __LINE__ + 1;
    var<> const y = 1e-300 / small;
    var<> const z = 1e200 * y + x;
    t.reverse(z);
    auto const r = only(found, finding::derivative_not_finite);
    REQUIRE(line_of(r) == line);
    REQUIRE(r.message == "in the sweep the adjoint at divide = 1 is the first that is not finite");
  }
}

TEST_CASE("Handlers of reports") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(-1);
  SECTION("that raise leave the tape as it is") {
    auto const before = duet::checked::on_report(duet::checked::raise);
    int const line = __LINE__ + 1;
    std::string const text = thrown([&] { [[maybe_unused]] var<> const y = log(x); });
    duet::checked::on_report(before);
    REQUIRE(text.ends_with("reverse.cpp:" + std::to_string(line) +
                           ": duet: log(-1) = NaN, the first value that is not finite [value_not_finite]"));
    var<> const y = x * x;
    t.reverse(y);
    REQUIRE(t.adjoint(x) == -2);
  }
  SECTION("hear all threads") {
    int heard = 0;
    auto const before =
        duet::checked::on_report([&](duet::checked::report const& r) { heard += r.operation == "log"; });
    std::thread([] {
      tape<> own;
      recording const inside(own);
      [[maybe_unused]] var<> const y = log(own.independent(-2));
    }).join();
    duet::checked::on_report(before);
    REQUIRE(heard == 1);
  }
}

TEST_CASE("A report names the region of its thread") {
  tape<> t;
  recording const scope(t);
  collected const found;
  var<> const x = t.independent(-1);
  duet::checked::region const outer("assembly");
  {
    duet::checked::region const inner("the residual of joint 3");
    [[maybe_unused]] var<> const y = log(x);
  }
  REQUIRE(found.reports().at(0).region == "the residual of joint 3");
  REQUIRE_THAT(to_string(found.reports()[0]), Catch::Contains(": in the residual of joint 3: duet: log(-1)"));
  t.reverse(var<>(2));
  REQUIRE(found.reports().back().region == "assembly");
}

TEST_CASE("A checked tape of other numbers") {
  SECTION("float") {
    tape<float> t;
    recording const scope(t);
    collected const found;
    [[maybe_unused]] var<float> const x = t.independent(0.0F);
    [[maybe_unused]] var<float> const y = 1.0F / x;
    REQUIRE(only(found, finding::value_not_finite).message == "divide(1, 0) = inf, the first value that is not finite");
  }
  SECTION("variables of variables") {
    tape<> inner;
    tape<var<>> outer;
    recording const a(inner);
    recording const b(outer);
    collected const found;
    var<> const x = inner.independent(2);
    var<var<>> const z = outer.independent(x);
    var<var<>> const y = z * z * z;
    outer.reverse(y);
    inner.reverse(outer.adjoint(z));
    REQUIRE(inner.adjoint(x) == 12);
    REQUIRE(found.reports().empty());
  }
}
