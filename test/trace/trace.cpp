// The rows of a trace against the drivers: values, tangents and adjoints, for functions, shapes and every rule.

#include "catch.hpp"

#include <Eigen/Dense>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <duet/duet.hpp>
#include <duet/trace.hpp>
#include <limits>
#include <sstream>

#include "workload/rosenbrock.hpp"

namespace {

using Eigen::Vector2d, Eigen::Vector3d;
using std::size_t;

void require_close(double a, double b, double tolerance = 1e-12) {
  CAPTURE(a, b);
  if (std::isnan(a) && std::isnan(b)) return;
  REQUIRE((a == b || std::abs(a - b) <= tolerance * std::max(1.0, std::max(std::abs(a), std::abs(b)))));
}

// Every adjoint of the inputs and the tangent of the output, along a direction without zeros, against the drivers.
template <class F, class X>
void require_gradient(F const& f, X const& x) {
  using shape = duet::shape<X>;
  auto const direction = shape::template make<double>(x, [](auto i) { return 0.4 - 0.7 * double(size_t{i} % 3); });
  auto const trace = duet::trace(f, x, direction);
  auto const [value, gradient] = duet::value_and_gradient(duet::reverse, f, x);
  REQUIRE(trace.input_count() == shape::size(x));
  REQUIRE(trace[trace.output().row].value == value);
  for (size_t i = 0; i < trace.input_count(); ++i) {
    REQUIRE(trace[i].value == shape::entry(x, i));
    require_close(trace[i].adjoint, shape::entry(gradient, i));
  }
  require_close(trace[trace.output().row].tangent, duet::jvp(duet::forward, f, x, direction));
}

double evaluate_on_numbers(auto const& f, auto const& x) { return f(x); }

TEST_CASE("every operation has a row, with what it reads and its partials") {
  auto const trace = duet::trace([](auto const& x) { return (x[0] + x[1]) * x[2]; }, Vector3d(-2, 5, -4));
  REQUIRE(trace.size() == 5);
  REQUIRE(trace.input_count() == 3);
  REQUIRE(trace.output_count() == 1);
  REQUIRE(trace.output().row == 4);
  REQUIRE(trace[0].is_input());
  REQUIRE(trace[0].operation == "input");
  REQUIRE(trace[3].operation == "+");
  REQUIRE(trace[3].operands[0].row == 0);
  REQUIRE(trace[3].operands[1].row == 1);
  REQUIRE(trace[3].partials == std::vector<double>{1, 1});
  REQUIRE(trace[4].operation == "*");
  REQUIRE(trace[4].operands[0].row == 3);
  REQUIRE(trace[4].operands[1].row == 2);
  REQUIRE(trace[4].partials == std::vector<double>{-4, 3});
  std::vector<double> adjoints, tangents;
  for (auto const& row : trace) adjoints.push_back(row.adjoint), tangents.push_back(row.tangent);
  REQUIRE(adjoints == std::vector<double>{-4, -4, 3, -4, 1});
  REQUIRE(tangents == std::vector<double>{1, 0, 0, 1, -4});
}

TEST_CASE("copies and assignments have no row, compound assignments have one") {
  auto const trace = duet::trace(
      [](auto x) {
        auto const copy = x;
        auto y = copy;
        y = x;
        y *= y;
        y += copy;
        y -= 2.0;
        y /= x;
        return y;
      },
      3.0);
  std::string operations;
  for (auto const& row : trace) operations += std::string(row.operation) + " ";
  REQUIRE(operations == "input * + - / ");
  REQUIRE(trace[4].value == 10.0 / 3.0);
}

TEST_CASE("a variable that was moved from keeps its derivative, as a double does") {
  auto const trace = duet::trace(
      [](auto x) {
        auto y = std::move(x);
        return x * y;
      },
      3.0);
  REQUIRE(trace[0].adjoint == 6);
}

TEST_CASE("constants are operands and have no row") {
  auto const trace = duet::trace(
      [](auto const& x) {
        using S = std::decay_t<decltype(x)>;
        S const two = S(1.0) + 1.0;
        return 0.5 * (two * x) - sin(S(0.0));
      },
      7.0);
  REQUIRE(trace.size() == 4);
  REQUIRE(trace[1].operands[0].is_constant());
  REQUIRE(trace[1].operands[0].value == 2);
  REQUIRE(trace[1].partials == std::vector<double>{0, 2});
  REQUIRE(trace[2].operands[0].value == 0.5);
  REQUIRE(trace[3].operands[1].is_constant());
}

TEST_CASE("a sum that begins at a constant zero begins with its first term") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S sum(0);
    for (size_t i = 0; i < x.size(); ++i) sum += x[i];
    return sum;
  };
  REQUIRE(duet::trace(f, std::vector{1.0, 2.0, 3.0}).size() == 5);
  // 0 + -0 is 0: there the addition does something.
  REQUIRE(duet::trace(f, std::vector{-0.0}).size() == 2);
}

