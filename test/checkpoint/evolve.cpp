// Checkpointed loops: the plain loop's derivatives, bit for bit, from few states and the fewest steps.

#include "catch.hpp"

#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <random>

namespace {

using duet::evolve, duet::evolve_while, duet::snapshots, duet::constant;
using duet::tape, duet::var, duet::recording;

template <class S>
using pair = Eigen::Matrix<S, 2, 1>;

// A nonlinear map with a rate, whose every operation matters to the last bit.
auto const logistic = [](auto const& y, long k, auto const& rate) {
  using S = std::decay_t<decltype(y[0])>;
  using std::sin;
  pair<S> next;
  next[0] = rate * y[0] * (1 - y[0]);
  next[1] = 0.5 * y[1] + 0.1 * sin(rate * y[0]) + (k % 3 == 0 ? 0.25 : 0.5) * y[1] * y[0];
  return next;
};

// {value, adjoints of x} of f(x) in one recording, swept once.
template <class F>
std::vector<double> swept(F const& f, std::vector<double> const& x) {
  tape<> t;
  recording const scope(t);
  std::vector<var<>> inputs;
  for (double each : x) inputs.push_back(t.independent(each));
  var<> const y = f(inputs);
  t.reverse(y);
  std::vector<double> result{y.value()};
  for (auto const& each : inputs) result.push_back(t.adjoint(each));
  return result;
}

auto const plain_loop = [](long steps) {
  return [steps](std::vector<var<>> const& x) {
    pair<var<>> y(x[0], x[1]);
    for (long k = 0; k < steps; ++k) y = logistic(y, k, x[2]);
    return var<>(y[0] * y[0] + y[1] * x[2]);
  };
};
auto const checkpointed = [](auto const& policy, long steps) {
  return [=](std::vector<var<>> const& x) {
    pair<var<>> const y = evolve(policy, logistic, pair<var<>>(x[0], x[1]), steps, x[2]);
    return var<>(y[0] * y[0] + y[1] * x[2]);
  };
};
std::vector<double> const at{0.3, 0.2, 2.6};

}  // namespace

TEST_CASE("Derivatives are those of the plain tape, bit for bit, for any number of steps and snapshots") {
  for (long steps : {0, 1, 2, 3, 4, 5, 7, 10, 23, 64, 200}) {
    auto const expected = swept(plain_loop(steps), at);
    for (long states : {1, 2, 3, 4, 5, 8, 30, 1000}) {
      INFO(steps << " steps, " << states << " snapshots");
      REQUIRE(swept(checkpointed(snapshots(states), steps), at) == expected);
    }
    REQUIRE(swept(checkpointed(snapshots(), steps), at) == expected);
  }
}

TEST_CASE("A loop of numbers, of duals, hyper-duals and Taylor series is the loop itself") {
  auto const loop = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    pair<S> y(x[0], x[1]);
    S const rate = x[2];
    for (long k = 0; k < 20; ++k) y = logistic(y, k, rate);
    return S(y[0] + y[1]);
  };
  auto const evolved = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const rate = x[2];
    pair<S> const y = evolve(snapshots(3), logistic, pair<S>(x[0], x[1]), 20, rate);
    return S(y[0] + y[1]);
  };
  std::array<double, 3> const x{0.3, 0.2, 2.6};
  REQUIRE(evolved(x) == loop(x));
  REQUIRE(duet::gradient(duet::forward, evolved, x) == duet::gradient(duet::forward, loop, x));
  REQUIRE(duet::hessian(duet::forward, evolved, x) == duet::hessian(duet::forward, loop, x));
  auto const along = [](auto const& f, std::array<double, 3> const& from) {
    return duet::derivatives<3>(
        [&](auto const& t) {
          using S = std::decay_t<decltype(t)>;
          return f(std::array<S, 3>{S(from[0] + t), S(from[1] - t), S(from[2] + 2 * t)});
        },
        0.0);
  };
  REQUIRE(std::isfinite(along(loop, x)[3]));
  REQUIRE(along(evolved, x) == along(loop, x));
}

