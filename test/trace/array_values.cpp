// Values of array graphs and of the derivatives appended to them, against formulas of matrix calculus and differences.

#include <Eigen/Dense>
#include <duet/array_graph.hpp>
#include <duet/forward/dual.hpp>

#include "catch.hpp"

namespace sym = duet::symbolic;
using Eigen::Matrix2d, Eigen::MatrixXd, Eigen::Vector2d, Eigen::Vector3d, Eigen::VectorXd;
using sym::array, sym::array_graph;

namespace {

double off(MatrixXd const& a, MatrixXd const& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.cols() == b.cols());
  return (a - b).cwiseAbs().maxCoeff();
}

// f's derivatives in the entries of x by central differences.
template <class F>
MatrixXd differences(F const& f, MatrixXd x) {
  MatrixXd result(x.rows(), x.cols());
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    double const at = x(i), h = 1e-5;
    x(i) = at + h;
    double const up = f(x);
    x(i) = at - h;
    result(i) = (up - f(x)) / (2 * h);
    x(i) = at;
  }
  return result;
}

// A network of two layers, on plain matrices and as nodes.
struct network {
  static double at(MatrixXd const& W, VectorXd const& b, MatrixXd const& U, VectorXd const& x, VectorXd const& t) {
    VectorXd const hidden = (W * x + b).array().tanh();
    VectorXd const miss = U.transpose() * hidden - t;
    return miss.squaredNorm() / 2 + 0.1 * (W.array() * W.array()).sum();
  }
  array_graph g;
  array W = g.variable("W", 3, 2), b = g.variable("b", 3), U = g.variable("U", 3, 2), x = g.variable("x", 2),
        t = g.variable("t", 2);
  array hidden = g.named("hidden", tanh(W* x + b));
  array E = g.named("E", squared_norm(transpose(U) * hidden - t) / 2 + 0.1 * sum(entrywise_product(W, W)));
};

}  // namespace

TEST_CASE("values of an array_graph are those of matrices") {
  network n;
  MatrixXd const W = MatrixXd::Random(3, 2), U = MatrixXd::Random(3, 2);
  VectorXd const b = VectorXd::Random(3), x = VectorXd::Random(2), t = VectorXd::Random(2);
  auto const v = sym::evaluate(n.g, W, b, U, x, t);
  CHECK(off(v(n.hidden), (W * x + b).array().tanh().matrix()) < 1e-15);
  CHECK(v.number(n.E) == Approx(network::at(W, b, U, x, t)).epsilon(1e-14));
}

TEST_CASE("appended gradients of a network are its differences") {
  network n;
  auto const slopes = append_gradient(n.g, n.E, {n.W, n.b, n.U, n.x, n.hidden});
  MatrixXd const W = MatrixXd::Random(3, 2), U = MatrixXd::Random(3, 2);
  VectorXd const b = VectorXd::Random(3), x = VectorXd::Random(2), t = VectorXd::Random(2);
  auto const v = sym::evaluate(n.g, W, b, U, x, t);
  CHECK(off(v(slopes[0]), differences([&](MatrixXd const& a) { return network::at(a, b, U, x, t); }, W)) < 1e-9);
  CHECK(off(v(slopes[1]), differences([&](MatrixXd const& a) { return network::at(W, a, U, x, t); }, b)) < 1e-9);
  CHECK(off(v(slopes[2]), differences([&](MatrixXd const& a) { return network::at(W, b, a, x, t); }, U)) < 1e-9);
  CHECK(off(v(slopes[3]), differences([&](MatrixXd const& a) { return network::at(W, b, U, a, t); }, x)) < 1e-9);
  VectorXd const h = (W * x + b).array().tanh();
  CHECK(off(v(slopes[4]), U * (U.transpose() * h - t)) < 1e-14);
}