TEST_CASE("values are those of plain numbers, bit by bit, and derivatives those of the drivers") {
  auto const f = [](auto const& x) {
    using std::exp, std::sin, std::sqrt, std::log, std::pow;
    return x[0] * x[1] + exp(x[0] * x[1]) - sin(x[1]) / sqrt(1 + pow(x[2], 2)) + log(x[0]) * pow(2.0, x[2]);
  };
  Vector3d const x(1.5, 0.5, -0.3);
  require_gradient(f, x);
  auto const trace = duet::trace(f, x);
  REQUIRE(trace[trace.output().row].value == evaluate_on_numbers(f, x));

  require_gradient(workload::rosenbrock{}, workload::rosenbrock::start<8>());
  require_gradient(
      [](auto const& v) {
        auto y = v[0];
        for (int i = 0; i < 40; ++i) y = sin(y) * v[1] + cos(y) / v[0];
        return y;
      },
      std::array{0.7, 1.1});
  require_gradient([](auto const& A) { return (A * A.transpose()).inverse().trace(); },
                   Eigen::Matrix3d{{2, 1, 0}, {0.5, 3, 1}, {0, 0.3, 1.5}});
}

TEST_CASE("all shapes can be traced, entries in storage order") {
  auto const cubes = [](auto const& x) {
    std::decay_t<decltype(x[0])> sum(0);
    for (decltype(x.size()) i = 0; i < x.size(); ++i) sum += double(i + 1) * x[i] * x[i] * x[i];
    return sum;
  };
  require_gradient([](auto const& x) { return x * exp(-x); }, 0.3);
  require_gradient(cubes, std::array{1.0, 2.0, 3.0});
  require_gradient(cubes, std::vector{1.0, 2.0, 3.0, 4.0});
  require_gradient(cubes, Eigen::VectorXd(Eigen::VectorXd::LinSpaced(5, 1, 2)));
  require_gradient(cubes, Eigen::RowVector2d(1, 2));
  require_gradient(cubes, Eigen::Array3d(1, 2, 3));
  require_gradient([](auto const& m) { return (m.array().square() * m.array()).sum() + m(0, 1); },
                   Eigen::Matrix<double, 2, 3, Eigen::RowMajor>{{1, 2, 3}, {4, 5, 6}});
  require_gradient([](auto const& t) { return std::get<0>(t) * std::get<1>(t)[1] + std::get<1>(t)[0]; },
                   std::tuple(2.0, std::array{3.0, 4.0}));

  Eigen::Matrix2d const m{{1, 2}, {3, 4}};
  auto const of_expression = duet::trace([](auto const& v) { return v[0] * v[1]; }, m.col(1) + m.col(0));
  REQUIRE(of_expression[2].value == 21);
  auto const corner = [](auto const& a) { return a(0, 1) * 10.0; };
  REQUIRE(duet::trace(corner, m)[2].adjoint == 10);
  using by_rows = Eigen::Matrix<double, 2, 2, Eigen::RowMajor>;
  REQUIRE(duet::trace(corner, by_rows(m))[1].adjoint == 10);
  // A direction has rows and columns, whatever its storage order.
  REQUIRE(duet::trace(corner, m, by_rows{{0, 5}, {0, 0}})[2].tangent == 5);
  REQUIRE(duet::trace([](auto const& v) { return v.sum() + 1.0; }, Eigen::VectorXd(0)).size() == 0);
}