TEST_CASE("Drivers differentiate a checkpointed loop in reverse, to second order too") {
  auto const loop = [](auto policy, bool checkpoints) {
    return [=](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      S const rate = x[2];
      pair<S> y(x[0], x[1]);
      if (checkpoints)
        y = evolve(policy, logistic, y, 37, rate);
      else
        for (long k = 0; k < 37; ++k) y = logistic(y, k, rate);
      return std::array<S, 3>{S(y[0] * y[1]), y[1], S(y[0] + rate)};
    };
  };
  auto const first = [&](bool checkpoints) {
    return [=](auto const& x) { return loop(snapshots(4), checkpoints)(x)[0]; };
  };
  Eigen::Vector3d const x(0.3, 0.2, 2.6);
  REQUIRE(duet::gradient(duet::reverse, first(true), x) == duet::gradient(duet::reverse, first(false), x));
  REQUIRE(duet::jacobian(duet::reverse, loop(snapshots(4), true), x) ==
          duet::jacobian(duet::reverse, loop(snapshots(4), false), x));
  // Duals round otherwise where they are recorded.
  REQUIRE(duet::hessian(duet::reverse, first(true), x).isApprox(duet::hessian(duet::forward, first(false), x), 1e-11));
  Eigen::Vector3d const v(1, -2, 0.5);
  REQUIRE(duet::hvp(duet::reverse, first(true), x, v).isApprox(duet::hvp(duet::forward, first(false), x, v), 1e-11));
}

// ---- what is run ----

namespace {

struct counter {
  static inline long numbers = 0, variables = 0;
  static void reset() { numbers = variables = 0; }
};
auto const counted = [](auto const& y, long) {
  using S = std::decay_t<decltype(y)>;
  ++(std::is_same_v<S, double> ? counter::numbers : counter::variables);
  return S(y * 1.5 - 0.25 * y * y);
};

}  // namespace

TEST_CASE("The fewest steps are advanced, and each is recorded once") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 60; ++trial) {
    long const steps = 1 + static_cast<long>(random() % (trial < 30 ? 12 : 400));
    long const states = 1 + static_cast<long>(random() % 9);
    INFO(steps << " steps, " << states << " snapshots");
    tape<> t;
    recording const scope(t);
    counter::reset();
    var<> const y = evolve(snapshots(states), counted, t.independent(0.5), steps);
    REQUIRE(counter::numbers == steps - 1);
    REQUIRE(counter::variables == 1);
    t.reverse(y);
    REQUIRE(counter::numbers == duet::optimal_advances(steps, states));
    REQUIRE(counter::variables == steps);
    duet::checkpoint_plan const plan(steps, snapshots(states));
    REQUIRE(plan.advances == counter::numbers);
    REQUIRE(plan.recompute == Approx(double(counter::numbers + steps) / double(steps)));
  }
}

// What of `steps` steps is recorded, in this order, each of so many statements; the derivative.
struct recorded_order {
  std::vector<long> steps;
  double slope;
};
template <class Policy>
recorded_order order_of(Policy const& policy, long steps, int statements) {
  tape<> t;
  recording const scope(t);
  recorded_order result;
  auto const step = duet::owning([statements, &result](auto const& y, long k, auto const& rate) {
    using S = std::decay_t<decltype(y)>;
    using std::sin;
    if constexpr (std::is_same_v<S, var<>>)
      if (y.index() != 0) result.steps.push_back(k);
    S next = y;
    for (int i = 0; i < statements; ++i) next = sin(rate * next) + 0.1 * y;
    return next;
  });
  var<> const x = t.independent(0.5);
  t.reverse(evolve(policy, step, x, steps, x));
  result.slope = t.adjoint(x);
  return result;
}

