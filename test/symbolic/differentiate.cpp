// Symbol to symbol: derivatives of composites against boost's 50 digits, against duals, and repeated.

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/forward/dual.hpp>
#include <duet/symbolic.hpp>
#include <random>

#include "catch.hpp"

namespace sym = duet::symbolic;

namespace {

constexpr auto u = sym::variable<0>;
constexpr auto v = sym::variable<1>;
using wide = boost::multiprecision::cpp_bin_float_50;

// Central differences of f in 50 digits.
template <class F>
double difference(F const& f, double a, double b, int i) {
  wide const h("1e-16");
  wide const x = a, y = b;
  wide const up = i == 0 ? f(wide(x + h), y) : f(x, wide(y + h));
  wide const down = i == 0 ? f(wide(x - h), y) : f(x, wide(y - h));
  return static_cast<double>((up - down) / (2 * h));
}

struct composite {
  template <class T>
  constexpr T operator()(T const& x, T const& y) const {
    using std::exp, std::log, std::sin, std::sqrt, std::tanh, std::pow, std::atan2;
    T const inner = x * y + exp(-(x * x)) / (1 + y * y);
    return sin(inner) * sqrt(1 + inner * inner) + log(2 + tanh(x - y)) + atan2(y, 2 + x * x) + pow(1 + x * x, y);
  }
};

}  // namespace

TEST_CASE("derivatives of a composite are those of differences in 50 digits") {
  constexpr auto g = sym::expression<2>(composite{});
  auto const in_u = sym::differentiate(g, u);
  auto const in_v = sym::differentiate(g, v);
  std::mt19937 engine(3);
  std::uniform_real_distribution<double> uniform(-2, 2);
  for (int trial = 0; trial < 20; ++trial) {
    double const a = uniform(engine), b = uniform(engine);
    CAPTURE(a, b);
    CHECK(in_u(a, b) == Approx(difference(composite{}, a, b, 0)).epsilon(1e-12).margin(1e-12));
    CHECK(in_v(a, b) == Approx(difference(composite{}, a, b, 1)).epsilon(1e-12).margin(1e-12));
    auto const both = sym::value_and_gradient(g, a, b);
    CHECK(both.value == composite{}(a, b));
    CHECK(both.gradient[0] == Approx(in_u(a, b)).epsilon(1e-13).margin(1e-13));
    CHECK(both.gradient[1] == Approx(in_v(a, b)).epsilon(1e-13).margin(1e-13));
  }
}

TEST_CASE("second derivatives of a composite are differences of the first, and symmetric") {
  constexpr auto g = sym::expression<2>(composite{});
  auto const in_u = sym::differentiate(g, u);
  auto const bends = sym::hessian(g);
  for (double const a : {-1.1, 0.3, 1.7})
    for (double const b : {-0.6, 0.9}) {
      auto const h = bends(a, b);
      CHECK(h[0][0] == Approx(difference(in_u, a, b, 0)).epsilon(1e-11).margin(1e-11));
      CHECK(h[0][1] == Approx(difference(in_u, a, b, 1)).epsilon(1e-11).margin(1e-11));
      CHECK(h[1][0] == Approx(h[0][1]).epsilon(1e-12));
      CHECK(sym::differentiate(g, u, v)(a, b) == Approx(h[0][1]).epsilon(1e-12));
    }
}

TEST_CASE("derivatives repeat to any order") {
  constexpr auto wave = sin(u * v);
  auto const fourth = sym::differentiate(wave, u, u, u, u);
  CHECK(fourth(0.7, 1.3) == Approx(std::pow(1.3, 4) * std::sin(0.7 * 1.3)).epsilon(1e-14));
  constexpr auto power = u * u * u * u;
  STATIC_REQUIRE(sym::differentiate(power, u)(2.0) == 32);
  STATIC_REQUIRE(sym::differentiate(power, u, u)(2.0) == 48);
  STATIC_REQUIRE(sym::differentiate(power, u, u, u)(2.0) == 48);
  STATIC_REQUIRE(sym::differentiate(power, u, u, u, u)(2.0) == 24);
  STATIC_REQUIRE(sym::differentiate(power, u, u, u, u, u)(2.0) == 0);
  auto const sixth = sym::differentiate(exp(2.0 * u), u, u, u, u, u, u);
  CHECK(sixth(0.3) == Approx(64 * std::exp(0.6)).epsilon(1e-14));
}

