// check_derivatives passes what is right, at awkward points too, and finds each kind of mistake that a user can make.

#include "catch.hpp"

#include <duet/check.hpp>
#include <duet/math/math.hpp>

namespace {

using duet_test::contains;

// ---- rules with mistakes: y = exp(2 x) ----

enum class mistake { none, sign, factor, branch, second, second_of_a_branch, asymmetric };

template <mistake M>
struct exp_twice {
  static constexpr std::string_view name = "exp_twice";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;

  static auto value(auto const& x) {
    using std::exp;
    return exp(2 * x);
  }
  static auto first(auto const& x, auto const& y) {
    if constexpr (M == mistake::sign) return -2 * y;
    if constexpr (M == mistake::factor) return 2 * (1 + 1e-6) * y;
    if constexpr (M == mistake::branch) return duet::value(x) < 1 ? 2 * y : 3 * y;
    return 2 * y;
  }
  static auto second(auto const& x, auto const&, auto const& dy) {
    if constexpr (M == mistake::second) return 2 * (1 + 1e-6) * dy;
    if constexpr (M == mistake::second_of_a_branch) return duet::value(x) < 1 ? 2 * dy : 0 * dy;
    return 2 * dy;
  }
};

// z = x^2 y, with d2z/dxdy as the derivative of dz/dx says, but not as that of dz/dy.
struct asymmetric {
  static constexpr std::string_view name = "asymmetric";
  static constexpr std::array domain{duet::real_line, duet::real_line};
  static constexpr bool infinite_slope = false;

  static auto value(auto const& x, auto const& y) { return x * x * y; }
  static auto first(auto const& x, auto const& y, auto const&) { return duet::partials{2 * x * y, duet::value(x) * x}; }
  static auto second(auto const& x, auto const& y, auto const&) { return duet::partials{2 * y, 2 * x, duet::zero{}}; }
};

// |x|, with a slope of 0 / 0 at 0.
struct naive_abs {
  static constexpr std::string_view name = "naive_abs";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;

  static auto value(auto const& x) {
    using std::abs;
    return abs(x);
  }
  static auto first(auto const& x, auto const& y) { return x / y; }
};

// sqrt(x), said to fall.
struct falling_root {
  static constexpr std::string_view name = "falling_root";
  static constexpr duet::interval domain = duet::positive;
  static constexpr bool infinite_slope = true;

  static auto value(auto const& x) {
    using std::sqrt;
    return sqrt(x);
  }
  static auto first(auto const&, auto const& y) { return -1 / (2 * y); }
};

// One function for all, so that it is compiled once.
struct with_a_rule {
  mistake made;

  template <class X>
  auto operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    auto const y = [&]() -> S {
      switch (made) {
        case mistake::asymmetric:
          return duet::apply_or_value(asymmetric{}, x[0], x[1]);
        case mistake::sign:
          return duet::apply_or_value(exp_twice<mistake::sign>{}, x[0]);
        case mistake::factor:
          return duet::apply_or_value(exp_twice<mistake::factor>{}, x[0]);
        case mistake::branch:
          return duet::apply_or_value(exp_twice<mistake::branch>{}, x[0]);
        case mistake::second:
          return duet::apply_or_value(exp_twice<mistake::second>{}, x[0]);
        case mistake::second_of_a_branch:
          return duet::apply_or_value(exp_twice<mistake::second_of_a_branch>{}, x[0]);
        default:
          return duet::apply_or_value(exp_twice<mistake::none>{}, x[0]);
      }
    }();
    return S(y * x[1] + x[1] * x[1]);
  }
};

using pair = std::array<double, 2>;

duet::derivative_test const& test_named(duet::derivative_check const& check, std::string const& name) {
  for (auto const& t : check.tests)
    if (t.name == name) return t;
  throw std::out_of_range("no test is named " + name + " in\n" + to_string(check));
}

std::vector<std::string> wrong_tests(duet::derivative_check const& check) {
  std::vector<std::string> names;
  for (auto const& t : check.tests)
    if (!t.passed) names.push_back(t.name);
  return names;
}

using names = std::vector<std::string>;
names const first_order_by_differences{"Jacobian: forward, differences", "Jacobian: reverse, differences"};

// ---- functions at awkward points ----

enum class awkward { abs, relu, max, norm, sqrt, sqrt_of_square, floor, acos, cube_root, log_of_negative };

struct at_an_awkward_point {
  awkward kind;

