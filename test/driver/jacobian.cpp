#include "catch.hpp"

#include <cmath>
#include <duet/duet.hpp>

#include "oracle.hpp"

namespace {

using duet_test::differences, duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd, Eigen::Index;

// m outputs of any number of inputs: y_i = sum_j sin(x_j + i) x_{(i + j) mod n}.
auto mixing(Index m) {
  return [m](auto const& x) {
    using std::sin;
    using S = typename std::decay_t<decltype(x)>::Scalar;
    Index const n = x.size();
    Eigen::Matrix<S, Eigen::Dynamic, 1> y(m);
    for (Index i = 0; i < m; ++i) {
      S sum(0);
      for (Index j = 0; j < n; ++j) sum += sin(x[j] + static_cast<double>(i)) * x[(i + j) % n];
      y[i] = sum;
    }
    return y;
  };
}

constexpr auto pair = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return std::array<S, 2>{x[0] * x[1], x[0] / x[1]};
};

}  // namespace

TEST_CASE("Jacobians by both modes agree with differences at every size") {
  for (auto [n, m] : {std::pair<Index, Index>{0, 0},
                      {0, 3},
                      {3, 0},
                      {90, 0},
                      {1, 1},
                      {1, 9},
                      {2, 5},
                      {7, 7},
                      {8, 1},
                      {9, 8},
                      {17, 9},
                      {33, 16},
                      {40, 2},
                      {65, 17},
                      {71, 1},
                      {100, 3}}) {
    VectorXd const x = random_vector(n, static_cast<unsigned>(100 * n + m));
    MatrixXd const expected = differences(mixing(m), x);
    INFO("n = " << n << ", m = " << m);
    auto const forward = duet::value_and_jacobian(duet::forward, mixing(m), x);
    auto const reverse = duet::value_and_jacobian(duet::reverse, mixing(m), x);
    CHECK(near(forward.jacobian, expected, 1e-10));
    CHECK(near(reverse.jacobian, forward.jacobian));
    CHECK(near(duet::jacobian(mixing(m), x), forward.jacobian));
    CHECK(near(forward.value, mixing(m)(x)));
    CHECK(near(reverse.value, mixing(m)(x)));
  }
}

TEST_CASE("Jacobians have static sizes where both are known") {
  Eigen::Vector2d const x(2, 4);
  auto const fixed = duet::jacobian(pair, x);
  static_assert(std::is_same_v<decltype(fixed), Eigen::Matrix2d const>);
  Eigen::Matrix2d expected;
  expected << 4, 2, 0.25, -0.125;
  CHECK(fixed == expected);
  static_assert(decltype(duet::jacobian(pair, VectorXd(x)))::RowsAtCompileTime == 2);
  CHECK(near(duet::jacobian(pair, std::vector{2.0, 4.0}), expected));
  CHECK(near(duet::jacobian(duet::reverse, pair, x), expected));
  std::array<double, 2> const value = duet::value_and_jacobian(pair, x).value;
  CHECK(value == std::array{8.0, 0.5});
}

TEST_CASE("one output gives a row, one input a column") {
  auto const row = duet::jacobian([](auto const& x) { return x[0] * x[2]; }, Eigen::Vector3d(2, 3, 4));
  static_assert(decltype(row)::RowsAtCompileTime == 1 && decltype(row)::ColsAtCompileTime == 3);
  CHECK(row == Eigen::RowVector3d(4, 0, 2));
  auto const column = duet::jacobian(
      [](auto const& t) {
        using S = std::decay_t<decltype(t)>;
        return std::vector<S>{t, t * t, S(1)};
      },
      3.0);
  CHECK(column == Eigen::Vector3d(1, 6, 0));
  CHECK(duet::jacobian(duet::reverse, [](auto const& t) { return t * t; }, 3.0)(0, 0) == 6);
}

TEST_CASE("matrices count in storage order") {
  Eigen::Matrix2d A;
  A << 1, 2, 3, 4;
  Eigen::Vector2d const x(5, 6);
  auto const product = [&](auto const& M) { return (M * x).eval(); };
  MatrixXd expected(2, 4);  // y_i = sum_k A_ik x_k, A by columns
  expected << 5, 0, 6, 0, 0, 5, 0, 6;
  CHECK(near(duet::jacobian(product, MatrixXd(A)), expected));
  MatrixXd by_row(2, 4);
  by_row << 5, 6, 0, 0, 0, 0, 5, 6;
  CHECK(near(duet::jacobian(product, Eigen::Matrix<double, 2, 2, Eigen::RowMajor>(A)), by_row));
  auto const transposed = [](auto const& M) { return M.transpose(); };  // a view of its argument
  CHECK(duet::value_and_jacobian(transposed, A).value(0, 1) == 3);
  CHECK(duet::jacobian(transposed, A)(1, 2) == 1);
}

