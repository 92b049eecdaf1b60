#include "catch.hpp"

#include <duet/driver/hvp.hpp>
#include <duet/math/math.hpp>

#include "cyclic.hpp"

namespace {

using duet_test::cyclic, duet_test::flat, duet_test::gradient_of_cyclic, duet_test::hessian_of_cyclic,
    duet_test::near_to, duet_test::random_vector;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

template <class Shape>
Shape filled(Shape x, unsigned seed) {
  VectorXd const random = random_vector(static_cast<Index>(duet::size_of(x)), seed);
  for (Index i = 0; i < random.size(); ++i)
    duet::shape<Shape>::entry(x, static_cast<std::size_t>(i)) = static_cast<duet::entry_t<Shape>>(random[i]);
  return x;
}

template <class Check>
void in_all_modes(Check const& check) {
  check(duet::automatic);
  check(duet::forward);
  check(duet::reverse);
}

// H v with v in the shape of x, against the worked Hessian.
template <class X>
void check_shape(X const& empty, double tolerance = 1e-13) {
  X const x = filled(empty, 1), v = filled(empty, 2);
  VectorXd const expected = hessian_of_cyclic(flat(x)) * flat(v);
  in_all_modes([&](auto mode) {
    auto const all = duet::value_and_hvp(mode, cyclic, x, v);
    STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(all.product)>, X>);
    STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(all.gradient)>, X>);
    STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(all.value)>, duet::entry_t<X>>);
    CHECK(duet::size_of(all.product) == duet::size_of(x));
    CHECK(all.value == cyclic(x));
    CHECK(near_to(flat(all.gradient), gradient_of_cyclic(flat(x)), tolerance));
    CHECK(near_to(flat(all.product), expected, tolerance));
  });
}

}  // namespace

TEST_CASE("H v comes in the shape of the point") {
  check_shape(0.0);
  check_shape(std::vector<double>(11));
  check_shape(Eigen::Matrix<double, 2, 3, Eigen::RowMajor>::Zero().eval());
  check_shape(MatrixXd(2, 4));
}

TEST_CASE("H v in other numbers") {
  check_shape(std::array<float, 4>{}, 1e-6);
  check_shape(std::vector<long double>(5));
}

TEST_CASE("H v at no inputs is nothing, and still gives the value") {
  check_shape(std::array<double, 0>{});
  check_shape(VectorXd(0));
  in_all_modes([](auto mode) {
    auto const all = duet::value_and_hvp(mode, [](auto const&) { return 4; }, VectorXd(0), MatrixXd(0, 3));
    CHECK(all.value == 4);
    CHECK(all.product.rows() == 0);
    CHECK(all.product.cols() == 3);
  });
}

TEST_CASE("H V for any number of directions at a point of any size") {
  for (Index const n : {1, 2, 7, 30})
    for (Index const k : {0, 1, 2, 5, 8, 9, 20}) {
      VectorXd const x = random_vector(n, 3);
      MatrixXd const V = random_vector(n * k, 4).reshaped(n, k);
      MatrixXd const expected = hessian_of_cyclic(x) * V;
      in_all_modes([&](auto mode) {
        auto const all = duet::value_and_hvp(mode, cyclic, x, V);
        STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(all.product)>, MatrixXd>);
        CHECK(all.value == cyclic(x));
        CHECK(near_to(all.gradient, gradient_of_cyclic(x)));
        CHECK(near_to(all.product, expected));
      });
    }
}

TEST_CASE("sizes of x and V that are static stay so") {
  Eigen::Vector3d const x = random_vector(3, 5);
  auto const check = [&]<int K>(std::integral_constant<int, K>) {
    Eigen::Matrix<double, 3, K> const V = random_vector(3 * K, 6).reshaped(3, K);
    in_all_modes([&](auto mode) {
      auto const product = duet::hvp(mode, cyclic, x, V);
      STATIC_REQUIRE(std::is_same_v<std::remove_cv_t<decltype(product)>, Eigen::Matrix<double, 3, K>>);
      CHECK(near_to(product, hessian_of_cyclic(x) * MatrixXd(V)));
    });
  };
  check(std::integral_constant<int, 0>{});
  check(std::integral_constant<int, 9>{});
}