  template <class X>
  auto operator()(X const& x) const {
    using std::abs, std::acos, std::cbrt, std::floor, std::hypot, std::log, std::max, std::sqrt;
    using S = std::decay_t<decltype(x[0])>;
    S const &a = x[0], &b = x[1];
    switch (kind) {
      case awkward::abs:
        return S(abs(a) + b);
      case awkward::relu:
        return S((a > 0 ? a : S(0)) + b);
      case awkward::max:
        return S(max<S>(a, b) + b);
      case awkward::norm:
        return S(hypot(a, b));
      case awkward::sqrt:
        return S(sqrt(a) * 2 + b);
      case awkward::sqrt_of_square:
        return S(sqrt(a * a) + b);
      case awkward::floor:
        return S(floor(a) + b);
      case awkward::acos:
        return S(acos(a) + b);
      case awkward::cube_root:
        return S(cbrt(a) + b);
      default:
        return S(log(a) + b);
    }
  }
};

duet::derivative_check check_awkward(awkward kind, double a, double b) {
  return duet::check_derivatives(at_an_awkward_point{kind}, pair{a, b});
}

std::string all_notes(duet::derivative_check const& check) {
  std::string text;
  for (auto const& n : check.notes) text += n + '\n';
  return text;
}

// Entries that differences could say nothing of.
std::size_t left_out(duet::derivative_check const& check, std::string const& test) {
  return test_named(check, test).left_out;
}

constexpr auto chain = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S sum = 3;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += x[i] * x[i] * x[i + 1];
  return sum;
};

template <class T>
struct rational {
  template <class X>
  auto operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    return S(x[0] * x[1] / (T(1) + x[1] * x[1]));
  }
};

}  // namespace

TEST_CASE("right derivatives pass every test, and every test compares what it says") {
  auto const check = duet::check_derivatives(with_a_rule{mistake::none}, pair{0.4, -1.3});
  CAPTURE(to_string(check));
  CHECK(check.passed);
  CHECK(check.findings.empty());
  CHECK(check.notes.empty());
  CHECK(check.inputs == 2);
  CHECK(check.outputs == 1);
  std::vector<std::pair<std::string, std::size_t>> const expected{{"value: f, forward", 1},
                                                                  {"value: f, reverse", 1},
                                                                  {"Jacobian: forward, reverse", 2},
                                                                  {"Jacobian: forward, differences", 2},
                                                                  {"Jacobian: reverse, differences", 2},
                                                                  {"dot product: <J v, w>, <v, J^T w>", 2},
                                                                  {"value: f, hyper-dual", 1},
                                                                  {"gradient: forward, hyper-dual", 2},
                                                                  {"Hessian: hyper-dual, forward over reverse", 4},
                                                                  {"Hessian: columns by hvp, transposed", 4},
                                                                  {"Hessian: hyper-dual, differences", 4},
                                                                  {"Hessian: forward over reverse, differences", 4},
                                                                  {"Hessian v: hyper-dual, forward hvp", 4},
                                                                  {"Hessian v: hyper-dual, reverse hvp", 4}};
  REQUIRE(check.tests.size() == expected.size());
  for (std::size_t t = 0; t < expected.size(); ++t) {
    CHECK(check.tests[t].name == expected[t].first);
    CHECK(check.tests[t].compared == expected[t].second);
    CHECK(check.tests[t].worst_error <= check.tests[t].tolerance);
    CHECK(check.tests[t].tolerance < 1e-9);
  }
}

TEST_CASE("a wrong sign of a rule is found by differences, since all modes read the rule") {
  auto const check = duet::check_derivatives(with_a_rule{mistake::sign}, pair{0.4, -1.3});
  CHECK_FALSE(check.passed);
  auto const wrong = wrong_tests(check);
  CHECK(std::count(wrong.begin(), wrong.end(), "Jacobian: forward, differences") == 1);
  CHECK(std::count(wrong.begin(), wrong.end(), "Jacobian: reverse, differences") == 1);
  REQUIRE_FALSE(check.findings.empty());
  auto const& f = check.findings[0];
  CHECK(f.output == 0);
  CHECK(f.input == 0u);
  CHECK_FALSE(f.second_input);
  double const right = 2 * std::exp(0.8) * -1.3;
  CHECK(f.first == Approx(-right).epsilon(1e-14));
  CHECK(f.second == Approx(right).epsilon(1e-9));
  CHECK(f.error == Approx(2 * std::abs(right)).epsilon(1e-9));
  CHECK(f.tolerance < 1e-9);
}