TEST_CASE("Steps whose states are kept are recorded together, as long as little is recorded") {
  constexpr long steps = 50;
  std::vector<long> one_by_one(steps);
  for (long k = 0; k < steps; ++k) one_by_one[static_cast<std::size_t>(k)] = steps - 1 - k;
  auto const ascents = [](std::vector<long> const& recorded) {
    return std::count_if(recorded.begin() + 1, recorded.end(), [&](long const& k) { return k == (&k)[-1] + 1; });
  };
  for (long states : {5L, 20L, steps}) {
    auto const few = order_of(snapshots(states), steps, 2);
    REQUIRE(ascents(few.steps) > steps / 4);
    auto in_order = few.steps;
    std::sort(in_order.rbegin(), in_order.rend());
    REQUIRE(in_order == one_by_one);
    // Each reported: when it has been swept and no sooner.
    auto const reported = order_of(snapshots(states).on_progress([](long, long, duet::checkpoint_phase) {}), steps, 2);
    REQUIRE(reported.steps == one_by_one);
    REQUIRE(reported.slope == few.slope);
    REQUIRE(order_of(snapshots(states), steps, 15000).steps == one_by_one);
  }
}

TEST_CASE("Steps that hold loops of their own are recorded one at a time") {
  std::vector<long> recorded;
  tape<> t;
  recording const scope(t);
  auto const inner = [](auto const& y, long) {
    using std::sin;
    return std::decay_t<decltype(y)>(sin(1.5 * y));
  };
  auto const outer = duet::owning([&](auto const& y, long k) {
    if constexpr (std::is_same_v<std::decay_t<decltype(y)>, var<>>)
      if (y.index() != 0) recorded.push_back(k);
    return evolve(snapshots(2), inner, y, 4);
  });
  t.reverse(evolve(snapshots(8), outer, t.independent(0.5), 8));
  REQUIRE(recorded == std::vector<long>{7, 6, 5, 4, 3, 2, 1, 0});
}

TEST_CASE("Entries that share a variable, are passed on, or are passive change no bit either") {
  auto const step = [](auto const& y, long k, auto const& rate) {
    using S = std::decay_t<decltype(rate)>;
    using std::sin, std::pow;
    auto next = y;
    next[1] = sin(rate * y[0]) + 0.3 * y[2] * y[4];
    next[0] = sin(0.7 * y[1] * y[5] + y[0] * pow(1 + y[3] * y[3], y[4]));
    next[2] = k % 4 == 1 ? next[0] : y[2];  // shared, or passed on
    next[3] = k % 3 == 0 ? rate : y[3];     // older than the step
    next[4] = k % 5 == 2 ? S(0.25) : next[1];
    return next;  // y[5] stays what it was
  };
  for (long steps : {9, 40, 41}) {
    auto const slopes = [&](auto const& policy) {
      return swept(
          [&](std::vector<var<>> const& x) {
            std::array<var<>, 6> const y0{x[0], x[0], x[1], x[1], x[2], x[0]};
            auto const y = evolve(policy, step, y0, steps, x[2]);
            return var<>(y[0] * y[1] + y[2] * y[3] + y[4] * y[5]);
          },
          {0.3, 0.4, 0.6});
    };
    auto const one_by_one = slopes(snapshots(steps).on_progress([](long, long, duet::checkpoint_phase) {}));
    for (long states = 1; states <= steps; ++states) {
      INFO(steps << " steps, " << states << " snapshots");
      REQUIRE(slopes(snapshots(states)) == one_by_one);
    }
  }
}

