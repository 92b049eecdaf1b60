#include "catch.hpp"

#include <duet/driver/derivative.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/second_directional.hpp>
#include <duet/math/math.hpp>

#include "cyclic.hpp"

namespace {

using duet_test::cyclic, duet_test::flat, duet_test::gradient_of_cyclic, duet_test::hessian_of_cyclic,
    duet_test::near_to, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("products with the Hessian inside other derivatives") {
  VectorXd const x = random_vector(3, 11), v = random_vector(3, 12), w = random_vector(3, 13);
  // d/dt of the second derivative of s^4, times 2
  auto const fourth = [](auto const& s) { return s * s * s * s; };
  auto const check = [&](auto outer, auto inner) {
    CHECK(duet::derivative(outer, [&, inner](auto const& t) { return duet::hvp(inner, fourth, t, 2); }, 3.0) == 144);
  };
  check(duet::forward, duet::forward);
  check(duet::forward, duet::reverse);
  check(duet::reverse, duet::forward);
  check(duet::reverse, duet::reverse);
  // d/dt H(x + t w) v, from the Hessian being linear in x
  auto const along = [&](auto const& t) { return duet::hvp(duet::forward, cyclic, (x + w * t).eval(), v); };
  CHECK(near_to(duet::derivative(along, 0.0), hessian_of_cyclic(w) * v));
  // what the inner function captures of the outer
  auto const captured = [](auto const& t) {
    using S = std::decay_t<decltype(t)>;
    return duet::second_directional([&t](auto const& s) { return t * t * s * s; }, S(1.0), 1, 1);
  };
  CHECK(duet::derivative(captured, 5.0) == 20);
}

TEST_CASE("u^T H v takes u and v of any shape, and one evaluation") {
  MatrixXd const x = random_vector(6, 13).reshaped(2, 3);
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> const u = random_vector(6, 14).reshaped(2, 3);
  std::vector<int> const v{1, 2, 0, -1, 3, 1};
  int calls = 0;
  auto const counted = [&calls](auto const& y) {
    ++calls;
    return cyclic(y);
  };
  auto const all = duet::value_and_second_directional(duet::forward, counted, x, u, v);
  CHECK(calls == 1);
  VectorXd const flat_u = flat(MatrixXd(u));
  CHECK(all.value == cyclic(x));
  CHECK(all.first_u == Approx(gradient_of_cyclic(flat(x)).dot(flat_u)));
  CHECK(all.first_v == Approx(gradient_of_cyclic(flat(x)).dot(flat(v))));
  CHECK(all.second == Approx(flat_u.dot(hessian_of_cyclic(flat(x)) * flat(v))));
  CHECK(duet::second_directional([](auto const&) { return 4; }, x, u, v) == 0);
  CHECK(duet::second_directional(cyclic, VectorXd(0), VectorXd(0), VectorXd(0)) == 0);
  CHECK_THROWS_WITH(duet::second_directional(cyclic, x, u, std::vector{1.0}),
                    duet_test::contains("duet::second_directional: the direction v has 1 entry, expected 6"));
}

TEST_CASE("u^T H v beside an infinite bend that neither meets") {
  auto const root = [](auto const& x) { return sqrt(x[0]) + x[1] * x[1]; };
  CHECK(duet::second_directional(root, Eigen::Vector2d(0, 3), Eigen::Vector2d(0, 1), Eigen::Vector2d(0, 1)) == 2);
}