TEST_CASE("the tower tanh(tanh(tanh(w))) has the derivatives of nested duals") {
  constexpr auto tower = sym::expression<1>([](auto w) { return tanh(tanh(tanh(w))); });
  auto const first = sym::differentiate(tower, u);
  auto const second = sym::differentiate(first, u);
  using D = duet::dual<double, 1>;
  using DD = duet::dual<D, 1>;
  for (double const at : {-2.0, -0.4, 0.3, 1.5, 4.0}) {
    DD const w = DD::independent(D::independent(at, 0), 0);
    DD const y = tanh(tanh(tanh(w)));
    CHECK(first(at) == Approx(y.partial(0).value()).epsilon(1e-13));
    CHECK(second(at) == Approx(y.partial(0).partial(0)).epsilon(1e-12));
  }
}

TEST_CASE("gradients in named variables and Jacobians of vectors are graphs") {
  constexpr auto g = u * u * v;
  STATIC_REQUIRE(sym::gradient(g, v)(3.0, 5.0)[0] == 9);
  STATIC_REQUIRE(sym::gradient(g)(3.0, 5.0)[0] == 30);
  constexpr auto map = sym::expression<2>([](auto a, auto b) { return std::array{a * b, a - b, b * b * b}; });
  auto const rows = sym::jacobian(map)(2.0, 3.0);
  CHECK(rows == std::array{std::array{3.0, 2.0}, std::array{1.0, -1.0}, std::array{0.0, 27.0}});
  CHECK(sym::value_and_jacobian(map, 2.0, 3.0).jacobian == rows);
  CHECK(sym::value_and_jacobian(map, 2.0, 3.0).value == map(2.0, 3.0));
  auto const pulled = sym::value_and_vjp(map, std::array{1.0, 10.0, 0.5}, 2.0, 3.0);
  CHECK(pulled.gradient == std::array{13.0, 5.5});
  CHECK(sym::differentiate(map, u)(2.0, 3.0) == std::array{3.0, 1.0, 0.0});
}

TEST_CASE("append_gradient sums consumers, shares what exists, and takes results on the way as targets") {
  constexpr auto inner = sym::expression<2>([](auto a, auto b) { return a * b; });
  constexpr auto z = sym::expression<2>([](auto a, auto b) {
    auto const p = a * b;
    return sin(p) + p * p;
  });
  constexpr auto all = sym::append_gradient(z, z, inner, u, v);
  double const a = 0.6, b = 1.4, p = a * b, slope = std::cos(p) + 2 * p;
  auto const y = all(a, b);
  STATIC_REQUIRE(y.size() == 4);
  CHECK(y[0] == z(a, b));
  CHECK(y[1] == Approx(slope).epsilon(1e-15));
  CHECK(y[2] == Approx(slope * b).epsilon(1e-15));
  CHECK(y[3] == Approx(slope * a).epsilon(1e-15));
  // cos(p), 2 p, their sum, and its products with a and b
  STATIC_REQUIRE(sym::operation_count(all) == sym::operation_count(z) + 5);
  // With numbers typed through operators the graph itself is z.
  constexpr auto line = 3.0 * u;
  CHECK(sym::append_gradient(line, line, u)(2.0) == std::array{6.0, 3.0});
}

TEST_CASE("derivatives of a branch are those of its sides") {
  constexpr auto g = select(u < v, u * u, sin(v));
  auto const slopes = sym::gradient(g);
  CHECK(slopes(1.0, 2.0) == std::array{2.0, 0.0});
  CHECK(slopes(3.0, 2.0) == std::array{0.0, std::cos(2.0)});
  CHECK(sym::value_and_gradient(g, 1.0, 2.0).gradient == std::array{2.0, 0.0});
  CHECK(sym::value_and_gradient(g, 3.0, 2.0).gradient == std::array{0.0, std::cos(2.0)});
}
