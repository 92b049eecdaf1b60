#include "catch.hpp"

#include <Eigen/Dense>
#include <duet/eigen/traits.hpp>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <random>

// The oracle is the calculus of matrices in plain numbers: d(AB) = dA B + A dB and its consequences.

namespace {

using Eigen::MatrixXd, Eigen::VectorXd, Eigen::Index;
using dual = duet::dual<double, 1>;
using dual_matrix = Eigen::Matrix<dual, Eigen::Dynamic, Eigen::Dynamic>;
using dual_vector = Eigen::Matrix<dual, Eigen::Dynamic, 1>;

static_assert(Eigen::NumTraits<dual>::RequireInitialization == 0 && !Eigen::NumTraits<dual>::IsComplex);
static_assert(std::is_same_v<Eigen::NumTraits<dual>::Real, dual>);
static_assert(std::is_same_v<Eigen::NumTraits<decltype(dual() * dual())>::Real, dual>);
static_assert(std::is_same_v<decltype(std::max(dual(), std::numeric_limits<dual>::lowest())), dual const&>);
static_assert(std::numeric_limits<duet::var<float>>::digits == 24 && std::numeric_limits<dual>::is_specialized);

dual number(double value, double tangent) {
  dual x(value);
  x.set_partial(0, tangent);
  return x;
}
template <class A>
auto active(A const& a, A const& tangent) {
  Eigen::Matrix<dual, A::RowsAtCompileTime, A::ColsAtCompileTime> x(a.rows(), a.cols());
  for (Index i = 0; i < a.size(); ++i) x(i) = number(a(i), tangent(i));
  return x;
}
template <class X>
MatrixXd values(X const& x) {
  return x.unaryExpr([](dual const& e) { return e.value(); });
}
template <class X>
MatrixXd tangents(X const& x) {
  return x.unaryExpr([](dual const& e) { return e.partial(0); });
}

MatrixXd random(Index rows, Index columns) {
  static std::mt19937 engine(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  return MatrixXd::NullaryExpr(rows, columns, [&] { return uniform(engine); });
}
template <class X>
void require(X const& x, MatrixXd const& value, MatrixXd const& tangent, double tolerance = 1e-13) {
  REQUIRE(values(x).rows() == value.rows());
  CHECK((values(x) - value).cwiseAbs().sum() <= tolerance * (1 + value.cwiseAbs().sum()));
  CHECK((tangents(x) - tangent).cwiseAbs().sum() <= tolerance * (1 + tangent.cwiseAbs().sum()));
}

}  // namespace

TEST_CASE("products of active and passive matrices obey the product rule") {
  for (Index n : {1, 2, 3, 7, 20}) {
    MatrixXd const A = random(n, n + 1), dA = random(n, n + 1), B = random(n + 1, n), dB = random(n + 1, n);
    dual_matrix const a = active(A, dA), b = active(B, dB);
    require((a * b).eval(), A * B, dA * B + A * dB);
    require((a * B).eval(), A * B, dA * B);
    require((A * b).eval(), A * B, A * dB);
    VectorXd const v = random(n, 1), dv = random(n, 1);
    dual_vector const w = active(v, dv);
    require((b * w).eval(), B * v, dB * v + B * dv);
    require((b * v).eval(), B * v, dB * v);
    require((B * w).eval(), B * v, B * dv);
    require((2.0 * (b * v)).eval(), 2 * B * v, 2 * dB * v);
    require((w.transpose() * a).eval(), v.transpose() * A, dv.transpose() * A + v.transpose() * dA);
    require((v.transpose() * a).eval(), v.transpose() * A, v.transpose() * dA);
    dual_matrix sum = a * b;
    sum.noalias() += a * B;
    sum.noalias() -= 3 * A * b;
    require(sum, -A * B, 2 * dA * B - 2 * A * dB);
    dual const p = number(0.5, -2.0);
    require(((p * A) * (b * v)).eval(), 0.5 * A * B * v, -2 * A * B * v + 0.5 * A * dB * v);
    dual_vector scaled = w;
    scaled.noalias() += p * (b.transpose() * VectorXd::Ones(n + 1)).eval();
    require(scaled, v + 0.5 * B.transpose() * VectorXd::Ones(n + 1),
            dv + 0.5 * dB.transpose() * VectorXd::Ones(n + 1) - 2 * B.transpose() * VectorXd::Ones(n + 1));
  }
}

TEST_CASE("numbers of a level below, and expressions, scale active vectors") {
  VectorXd const v = random(5, 1), dv = random(5, 1);
  dual_vector const w = active(v, dv);
  dual const a = number(3, 1), b = number(-2, 0.5);  // (a * b)' = -2 + 1.5
  require((2.0 * w).eval(), 2 * v, 2 * dv);
  require((w * 2).eval(), 2 * v, 2 * dv);
  require((w / 2).eval(), v / 2, dv / 2);
  require(((a * b) * w).eval(), -6 * v, -0.5 * v - 6 * dv);
  require((w * (a * b)).eval(), -6 * v, -0.5 * v - 6 * dv);
  require(((a * b) * v).eval(), -6 * v, -0.5 * v);
  require((a * v).eval(), 3 * v, v);
  require((w + v).eval(), 2 * v, dv);
  require(w.cwiseProduct(v).eval(), v.cwiseProduct(v), dv.cwiseProduct(v));
  require((w.array() * 2.0 + 1.0).eval(), 2 * v.array() + 1, 2 * dv);
  require(w.array().exp().eval(), v.array().exp(), v.array().exp() * dv.array());
  CHECK(dual(w.dot(v)).partial(0) == Approx(v.dot(dv)));
  CHECK(dual(v.dot(w)).partial(0) == Approx(v.dot(dv)));
  CHECK(dual(w.squaredNorm()).partial(0) == Approx(2 * v.dot(dv)));
  CHECK(dual(w.norm()).partial(0) == Approx(v.dot(dv) / v.norm()));
  CHECK(dual(w.sum()).partial(0) == Approx(dv.sum()));
  Index at = 0;
  CHECK(w.maxCoeff(&at).value() == v.maxCoeff());
  CHECK(w.maxCoeff().partial(0) == dv[at]);
}

TEST_CASE("determinants, inverses and solutions have the derivatives that matrix calculus gives") {
  for (Index n : {1, 2, 3, 6}) {
    MatrixXd const A = random(n, n) + 3 * MatrixXd::Identity(n, n), dA = random(n, n), V = A.inverse();
    VectorXd const b = random(n, 1), db = random(n, 1);
    dual_matrix const a = active(A, dA);
    dual const determinant = a.determinant();
    CHECK(determinant.value() == Approx(A.determinant()));
    CHECK(determinant.partial(0) == Approx(A.determinant() * (V * dA).trace()));
    require(a.inverse().eval(), V, -V * dA * V, 1e-11);
    require(a.partialPivLu().solve(active(b, db)).eval(), V * b, V * (db - dA * V * b), 1e-11);
    MatrixXd const S = A * A.transpose(), dS = dA * A.transpose() + A * dA.transpose();
    require(active(S, dS).ldlt().solve(active(b, db)).eval(), S.inverse() * b,
            S.inverse() * (db - dS * S.inverse() * b), 1e-9);
  }
}

TEST_CASE("nested scalars mix with both levels below them") {
  using outer = duet::dual<dual, 1>;
  outer const x = outer::independent(number(0.5, 1), 0);
  Eigen::Matrix<outer, 2, 1> const v(x * x, outer(1.0));
  Eigen::Matrix<dual, 2, 2> A;
  A << number(2, 1), dual(0.0), dual(1.0), number(1, 3);
  Eigen::Matrix<outer, 2, 1> const y = A * v;  // y0 = (2 + t) x^2 with x = 0.5 + t
  CHECK(y[0].value().value() == 0.5);
  CHECK(y[0].value().partial(0) == 0.25 + 2);
  CHECK(y[0].partial(0).value() == 2);
  CHECK(y[0].partial(0).partial(0) == 2 * 0.5 + 4);
  Eigen::Matrix<outer, 2, 1> const z = Eigen::Matrix2d::Ones() * v * 2.0;
  CHECK(z[1].partial(0).value() == 2);
}

TEST_CASE("a tape sees through products of its variables with passive matrices") {
  for (Index n : {2, 9}) {
    MatrixXd const A = random(n, n), W = random(n, n);
    duet::tape<> tape;
    duet::recording scope(tape);
    Eigen::Matrix<duet::var<>, Eigen::Dynamic, Eigen::Dynamic> x(n, n);
    for (Index i = 0; i < x.size(); ++i) x(i) = tape.independent(W(i));
    // d tr(A X A X) / dX = 2 (A X A)^T
    duet::var<> const trace = (A * x * (A * x)).trace();
    tape.reverse(trace);
    MatrixXd const expected = 2 * (A * W * A).transpose();
    for (Index i = 0; i < x.size(); ++i) CHECK(tape.adjoint(x(i)) == Approx(expected(i)));
  }
}
