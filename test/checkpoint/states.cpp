// What a checkpointed loop may carry, what its steps may contain, and what goes wrong in them.

#include "catch.hpp"

#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

namespace {

using duet::evolve, duet::snapshots, duet::tape, duet::var, duet::recording;

template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// Adjoints of the entries of y0 and of a number p in weights . y after `steps` steps, by the plain tape or with three
// snapshots.
template <class Step, class Y>
std::vector<double> slopes(Step const& step, Y const& y0, long steps, bool checkpoints) {
  tape<> t;
  recording const scope(t);
  var<> const p = t.independent(0.75);
  using State = duet::lifted_t<Y, var<>>;
  State const start =
      duet::shape<Y>::template make<var<>>(y0, [&](auto i) { return t.independent(duet::shape<Y>::entry(y0, i)); });
  State y = start;
  if (checkpoints)
    y = evolve(snapshots(3), step, y, steps, p);
  else
    for (long k = 0; k < steps; ++k) y = State(step(y, k, p));
  var<> sum = 0;
  for (std::size_t i = 0; i < duet::size_of(y); ++i) sum += (1.0 + double(i)) * duet::shape<State>::entry(y, i);
  t.reverse(sum);
  std::vector<double> result{sum.value(), t.adjoint(p)};
  for (std::size_t i = 0; i < duet::size_of(start); ++i)
    result.push_back(t.adjoint(duet::shape<State>::entry(start, i)));
  return result;
}
template <class Step, class Y>
void agrees_with_plain_tape(Step const& step, Y const& y0, long steps = 17) {
  REQUIRE(slopes(step, y0, steps, true) == slopes(step, y0, steps, false));
}

}  // namespace

TEST_CASE("States are numbers, vectors, matrices, arrays and tuples of those") {
  agrees_with_plain_tape([](auto const& y, long k,
                            auto const& p) { return std::decay_t<decltype(y)>(p * y * (1.5 - y) + 0.01 * double(k)); },
                         0.5);
  auto const entrywise = [](auto const& y, long k, auto const& p) {
    auto next = y;
    std::size_t const n = duet::size_of(y);
    using Y = std::decay_t<decltype(y)>;
    for (std::size_t i = 0; i < n; ++i) {
      auto const& left = duet::shape<Y>::entry(y, (i + n - 1) % n);
      auto& entry = duet::shape<Y>::entry(next, i);
      entry = p * entry * (1.5 - left) + 0.01 * double(k);
    }
    return next;
  };
  agrees_with_plain_tape(entrywise, Eigen::Vector3d(0.1, 0.5, 0.9));
  agrees_with_plain_tape(entrywise, Eigen::VectorXd(Eigen::VectorXd::LinSpaced(5, 0.1, 0.9)));
  agrees_with_plain_tape(entrywise, Eigen::RowVectorXd(Eigen::RowVectorXd::LinSpaced(4, 0.1, 0.9)));
  agrees_with_plain_tape(entrywise, Eigen::MatrixXd(Eigen::MatrixXd::Constant(2, 3, 0.4)));
  agrees_with_plain_tape(entrywise, Eigen::Array22d(Eigen::Array22d::Constant(0.3)));
  agrees_with_plain_tape(entrywise, Eigen::ArrayXXd(Eigen::ArrayXXd::Constant(3, 2, 0.3)));
  agrees_with_plain_tape(entrywise, std::array<double, 2>{0.2, 0.7});
  agrees_with_plain_tape(entrywise, std::vector<double>{0.2, 0.7, 0.3});
  agrees_with_plain_tape(entrywise, std::tuple<double>{0.2});
  agrees_with_plain_tape(entrywise,
                         std::tuple<Eigen::Vector2d, double, std::vector<double>>{{0.1, 0.2}, 0.3, {0.4, 0.5}});
  agrees_with_plain_tape(entrywise, std::tuple<std::tuple<double, Eigen::VectorXd>, std::array<double, 2>>{
                                        {0.3, Eigen::VectorXd::Constant(3, 0.6)}, {0.4, 0.5}});
}