TEST_CASE("results may be constants, partly or wholly") {
  Eigen::Vector2d const x(2, 3);
  auto const numbers = [](auto const&) { return std::array<int, 2>{3, 4}; };
  CHECK(duet::value_and_jacobian(numbers, x).value == std::array<double, 2>{3, 4});
  CHECK(duet::jacobian(numbers, x).isZero());
  CHECK(duet::jacobian(duet::reverse, numbers, x).isZero());
  auto const partly = [](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    return Eigen::Matrix<S, 3, 1>(S(7), v[1], v[1] * v[1]);
  };
  MatrixXd expected(3, 2);
  expected << 0, 0, 0, 1, 0, 6;
  CHECK(duet::jacobian(partly, x) == expected);
  CHECK(duet::jacobian(duet::reverse, partly, x) == expected);
}

TEST_CASE("the derivative of a function of one number has the shape of its output") {
  auto const wave = [](auto const& t) {
    using std::exp, std::sin;
    return exp(2.0 * t) * sin(t);
  };
  double const expected = std::exp(0.8) * (2 * std::sin(0.4) + std::cos(0.4));
  CHECK(duet::derivative(wave, 0.4) == Approx(expected));
  CHECK(duet::derivative(duet::reverse, wave, 0.4) == Approx(expected));
  CHECK(duet::value_and_derivative(wave, 0.4).value == std::exp(2.0 * 0.4) * std::sin(0.4));
  static_assert(std::is_same_v<decltype(duet::derivative(wave, 0.4f)), float>);
  auto const curve = [](auto const& t) { return Eigen::Matrix<std::decay_t<decltype(t)>, 2, 1>(t * t, 1 / t); };
  static_assert(std::is_same_v<decltype(duet::derivative(curve, 2.0)), Eigen::Vector2d>);
  CHECK(duet::derivative(curve, 2.0) == Eigen::Vector2d(4, -0.25));
  CHECK(duet::value_and_derivative(duet::reverse, curve, 2.0).derivative == Eigen::Vector2d(4, -0.25));
  CHECK(duet::derivative([](auto const&) { return 3; }, 2.0) == 0);
}

TEST_CASE("products with the Jacobian equal the Jacobian's, in both modes and at every size") {
  for (auto [n, m] : {std::pair<Index, Index>{0, 2}, {1, 1}, {2, 0}, {5, 3}, {20, 30}, {90, 4}}) {
    VectorXd const x = random_vector(n, 3), v = random_vector(n, 4), w = random_vector(m, 5);
    auto const f = mixing(m);
    MatrixXd const J = duet::jacobian(f, x);
    INFO("n = " << n << ", m = " << m);
    CHECK(near(duet::jvp(f, x, v), (J * v).eval()));
    CHECK(near(duet::jvp(duet::reverse, f, x, v), (J * v).eval()));
    CHECK(near(duet::vjp(f, x, w), (J.transpose() * w).eval()));
    CHECK(near(duet::vjp(duet::forward, f, x, w), (J.transpose() * w).eval()));
    CHECK(near(duet::vjp(duet::reverse, f, x, w), (J.transpose() * w).eval()));
    CHECK(near(duet::value_and_jvp(f, x, v).value, f(x)));
    CHECK(near(duet::value_and_vjp(f, x, w).value, f(x)));
  }
}

TEST_CASE("directions and weights may come in any shape of the right size") {
  Eigen::Vector2d const x(2, 4);
  CHECK(duet::jvp(pair, x, std::array{1, 0}) == std::array{4.0, 0.25});
  CHECK(duet::vjp(pair, x, std::vector{1.0, 0.0}) == Eigen::Vector2d(4, 2));
  auto const f = [](auto const& v) { return v[0] * v[1]; };
  CHECK(duet::jvp(f, x, Eigen::Vector2d::Unit(1)) == 2);
  CHECK(duet::vjp(f, x, 2.0) == Eigen::Vector2d(8, 4));
  CHECK(duet::jvp([](auto const& t) { return t * t; }, 3.0, 2.0) == 12);
}

