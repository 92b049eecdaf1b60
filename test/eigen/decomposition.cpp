// Eigen's decompositions of matrices of var, whose blocks are products and sums too, and of dual, whose blocks go
// through Eigen's packed kernel: derivatives by matrix calculus.

#include "catch.hpp"

#include <Eigen/Dense>
#include <duet/eigen/product.hpp>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <random>

namespace {

using duet::tape, duet::var, duet::recording;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
using var_matrix = Eigen::Matrix<var<>, Eigen::Dynamic, Eigen::Dynamic>;
using var_vector = Eigen::Matrix<var<>, Eigen::Dynamic, 1>;

struct fixture {
  tape<> t;
  recording<double> scope{t};
  std::mt19937 engine{11};

  MatrixXd random(Index rows, Index columns) {
    std::uniform_real_distribution<double> uniform(-1, 1);
    return MatrixXd::NullaryExpr(rows, columns, [&] { return uniform(engine); });
  }
  var_matrix active(MatrixXd const& values) {
    return values.unaryExpr([&](double v) { return t.independent(v); });
  }
  void require_adjoints(var<> const& y, var_matrix const& x, MatrixXd const& expected) {
    t.reverse(y);
    double const tolerance = 1e-10 * (1 + expected.cwiseAbs().maxCoeff());
    for (Index i = 0; i < x.size(); ++i) REQUIRE(std::abs(t.adjoint(x(i)) - expected(i)) <= tolerance);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "determinant, inverse and solution by LU") {
  for (Index n : {1, 2, 3, 4, 5, 9, 20}) {
    CAPTURE(n);
    t.clear();
    MatrixXd const A = random(n, n) + 3 * MatrixXd::Identity(n, n), V = A.inverse(), W = random(n, n);
    VectorXd const b = random(n, 1);
    var_matrix const a = active(A);
    var<> const determinant = a.determinant();
    REQUIRE(determinant.value() == Approx(A.determinant()));
    require_adjoints(determinant, a, A.determinant() * V.transpose());
    var<> const trace = (W * a.inverse()).trace();  // d tr(W A^-1) = -tr(A^-1 W A^-1 dA)
    require_adjoints(trace, a, -(V * W * V).transpose());
    var_vector const c = active(b), x = a.partialPivLu().solve(c);
    VectorXd const w = random(n, 1), lambda = V.transpose() * w;
    var<> const y = w.dot(x);
    REQUIRE(y.value() == Approx(w.dot(V * b)).margin(1e-12));
    require_adjoints(y, a, -lambda * (V * b).transpose());
    require_adjoints(y, c, lambda);
  }
}

TEST_CASE_METHOD(fixture, "solutions by LLT, LDLT and QR") {
  for (Index n : {1, 3, 9}) {
    CAPTURE(n);
    t.clear();
    MatrixXd const L = random(n, n) + 2 * MatrixXd::Identity(n, n), S = L * L.transpose(), V = S.inverse();
    VectorXd const b = random(n, 1), w = random(n, 1), x = V * b, lambda = V * w;
    var_matrix const l = active(L), s = l * l.transpose();
    // d w^T S^-1 b = -lambda^T (dL L^T + L dL^T) x
    MatrixXd const expected = -(lambda * x.transpose() + x * lambda.transpose()) * L;
    var_vector const by_llt = s.llt().solve(b.cast<var<>>()), by_ldlt = s.ldlt().solve(b.cast<var<>>()),
                     by_qr = s.householderQr().solve(b.cast<var<>>());
    for (var_vector const* solution : {&by_llt, &by_ldlt, &by_qr}) {
      var<> const y = w.dot(*solution);
      REQUIRE(y.value() == Approx(w.dot(x)).margin(1e-10));
      require_adjoints(y, l, expected);
    }
  }
}

TEST_CASE_METHOD(fixture, "a static inverse, a triangular solve, powers") {
  MatrixXd const A = random(3, 3) + 3 * MatrixXd::Identity(3, 3), V = A.inverse();
  var_matrix const a = active(A);
  Eigen::Matrix<var<>, 3, 3> const fixed = a, inverse = fixed.inverse();
  require_adjoints(inverse(1, 2), a, -V.row(1).transpose() * V.col(2).transpose());
  MatrixXd const L = A.triangularView<Eigen::Lower>(), U = L.inverse();
  VectorXd const b = random(3, 1), x = U * b;
  var_vector const solution = a.triangularView<Eigen::Lower>().solve(b.cast<var<>>());
  MatrixXd const full = -U.row(2).transpose() * x.transpose();
  require_adjoints(solution[2], a, full.triangularView<Eigen::Lower>());
  var<> const cube = (a * a * a).trace();
  require_adjoints(cube, a, 3 * (A * A).transpose());
}

TEST_CASE_METHOD(fixture, "products and solutions of duals, smaller and larger than Eigen's panels and blocks") {
  using dual = duet::dual<double, 2>;
  using dual_matrix = Eigen::Matrix<dual, Eigen::Dynamic, Eigen::Dynamic>;
  auto const moving = [&](MatrixXd const& x, MatrixXd const& dx) {
    dual_matrix result = x.cast<dual>();
    for (Index i = 0; i < x.size(); ++i) result(i).set_partial(1, dx(i));
    return result;
  };
  auto const require_tangent = [](dual_matrix const& y, MatrixXd const& value, MatrixXd const& tangent) {
    REQUIRE(y.rows() == value.rows());
    for (Index i = 0; i < y.size(); ++i) {
      REQUIRE(std::abs(y(i).value() - value(i)) <= 1e-10);
      REQUIRE(std::abs(y(i).partial(1) - tangent(i)) <= 1e-10);
      REQUIRE(y(i).partial(0) == 0);
    }
  };
  for (Index n : {1, 6, 37}) {
    CAPTURE(n);
    MatrixXd const A = random(n, n) + 6 * MatrixXd::Identity(n, n), dA = random(n, n), B = random(n, 3),
                   dB = random(n, 3);
    dual_matrix const a = moving(A, dA), b = moving(B, dB);
    require_tangent(a * b, A * B, dA * B + A * dB);
    require_tangent(b.transpose() * a, B.transpose() * A, dB.transpose() * A + B.transpose() * dA);
    require_tangent(A * b, A * B, A * dB);
    MatrixXd const X = A.inverse() * B;
    require_tangent(a.partialPivLu().solve(b), X, A.inverse() * (dB - dA * X));
    MatrixXd const S = A * A.transpose(), dS = dA * A.transpose() + A * dA.transpose(), Y = S.inverse() * B;
    require_tangent(moving(S, dS).llt().solve(b), Y, S.inverse() * (dB - dS * Y));
  }
}