TEST_CASE("A sweep that no adjoint reaches runs nothing, and repeated sweeps agree") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.5), other = t.independent(2);
  var<> const y = evolve(snapshots(3), counted, x, 50);
  var<> const unrelated = other * other;
  counter::reset();
  t.reverse(unrelated);
  REQUIRE(counter::numbers + counter::variables == 0);
  t.reverse(y);
  double const slope = t.adjoint(x);
  for (int again = 0; again < 2; ++again) {
    counter::reset();
    t.reverse(y);
    REQUIRE(t.adjoint(x) == slope);
    REQUIRE(counter::numbers == duet::optimal_advances(49, 3));
    REQUIRE(counter::variables == 49);
  }
  std::array<var<>, 3> const outputs{var<>(2 * y), unrelated, var<>(y * other)};
  counter::reset();
  t.reverse_rows(std::span<var<> const>(outputs), [&](std::size_t row, auto const& adjoint) {
    REQUIRE(adjoint(x) == (row == 0 ? 2 * slope : row == 1 ? 0 : slope * 2));
    REQUIRE(adjoint(other) == (row == 0 ? 0 : row == 1 ? 4 : y.value()));
  });
  REQUIRE(counter::variables == 49);  // all rows at once
}

TEST_CASE("Outputs of a step lie side by side on the tape, apart, or before it") {
  // Entries: made last and in order, made before others, an input, an argument, a constant.
  auto const step = [](auto const& y, long k, auto const& p) {
    auto next = y;
    using S = std::decay_t<decltype(y[0])>;
    if (k % 3 == 0) {
      next[0] = 0.5 * y[1] * y[2];
      for (std::size_t i = 1; i < y.size(); ++i) next[i] = y[i] - 0.25 * y[i - 1] * p;
    } else if (k % 3 == 1) {
      for (std::size_t i = y.size(); i-- > 1;) next[i] = y[i - 1] * y[i] - p;
    } else {
      std::swap(next[0], next[y.size() - 1]);
      next[1] = p;
      next[2] = S(k % 2 == 0 ? 0.5 : -0.25);
    }
    return next;
  };
  auto const agree = [&](auto make) {
    auto const loop = [&](bool checkpoints) {
      return [&, checkpoints](std::vector<var<>> const& x) {
        auto y = make(x);
        if (checkpoints)
          y = evolve(snapshots(2), step, y, 14, x[3]);
        else
          for (long k = 0; k < 14; ++k) y = step(y, k, x[3]);
        var<> sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += (1 + 0.125 * static_cast<double>(i)) * y[i];
        return sum;
      };
    };
    std::vector<double> const x{0.75, -0.5, 1.25, 0.375};
    auto const expected = swept(loop(false), x), found = swept(loop(true), x);
    for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(found[i] == Approx(expected[i]).epsilon(1e-13));
    auto const two = [&](bool checkpoints) {  // of several outputs at once
      return duet::jacobian(
          duet::reverse,
          [&](std::vector<var<>> const& v) {
            var<> const sum = loop(checkpoints)(v);
            return std::array<var<>, 2>{sum, var<>(sum * v[0])};
          },
          x);
    };
    REQUIRE((two(true) - two(false)).cwiseAbs().maxCoeff() < 1e-13);
  };
  agree([](std::vector<var<>> const& x) { return std::array<var<>, 4>{x[0], x[1], x[2], x[0]}; });
  agree([](std::vector<var<>> const& x) {
    std::vector<var<>> y(40, x[2]);
    std::copy(x.begin(), x.end(), y.begin());
    return y;
  });
}

TEST_CASE("Steps have denormals in a sweep that has none") {
  // Halved so often that the adjoint of the first state is a denormal; a step looks for one itself.
  auto const slope = [](bool checkpoints, bool keep) {
    static bool live;
    live = true;
    auto const step = [](auto const& y, long) {
      double volatile tiny = std::numeric_limits<double>::min();
      double volatile half = tiny * 0.5;
      live = live && half != 0;
      return std::decay_t<decltype(y)>(0.5 * y);
    };
    tape<> t;
    t.keep_denormals(keep);
    recording const scope(t);
    var<> const x = t.independent(1);
    var<> y = x;
    if (checkpoints)
      y = evolve(snapshots(4), step, x, 1060);
    else
      for (long k = 0; k < 1060; ++k) y = step(y, k);
    t.reverse(y);
    double volatile tiny = std::numeric_limits<double>::min();
    double volatile half = tiny * 0.5;
    REQUIRE((live && half != 0));
    return t.adjoint(x);
  };
  REQUIRE(slope(true, true) == std::ldexp(1.0, -1060));
  REQUIRE(slope(true, false) == slope(false, false));
}

