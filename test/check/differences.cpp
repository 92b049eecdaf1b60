// Differences alone, against closed forms: a right slope never fails, one wrong by 1e-6 of itself does where the
// function is smooth and the slope not lost beside the value; what has no slope is no verdict.

#include "catch.hpp"

#include <duet/check/differences.hpp>
#include <functional>
#include <random>

namespace {

template <class T>
struct smooth {
  char const* name;
  std::function<T(T)> value, slope;
  bool only_positive = false;
  bool wiggles = false;  // over less than 1/100 of x, where x is large: right slopes pass, wrong ones may
};

template <class T>
std::vector<smooth<T>> smooth_functions() {
  using std::cos, std::exp, std::log, std::pow, std::sin, std::sqrt;
  return {
      {"x", [](T x) { return x; }, [](T) { return T(1); }},
      {"x^7", [](T x) { return pow(x, T(7)); }, [](T x) { return 7 * pow(x, T(6)); }},
      {"x + sin(x)", [](T x) { return x + sin(x) / 2; }, [](T x) { return 1 + cos(x) / 2; }},
      {"sin(30 x)", [](T x) { return sin(30 * x); }, [](T x) { return 30 * cos(30 * x); }},
      {"sin(1000 x)", [](T x) { return sin(1000 * x); }, [](T x) { return 1000 * cos(1000 * x); }, false, true},
      {"exp(x)", [](T x) { return exp(x); }, [](T x) { return exp(x); }},
      {"log(x)", [](T x) { return log(x); }, [](T x) { return 1 / x; }, true},
      {"sqrt(x)", [](T x) { return sqrt(x); }, [](T x) { return 1 / (2 * sqrt(x)); }, true},
      {"1 / x^3", [](T x) { return 1 / (x * x * x); }, [](T x) { return -3 / (x * x * x * x); }, true},
      {"x log(x)", [](T x) { return x * log(x); }, [](T x) { return log(x) + 1; }, true},
      {"|x - 0.37| + x^2", [](T x) { return std::abs(x - T(0.37)) + x * x; },
       [](T x) { return (x > T(0.37) ? 1 : -1) + 2 * x; }},
  };
}

// As check_derivatives does it: what fails is differenced again with other steps.
template <class T, class F>
duet::slope_verdict<T> verdict(F const& f, T x, T slope) {
  auto const at = [&](T t) { return std::vector<T>{static_cast<T>(f(t))}; };
  T const reach = slope != 0 && std::isfinite(slope) ? std::abs(f(x) / slope) : T(0);
  auto const judged = [&](duet::step_choice choice) {
    return duet::judge(duet::sample_line<T>(at(x), at, x, reach, choice), 0, slope);
  };
  auto const usual = judged(duet::step_choice::usual);
  return usual.outcome == usual.agrees ? usual : judged(duet::step_choice::smaller);
}

template <class T, class F>
std::string outcome(F const& f, T x, T slope) {
  auto const v = verdict(f, x, slope);
  return v.outcome == v.agrees ? "agrees" : v.outcome == v.differs ? "differs" : v.reason;
}

constexpr double infinite = std::numeric_limits<double>::infinity(),
                 not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEMPLATE_TEST_CASE("A right slope passes, one wrong by 1e-6 of itself is found", "", double, long double) {
  using T = TestType;
  std::mt19937 random(3);
  auto const uniform = [&] { return static_cast<T>(random()) / T(4294967296.0); };
  for (auto const& f : smooth_functions<T>()) {
    int found = 0, asked = 0;
    for (int n = 0; n < 300; ++n) {
      T const size = n % 3 == 0 ? 1 + uniform() : std::pow(T(10), n % 3 == 1 ? -5 * uniform() : 2 * uniform());
      T const x = f.only_positive || random() % 2 == 0 ? size : -size;
      T const slope = f.slope(x);
      CAPTURE(f.name, x, slope);
      auto const right = verdict(f.value, x, slope);
      CAPTURE(right.slope, right.tolerance, right.reason);
      REQUIRE(right.outcome == right.agrees);
      for (T const wrong : {slope * (1 + T(1e-6)), slope * (1 - T(1e-6))}) {
        ++asked;
        auto const v = verdict(f.value, x, wrong);
        found += v.outcome == v.differs;
      }
    }
    CAPTURE(f.name, found, asked);
    REQUIRE((f.wiggles ? found > asked * 9 / 10 : found == asked));
  }
}

TEST_CASE("A right slope in single precision passes, one wrong by a hundredth is found") {
  std::mt19937 random(5);
  for (auto const& f : smooth_functions<float>()) {
    if (f.wiggles) continue;
    for (int n = 0; n < 100; ++n) {
      float const x = 0.5f + static_cast<float>(random() % 1000) / 1000;
      CAPTURE(f.name, x);
      auto const right = verdict(f.value, x, f.slope(x)), wrong = verdict(f.value, x, f.slope(x) * 1.01f + 0.01f);
      CAPTURE(right.slope, right.tolerance, right.reason);
      REQUIRE(right.outcome == right.agrees);
      REQUIRE(wrong.outcome == wrong.differs);
    }
  }
}

TEST_CASE("The error that differences state of themselves holds, and is small") {
  for (double const x : {0.3, 1.0, 2.5}) {
    auto const of_exp = verdict([](double t) { return std::exp(t); }, x, std::exp(x));
    CHECK(std::abs(of_exp.slope - std::exp(x)) <= of_exp.tolerance);
    CHECK(of_exp.tolerance < 1e-10 * std::exp(x));
  }
}

TEST_CASE("A function with rounding errors of its own is not held to finer differences than it has") {
  auto const coarse = [](double x) { return (1e6 + std::sin(x)) - 1e6; };  // good to 1e-10
  for (double x = 0.001; x < 3; x *= 1.1) {
    CAPTURE(x);
    auto const v = verdict(coarse, x, std::cos(x));
    CAPTURE(v.slope, v.tolerance, v.reason);
    REQUIRE(v.outcome == v.agrees);
    REQUIRE(outcome(coarse, x, std::cos(x) + 1e-2) == "differs");
  }
}

TEST_CASE("At a kink the slopes between those of both sides pass, others do not") {
  auto const bent = [](double x) { return x < 1 ? 2 * x : 3 * x - 1; };
  CHECK_THAT(outcome(bent, 1.0, 2.0), duet_test::contains("slope 2 on the left, 3 on the right"));
  CHECK_THAT(outcome(bent, 1.0, 3.0), duet_test::contains("a kink"));
  CHECK_THAT(outcome(bent, 1.0, 2.2), duet_test::contains("a kink"));
  CHECK(outcome(bent, 1.0, 2.5) == "agrees");  // what central differences give
  CHECK(outcome(bent, 1.0, 1.999) == "differs");
  CHECK(outcome(bent, 1.0, 3.001) == "differs");
  CHECK(outcome(bent, 1.0, not_a_number) == "differs");
  CHECK(outcome(bent, 1.0, infinite) == "differs");
}

TEST_CASE("At the end of the domain the one side counts") {
  auto const root = [](double x) { return x * std::sqrt(x); };
  CHECK(outcome(root, 0.0, 0.0) == "agrees");
  CHECK(outcome(root, 0.0, 0.1) == "differs");
  CHECK(outcome(root, 0.0, not_a_number) == "differs");
  auto const decreasing = [](double x) { return std::log1p(-x) / (x > 1 ? 0.0 : 1.0); };
  CHECK(outcome(decreasing, 0.999, -1 / 0.001) == "agrees");
  CHECK(outcome(decreasing, 0.999, -1 / 0.00101) == "differs");
}

TEST_CASE("An infinite slope needs differences that grow to its side") {
  auto const root = [](double x) { return std::sqrt(x); };
  CHECK_THAT(outcome(root, 0.0, infinite), duet_test::contains("differences grow"));
  CHECK(outcome(root, 0.0, -infinite) == "differs");
  auto const cube_root = [](double x) { return -std::cbrt(x); };
  CHECK_THAT(outcome(cube_root, 0.0, -infinite), duet_test::contains("differences grow"));
  CHECK(outcome(cube_root, 0.0, infinite) == "differs");
  auto const entropy = [](double x) { return x == 0 ? 0 : x * std::log(x); };
  CHECK_THAT(outcome(entropy, 0.0, -infinite), duet_test::contains("differences grow"));
  CHECK(outcome([](double x) { return x * x; }, 2.0, infinite) == "differs");
  CHECK(outcome([](double x) { return x * x; }, 2.0, not_a_number) == "differs");
}

TEST_CASE("Where a function jumps or is not finite differences say nothing") {
  auto const jump = [](double x) { return std::floor(x) + x; };
  CHECK_THAT(outcome(jump, 2.0, 1.0), duet_test::contains("do not settle"));
  CHECK(outcome(jump, 2.01, 1.0) == "agrees");
  CHECK(outcome(jump, 2.01, 1.1) == "differs");
  CHECK_THAT(outcome([](double x) { return 1 / x; }, 0.0, -infinite), duet_test::contains("not finite"));
  CHECK_THAT(outcome([](double x) { return std::sin(x) / x; }, 0.0, not_a_number), duet_test::contains("not finite"));
  CHECK_THAT(outcome([](double x) { return std::atan2(x, -0.0); }, 0.0, not_a_number),
             duet_test::contains("do not settle"));
}

TEST_CASE("Steps fit numbers of every size") {
  for (double const x : {0.0, 1e-300, 1e-20, 1.0, -3.0, 1e20, 1e300, std::numeric_limits<double>::denorm_min(),
                         std::numeric_limits<double>::max(), infinite, not_a_number}) {
    CAPTURE(x);
    for (double const reach : {0.0, 1e-12, 1e12}) {
      auto const steps = duet::steps_at(x, reach, duet::step_choice::usual);
      REQUIRE(steps.size() >= 4);
      REQUIRE(steps.size() <= 48);
      REQUIRE(std::is_sorted(steps.rbegin(), steps.rend()));
      REQUIRE(steps.back() > 0);
      if (std::isfinite(x)) REQUIRE((x + steps.back() > x || !std::isnormal(x)));
    }
  }
}
