// Symbol to number: values and gradients by the reverse sweep through the list, while the program compiles and when it
// runs, at awkward points, and without memory from the heap.

#include <duet/symbolic.hpp>
#include <workload/reprojection.hpp>
#include <workload/traceable.hpp>

#include "catch.hpp"
#include "driver/counted_allocations.hpp"

namespace sym = duet::symbolic;

namespace {

constexpr auto u = sym::variable<0>;
constexpr auto v = sym::variable<1>;

}  // namespace

TEST_CASE("the Jacobian of the reprojection is the one written by hand, and takes no memory") {
  constexpr auto graph = sym::expression<15>(workload::turned_reprojection{});
  auto const point = workload::reprojection::start();
  workload::reprojection::jacobian_rows rows;
  auto const value = workload::reprojection{}.jacobian(point, rows);
  std::size_t const before = duet_test::allocations;
  auto const swept = sym::value_and_jacobian(graph, point);
  auto const pulled = sym::value_and_vjp(graph, std::array{2.0, -1.0}, point);
  CHECK(duet_test::allocations == before);
  for (std::size_t r = 0; r < 2; ++r) {
    CHECK(swept.value[r] == Approx(value[r]).epsilon(1e-13));
    for (std::size_t i = 0; i < 15; ++i) CHECK(swept.jacobian[r][i] == Approx(rows[r][i]).epsilon(1e-12).margin(1e-12));
  }
  for (std::size_t i = 0; i < 15; ++i)
    CHECK(pulled.gradient[i] == Approx(2 * rows[0][i] - rows[1][i]).epsilon(1e-12).margin(1e-12));
}

TEST_CASE("rows of a Jacobian that are swept side by side know nothing of each other") {
  constexpr auto graph = sym::expression<3>([](auto const& x) {
    using std::exp, std::sqrt;
    using T = std::decay_t<decltype(x[0])>;
    return std::array<T, 5>{T(sqrt(x[0] * x[0])), T(x[0] * x[1]), T(exp(x[1]) - x[2]), T(x[2] * x[2] * x[1]),
                            T(sqrt(x[0]))};
  });
  auto const require_rows = [&](std::array<double, 3> const& at, std::array<std::array<double, 3>, 5> const& expected) {
    auto const swept = sym::value_and_jacobian(graph, at);
    for (std::size_t o = 0; o < 5; ++o) {
      CHECK(swept.value[o] == graph(at)[o]);
      for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(o, i);
        CHECK(swept.jacobian[o][i] == expected[o][i]);
      }
    }
  };
  double const infinity = std::numeric_limits<double>::infinity();
  require_rows({4, 0, 3}, {{{1, 0, 0}, {0, 4, 0}, {0, 1, -1}, {0, 9, 0}, {0.25, 0, 0}}});
  // A slope is infinite: what does not move there stays, in the other rows all is as it was.
  require_rows({0, 0, 3}, {{{0, 0, 0}, {0, 0, 0}, {0, 1, -1}, {0, 9, 0}, {infinity, 0, 0}}});
}

TEST_CASE("graphs evaluate while the program compiles where arithmetic is constexpr") {
  constexpr auto p = u * u * u - 2.0 * u * v + v / 4.0;
  STATIC_REQUIRE(p(2.0, 4.0) == -7);
  STATIC_REQUIRE(sym::gradient(p)(2.0, 4.0) == std::array{4.0, -3.75});
  STATIC_REQUIRE(sym::value_and_gradient(p, 2.0, 4.0).gradient == std::array{4.0, -3.75});
  STATIC_REQUIRE(sym::hessian(p)(2.0, 4.0)[0][0] == 12);
  STATIC_REQUIRE(sym::value_and_gradient(sym::one, 3.0).gradient[0] == 0);
  STATIC_REQUIRE(sym::value_and_gradient(u, 3.0, 4.0).gradient == std::array{1.0, 0.0});
}

TEST_CASE("two numbers of one type have two values") {
  constexpr auto sum = 2.0 * u + 3.0 * u;
  STATIC_REQUIRE(sym::value_and_gradient(sum, 1.5).value == 7.5);
  STATIC_REQUIRE(sym::value_and_gradient(sum, 1.5).gradient[0] == 5);
}