TEST_CASE("Steps return Eigen expressions, of variables and of numbers") {
  agrees_with_plain_tape(
      [](auto const& y, long, auto const& p) { return (y * 0.5 + y.cwiseProduct(y) * (0.25 * p)).eval(); },
      Eigen::VectorXd(Eigen::VectorXd::LinSpaced(4, 0.1, 0.9)));
  auto const lazy = [](auto const& y, long, auto const&) { return y * 0.5 + y.reverse(); };
  agrees_with_plain_tape(lazy, Eigen::VectorXd(Eigen::VectorXd::LinSpaced(4, 0.1, 0.9)));
  Eigen::VectorXd const y0 = Eigen::VectorXd::LinSpaced(3, 1, 2);
  Eigen::VectorXd y = y0;
  for (int k = 0; k < 9; ++k) y = (y * 0.5 + y.reverse()).eval();
  REQUIRE(evolve(snapshots(1), lazy, y0, 9, 0.0) == y);
}

TEST_CASE("A state may be passed on, repeated, swapped or replaced by an argument") {
  agrees_with_plain_tape(
      [](auto const& y, long k, auto const& p) {
        auto next = y;
        if (k % 3 == 0) std::swap(next[0], next[1]);
        if (k % 3 == 1) next[2] = y[0] * y[2];
        if (k == 10) next[1] = p;
        return next;
      },
      std::array<double, 3>{0.5, 1.5, 2.5}, 25);
}

TEST_CASE("Entries that a step makes of numbers are constants") {
  agrees_with_plain_tape(
      [](auto const& y, long k, auto const& p) {
        auto next = y;
        next[0] = y[1] * p;
        next[1] = k == 5 ? 0.5 : 2.0;
        return next;
      },
      std::array<double, 2>{0.5, 1.5}, 8);
}

TEST_CASE("Steps contain array nodes, preaccumulated segments, checkpoints and loops of their own") {
  auto const contains = [](auto const& y, long k, auto const& p) {
    using Y = std::decay_t<decltype(y)>;
    using S = typename Y::Scalar;
    Eigen::MatrixXd const mixing =
        Eigen::MatrixXd::Constant(y.size(), y.size(), 0.01) + Eigen::MatrixXd::Identity(y.size(), y.size());
    Y const turned = (mixing * y).array().tanh();  // two array nodes
    S const inner =
        duet::preaccumulate([](auto const& a, auto const& b) { return sin(a) * exp(b) / (1 + a * a); }, y[0], p);
    S const outer = duet::checkpoint([](auto const& a, auto const& b) { return log(1 + a * a) * b; }, turned[1], p);
    S const looped = evolve(
        snapshots(2),
        [](auto const& z, long, auto const& q) { return std::decay_t<decltype(z)>(0.9 * z + 0.1 * sin(q * z)); },
        S(y[2] + 0.01 * double(k)), 7, p);
    Y next = 0.9 * turned;
    next[0] += inner;
    next[1] += 0.1 * outer;
    next[2] = looped;
    return next;
  };
  Eigen::VectorXd const y0 = Eigen::VectorXd::LinSpaced(40, 0.1, 0.9);
  auto const checked = slopes(contains, y0, 11, true), plain = slopes(contains, y0, 11, false);
  // Products of numbers and of variables add in another order.
  for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(checked[i] == Approx(plain[i]).epsilon(1e-12).margin(1e-13));
  auto const number = [&](double p) {
    Eigen::VectorXd const y = evolve(snapshots(1), contains, y0, 11, p);
    double sum = 0;
    for (Eigen::Index i = 0; i < y.size(); ++i) sum += (1.0 + double(i)) * y[i];
    return sum;
  };
  REQUIRE(checked[0] == Approx(number(0.75)).epsilon(1e-14));
  REQUIRE(checked[1] == Approx((number(0.75 + 1e-5) - number(0.75 - 1e-5)) / 2e-5).epsilon(1e-8));
}