TEST_CASE("a slope wrong by 1e-6 of itself is found") {
  CHECK(wrong_tests(duet::check_derivatives<1>(with_a_rule{mistake::factor}, pair{0.4, -1.3})) ==
        first_order_by_differences);
}

TEST_CASE("a slope wrong in one branch is found where that branch is taken") {
  CHECK(duet::check_derivatives(with_a_rule{mistake::branch}, pair{0.4, -1.3}).passed);
  CHECK(wrong_tests(duet::check_derivatives<1>(with_a_rule{mistake::branch}, pair{1.4, -1.3})) ==
        first_order_by_differences);
}

TEST_CASE("a wrong second derivative is found where the rule's `second` is read") {
  names const expected{"Hessian: hyper-dual, forward over reverse", "Hessian: hyper-dual, differences",
                       "Hessian v: hyper-dual, reverse hvp"};  // forward, hvp is by hyper-duals too
  auto const check = duet::check_derivatives(with_a_rule{mistake::second}, pair{0.4, -1.3});
  CHECK(wrong_tests(check) == expected);
  auto const& f = check.findings.at(0);
  CHECK(f.input == 0u);
  CHECK(f.second_input == 0u);
  double const right = 4 * std::exp(0.8) * -1.3;
  CHECK(f.first == Approx(right * (1 + 1e-6)).epsilon(1e-12));
  CHECK(f.second == Approx(right).epsilon(1e-12));

  CHECK(duet::check_derivatives(with_a_rule{mistake::second_of_a_branch}, pair{0.4, -1.3}).passed);
  CHECK(wrong_tests(duet::check_derivatives(with_a_rule{mistake::second_of_a_branch}, pair{1.4, -1.3})) == expected);
  CHECK(duet::check_derivatives<1>(with_a_rule{mistake::second}, pair{0.4, -1.3}).passed);
}

TEST_CASE("mixed second derivatives that depend on their order are found by the transpose") {
  auto const check = duet::check_derivatives(with_a_rule{mistake::asymmetric}, pair{0.4, -1.3});
  CHECK_FALSE(test_named(check, "Hessian: columns by hvp, transposed").passed);
  CHECK_FALSE(test_named(check, "Hessian: forward over reverse, differences").passed);
  CHECK(test_named(check, "Jacobian: forward, differences").passed);
}

TEST_CASE("a dependence that a function drops on active scalars is found by differences") {
  auto const f = [](auto const& x) { return x[0] * x[0] * duet::value(x[1]); };
  auto const check = duet::check_derivatives<1>(f, pair{0.4, -1.3});
  CHECK(wrong_tests(check) == first_order_by_differences);
  for (auto const& finding : check.findings) CHECK(finding.input == 1u);
}

TEST_CASE("a function that computes something else on active scalars is found by its value") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return S(x[0] * x[1] + (std::is_same_v<S, double> ? 0.0 : 1e-9));
  };
  CHECK(wrong_tests(duet::check_derivatives<1>(f, pair{0.4, -1.3})) == names{"value: f, forward", "value: f, reverse"});
}

TEST_CASE("a slope of one mode alone is found by comparing the modes") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    if constexpr (requires(S s) { s.set_partial(0, 0.0); })
      return S(x[0] * (1 + duet::value(x[1])) - duet::value(x[0]) + x[1] * duet::value(x[0]));
    else
      return S(x[0] + x[0] * x[1] - duet::value(x[0]));
  };
  auto const check = duet::check_derivatives<1>(f, pair{0.5, 2});
  CHECK(check.passed == false);
  CHECK(test_named(check, "Jacobian: forward, reverse").passed);  // the same by another road
  CHECK_FALSE(test_named(check, "Jacobian: forward, differences").passed);

  auto const g = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    if constexpr (requires(S s) { s.set_partial(0, 0.0); })
      return S(x[0] * duet::value(x[1]));
    else
      return S(x[0] * x[1]);
  };
  CHECK(wrong_tests(duet::check_derivatives<1>(g, pair{0.5, 2})) ==
        names{"Jacobian: forward, reverse", "Jacobian: forward, differences", "dot product: <J v, w>, <v, J^T w>"});
}