TEST_CASE("The tape holds a step, not the loop, and is as it was after a sweep") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.5);
  var<> const y = evolve(snapshots(5), counted, x, 1000);
  auto const before = t.statistics();
  REQUIRE(before.statements == 1);
  REQUIRE(before.externals == 1);
  t.reverse(y);
  REQUIRE(t.statistics().statements == 1);
  REQUIRE(t.statistics().bytes == before.bytes);
}

TEST_CASE("Passive loops are not recorded") {
  tape<> t;
  recording const scope(t);
  var<> const y = evolve(snapshots(5), counted, var<>(0.5), 30);
  REQUIRE(y.index() == 0);
  REQUIRE(t.statistics().externals == 0);
  REQUIRE(y.value() == evolve(snapshots(1), counted, 0.5, 30));
}

namespace {

// A state that knows how many of its kind hold numbers.
template <class E>
struct tracked {
  static inline long held = 0, most = 0;
  std::vector<E> entries;
  tracked() = default;
  explicit tracked(std::vector<E> e) : entries(std::move(e)) { count(1); }
  tracked(tracked const& other) : entries(other.entries) { count(1); }
  tracked(tracked&& other) noexcept : entries(std::move(other.entries)) { other.entries.clear(); }
  tracked& operator=(tracked other) noexcept {
    count(-1);
    entries = std::move(other.entries);
    other.entries.clear();
    return *this;
  }
  ~tracked() { count(-1); }

 private:
  void count(long by) {
    if (!entries.empty()) most = std::max(most, held += by);
  }
};

}  // namespace

template <class E>
struct duet::shape<tracked<E>> {
  using value_type = E;
  static constexpr std::size_t static_size = duet::dynamic;
  template <class S>
  using rebind = tracked<S>;
  static std::size_t size(tracked<E> const& x) { return x.entries.size(); }
  template <class Self>
  static auto& entry(Self& x, std::size_t i) {
    return x.entries[i];
  }
  template <class S, class Entry>
  static tracked<S> make(tracked<E> const& like, Entry const& f) {
    std::vector<S> entries;
    for (std::size_t i = 0; i < like.entries.size(); ++i) entries.push_back(S(f(i)));
    return tracked<S>(std::move(entries));
  }
};

TEST_CASE("No more states are held than asked for, besides the one at work") {
  auto const step = [](auto const& y, long) {
    using S = std::decay_t<decltype(y.entries[0])>;
    return tracked<S>(std::vector<S>{S(y.entries[0] * y.entries[1]), S(y.entries[1] + 0.5)});
  };
  for (long states : {1, 2, 3, 7}) {
    using numbers = tracked<double>;
    numbers::most = 0;
    REQUIRE(numbers::held == 0);
    tape<> t;
    {
      recording const scope(t);
      tracked<var<>> const y0(std::vector<var<>>{t.independent(0.5), t.independent(0.25)});
      auto const y = evolve(snapshots(states), step, y0, 60);
      t.reverse(y.entries[0]);
      REQUIRE(numbers::most <= states + 2);  // in slots; the current one and the one that a step is making
      auto const z = evolve_while(snapshots(states), step, y0, [](auto const&, long k) { return k < 60; });
      t.reverse(z.entries[0]);
      REQUIRE(numbers::most <= 2 * states + 4);  // the other loop's too, and the one before the last
    }
    t.clear();
    REQUIRE(numbers::held == 0);
  }
}

// ---- arguments ----