namespace {
// Parameters that Duet does not know to hold variables.
template <class S>
struct model {
  S gain;
  double shift;
};
}  // namespace

TEST_CASE("Variables inside an argument of any other type are differentiated too") {
  auto const step = [](auto const& y, long, auto const& m) {
    using S = std::common_type_t<std::decay_t<decltype(y)>, std::decay_t<decltype(m.gain)>>;
    return S(m.gain * y * (1 - y) + m.shift);
  };
  auto const segment = [](auto const& y, auto const& m) {
    using S = std::common_type_t<std::decay_t<decltype(y)>, std::decay_t<decltype(m.gain)>>;
    return S(sin(m.gain * y) + m.shift);
  };
  for (bool active : {true, false}) {
    tape<> t;
    recording const scope(t);
    var<> const x = active ? t.independent(0.3) : var<>(0.3), gain = t.independent(2.5);
    var<> y = x;
    for (long k = 0; k < 9; ++k) y = step(y, k, model<var<>>{gain, 0.01});
    y = segment(y, model<var<>>{gain, 0.5});
    t.reverse(y);
    double const of_gain = t.adjoint(gain), of_x = active ? t.adjoint(x) : 0;
    auto const bytes = t.statistics().bytes;
    var<> const z = evolve(snapshots(2), step, x, 9, model<var<>>{gain, 0.01});
    var<> const w = duet::checkpoint(segment, z, model<var<>>{gain, 0.5});
    REQUIRE(w.value() == y.value());
    if (active) REQUIRE(t.statistics().bytes < 2 * bytes);  // nothing but the nodes and a step
    t.reverse(w);
    REQUIRE(t.adjoint(gain) == of_gain);
    if (active) REQUIRE(t.adjoint(x) == of_x);
  }
}

TEST_CASE("Where a slope is infinite a loop agrees with the plain tape") {
  agrees_with_plain_tape(
      [](auto const& y, long, auto const& p) { return std::decay_t<decltype(y)>(sqrt(y * y) * p + 0 * y); }, 0.0, 6);
}

TEST_CASE("Other number types have checkpoints too") {
  tape<float> t;
  recording const scope(t);
  var<float> const x = t.independent(0.5F);
  auto const step = [](auto const& y, long) { return std::decay_t<decltype(y)>(y * y + 0.25F); };
  var<float> const y = evolve(snapshots(2), step, x, 10);
  t.reverse(y);
  float expected = 1, z = 0.5F;
  for (int k = 0; k < 10; ++k, z = z * z + 0.25F) expected *= 2 * z;
  REQUIRE(y.value() == z);
  REQUIRE(t.adjoint(x) == Approx(expected).epsilon(1e-5));
}

TEST_CASE("A loop inside an inner derivative differentiates once each") {
  // d/dx of x * (d/da a^(2^3) at a = x) = d/dx 8 x^8.
  auto const f = [](auto const& x) {
    auto const inner = [](auto const& a) {
      return evolve(snapshots(2), [](auto const& y, long) { return std::decay_t<decltype(y)>(y * y); }, a, 3);
    };
    return x * duet::gradient(duet::reverse, inner, x);
  };
  REQUIRE(duet::gradient(duet::reverse, f, 1.25) == Approx(64 * std::pow(1.25, 7)));
  REQUIRE(duet::derivative(f, 1.25) == Approx(64 * std::pow(1.25, 7)));
}

// ---- what goes wrong ----

namespace {
bool fails = false;  // in steps, which capture nothing
}