TEST_CASE("float and long double are traced in their own precision") {
  auto const f = [](auto const& x) { return sin(x) / 3; };
  REQUIRE(duet::trace(f, 0.7f)[2].value == std::sin(0.7f) / 3);
  REQUIRE(duet::trace(f, 0.7L)[2].value == std::sin(0.7L) / 3);
  REQUIRE(duet::trace(f, 0.7f)[0].adjoint == Approx(std::cos(0.7f) / 3));
}

TEST_CASE("of several outputs one is chosen, or a weighted sum") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 3>{x[0] * x[1], x[0] - x[1], S(4.0)};
  };
  std::array const x{3.0, 5.0};
  auto const trace = duet::trace(f, x);
  REQUIRE(trace.output_count() == 3);
  REQUIRE(trace.output(2).is_constant());
  REQUIRE(trace.output(2).value == 4);
  REQUIRE(trace[0].adjoint == 5);
  auto const second = trace.of_output(1);
  REQUIRE(second[0].adjoint == 1);
  REQUIRE(second[1].adjoint == -1);
  REQUIRE(second[second.output(0).row].adjoint == 0);
  auto const weighted = trace.weighted(std::vector{2.0, -1.0, 7.0});
  auto const expected = duet::vjp(f, x, std::array{2.0, -1.0, 7.0});
  REQUIRE(weighted[0].adjoint == expected[0]);
  REQUIRE(weighted[1].adjoint == expected[1]);
  // One forward pass is one column of all outputs.
  auto const column = trace.along_input(1);
  REQUIRE(column[column.output(0).row].tangent == 3);
  REQUIRE(column[column.output(1).row].tangent == -1);
  REQUIRE(trace.along(Vector2d(1, 1))[trace.output(1).row].tangent == 0);
}

TEST_CASE("an input can be an output, and one row two outputs") {
  auto const trace = duet::trace(
      [](auto const& x) {
        auto const y = x[0] * x[0];
        return std::array{x[0], y, y};
      },
      std::array{3.0});
  REQUIRE(trace.size() == 2);
  REQUIRE(trace.output(0).row == 0);
  REQUIRE(trace[0].adjoint == 1);
  REQUIRE(trace.weighted(std::array{1, 1, 1})[0].adjoint == 13);
}

TEST_CASE("comparisons look at values and the branch taken is traced") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x)>;
    S y = x;
    while (y < 100) y = y > 10 ? S(y * 2.0) : S(y + 7.0);
    return y;
  };
  auto const trace = duet::trace(f, 1.0);
  REQUIRE(trace[trace.output().row].value == evaluate_on_numbers(f, 1.0));
  REQUIRE(trace[1].operation == "+");
  REQUIRE(trace[trace.size() - 1].operation == "*");
}

TEST_CASE("operands of an expression come from left to right and statements keep their order") {
  auto const operations = [](auto const& f) {
    std::string text;
    for (auto const& row : duet::trace(f, Vector2d(0.5, 0.25)))
      if (!row.is_input()) text += std::string(row.operation) + " ";
    return text;
  };
  REQUIRE(operations([](auto const& x) { return sin(x[0]) * cos(x[1]) + exp(x[0]) / log(x[1]); }) ==
          "sin cos * exp log / + ");
  REQUIRE(operations([](auto const& x) { return atan2(sin(x[0]) + 1.0, tan(cos(x[1]))); }) == "sin + cos tan atan2 ");
  REQUIRE(operations([](auto const& x) {
            using S = std::decay_t<decltype(x[0])>;
            S const a = sin(x[1]);
            S const b = exp(x[0]);
            S const c = x[0] * b - a;
            return S(c * c);
          }) == "sin exp * - * ");
  REQUIRE(operations([](auto const& x) {
            using S = std::decay_t<decltype(x[0])>;
            S const a = tanh(x[0]) + 1.0, b = cosh(x[1]) + 2.0;
            S const c = sinh(a * x[0] + b * x[1]);
            return S(2.0 * c);
          }) == "tanh + cosh + * * + sinh * ");
  REQUIRE(operations([](auto const& x) {
            auto y = sin(x[0]);
            for (int i = 0; i < 2; ++i) y = tan(x[1]) * x[0] + y;
            y = exp(x[0]) - y;
            return y;
          }) == "sin tan * + tan * + exp - ");
  auto const helper = [](auto const& a) { return exp(a) + sin(a); };
  REQUIRE(operations([&](auto const& x) { return helper(x[0]) * tan(helper(x[1])); }) == "exp sin + exp sin + tan * ");
}