TEST_CASE("a direction or a weight of zero meets no infinite slope") {
  auto const roots = [](auto const& x) {
    using std::sqrt;
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 2>{sqrt(x[0]), x[1] * x[1]};
  };
  Eigen::Vector2d const x(0, 3);
  CHECK(duet::jvp(roots, x, Eigen::Vector2d(0, 1)) == std::array{0.0, 6.0});
  CHECK(duet::jvp(duet::reverse, roots, x, Eigen::Vector2d(0, 1)) == std::array{0.0, 6.0});
  CHECK(duet::vjp(duet::forward, roots, x, Eigen::Vector2d(0, 1)) == Eigen::Vector2d(0, 6));
  CHECK(duet::vjp(duet::reverse, roots, x, Eigen::Vector2d(0, 1)) == Eigen::Vector2d(0, 6));
}

TEST_CASE("wrong sizes are named with the right ones") {
  VectorXd const x = VectorXd::Ones(2);
  auto const f = mixing(4);
  CHECK_THROWS_AS(duet::jvp(f, x, VectorXd::Ones(3)), std::invalid_argument);
  CHECK_THROWS_WITH(duet::jvp(f, x, VectorXd::Ones(3)), duet_test::contains("3 entries, expected 2"));
  CHECK_THROWS_WITH(duet::vjp(f, x, VectorXd::Ones(5)), duet_test::contains("5 entries, expected 4"));
  CHECK_THROWS_WITH(duet::vjp(duet::reverse, f, x, VectorXd::Ones(5)), duet_test::contains("5 entries, expected 4"));
  Index outputs = 0;
  auto const growing = [&](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    return std::vector<S>(static_cast<std::size_t>(++outputs), v[0]);
  };
  CHECK_THROWS_WITH(duet::jacobian(duet::forward, growing, VectorXd::Ones(70).eval()),
                    duet_test::contains("2 entries, expected 1"));
}

TEST_CASE("a tape gives the Jacobian of any variables recorded on it") {
  duet::tape<> tape;
  duet::recording scope(tape);
  std::array<duet::var<>, 3> const x{tape.independent(1.0), tape.independent(2.0), tape.independent(3.0)};
  std::array<duet::var<>, 2> const y{x[0] * x[1] * x[2], x[0] + x[1] * x[1]};
  MatrixXd expected(2, 3);
  expected << 6, 3, 2, 1, 4, 0;
  CHECK(tape.jacobian(x, y) == expected);
  CHECK(tape.jacobian(std::vector{x[2], x[0]}, y[0]) == Eigen::RowVector2d(2, 6));
  CHECK(tape.jacobian(x, std::array{duet::var<>(3.0)}).isZero());
  Eigen::Matrix<duet::var<>, 2, 1> const z(y[0], y[1]);
  CHECK(tape.jacobian(x, z * 2.0) == 2 * expected);
  CHECK(tape.jacobian(std::vector<duet::var<>>{}, y).cols() == 0);
}

TEST_CASE("a tape refuses variables of another tape as inputs of a Jacobian") {
  duet::tape<> other, tape;
  std::vector<duet::var<>> foreign;
  for (int i = 0; i < 100; ++i) foreign.push_back(other.independent(1.0));
  duet::var<> const x = tape.independent(1.0);
  CHECK_THROWS_AS(tape.jacobian(foreign, x), duet::error);
}

TEST_CASE("Zero wins over an infinite slope in every row of a Jacobian that is written in tiles") {
  for (std::size_t bent = 0; bent < 9; ++bent) {
    auto const f = [bent](auto const& x) {
      std::array<std::remove_cvref_t<decltype(x[0])>, 9> y;
      for (std::size_t i = 0; i < 9; ++i) y[i] = static_cast<double>(i + 1) * x[0];
      y[bent] = sqrt(x[1] * x[1]);
      return y;
    };
    auto const at_kink = duet::value_and_jacobian(duet::forward, f, std::array{2.0, 0.0});
    for (std::size_t i = 0; i < 9; ++i) {
      auto const row = static_cast<Eigen::Index>(i);
      CHECK(at_kink.value[i] == (i == bent ? 0 : 2 * static_cast<double>(i + 1)));
      CHECK(at_kink.jacobian(row, 0) == (i == bent ? 0 : static_cast<double>(i + 1)));
      CHECK(at_kink.jacobian(row, 1) == 0);
    }
  }
}