TEST_CASE("A step that throws leaves a tape that works, whether the loop runs or is reversed") {
  auto const step = [](auto const& y, long k) {
    using S = std::decay_t<decltype(y)>;
    if (fails && k == 7) throw std::runtime_error("step 7 fails");
    return S(sin(y) * 1.25);
  };
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.5);
  auto const before = t.statistics();
  fails = true;
  REQUIRE_THROWS_WITH(evolve(snapshots(3), step, x, 20), "step 7 fails");
  REQUIRE_THROWS_WITH(evolve(snapshots(3), step, x, 8), "step 7 fails");  // the recorded one
  REQUIRE(t.statistics().bytes == before.bytes);
  REQUIRE(t.statistics().externals == 0);
  fails = false;
  var<> const y = evolve(snapshots(3), step, x, 20);
  auto const whole = t.statistics();
  fails = true;
  REQUIRE_THROWS_WITH(t.reverse(y), "step 7 fails");
  REQUIRE(t.statistics().bytes == whole.bytes);
  REQUIRE_THROWS_WITH(t.adjoint(x), Catch::Contains("no sweep yet"));  // half of them were there
  std::array<var<>, 2> const rows{y, x};
  REQUIRE_THROWS_WITH(t.reverse_rows(std::span<var<> const>(rows), [](std::size_t, auto const&) {}), "step 7 fails");
  fails = false;
  t.reverse(y);
  double slope = 1, z = 0.5;
  for (int k = 0; k < 20; ++k, z = std::sin(z) * 1.25) slope *= std::cos(z) * 1.25;
  REQUIRE(t.adjoint(x) == Approx(slope).epsilon(1e-14));
}

TEST_CASE("A state that changes its size is refused, naming the step") {
  auto const grow = [](auto const& y, long k) {
    auto next = y;
    if (k == 5) next.resize(3);
    return next;
  };
  auto const message =
      "duet::evolve: step 5 returned a state of 3 entries from one of 2 (or one of other rows and columns); "
      "a state keeps its sizes";
  REQUIRE_THROWS_WITH(evolve(snapshots(2), grow, std::vector<double>{1, 2}, 9), message);
  tape<> t;
  recording const scope(t);
  std::vector<var<>> const x{t.independent(1), t.independent(2)};
  for (long steps : {6, 9}) REQUIRE_THROWS_WITH(evolve(snapshots(2), grow, x, steps), message);
  auto const turn = [](auto const& y, long k) {
    std::decay_t<decltype(y)> next = y;
    if (k == 1) next = y.transpose().eval();
    return next;
  };
  REQUIRE_THROWS_AS(evolve(snapshots(2), turn, Eigen::MatrixXd(Eigen::MatrixXd::Ones(2, 3)), 4), duet::error);
  REQUIRE_THROWS_AS(
      evolve(
          snapshots(2), [](auto const& y, long) { return y.head(1); }, Eigen::VectorXd(Eigen::VectorXd::Ones(2)), 4),
      duet::error);
}

TEST_CASE("Policies and lengths that cannot be are refused") {
  auto const step = [](auto const& y, long) { return std::decay_t<decltype(y)>(2 * y); };
  REQUIRE_THROWS_WITH(snapshots(0),
                      "duet::snapshots: 0 snapshots were given, expected at least 1, for the initial state");
  REQUIRE_THROWS_WITH(evolve(snapshots(1), step, 1.0, -1), "duet::evolve: -1 steps were asked for, expected 0 or more");
  REQUIRE_THROWS_AS(snapshots(2).on_disk("/tmp", -1), std::invalid_argument);
  REQUIRE_THROWS_AS(snapshots(2).on_disk("/tmp", 1, -1.0), std::invalid_argument);
  REQUIRE_THROWS_AS(snapshots(2).on_disk("/tmp", 1, 1.0, std::nan("")), std::invalid_argument);
  tape<> t;
  recording const scope(t);
  REQUIRE_THROWS_WITH(evolve(snapshots().limit_bytes(7), step, t.independent(1), 5),
                      "duet::snapshots::limit_bytes: a state of the loop takes 8 bytes, but the limit is 7");
  var<> const elsewhere = t.independent(2);
  {
    tape<> other;
    recording const inner(other);
    REQUIRE_THROWS_AS(evolve(snapshots(2), step, elsewhere, 3), duet::error);
  }
}

TEST_CASE("A loop of variables where nothing records is refused") {
  tape<> t;
  var<> x;
  {
    recording const scope(t);
    x = t.independent(1);
  }
  auto const step = [](auto const& y, long) { return std::decay_t<decltype(y)>(2 * y); };
  REQUIRE_THROWS_WITH(evolve(snapshots(2), step, x, 3), Catch::Contains("keep a duet::recording"));
}