TEST_CASE("several outputs are checked, their second derivatives by a weighted sum") {
  auto const outputs = [](mistake made) {
    return [rule = with_a_rule{made}](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      return std::vector<S>{S(sin(x[0]) * x[1]), S(2.0), rule(x)};
    };
  };
  auto const right = duet::check_derivatives(outputs(mistake::none), pair{0.4, -1.3});
  CAPTURE(to_string(right));
  CHECK(right.passed);
  CHECK(right.outputs == 3);
  CHECK(test_named(right, "Jacobian: forward, differences").compared == 6);
  CHECK(test_named(right, "Hessian: hyper-dual, differences").compared == 4);

  auto const wrong = duet::check_derivatives(outputs(mistake::second), pair{0.4, -1.3});
  CHECK_FALSE(wrong.passed);
  CHECK(test_named(wrong, "Jacobian: forward, differences").passed);
  CHECK_FALSE(test_named(wrong, "Hessian: hyper-dual, differences").passed);
}

TEST_CASE("every shape of point and result is taken") {
  auto const number = [](auto const& t) {
    using std::sin;
    return sin(t) * t;
  };
  CHECK(duet::check_derivatives(number, 0.7).passed);
  auto const curve = [](auto const& t) {
    using S = std::decay_t<decltype(t)>;
    return Eigen::Vector<S, 2>(t * t, 1 / t);
  };
  CHECK(duet::check_derivatives<1>(curve, 0.7).passed);
  auto const product = [](auto const& a) { return (a * a.transpose()).eval(); };
  Eigen::Matrix<double, 2, 3> m;
  m << 1, 2, 3, 4, 5, 6;
  auto const check = duet::check_derivatives<1>(product, m);
  CHECK(check.passed);
  CHECK(check.inputs == 6);
  CHECK(check.outputs == 4);
  CHECK(duet::check_derivatives<1>(product, 2 * m.transpose()).passed);
  CHECK(duet::check_derivatives<1>([](auto const& x) { return x[0] * x[1]; }, std::vector<double>{1, 2}).passed);
}

TEST_CASE("float and long double are checked to their own precision") {
  auto const single = duet::check_derivatives(rational<float>{}, std::array<float, 2>{0.4f, -1.3f});
  CAPTURE(to_string(single));
  CHECK(single.passed);
  CHECK(test_named(single, "Jacobian: forward, differences").tolerance > 1e-7);
  auto const extended = duet::check_derivatives(rational<long double>{}, std::array<long double, 2>{0.4L, -1.3L});
  CAPTURE(to_string(extended));
  CHECK(extended.passed);
  CHECK(test_named(extended, "Jacobian: forward, differences").tolerance < 1e-14);
}

TEST_CASE("Duet's derivatives pass at kinks, ties and infinite slopes, and the notes tell of them") {
  struct point {
    awkward kind;
    double a, b;
    char const* note;  // in one of the notes, if any
  };
  std::vector<point> const points{
      {awkward::abs, 0, 1, nullptr},  // what is taken is what central differences give
      {awkward::relu, 0, 1, "output 0, input 0: a kink: slope 0 on the left, 1 on the right"},
      {awkward::max, 1.5, 1.5, "output 0, input 0: a kink: slope 0 on the left, 1 on the right"},
      {awkward::norm, 0, 0, nullptr},
      {awkward::sqrt, 0, 1, "output 0, input 0: an infinite slope"},
      {awkward::floor, 2, 1, "output 0, input 0: differences do not settle"},
      {awkward::acos, 1, 1, "output 0, input 0: an infinite slope"},
      {awkward::cube_root, 0, 1, "output 0, input 0: an infinite slope"},
      {awkward::log_of_negative, -1, 1, "the function is not finite"},
  };
  for (auto const& p : points) {
    auto const check = check_awkward(p.kind, p.a, p.b);
    CAPTURE(static_cast<int>(p.kind), to_string(check));
    CHECK(check.passed);
    if (p.note != nullptr) {
      CHECK_THAT(all_notes(check), contains(p.note));
      CHECK(left_out(check, "Jacobian: forward, differences") >= 1);
    } else {
      CHECK(left_out(check, "Jacobian: forward, differences") == 0);
    }
  }
}

TEST_CASE("a root that meets no slope passes in the first order") {
  auto const check = duet::check_derivatives<1>(at_an_awkward_point{awkward::sqrt_of_square}, pair{0, 1});
  CHECK(check.passed);
  CHECK(test_named(check, "Jacobian: forward, differences").compared == 2);
}