TEST_CASE("a number has several directions too") {
  auto const cube = [](auto const& t) { return t * t * t; };
  CHECK(duet::hvp(cube, 2.0, MatrixXd::Ones(1, 3)) == MatrixXd::Constant(1, 3, 12));
  CHECK(duet::hvp(cube, 2.0, 3) == 36);
}

TEST_CASE("a direction may be an expression, integers, or a container of another kind") {
  VectorXd const x = random_vector(4, 7);
  VectorXd const expected = hessian_of_cyclic(x) * Eigen::Vector4d(1, 0, -2, 3);
  CHECK(near_to(duet::hvp(duet::forward, cyclic, x, std::vector{1, 0, -2, 3}), expected));
  CHECK(near_to(duet::hvp(duet::forward, cyclic, x, Eigen::RowVector4i(1, 0, -2, 3)), expected));
  CHECK(near_to(duet::hvp(duet::forward, cyclic, 2 * x, Eigen::Vector4d(2, 0, -4, 6) / 4),
                expected));  // H is linear in x
  CHECK(near_to(duet::hvp(duet::forward, cyclic, x, MatrixXd::Identity(4, 4)), hessian_of_cyclic(x)));
}

TEST_CASE("at a matrix a matrix of its sizes is one direction, whatever their orders and any other holds columns") {
  using by_rows = Eigen::Matrix<double, -1, -1, Eigen::RowMajor>;
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> const x = random_vector(6, 8).reshaped(2, 3);
  by_rows const same = random_vector(6, 9).reshaped(2, 3), also_x = x;
  MatrixXd const v = same, V = random_vector(12, 10).reshaped(6, 2);
  VectorXd const expected = hessian_of_cyclic(flat(x)) * flat(same);
  CHECK(near_to(flat(duet::hvp(cyclic, x, v)), expected));
  CHECK(near_to(flat(duet::hvp(duet::reverse, cyclic, x, v)), expected));
  CHECK(near_to(flat(duet::hvp(duet::forward, cyclic, also_x, v)), expected));
  CHECK(near_to(duet::hvp(duet::forward, cyclic, also_x, V), hessian_of_cyclic(flat(x)) * V));
  CHECK(near_to(duet::hvp(cyclic, x, Eigen::Matrix<double, 6, 2>(V)), hessian_of_cyclic(flat(x)) * V));
}

TEST_CASE("directions of other sizes are refused, with both sizes") {
  using duet_test::contains;
  VectorXd const x = VectorXd::Ones(3);
  in_all_modes([&](auto mode) {
    CHECK_THROWS_WITH(duet::hvp(mode, cyclic, x, VectorXd::Ones(2)),
                      contains("duet::hvp: the direction v has 2 entries, "
                               "expected 3 (one for each input)"));
    CHECK_THROWS_WITH(duet::hvp(mode, cyclic, x, MatrixXd::Ones(2, 3)),
                      contains("duet::hvp: a column of V has 2 entries, expected 3"));
  });
  CHECK_THROWS_WITH(duet::hvp(duet::forward, cyclic, MatrixXd(2, 3), MatrixXd(3, 2)),
                    contains("the direction v is 3 x 2, expected 2 x 3 (the sizes of x)"));
  CHECK_THROWS_AS(duet::hvp(duet::forward, cyclic, 1.0, Eigen::RowVector3d(1, 2, 3)), std::invalid_argument);
}

TEST_CASE("a constant has no curvature, of whatever type it is") {
  in_all_modes([](auto mode) {
    auto const all =
        duet::value_and_hvp(mode, [](auto const&) { return 4; }, Eigen::Vector2d(1, 2), Eigen::Vector2d(3, 4));
    CHECK(all.value == 4);
    CHECK(all.gradient.isZero(0));
    CHECK(all.product.isZero(0));
  });
}

TEST_CASE("what does not move stays, beside an infinite bend") {
  auto const root = [](auto const& x) { return sqrt(x[0]) + x[1] * x[1]; };
  in_all_modes([&](auto mode) {
    CHECK(duet::hvp(mode, root, Eigen::Vector2d(0, 3), Eigen::Vector2d(0, 1)) == Eigen::Vector2d(0, 2));
  });
}

TEST_CASE("a function that captures has scalars of its own") {
  double const scale = 3;
  auto const scaled = [scale](auto const& t) { return scale * t * t * t; };
  in_all_modes([&](auto mode) { CHECK(duet::hvp(mode, scaled, 2.0, 10) == 360); });
}