// ---- policies ----

TEST_CASE("A limit in bytes is a number of states") {
  duet::checkpoint_plan const five(1000, snapshots().limit_bytes(47), 8),
      all(1000, snapshots().limit_bytes(1 << 20), 8), least(1000, snapshots(3).limit_bytes(1 << 20), 8);
  REQUIRE(five.in_memory == 5);
  REQUIRE(five.advances == duet::optimal_advances(1000, 5));
  REQUIRE(all.advances == 999);
  REQUIRE(least.advances == duet::optimal_advances(1000, 3));
  REQUIRE_THROWS_AS(duet::checkpoint_plan(5, snapshots().limit_bytes(3), 8), std::invalid_argument);
}

TEST_CASE("A plan says what a loop will cost, in one line") {
  REQUIRE(to_string(duet::checkpoint_plan(10000, snapshots(20))) ==
          "10000 steps recorded once each and 37976 advanced, 4.80 evaluations a step; at most 20 states in memory");
  duet::checkpoint_plan const plan(100, snapshots(3).on_disk("/nowhere", 100, 1, 1));
  REQUIRE(plan.on_disk > 0);
  REQUIRE(plan.in_memory <= 3);
  REQUIRE(plan.advances < duet::optimal_advances(100, 3));
  REQUIRE_THAT(to_string(plan), Catch::Contains(std::to_string(plan.on_disk) + " on disk (" +
                                                std::to_string(plan.writes) + " written, "));
  std::ostringstream out;
  out << duet::checkpoint_plan(1, snapshots(1));
  REQUIRE(out.str() == "1 step recorded once each and 0 advanced, 1.00 evaluations a step; at most 1 state in memory");
  REQUIRE(duet::checkpoint_plan(0, snapshots(1)).in_memory == 0);
  REQUIRE_THROWS_AS(duet::checkpoint_plan(-1, snapshots(1)), std::invalid_argument);
}

TEST_CASE("Progress tells every step run and reversed, and may stop the loop") {
  struct seen {
    long step, steps;
    duet::checkpoint_phase phase;
  };
  std::vector<seen> all;
  auto const step = [](auto const& y, long) { return std::decay_t<decltype(y)>(y * 1.5); };
  auto const policy = snapshots(2).on_progress(
      [&](long done, long steps, duet::checkpoint_phase phase) { all.push_back({done, steps, phase}); });
  auto const count = [&](duet::checkpoint_phase phase) {
    return std::count_if(all.begin(), all.end(), [&](seen const& each) { return each.phase == phase; });
  };
  using enum duet::checkpoint_phase;
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1);
  var<> const y = evolve(policy, step, x, 12);
  REQUIRE(count(running) == 12);
  for (std::size_t i = 0; i < 12; ++i) REQUIRE((all[i].step == long(i) + 1 && all[i].steps == 12));
  t.reverse(y);
  REQUIRE(count(repeating) == duet::optimal_advances(12, 2) - 11);
  REQUIRE(count(reversing) == 12);
  REQUIRE((all.back().phase == reversing && all.back().step == 12 && all.back().steps == 12));
  all.clear();
  static_cast<void>(duet::evolve_while(policy, step, x, [](double, long k) { return k < 4; }));
  REQUIRE(all.front().steps == 0);
  all.clear();
  REQUIRE(evolve(policy, step, 1.0, 3) == 1.5 * 1.5 * 1.5);
  REQUIRE(count(running) == 3);
  auto const stopping = snapshots(2).on_progress([](long, long, duet::checkpoint_phase phase) {
    if (phase == reversing) throw std::runtime_error("stopped");
  });
  var<> const z = evolve(stopping, step, x, 12);
  REQUIRE_THROWS_WITH(t.reverse(z), "stopped");
  t.reverse(y);
  REQUIRE(t.adjoint(x) == Approx(std::pow(1.5, 12)));
}