TEST_CASE("a NaN where differences settle is wrong, and so is an infinity of the wrong sign") {
  auto const f = [](auto const& x) {
    return duet::apply_or_value(naive_abs{}, x[0]) + duet::apply_or_value(falling_root{}, x[1]);
  };
  auto const check = duet::check_derivatives<1>(f, pair{0, 0});
  CAPTURE(to_string(check));
  CHECK(wrong_tests(check) == first_order_by_differences);
  REQUIRE(check.findings.size() == 4);
  CHECK(std::isnan(check.findings[0].first));
  CHECK(check.findings[0].second == 0);
  CHECK(check.findings[2].input == 1u);
  CHECK(check.findings[2].first == -duet::infinity);
  CHECK(check.findings[2].second == duet::infinity);
  CHECK(duet::check_derivatives<1>([](auto const& x) { return duet::apply_or_value(naive_abs{}, x[0]); }, pair{1, 0})
            .passed);
}

TEST_CASE("no inputs or no outputs leave nothing to compare") {
  auto const none = duet::check_derivatives(chain, std::vector<double>{});
  CAPTURE(to_string(none));
  CHECK(none.passed);
  CHECK(none.inputs == 0);
  CHECK(none.outputs == 1);
  auto const empty = [](auto const& x) { return Eigen::Matrix<std::decay_t<decltype(x[0])>, Eigen::Dynamic, 1>(0); };
  auto const nothing = duet::check_derivatives(empty, Eigen::Vector3d(1, 2, 3));
  CHECK(nothing.passed);
  CHECK(nothing.outputs == 0);
}

TEST_CASE("what a function throws at the point is passed on, what it throws nearby is not") {
  auto const f = [](auto const& x) {
    if (x[0] < 0) throw std::domain_error("x0 is negative");
    return x[0] * sqrt(x[0]) * x[1];
  };
  CHECK_THROWS_AS(duet::check_derivatives<1>(f, pair{-1, 2}), std::domain_error);
  auto const check = duet::check_derivatives<1>(f, pair{0, 2});
  CAPTURE(to_string(check));
  CHECK(check.passed);
  CHECK_THAT(all_notes(check), contains("f throws near x: x0 is negative"));
}

TEST_CASE("results of different sizes are a finding") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::vector<S>(std::is_same_v<S, double> ? 2 : 3, x[0]);
  };
  auto const check = duet::check_derivatives<1>(f, pair{1, 2});
  CHECK_FALSE(check.passed);
  REQUIRE(check.findings.size() == 2);
  CHECK(check.findings[0].test == "number of outputs: f, forward");
  CHECK(check.findings[0].first == 2);
  CHECK(check.findings[0].second == 3);
}

TEST_CASE("of many inputs some are differenced, and no Hessian is formed") {
  duet::check_options options;
  options.most_inputs = 5;
  auto const check = duet::check_derivatives(chain, std::vector<double>(7, 0.5), options);
  CAPTURE(to_string(check));
  CHECK(check.passed);
  CHECK(test_named(check, "Jacobian: forward, reverse").compared == 7);
  CHECK(test_named(check, "Jacobian: forward, differences").compared == 5);
  CHECK_THAT(all_notes(check), contains("differences in 5 of 7 inputs"));
  CHECK_THAT(all_notes(check), contains("no Hessian is formed"));
}

TEST_CASE("a report has a line for each test, then the first findings with both numbers, then the notes") {
  auto const wrong = duet::check_derivatives<1>(with_a_rule{mistake::sign}, pair{0, 1});
  std::string const report = to_string(wrong);
  CHECK_THAT(report, contains("wrong derivatives: 2 inputs, 1 output, 2 findings\n"));
  CHECK_THAT(report, contains("compared   worst tolerance\n"));
  CHECK_THAT(report, contains("Jacobian: forward, reverse               2       0 "));
  CHECK_THAT(report, contains("  WRONG\n"));
  CHECK_THAT(report, contains("Jacobian: forward, differences: output 0, input 0: -2 and "));
  CHECK_THAT(report, contains(" differ by 4, allowed "));
  std::string const with_note = to_string(check_awkward(awkward::relu, 0, 1));
  CHECK_THAT(with_note, contains("ok, 1 left out\n"));
  CHECK_THAT(with_note, contains("note: Jacobian, output 0, input 0: a kink"));

  duet::derivative_check many;
  many.findings.resize(20);
  CHECK_THAT(to_string(many), contains("and 12 findings more"));
}
