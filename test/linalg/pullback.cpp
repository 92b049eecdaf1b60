// with_pullback against the same functions written out, and what it refuses.

#include "squares.hpp"

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

using linalg_test::in_forward, linalg_test::in_reverse;

namespace {

using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::Vector3d;
using Eigen::VectorXd;

// A library that knows nothing of Duet: it takes VectorXd and counts its calls. y_i = x_i^2 x_0.
struct library {
  mutable int values = 0, adjoints = 0;
  VectorXd value(VectorXd const& x) const {
    ++values;
    return x.array().square() * x[0];
  }
  VectorXd adjoint(VectorXd const& x, VectorXd const& ybar) const {
    ++adjoints;
    VectorXd xbar = 2 * x.array() * ybar.array() * x[0];
    xbar[0] += x.array().square().matrix().dot(ybar);
    return xbar;
  }
};

auto const written_out = [](auto const& x) {
  using V = std::decay_t<decltype(x)>;
  V y = x;
  for (Eigen::Index i = 0; i < x.size(); ++i) y[i] = x[i] * x[i] * x[0];
  return y;
};
// A scalar of what f makes, so that its derivatives depend on the point.
template <class F>
auto outer(F const& f) {
  return [f](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    auto const y = f(x);
    S sum(0);
    for (Eigen::Index i = 0; i < y.size(); ++i) sum += y[i] * y[i] * double(i + 1) + sin(y[i]);
    return sum;
  };
}
VectorXd const point = (VectorXd(3) << 0.7, -0.4, 1.3).finished();

TEST_CASE("with_pullback: a black box of VectorXd is one node, and is called once", "[with_pullback]") {
  auto const box = std::make_shared<library>();
  auto const f = duet::with_pullback(
      [box](VectorXd const& x) { return box->value(x); },
      [box](VectorXd const& x, VectorXd const&, VectorXd const& ybar) { return box->adjoint(x, ybar); });
  REQUIRE(f(point) == written_out(point));
  box->values = 0;
  VectorXd const got = duet::gradient(duet::reverse, outer(f), point);
  REQUIRE((got - duet::gradient(outer(written_out), point)).norm() <= 1e-13);
  REQUIRE((box->values == 1 && box->adjoints == 1));

  duet::tape<> tape;
  duet::recording<double> const scope(tape);
  Eigen::Matrix<duet::var<>, Eigen::Dynamic, 1> x(3);
  for (int i = 0; i < 3; ++i) x[i] = tape.independent(point[i]);
  auto const before = tape.position().descriptors;
  auto const y = f(x);
  REQUIRE(tape.position().descriptors - before == 4);  // three outputs and the node
  REQUIRE((tape.jacobian(x, y) - duet::jacobian(written_out, point)).norm() <= 1e-13);
}

TEST_CASE("with_pullback goes through every mode and order by generic callables", "[with_pullback]") {
  auto const f =
      outer(duet::with_pullback([](VectorXd const& x) { return library().value(x); }, in_reverse, in_forward));
  auto const g = outer(written_out);
  REQUIRE((duet::gradient(duet::forward, f, point) - duet::gradient(g, point)).norm() <= 1e-13);
  MatrixXd const expected = duet::hessian(g, point);
  REQUIRE((duet::hessian(duet::forward, f, point) - expected).norm() <= 1e-12);
  REQUIRE((duet::hessian(duet::reverse, f, point) - expected).norm() <= 1e-12);
  auto const along = [](auto const& h) {
    return duet::derivatives<3>(
        [h](auto const& t) {
          using S = std::decay_t<decltype(t)>;
          Eigen::Matrix<S, Eigen::Dynamic, 1> x(2);
          x << S(t * t), S(0.3 - t);
          return h(x);
        },
        0.6);
  };
  auto const got = along(f), right = along(g);
  for (std::size_t k = 0; k <= 3; ++k) REQUIRE(got[k] == Approx(right[k]).epsilon(1e-12));
}

// x -> A^T x and c, by hand.
TEST_CASE("with_pullback takes several arguments of different shapes", "[with_pullback]") {
  auto const product = duet::with_pullback(
      [](Matrix3d const& a, std::array<double, 3> const& x, double c) {
        return Vector3d(c * a * Eigen::Map<Vector3d const>(x.data()));
      },
      [](Matrix3d const& a, std::array<double, 3> const& x, double c, Vector3d const& y, Vector3d const& ybar) {
        Vector3d const v = Eigen::Map<Vector3d const>(x.data()), w = c * a.transpose() * ybar;
        return std::tuple(Eigen::Matrix<double, 3, 3, Eigen::RowMajor>(c * ybar * v.transpose()),
                          std::array{w[0], w[1], w[2]}, y.dot(ybar) / c);
      },
      duet::by_pullback);
  Matrix3d const a = (Matrix3d() << 1, 2, 3, -1, 0.5, 2, 0.3, 4, -2).finished();
  auto const weighted = [](auto const& y) { return y[0] + 2 * y[1] - y[2] * y[0]; };
  // in the matrix, with the others passive, and in all three
  auto const of_matrix = [&](auto const& m) {
    return std::decay_t<decltype(m(0, 0))>(weighted(product(m, std::array{0.3, -1.0, 2.0}, 1.5)));
  };
  auto const expected = [&](auto const& m) {
    using S = std::decay_t<decltype(m(0, 0))>;
    return S(weighted((1.5 * (m * Vector3d(0.3, -1, 2))).eval()));
  };
  REQUIRE((duet::gradient(duet::reverse, of_matrix, a) - duet::gradient(duet::forward, expected, a)).norm() <= 1e-13);
  REQUIRE((duet::gradient(duet::forward, of_matrix, a) - duet::gradient(duet::forward, expected, a)).norm() <= 1e-13);
  auto const of_all = [&](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    return S(weighted(product(a, std::array<S, 3>{v[0], S(v[1] * v[0]), S(2.0)}, v[1])));
  };
  auto const all_expected = [&](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    Eigen::Matrix<S, 3, 1> const x(v[0], S(v[1] * v[0]), S(2.0));
    return S(weighted((v[1] * (a * x)).eval()));
  };
  Eigen::Vector2d const at(0.7, 1.2);
  REQUIRE((duet::gradient(duet::reverse, of_all, at) - duet::gradient(all_expected, at)).norm() <= 1e-13);
  REQUIRE((duet::gradient(duet::forward, of_all, at) - duet::gradient(all_expected, at)).norm() <= 1e-13);
}

TEST_CASE("with_pullback refuses results of a wrong size", "[with_pullback]") {
  auto const value = [](VectorXd const& x) { return library().value(x); };
  auto const shorter = [](VectorXd const&, VectorXd const&, VectorXd const& ybar) { return VectorXd(ybar.head(2)); };
  auto const f = outer(duet::with_pullback(value, shorter));
  REQUIRE_THROWS_WITH(
      duet::gradient(duet::reverse, f, point),
      duet_test::contains("duet::with_pullback: an adjoint that the pullback returned has 2 entries, expected 3"));
}

}  // namespace
