#include "catch.hpp"

#include <duet/driver/prepare.hpp>
#include <duet/math/math.hpp>

#include "cyclic.hpp"

namespace {

using duet_test::contains, duet_test::cyclic, duet_test::random_vector;
using Eigen::VectorXd;

constexpr auto residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return Eigen::Vector<S, 2>(x[0] * x[1], x[x.size() - 1] - 1);
};

struct scaled {
  double scale;
  template <class X>
  auto operator()(X const& x) const {
    return scale * x[0] * x[1];
  }
};

}  // namespace

TEST_CASE("points of any shape") {
  auto const square = [](auto const& t) { return t * t; };
  auto of_number = duet::prepare_gradient(square, 1.0);
  CHECK(of_number(3.0).gradient == 6);
  CHECK(of_number(4).gradient == 8);
  auto const product = [](auto const& x) { return x[0] * x[1]; };
  auto of_array = duet::prepare_gradient(product, std::array{1.0F, 2.0F});
  CHECK(of_array(std::array{3.0F, 4.0F}).gradient == std::array{4.0F, 3.0F});
  auto of_vector = duet::prepare_hessian(duet::forward, product, std::vector{1.0, 2.0});
  CHECK(of_vector(std::vector{3.0, 4.0}).gradient == std::vector{4.0, 3.0});
  CHECK(of_vector(std::vector{3.0, 4.0}).hessian(0, 1) == 1);
  auto const two = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::vector<S>{S(x[0] * x[1]), S(x[1] * x[1])};
  };
  auto recorded = duet::prepare_jacobian(duet::reverse, two, std::vector{1.0, 2.0});  // whose outputs are a vector too
  Eigen::Matrix2d J;
  J << 4, 3, 0, 8;
  CHECK(recorded(std::vector{3.0, 4.0}).jacobian == J);
  CHECK(recorded(std::vector{3.0, 4.0}).jacobian == J);
  auto normal = duet::prepare_gauss_newton(duet::reverse, two, std::vector{1.0, 2.0});
  CHECK(normal(std::vector{3.0, 4.0}).hessian == J.transpose() * J);
  CHECK(normal(std::vector{3.0, 4.0}).gradient == std::vector{48.0, 164.0});
  auto of_matrix =
      duet::prepare_gradient(duet::forward, [](auto const& m) { return m(0, 1) * m(1, 0); }, Eigen::MatrixXd(2, 2));
  Eigen::Matrix2d x, g;
  x << 1, 2, 3, 4;
  g << 0, 3, 2, 0;
  CHECK(of_matrix(x).gradient == g);
  CHECK(of_matrix(x.transpose()).gradient == g.transpose());
  auto of_nothing = duet::prepare_gradient(duet::forward, [](auto const&) { return 4; }, VectorXd(0));
  CHECK(of_nothing(VectorXd(0)).value == 4);
}

TEST_CASE("a point of another size is refused, with both sizes, and the next one is taken") {
  auto prepared = duet::prepare_gradient(duet::forward, cyclic, VectorXd::Zero(3));
  CHECK_THROWS_WITH(prepared(VectorXd::Ones(4)),
                    contains("duet: a prepared driver: x has 4 entries, expected 3 (as it was prepared for)"));
  CHECK(prepared(VectorXd::Ones(3)).value == 3);
  auto of_matrix = duet::prepare_gradient(duet::forward, cyclic, Eigen::MatrixXd::Zero(2, 3));
  CHECK_THROWS_WITH(of_matrix(Eigen::MatrixXd::Ones(3, 2)), contains("a column of x has 3 entries, expected 2"));
  auto of_vector = duet::prepare_gradient(duet::forward, cyclic, std::vector<double>(2));
  CHECK_THROWS_WITH(of_vector(std::vector<double>(1)), contains("x has 1 entry, expected 2"));
}