TEST_CASE("at awkward points graphs keep the convention of the other modes") {
  // sqrt(x^2) at 0: what does not move stays.
  constexpr auto root = sqrt(u * u);
  CHECK(sym::value_and_gradient(root, 0.0).gradient[0] == 0);
  CHECK(sym::differentiate(root, u)(0.0) == 0);
  CHECK(sym::value_and_gradient(sqrt(u * v), 0.0, 0.0).gradient == std::array{0.0, 0.0});
  CHECK(sym::gradient(sqrt(u * v))(0.0, 0.0) == std::array{0.0, 0.0});
  // From the right, moving: infinite.
  CHECK(sym::value_and_gradient(sqrt(u), 0.0).gradient[0] == duet::infinity);
  CHECK(sym::differentiate(sqrt(u), u)(0.0) == duet::infinity);
  CHECK(sym::differentiate(log(u), u)(0.0) == duet::infinity);
  CHECK(std::isnan(sym::differentiate(log(u), u)(-1.0)));
  CHECK(sym::differentiate(abs(u), u)(0.0) == 0);
  CHECK(sym::gradient(hypot(u, v))(0.0, 0.0) == std::array{0.0, 0.0});
  CHECK(sym::gradient(max(u, v))(1.0, 1.0) == std::array{1.0, 0.0});
  CHECK(sym::gradient(fmax(u, v))(std::nan(""), 1.0) == std::array{0.0, 1.0});
  CHECK(sym::differentiate(pow(u, 3.0), u)(-2.0) == 12);
  CHECK(sym::differentiate(pow(u, 0.0), u)(0.0) == 0);
  CHECK(sym::differentiate(relu(u), u)(0.0) == 0);
  CHECK(sym::differentiate(sigmoid(u), u)(-800.0) == 0);
}

TEST_CASE("gradients of workloads are those by hand") {
  auto const require_same = []<class F>(F const&) {
    auto at = F::start();
    constexpr auto graph = sym::expression<std::tuple_size_v<decltype(at)>>(F{});
    auto by_hand = at;
    double const value = F::value_and_gradient(at, by_hand);
    auto const y = sym::value_and_gradient(graph, at);
    CHECK(y.value == Approx(value).epsilon(1e-13));
    for (std::size_t i = 0; i < at.size(); ++i) CHECK(y.gradient[i] == Approx(by_hand[i]).epsilon(1e-12).margin(1e-13));
  };
  require_same(workload::angle_energy{});
  require_same(workload::logistic_option{});
}

namespace {

template <std::size_t N, class F>
auto telling(F const& f) {
  using graph = decltype(sym::expression<N>(f));
  auto const found = sym::telling_inputs<typename graph::name, double, sym::all_outputs>;
  return std::vector<std::size_t>(found.begin(), found.end());
}

}  // namespace

TEST_CASE("an input whose adjoint has all terms of another tells of both") {
  using indices = std::vector<std::size_t>;
  CHECK(telling<9>(workload::angle_energy{}) == indices{3, 4, 5});  // the middle atom
  CHECK(telling<2>([](auto a, auto b) { return sqrt(a - b); }) == indices{1});
  CHECK(telling<2>([](auto a, auto b) { return sqrt(a * b); }) == indices{0, 1});
  CHECK(telling<3>([](auto a, auto, auto c) { return sqrt(a) + c; }) == indices{0, 2});
  CHECK(telling<2>([](auto a, auto b) { return sqrt(a) + sqrt(a - b); }) == indices{0});
  CHECK(telling<2>([](auto a, auto b) { return std::array{sqrt(a + b), a}; }) == indices{0});
}

TEST_CASE("zero wins over infinity though not all inputs are asked") {
  constexpr auto f = sym::expression<3>([](auto a, auto b, auto c) { return sqrt((a - b) * (a - b)) + a * c; });
  auto const y = sym::value_and_gradient(f, 2.0, 2.0, 5.0);
  CHECK(y.gradient == std::array{5.0, 0.0, 2.0});
  constexpr auto pair = sym::expression<2>([](auto a, auto b) { return std::array{sqrt((a - b) * (a - b)), a}; });
  CHECK(sym::value_and_vjp(pair, std::array{1.0, 3.0}, 2.0, 2.0).gradient == std::array{3.0, 0.0});
}

TEST_CASE("the adjoint of a square may overflow where its slope does not") {
  constexpr auto f = sym::expression<1>([](auto x) { return 1.5e308 * (x * x) + sqrt(x); });
  CHECK(sym::value_and_gradient(f, 0.25).gradient[0] == 2 * (1.5e308 * 0.25) + 1);
}