TEST_CASE("where nothing moves an infinite slope is not asked") {
  auto const f = [](auto const& x) { return sqrt(x[0] * x[0]) * 0.0 + x[1]; };
  auto const trace = duet::trace(f, Vector2d(0, 1), Vector2d(0, 1));
  REQUIRE(trace[trace.output().row].tangent == 1);
  REQUIRE(trace[0].adjoint == 0);
  REQUIRE(duet::gradient(f, Vector2d(0, 1))[0] == 0);
}

// ---- every rule ----

template <class R>
constexpr size_t arity = [] {
  if constexpr (requires { R::domain.size(); })
    return R::domain.size();
  else
    return size_t{1};
}();

template <class R>
double inside(size_t operand, size_t sample) {
  duet::interval domain{};
  if constexpr (arity<R> == 1)
    domain = R::domain;
  else
    domain = R::domain[operand];
  if (operand + duet::parameter_count<R> >= arity<R>) return 2;
  if (domain.lower == -duet::infinity) return std::array{0.7, -1.3, 2.4}[(operand + sample) % 3];
  if (domain.upper == duet::infinity) return domain.lower + std::array{0.6, 2.5, 0.2}[(operand + sample) % 3];
  return domain.lower + (domain.upper - domain.lower) * std::array{0.7, 0.2, 0.45}[(operand + sample) % 3];
}

TEST_CASE("every rule has the value and the derivatives that the drivers give it") {
  boost::mp11::mp_for_each<duet::rules::all>([]<class R>(R) {
    CAPTURE(R::name);
    constexpr size_t moving = arity<R> - duet::parameter_count<R>;
    auto const f = [](auto const& x) {
      return [&]<size_t... I>(std::index_sequence<I...>) {
        auto const operand = [&]<size_t K>(std::integral_constant<size_t, K>) {
          if constexpr (K < moving)
            return x[K];
          else
            return 2.0;
        };
        using S = std::decay_t<decltype(x[0])>;
        return S(duet::apply(R{}, operand(std::integral_constant<size_t, I>{})...));
      }(std::make_index_sequence<arity<R>>{});
    };
    for (size_t sample = 0; sample < 3; ++sample) {
      std::array<double, moving> x;
      for (size_t i = 0; i < moving; ++i) x[i] = inside<R>(i, sample);
      CAPTURE(x);
      // Against duals: the drivers for each rule would take the compiler a minute.
      using dual = duet::dual<double, moving>;
      dual const expected = [&]<size_t... I>(std::index_sequence<I...>) {
        return f(std::array<dual, moving>{dual::independent(x[I], I)...});
      }(std::make_index_sequence<moving>{});
      auto const trace = duet::trace(f, x);
      REQUIRE(trace.size() == moving + 1);
      REQUIRE(trace[moving].value == expected.value());
      require_close(trace[moving].tangent, expected.partial(0));
      for (size_t i = 0; i < moving; ++i) require_close(trace[i].adjoint, expected.partial(i));
      REQUIRE(trace[moving].operands.size() == arity<R>);
      std::vector<double> const slopes(trace[moving].partials.begin(), trace[moving].partials.begin() + moving);
      for (size_t i = 0; i < moving; ++i) require_close(slopes[i], trace[i].adjoint);
      for (auto const& text : {trace.table(), trace.markdown(), trace.dot(), trace.svg()}) REQUIRE(!text.empty());
    }
  });
}

// A rule of a user's own, written for numbers alone.
struct saturation {
  static constexpr std::string_view name = "saturation";
  static constexpr std::array domain{duet::real_line, duet::real_line};
  static constexpr bool infinite_slope = false;
  static double value(double a, double b) { return a / (b + a); }
  static auto first(double a, double b, double) {
    return duet::partials{b / ((a + b) * (a + b)), -a / ((a + b) * (a + b))};
  }
  static auto second(double, double, double) { return duet::partials{0.0, 0.0, 0.0}; }
};

