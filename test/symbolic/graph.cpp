// Graphs as types and values: sharing, folding, numbers in slots, functions traced while the program compiles.

#include <duet/symbolic.hpp>

#include "catch.hpp"

namespace sym = duet::symbolic;

namespace {

constexpr auto u = sym::variable<0>;
constexpr auto v = sym::variable<1>;

template <class A, class B>
constexpr bool same = std::is_same_v<std::remove_cvref_t<A>, std::remove_cvref_t<B>>;

template <class A, class B>
constexpr bool equal_types(A const&, B const&) {
  return same<A, B>;
}

// Newton's method for the cube root: a loop, a variable that is assigned again, an inner function.
struct newton {
  template <class T>
  static constexpr T step(T const& a, T const& x) {
    return x - (x * x * x - a) / (3 * (x * x));
  }
  template <class T>
  constexpr T operator()(T const& a) const {
    T x = a;
    for (int k = 0; k < 4; ++k) x = step(a, x);
    return x;
  }
};

// A rule of the caller's.
struct gudermann {
  static constexpr std::string_view name = "gd";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;
  static constexpr auto value(auto const& x) {
    using std::atan, std::sinh;
    return atan(sinh(x));
  }
  static constexpr auto first(auto const& x, auto const&) {
    using std::cosh;
    return 1 / cosh(x);
  }
  static constexpr auto second(auto const&, auto const& y, auto const& dy) {
    using std::sin;
    return -(sin(y) * dy);
  }
};

}  // namespace

TEST_CASE("equal graphs are equal types however they were built") {
  constexpr auto typed = u * v + exp(u * v) - sin(v);
  constexpr auto traced = sym::expression<2>([](auto a, auto b) { return a * b + exp(a * b) - sin(b); });
  constexpr auto of_array =
      sym::expression<2>([](auto const& x) { return x[0] * x[1] + exp(x[1] * x[0]) - sin(x[1]); });
  STATIC_REQUIRE(same<decltype(typed), decltype(traced)>);
  STATIC_REQUIRE(same<decltype(typed), decltype(of_array)>);
  STATIC_REQUIRE_FALSE(same<decltype(u + v), decltype(u - v)>);
  CHECK(typed(0.5, 2.0) == traced(0.5, 2.0));
}

TEST_CASE("common subexpressions exist once") {
  STATIC_REQUIRE(sym::operation_count(u * v + exp(u * v) - sin(v)) == 5);
  STATIC_REQUIRE(sym::operation_count((u + v) * (v + u)) == 2);  // sums and products commute
  STATIC_REQUIRE(sym::operation_count(u / v + v / u) == 3);
  STATIC_REQUIRE(sym::operation_count(u) == 0);
}

TEST_CASE("zeros, ones and known numbers fold") {
  STATIC_REQUIRE(equal_types(u * sym::zero, sym::zero));
  STATIC_REQUIRE(equal_types(u * sym::one, u));
  STATIC_REQUIRE(equal_types(u + sym::zero, u));
  STATIC_REQUIRE(equal_types(u - sym::zero, u));
  STATIC_REQUIRE(equal_types(sym::zero - u, -u));
  STATIC_REQUIRE(equal_types(u / sym::one, u));
  STATIC_REQUIRE(equal_types(-(-u), u));
  STATIC_REQUIRE(equal_types(u + (-v), u - v));
  STATIC_REQUIRE(equal_types(u - (-v), u + v));
  STATIC_REQUIRE(
      equal_types(sym::expression<1>([](auto x) { return (2 * 3.0) * x + 0; }), sym::expression<1>([](auto x) {
                    auto six = x * 0 + 6;
                    return six * x;
                  })));
  STATIC_REQUIRE(equal_types(select(u < v, u, u), u));
  STATIC_REQUIRE(equal_types(sym::expression<1>([](auto x) { return pow(x, 1) * pow(x, 0); }), u));
}

TEST_CASE("numbers typed through operators are values, not types") {
  auto const line = [](double a, double b) { return a * u + b; };
  STATIC_REQUIRE(same<decltype(line(1, 2)), decltype(line(3, 4))>);
  CHECK(line(3, 4)(2.0) == 10);
  CHECK(line(0, 1)(2.0) == 1);
  constexpr auto twice = 2.0 * u + 2.0 * u;
  STATIC_REQUIRE(twice.constants().size() == 2);  // equal, but slots never merge
  STATIC_REQUIRE(twice(5.0) == 20);
  // A number that no output needs any more is dropped.
  STATIC_REQUIRE(equal_types(sym::differentiate(u * 3.0 + v, v), sym::one));
  STATIC_REQUIRE(sym::differentiate(u * 3.0 + v * 4.0, v)(0.0) == 4);
}

TEST_CASE("loops, inner functions and reassigned variables trace as they are") {
  constexpr auto root = sym::expression<1>(newton{});
  STATIC_REQUIRE(root(8.0) == newton{}(8.0));
  CHECK(root(2.0) == newton{}(2.0));
}

TEST_CASE("a function may return a vector or a matrix") {
  constexpr auto polar = sym::expression<2>([](auto r, auto t) { return std::array{r * cos(t), r * sin(t)}; });
  auto const point = polar(2.0, 0.5);
  STATIC_REQUIRE(same<decltype(point), std::array<double, 2>>);
  CHECK(point[1] == 2 * std::sin(0.5));
  constexpr auto turn = sym::expression<1>(
      [](auto t) { return std::array{std::array{cos(t), -sin(t)}, std::array{sin(t), cos(t)}, std::array{t, t}}; });
  auto const matrix = turn(0.5);
  STATIC_REQUIRE(same<decltype(matrix), std::array<std::array<double, 2>, 3>>);
  CHECK(matrix[0][1] == -std::sin(0.5));
  CHECK(matrix[2][0] == 0.5);
}

TEST_CASE("select chooses by a condition that the graph computes") {
  constexpr auto larger = select(u < v, v, u);
  STATIC_REQUIRE(larger(1.0, 2.0) == 2);
  STATIC_REQUIRE(larger(3.0, 2.0) == 3);
  constexpr auto ramp = sym::expression<1>([](auto x) { return select(x > 0 && !(x >= 1), x, select(x <= 0, 0, 1)); });
  STATIC_REQUIRE(ramp(-1.0) == 0);
  STATIC_REQUIRE(ramp(0.25) == 0.25);
  STATIC_REQUIRE(ramp(1.0) == 1);
  STATIC_REQUIRE(select(u == v || u != u, 1.0, 2.0)(3.0, 3.0) == 1);
}

TEST_CASE("graphs take the place of inputs") {
  constexpr auto product = sym::expression<2>([](auto a, auto b) { return a * b + a; });
  STATIC_REQUIRE(equal_types(product(sin(u), v), sin(u) * v + sin(u)));
  STATIC_REQUIRE(product(u + 1.0, u)(2.0) == 9);
}

TEST_CASE("a rule of the caller's is traced like the others") {
  constexpr auto g = sym::expression<1>([](auto x) { return duet::apply(gudermann{}, x * x); });
  CHECK(g(1.5) == std::atan(std::sinh(2.25)));
  CHECK(sym::differentiate(g, u)(1.5) == Approx(3 / std::cosh(2.25)).epsilon(1e-14));
  CHECK(sym::to_string(g) == "gd(x0^2)");
  CHECK(sym::to_string(sym::differentiate(g, u)) == "2*x0/cosh(x0^2)");
}
