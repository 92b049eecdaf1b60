// A graph is a callable like any other: with every scalar and in every driver.

#include <duet/duet.hpp>
#include <duet/symbolic.hpp>

#include "catch.hpp"

namespace sym = duet::symbolic;

namespace {

struct formula {
  template <class T>
  constexpr T operator()(T const& x, T const& y) const {
    using std::exp, std::sin, std::abs, std::sqrt;
    return x * y + exp(x * y) - sin(y) + sqrt(1 + x * x) / (2 + abs(y)) + x / 4;
  }
};
constexpr auto graph = sym::expression<2>(formula{});
auto const of_vector = [](auto const& x) { return formula{}(x[0], x[1]); };

}  // namespace

TEST_CASE("a graph is as exact as the function it was traced from, in every precision") {
  CHECK(graph(0.7, -1.3) == formula{}(0.7, -1.3));
  CHECK(graph(0.7f, -1.3f) == formula{}(0.7f, -1.3f));
  CHECK(graph(0.7L, -1.3L) == formula{}(0.7L, -1.3L));
  STATIC_REQUIRE(std::is_same_v<decltype(graph(0.7f, 1.0f)), float>);
  STATIC_REQUIRE(std::is_same_v<decltype(graph(1, 2)), double>);
  CHECK(graph(std::array{0.7, -1.3}) == graph(0.7, -1.3));
  CHECK(graph(std::vector{0.7, -1.3}) == graph(0.7, -1.3));
  CHECK(graph(Eigen::Vector2d(0.7, -1.3)) == graph(0.7, -1.3));
  CHECK(graph(0.7, -1.3, 99.0) == graph(0.7, -1.3));
  CHECK_THROWS_AS(graph(std::vector{0.7}), std::invalid_argument);
}

TEST_CASE("on duals, hyper-duals and variables a graph is the function") {
  using D = duet::dual<double, 2>;
  D const x = D::independent(0.7, 0), y = D::independent(-1.3, 1);
  D const a = graph(x, y), b = formula{}(x, y);
  CHECK(a.value() == b.value());
  CHECK(a.partial(0) == Approx(b.partial(0)).epsilon(1e-15));
  CHECK(a.partial(1) == Approx(b.partial(1)).epsilon(1e-15));
  D const half_passive = graph(x, -1.3);
  CHECK(half_passive.partial(0) == Approx(b.partial(0)).epsilon(1e-15));
  D const of_expressions = graph(x * y, y + 1);
  D const expected = formula{}(D(x * y), D(y + 1));
  CHECK(of_expressions.partial(0) == Approx(expected.partial(0)).epsilon(1e-14));

  Eigen::Vector2d const point(0.7, -1.3);
  CHECK(duet::gradient(graph, point).isApprox(duet::gradient(of_vector, point), 1e-14));
  CHECK(duet::gradient(duet::reverse, graph, point).isApprox(duet::gradient(of_vector, point), 1e-14));
  CHECK(duet::hessian(graph, point).isApprox(duet::hessian(of_vector, point), 1e-13));
  auto const slopes = sym::gradient(graph);
  CHECK(duet::jacobian(slopes, point).isApprox(duet::hessian(of_vector, point), 1e-13));
}

TEST_CASE("the symbolic gradient and Hessian are those of the drivers") {
  Eigen::Vector2d const point(0.7, -1.3);
  auto const g = duet::gradient(of_vector, point);
  auto const h = duet::hessian(of_vector, point);
  auto const swept = sym::value_and_gradient(graph, point);
  auto const bends = sym::hessian(graph)(point);
  for (int i = 0; i < 2; ++i) {
    auto const k = static_cast<std::size_t>(i);
    CHECK(swept.gradient[k] == Approx(g[i]).epsilon(1e-14));
    CHECK(sym::gradient(graph)(point)[k] == Approx(g[i]).epsilon(1e-14));
    for (int j = 0; j < 2; ++j) CHECK(bends[k][static_cast<std::size_t>(j)] == Approx(h(i, j)).epsilon(1e-13));
  }
}

TEST_CASE("the sweep itself can be differentiated") {
  using D = duet::dual<double, 2>;
  auto const y = sym::value_and_gradient(graph, D::independent(0.7, 0), D::independent(-1.3, 1));
  auto const h = duet::hessian(of_vector, Eigen::Vector2d(0.7, -1.3));
  CHECK(y.gradient[0].partial(1) == Approx(h(0, 1)).epsilon(1e-13));
  CHECK(y.gradient[1].partial(1) == Approx(h(1, 1)).epsilon(1e-13));
}
