#include "catch.hpp"

#include <duet/driver/affine.hpp>
#include <duet/math/math.hpp>

#include "affine_oracle.hpp"

namespace {

using duet_test::contains, duet_test::check_mode, duet_test::cyclic, duet_test::derivatives_of_cyclic_at,
    duet_test::expected, duet_test::flat, duet_test::near_to, duet_test::random_matrix, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("f is given the shape of b, and a column without it") {
  MatrixXd const A = random_matrix(6, 4, 4);
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> const b = random_matrix(2, 3, 5);
  Eigen::Vector4d const x = random_vector(4, 6);
  auto const trace_like = [](auto const& m) { return m(0, 2) * m(1, 0); };  // entries 2 and 3 by rows
  VectorXd const y = A * x + flat(b);
  auto const all = duet::value_gradient_hessian(trace_like, duet::affine(A, b), x);
  CHECK(all.value == Approx(y[2] * y[3]));
  CHECK(near_to(all.gradient, y[3] * A.row(2).transpose() + y[2] * A.row(3).transpose()));
  CHECK(near_to(all.hessian, A.row(2).transpose() * A.row(3) + A.row(3).transpose() * A.row(2)));

  auto const product = [](auto const& v) { return v[0] * v[1]; };
  Eigen::Matrix<double, 2, 4> const C = random_matrix(2, 4, 7);
  CHECK(near_to(duet::gradient(product, duet::affine(C), x),
                C.row(0).transpose() * C.row(1).dot(x) + C.row(1).transpose() * C.row(0).dot(x)));
  CHECK(near_to(duet::gradient(product, duet::affine(C, std::array{1, 2}), x),
                C.row(0).transpose() * (C.row(1).dot(x) + 2) + C.row(1).transpose() * (C.row(0).dot(x) + 1)));

  auto const square = [](auto const& t) { return t * t; };  // of a number, for the b that is one
  Eigen::RowVector4d const a = C.row(0);
  CHECK(near_to(duet::hessian(square, duet::affine(a, 3.0), x), 2 * a.transpose() * a));
  CHECK(duet::gradient(square, duet::affine(Eigen::Matrix<double, 1, 1>(2.0), 3.0), 5.0) == 52);
}

TEST_CASE("maps of other numbers") {
  Eigen::Matrix<float, 2, 3> const A = random_matrix(2, 3, 13).cast<float>();
  Eigen::Vector3f const x = random_vector(3, 14).cast<float>();
  check_mode(duet::forward, duet::affine(A), x,
             derivatives_of_cyclic_at(A.cast<double>(), VectorXd::Zero(2), x.cast<double>()), 1e-5);
  // the point decides
  STATIC_REQUIRE(std::is_same_v<decltype(duet::gradient(cyclic, duet::affine(A.cast<double>()), x)), Eigen::Vector3f>);
  Eigen::Matrix<int, 2, 3> integers;
  integers << 1, 0, 2, -1, 3, 0;
  CHECK(near_to(
      duet::gradient(cyclic, duet::affine(integers, Eigen::Vector2i(1, 2)), Eigen::Vector3d(1, 2, 3)),
      derivatives_of_cyclic_at(integers.cast<double>(), Eigen::Vector2d(1, 2), Eigen::Vector3d(1, 2, 3)).gradient));
}

TEST_CASE("more columns than are added up one by one, and empty maps") {
  MatrixXd const A = random_matrix(40, 6, 15);
  VectorXd const b = random_vector(40, 16), x = random_vector(6, 17);
  expected const e = derivatives_of_cyclic_at(A, b, x);
  auto const all = duet::value_gradient_hessian(duet::forward, cyclic, duet::affine(A, b), x);
  CHECK(near_to(all.gradient, e.gradient));
  CHECK(near_to(all.hessian, e.hessian));
  auto const nothing_in = duet::value_gradient_hessian(
      duet::forward, cyclic, duet::affine(MatrixXd(2, 0), VectorXd::LinSpaced(2, 1, 2)), VectorXd(0));
  CHECK(nothing_in.value == 6);
  CHECK(nothing_in.hessian.size() == 0);
  auto const nothing_out =
      duet::value_gradient_hessian(duet::forward, cyclic, duet::affine(MatrixXd(0, 2)), VectorXd::Ones(2));
  CHECK(nothing_out.value == 0);
  CHECK(nothing_out.hessian.isZero(0));
}

TEST_CASE("what does not move stays: a zero of A meets an infinite slope") {
  auto const root = [](auto const& y) { return sqrt(y[0]) + y[1] * y[1]; };
  Eigen::Matrix2d A;
  A << 0, 0, 1, 2;
  auto const check_mode = [&](auto mode) {
    auto const all = duet::value_gradient_hessian(mode, root, duet::affine(A), Eigen::Vector2d(1, 1));
    CHECK(all.gradient == Eigen::Vector2d(6, 12));
    CHECK(all.hessian == 2 * Eigen::Vector2d(1, 2) * Eigen::RowVector2d(1, 2));
  };
  check_mode(duet::forward);
  check_mode(duet::reverse);
}

TEST_CASE("a map owns what it is made of, or refers to it when told") {
  MatrixXd A = MatrixXd::Identity(2, 2);
  auto const owning = duet::affine(A, Eigen::Vector2d(1, 1));
  auto const referring = duet::affine(std::cref(A));
  A *= 3;
  auto const sum = [](auto const& y) { return y[0] + y[1]; };
  CHECK(duet::gradient(duet::forward, sum, owning, Eigen::Vector2d(1, 2)) == Eigen::Vector2d(1, 1));
  CHECK(duet::gradient(duet::forward, sum, referring, Eigen::Vector2d(1, 2)) == Eigen::Vector2d(3, 3));
  auto const of_expression = duet::affine(A.transpose() * A, A.col(0) + A.col(1));
  CHECK(duet::value_and_gradient(duet::forward, sum, of_expression, Eigen::Vector2d(1, 2)).value == 33);
}

TEST_CASE("sizes that do not fit are named") {
  MatrixXd const A = MatrixXd::Ones(2, 3);
  CHECK_THROWS_WITH(duet::affine(A, VectorXd::Ones(4)),
                    contains("duet::affine: b has 4 entries, expected 2 (A is 2 x 3)"));
  CHECK_THROWS_WITH(duet::hessian(duet::forward, cyclic, duet::affine(A), VectorXd::Ones(2)),
                    contains("duet::affine: x has 2 entries, expected 3 (A is 2 x 3)"));
  CHECK_THROWS_WITH(duet::hvp(duet::forward, cyclic, duet::affine(A), VectorXd::Ones(3), VectorXd::Ones(2)),
                    contains("duet::hvp: the direction v has 2 entries, expected 3"));
  CHECK_THROWS_WITH(duet::hvp(duet::forward, cyclic, duet::affine(A), VectorXd::Ones(3), MatrixXd::Ones(2, 2)),
                    contains("duet::hvp: a column of V has 2 entries, expected 3"));
}