TEST_CASE("a result may be the next point") {
  VectorXd const x = random_vector(40, 5);
  auto gradient = duet::prepare_gradient(duet::forward, cyclic, x);  // more than one pass
  VectorXd const expected = duet::gradient(duet::forward, cyclic, duet::gradient(duet::forward, cyclic, x));
  CHECK(gradient(gradient(x).gradient).gradient == expected);
  auto const step = [](auto const& y) {
    using S = std::decay_t<decltype(y[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, 1> next = y;
    next[0] = y[39] * y[1];
    return next;
  };
  auto jacobian = duet::prepare_jacobian(duet::forward, step, x);
  VectorXd const next = step(x);
  CHECK(jacobian(jacobian(x).value).jacobian == duet::jacobian(duet::forward, step, next));
}

TEST_CASE("a function is copied, moved or referred to, and a prepared driver moves") {
  scaled f{2};
  auto copy = duet::prepare_gradient(f, Eigen::Vector2d(0, 0));
  auto reference = duet::prepare_gradient(std::ref(f), Eigen::Vector2d(0, 0));
  f.scale = 5;
  CHECK(copy(Eigen::Vector2d(3, 4)).gradient == Eigen::Vector2d(8, 6));
  CHECK(reference(Eigen::Vector2d(3, 4)).gradient == Eigen::Vector2d(20, 15));
  auto const moved_only = [p = std::make_unique<double>(3)](auto const& x) { return *p * x[0] * x[1]; };
  STATIC_REQUIRE(!std::is_copy_constructible_v<decltype(moved_only)>);
  auto by_cref = duet::prepare_gradient(duet::forward, std::cref(moved_only), VectorXd::Zero(2));
  CHECK(by_cref(VectorXd::Ones(2)).value == 3);
  auto moved = std::move(by_cref);
  CHECK(moved(Eigen::Vector2d(1, 2)).gradient == Eigen::Vector2d(6, 3));
  STATIC_REQUIRE(!std::is_copy_constructible_v<decltype(moved)>);
}

TEST_CASE("what f throws passes through, and the next call is right") {
  auto const positive = [](auto const& x) {
    if (x[0] < 0) throw std::domain_error("negative");
    return sqrt(x[0]) * x[1] * x[1];
  };
  VectorXd const x0 = random_vector(2, 6);
  auto const check = [&](auto mode) {
    auto prepared = duet::prepare_hessian(mode, positive, x0);
    CHECK(prepared(Eigen::Vector2d(4, 3)).hessian(1, 1) == 4);
    CHECK_THROWS_WITH(prepared(Eigen::Vector2d(-1, 3)), "negative");
    CHECK(prepared(Eigen::Vector2d(9, 1)).hessian(1, 1) == 6);
    CHECK(prepared(Eigen::Vector2d(9, 1)).gradient[1] == 6);
  };
  check(duet::forward);
  check(duet::reverse);
}

TEST_CASE("f is evaluated when preparing only where the number of its outputs can decide, and then once") {
  int calls = 0;
  auto const counted = [&calls](auto const& x) {
    ++calls;
    return (2 * x).eval();
  };
  auto const fixed_mode = duet::prepare_jacobian(duet::forward, counted, VectorXd::Ones(90));
  CHECK(calls == 0);
  auto prepared = duet::prepare_jacobian(counted, VectorXd::Ones(90));
  CHECK(calls == 1);
  prepared(VectorXd::Ones(90));
  int const passes = calls - 1;
  prepared(VectorXd::Ones(90));
  CHECK(calls == 1 + 2 * passes);
}

TEST_CASE("the number of outputs decides as it does for the driver that is not prepared, where inputs make pairs") {
  // 28 static inputs make more directions than inputs in pairs of half chunks
  auto const many = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    std::vector<S> r(200, S(0));
    r[0] = x[0] * x[27];
    return r;
  };
  std::array<double, 28> x{};
  x[0] = x[27] = 2;
  auto const text = duet::prepare_gauss_newton(many, x).explain();
  std::size_t const directions = duet::gauss_newton_directions<double>(28);
  CHECK(text.starts_with(duet::to_string(duet::choose_mode(directions, 200)).substr(0, 7)));
}

TEST_CASE("a prepared driver says in a line which mode it takes and why") {
  auto const small = duet::prepare_gradient(cyclic, std::array<double, 3>{}).explain();
  CHECK_THAT(small, contains("forward, 1 pass of up to 3 directions: 3 inputs are at most"));
  auto const gradient_at = [](std::size_t n) {
    return duet::prepare_gradient(cyclic, std::vector<double>(n)).explain();
  };
  CHECK_THAT(gradient_at(1000),
             contains("reverse, one recording and 1 sweep of up to 1 output: 1000 inputs are more than"));
  auto const hessian_at = [](std::size_t n) { return duet::prepare_hessian(cyclic, std::vector<double>(n)).explain(); };
  CHECK_THAT(hessian_at(1), contains("forward, hyper-duals: 1 input is at most"));
  CHECK_THAT(hessian_at(100), contains("reverse, over duals: 100 inputs are more than"));
  auto const asked = duet::prepare_jacobian(duet::reverse, residuals, std::array<double, 3>{}).explain();
  CHECK(asked == "reverse, as the caller asks");
  auto const normal = duet::prepare_gauss_newton(residuals, VectorXd::Zero(500)).explain();
  CHECK_THAT(normal, contains("reverse: 500 inputs in pairs of half chunks make"));
  CHECK(normal.find('\n') == std::string::npos);
}