TEST_CASE("Arguments are variables, shapes of them, constants, references and anything else") {
  auto const step = [](auto const& y, long k, auto const& a, auto const& weights, int twice,
                       std::vector<double> const& data, auto const& fixed) {
    using S = std::decay_t<decltype(y)>;
    static_assert(std::is_same_v<std::decay_t<decltype(fixed)>, double>);
    return S(0.5 * y + a * weights[static_cast<std::size_t>(k) % 2] +
             twice * data[static_cast<std::size_t>(k)] * fixed * y);
  };
  std::vector<double> data(12);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = 0.01 * double(i);
  auto const f = [&](bool loop) {
    return [=, &data](std::vector<var<>> const& x) {
      std::array<var<>, 2> const weights{x[1], x[2]};
      var<> y = x[0];
      if (loop)
        for (long k = 0; k < 12; ++k) y = step(y, k, var<>(x[1] * x[0]), weights, 2, data, x[2].value());
      else
        y = evolve(snapshots(3), step, y, 12, x[1] * x[0], weights, 2, std::cref(data), constant(x[2]));
      return y;
    };
  };
  auto const expected = swept(f(true), at), result = swept(f(false), at);
  for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(result[i] == Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("A state of numbers becomes active where the arguments are") {
  auto const step = [](auto const& y, long, auto const& a) {
    using S = std::decay_t<decltype(y[0])>;
    return std::array<S, 2>{S(y[0] * a), S(y[1] + a * y[0])};
  };
  tape<> t;
  recording const scope(t);
  var<> const a = t.independent(1.125);
  std::array<var<>, 2> const y = evolve(snapshots(2), step, std::array<double, 2>{1, 0}, 9, a);
  t.reverse(y[1]);  // a + a^2 + ... + a^9
  double slope = 0;
  for (int k = 9; k > 0; --k) slope = slope * 1.125 + k;
  double expected = 0;
  for (int k = 1; k <= 9; ++k) expected += k * std::pow(1.125, k - 1);
  REQUIRE(t.adjoint(a) == Approx(expected).epsilon(1e-14));
  REQUIRE(duet::derivative(
              [&](auto const& p) { return evolve(snapshots(2), step, std::array<double, 2>{1, 0}, 9, p)[1]; }, 1.125) ==
          Approx(expected).epsilon(1e-14));
}

TEST_CASE("An owning step has active captures") {
  for (long states : {1, 3, 100}) {
    auto const loop = [states](bool checkpoints) {
      return [=](std::vector<var<>> const& x) {
        var<> const gain = exp(x[1]);
        double const shift = 0.125;
        auto const step = [gain, shift](auto const& y, long k) {
          return var<>(y * gain * (1 - y) + shift * double(k % 2));
        };
        var<> y = x[0];
        if (checkpoints) return var<>(evolve(snapshots(states), duet::owning(step), y, 25) * x[2]);
        for (long k = 0; k < 25; ++k) y = step(y, k);
        return var<>(y * x[2]);
      };
    };
    REQUIRE(swept(loop(true), at) == swept(loop(false), at));
  }
}

TEST_CASE("An owning step makes a state of numbers active") {
  auto const f = [](auto const& x) {
    auto const y = evolve(
        snapshots(2), duet::owning([x](auto const& s, long) { return std::decay_t<decltype(x * s)>(x * s); }), 1.0, 5);
    return std::decay_t<decltype(x)>(y);
  };
  REQUIRE(duet::derivative(duet::forward, f, 1.5) == Approx(5 * std::pow(1.5, 4)));
  REQUIRE(duet::gradient(duet::reverse, f, 1.5) == Approx(5 * std::pow(1.5, 4)));
}

TEST_CASE("A step that knows variables alone is run on passive ones") {
  auto const loop = [](bool checkpoints) {
    return [=](std::vector<var<>> const& x) {
      auto const step = [](pair<var<>> const& y, long k, var<> const& rate) { return logistic(y, k, rate); };
      pair<var<>> y(x[0], x[1]);
      if (checkpoints)
        y = evolve(snapshots(3), step, y, 30, x[2]);
      else
        for (long k = 0; k < 30; ++k) y = step(y, k, x[2]);
      return var<>(y.sum());
    };
  };
  REQUIRE(swept(loop(true), at) == swept(loop(false), at));
}

TEST_CASE("Steps know their time") {
  auto const step = [](auto const& y, duet::time_step const& now, auto const& a) {
    return std::decay_t<decltype(y)>(y + now.size * cos(a * now.time));
  };
  tape<> t;
  recording const scope(t);
  var<> const a = t.independent(0.75);
  std::vector<long> seen;
  var<> const y = evolve(snapshots(4).time(1.0, 1e-3), step, var<>(0.0), 2000, a);
  t.reverse(y);
  // The integral of cos(a t) from 1 to 3, by the left rule.
  double sum = 0, slope = 0;
  for (int k = 0; k < 2000; ++k) {
    double const now = 1.0 + k * 1e-3;
    sum += 1e-3 * std::cos(0.75 * now);
    slope -= 1e-3 * now * std::sin(0.75 * now);
  }
  REQUIRE(y.value() == Approx(sum).epsilon(1e-13));
  REQUIRE(t.adjoint(a) == Approx(slope).epsilon(1e-12));
  double const indices = evolve(snapshots(1).time(0, 0.5), [](double s, long k) { return s + double(k); }, 0.0, 5);
  REQUIRE(indices == 10);
}

// ---- loops that end when they end ----

TEST_CASE("evolve_while differentiates as many steps as there were, bit for bit") {
  for (long steps : {0, 1, 2, 3, 5, 9, 40, 333}) {
    auto const expected = swept(plain_loop(steps), at);
    for (long states : {1, 2, 3, 6, 20, 1000}) {
      INFO(steps << " steps, " << states << " snapshots");
      long asked = 0;
      auto const result = swept(
          [&](std::vector<var<>> const& x) {
            pair<var<>> const y = evolve_while(
                snapshots(states), logistic, pair<var<>>(x[0], x[1]),
                [&](auto const& state, long k) {
                  static_assert(std::is_same_v<std::decay_t<decltype(state[0])>, double>);
                  ++asked;
                  return k < steps;
                },
                x[2]);
            return var<>(y[0] * y[0] + y[1] * x[2]);
          },
          at);
      REQUIRE(result == expected);
      REQUIRE(asked == steps + 1);
    }
  }
}

TEST_CASE("Without knowing the number of steps little more are run") {
  for (long states : {3, 5, 10, 20})
    for (long steps : {8, 11, 30, 100, 400, 1000}) {
      tape<> t;
      recording const scope(t);
      counter::reset();
      var<> const y =
          evolve_while(snapshots(states), counted, t.independent(0.5), [&](double, long k) { return k < steps; });
      t.reverse(y);
      INFO(steps << " steps, " << states << " snapshots: " << counter::numbers);
      REQUIRE(double(counter::numbers - 1) <= 7.0 / 6 * double(duet::optimal_advances(steps, states)));
      REQUIRE(counter::variables == steps);
    }
}

TEST_CASE("evolve_while is the loop for numbers and duals") {
  auto const root = [](auto const& a) {
    using S = std::decay_t<decltype(a)>;
    return evolve_while(
        snapshots(5), [](auto const& y, long, auto const& p) { return std::decay_t<decltype(y)>(0.5 * (y + p / y)); },
        S(1.0), [&](auto const& y, long) { return std::abs(duet::value(y * y - a)) > 1e-14; }, a);
  };
  REQUIRE(root(2.0) == Approx(std::sqrt(2.0)));
  REQUIRE(duet::derivative(root, 2.0) == Approx(0.5 / std::sqrt(2.0)));
  REQUIRE(duet::gradient(duet::reverse, root, 2.0) == Approx(0.5 / std::sqrt(2.0)));
}
