#include <Eigen/Dense>
#include <catch.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/linalg/solve.hpp>

using Eigen::MatrixXd, Eigen::VectorXd;

namespace {

// The solution of a 2 x 2 system, and the same by Cramer's rule.
auto const solved = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, 2, 2> a;
  a << 3 + x[0], x[1], x[1] * x[0], S(2);
  return duet::solve(a, Eigen::Matrix<S, 2, 1>(x[0], S(1)));
};
auto const written = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S const d = 2 * (3 + x[0]) - x[1] * x[1] * x[0];
  return Eigen::Matrix<S, 2, 1>((2 * x[0] - x[1]) / d, (3 + x[0] - x[1] * x[0] * x[0]) / d);
};
template <auto const& F>
struct number_of {
  auto operator()(auto const& x) const {
    auto const y = F(x);
    return std::decay_t<decltype(x[0])>(y[0] * exp(y[1]));
  }
};
Eigen::Vector2d const at(0.7, -0.4);

template <class X>
bool equal(X const& a, X const& b) {
  return (a - b).norm() <= 1e-12 * (1 + b.norm());
}

}  // namespace

TEST_CASE("solve inside gradient, hessian and hvp is right in both modes") {
  number_of<solved> const f;
  number_of<written> const same;
  Eigen::Vector2d const g = duet::gradient(duet::forward, same, at), v(0.3, 2);
  Eigen::Matrix2d const h = duet::hessian(duet::forward, same, at);
  CHECK(equal<Eigen::Vector2d>(duet::gradient(duet::reverse, f, at), g));
  CHECK(equal<Eigen::Vector2d>(duet::gradient(duet::forward, f, at), g));
  CHECK(equal<Eigen::Matrix2d>(duet::hessian(duet::reverse, f, at), h));
  CHECK(equal<Eigen::Matrix2d>(duet::hessian(duet::forward, f, at), h));
  CHECK(equal<Eigen::Vector2d>(duet::hvp(duet::reverse, f, at, v), h * v));
  CHECK(equal<Eigen::Vector2d>(duet::hvp(duet::forward, f, at, v), h * v));
}

TEST_CASE("solve inside jacobian and gauss_newton is right in both modes") {
  Eigen::Matrix2d const j = duet::jacobian(duet::forward, written, at);
  CHECK(equal<Eigen::Matrix2d>(duet::jacobian(duet::reverse, solved, at), j));
  CHECK(equal<Eigen::Matrix2d>(duet::jacobian(duet::forward, solved, at), j));
  Eigen::Vector2d const gradient = j.transpose() * written(at);
  for (auto const& model :
       {duet::gauss_newton(duet::reverse, solved, at), duet::gauss_newton(duet::forward, solved, at)}) {
    CHECK(equal<Eigen::Vector2d>(model.gradient, gradient));
    CHECK(equal<Eigen::Matrix2d>(model.hessian, j.transpose() * j));
  }
}