TEST_CASE("a rule of the user's own is traced, its partials called by its name") {
  auto const f = [](auto const& x) { return 3.0 * duet::apply(saturation{}, x[0], x[1]); };
  auto const trace = duet::trace(f, Vector2d(1, 4));
  REQUIRE(trace[2].operation == "saturation");
  REQUIRE(trace[0].adjoint == Approx(3 * 4.0 / 25));
  REQUIRE_THAT(trace.table(), duet_test::contains("v2' = saturation_1(v0, v1) v0'"));
}

// ---- misuse ----

template <class Call>
std::string message_of(Call const& call) {
  try {
    call();
  } catch (std::exception const& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST_CASE("sizes and indices that do not fit are refused and named") {
  auto const f = [](auto const& x) { return x[0] * x[1]; };
  auto const trace = duet::trace(f, Vector2d(1, 2));
  REQUIRE(message_of([&] { (void)duet::trace(f, Vector2d(1, 2), Vector3d(1, 2, 3)); }) ==
          "duet::trace: the direction has 3 entries, expected 2 (one for each input)");
  REQUIRE(message_of([&] { (void)trace.along(std::vector{1.0}); }) ==
          "duet::trace: along: the direction has 1 entry, expected 2 (one for each input)");
  REQUIRE(message_of([&] { (void)trace.weighted(Vector2d(1, 2)); }) ==
          "duet::trace: weighted: the list of weights has 2 entries, expected 1 (one for each output)");
  REQUIRE(message_of([&] { (void)trace[3]; }) == "duet::trace: row 3 of 3");
  REQUIRE(message_of([&] { (void)trace.of_output(1); }) == "duet::trace: output 1 of 1");
  REQUIRE(message_of([&] { (void)trace.along_input(2); }) == "duet::trace: input 2 of 2");
  REQUIRE(message_of([&] { (void)trace.named(3, "y"); }) == "duet::trace: row 3 of 3");
  REQUIRE(message_of([&] { (void)trace.named({"a", "b", "c", "d"}); }) == "duet::trace: 4 names for 3 rows");
}

// Keeps the first variable it sees.
template <bool Returned>
struct keeper {
  mutable std::shared_ptr<void> kept;
  template <class S>
  S operator()(S const& x) const {
    if (kept == nullptr) kept = std::make_shared<S>(x);
    S const& first = *std::static_pointer_cast<S>(kept);
    return Returned ? first : S(first * x);
  }
};

TEST_CASE("a variable kept from another trace is refused") {
  keeper<false> const f;
  REQUIRE(duet::trace(f, 2.0).size() == 2);
  REQUIRE_THROWS_AS(duet::trace(f, 2.0), duet::error);
  keeper<true> const g;
  REQUIRE(duet::trace(g, 2.0).size() == 1);
  REQUIRE_THROWS_AS(duet::trace(g, 2.0), duet::error);
}

TEST_CASE("what f throws is passed on, and f may trace and differentiate inside") {
  REQUIRE_THROWS_AS(duet::trace([](auto const& x) { return x > 0 ? throw std::runtime_error("no") : x; }, 1.0),
                    std::runtime_error);
  auto const trace = duet::trace(
      [](auto const& x) {
        auto const square = [](auto const& y) { return y * y; };
        double const inner = duet::trace(square, 3.0)[0].adjoint + duet::derivative(square, 1.0);
        return x * inner;
      },
      2.0);
  REQUIRE(trace.size() == 2);
  REQUIRE(trace[1].value == 16);
}

TEST_CASE("a variable prints its value") {
  std::ostringstream out;
  (void)duet::trace(
      [&](auto const& x) {
        out << x * 2.0;
        return x;
      },
      1.25);
  REQUIRE(out.str() == "2.5");
}

TEST_CASE("long traces take time in proportion to their rows") {
  auto const f = [](auto x) {
    for (int i = 0; i < 100000; ++i) x = 0.5 * x + 1.0;
    return x;
  };
  auto const trace = duet::trace(f, 1.0);
  REQUIRE(trace.size() == 200001);
  REQUIRE(trace[trace.size() - 1].value == Approx(2));
}

}  // namespace