TEST_CASE("products with transposed factors have the adjoints of Giles") {
  array_graph g;
  array const A = g.variable("A", 2, 3), B = g.variable("B", 4, 2), S = g.variable("S", 3, 4);
  array const E = sum(entrywise_product(transpose(A) * transpose(B), S));
  auto const slopes = append_gradient(g, E, {A, B, S});
  MatrixXd const a = MatrixXd::Random(2, 3), b = MatrixXd::Random(4, 2), s = MatrixXd::Random(3, 4);
  auto const v = sym::evaluate(g, a, b, s);
  CHECK(off(v(slopes[0]), (s * b).transpose()) < 1e-15);
  CHECK(off(v(slopes[1]), (a * s).transpose()) < 1e-15);
  CHECK(off(v(slopes[2]), (b * a).transpose()) < 1e-15);
}

TEST_CASE("a number beside arrays gathers from all entries") {
  array_graph g;
  array const a = g.variable("a"), x = g.variable("x", 3);
  array const E = sum(exp(a * x) + a);
  auto const slope = append_gradient(g, E, {a, x});
  Vector3d const at(0.3, -1, 2);
  auto const v = sym::evaluate(g, 0.7, at);
  Eigen::Array3d const e = (0.7 * at.array()).exp();
  CHECK(v.number(slope[0]) == Approx((e * at.array()).sum() + 3).epsilon(1e-14));
  CHECK(off(v(slope[1]), (0.7 * e).matrix()) < 1e-14);
}

TEST_CASE("the derivative of a derivative of arrays is the Hessian times a vector") {
  array_graph g;
  array const A = g.variable("A", 3, 3), x = g.variable("x", 3), d = g.variable("d", 3);
  array const f = g.named("f", transpose(x) * (A * x) + sum(log(x)) + tanh(sum(x)));
  auto const slope = append_gradient(g, f, {x});
  array const along = g.named("s", transpose(slope[0]) * d);
  auto const bend = append_gradient(g, along, {x});
  MatrixXd const a = MatrixXd::Random(3, 3);
  Vector3d const at(0.3, 0.8, 0.5), dir(1, -2, 0.5);
  auto const v = sym::evaluate(g, a, at, dir);
  double const y = std::tanh(at.sum());
  CHECK(off(v(slope[0]), (a + a.transpose()) * at + at.cwiseInverse() + Vector3d::Constant(1 - y * y)) < 1e-14);
  Vector3d const expected = (a + a.transpose()) * dir - (dir.array() / at.array().square()).matrix() +
                            Vector3d::Constant(-2 * y * (1 - y * y) * dir.sum());
  CHECK(off(v(bend[0]), expected) < 1e-13);
}

TEST_CASE("an array_graph is evaluated with duals") {
  using D = duet::dual<double, 1>;
  array_graph g;
  array const W = g.variable("W", 2, 2), x = g.variable("x", 2);
  array const f = squared_norm(sigmoid(W * x));
  auto const slope = append_gradient(g, f, {x});
  Matrix2d const w{{0.1, 0.5}, {-0.3, 0.8}};
  for (int i = 0; i < 2; ++i) {
    Eigen::Matrix<D, 2, 1> at(D(0.2), D(0.4));
    at[i] = D::independent(at[i].value(), 0);
    auto const v = sym::evaluate(g, w, at);
    CHECK(v.number(f).partial(0) == Approx(v(slope[0])(i, 0).value()).epsilon(1e-14));
  }
}

TEST_CASE("slopes that are infinite do not move what does not move") {
  array_graph g;
  array const x = g.variable("x", 2);
  array const f = sum(sqrt(entrywise_product(x, x)));
  auto const slope = append_gradient(g, f, {x});
  auto const v = sym::evaluate(g, Vector2d(0, 3));
  CHECK(v(slope[0])(0, 0) == 0);
  CHECK(v(slope[0])(1, 0) == Approx(1));
}

TEST_CASE("values in wrong number or shape are refused") {
  array_graph g;
  array const W = g.variable("W", 2, 3);
  CHECK_THROWS_AS(sym::evaluate(g, 1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_WITH(sym::evaluate(g, Matrix2d::Identity().eval()),
                    "duet::symbolic::evaluate: the variable W has 2 x 3 entries, not 2 x 2");
  auto const v = sym::evaluate(g, MatrixXd::Ones(2, 3).eval());
  CHECK_THROWS_WITH(v.number(W), "duet::symbolic: the number of a node of 2x3 entries");
}
