// Coefficient-wise Eigen expressions of var, and sums of them, as array nodes.

#include "catch.hpp"

#include "array_program.hpp"

namespace {

using namespace duet_test;

}  // namespace

TEST_CASE("functions of Eigen's Array") {
  check_map(named("tanh exp log", [](auto const& a, auto const& b) {
    return (a.array().tanh() + b.array().exp() * a.array().log()).matrix().eval();
  }));
  check_map(named("sin cos sqrt", [](auto const& a, auto const& b) {
    return (a.array().sin() * b.array().cos() - (a.array() * b.array()).sqrt()).matrix().eval();
  }));
  check_map(named("square abs2 inverse cube", [](auto const& a, auto const& b) {
    return (a.array().square() - b.array().abs2() + b.array().inverse() + a.array().cube()).matrix().eval();
  }));
  check_map(named("pow", [](auto const& a, auto const& b) {
    return (a.array().pow(2.5) + b.array().pow(3) + pow(a.array(), b.array())).matrix().eval();
  }));
  check_map(named("min max", [](auto const& a, auto const& b) {
    return (a.array().min(b.array()) * a.array().max(0.7) + a.cwiseMax(b).array()).matrix().eval();
  }));
  check_map(named("abs rsqrt sinh cosh atan", [](auto const& a, auto const& b) {
    return ((a - b).array().abs() + a.array().rsqrt() * b.array().sinh() - b.array().cosh() * a.array().atan())
        .matrix()
        .eval();
  }));
  check_map(named("logistic", [](auto const& a, auto const& b) {
    return (a.array().logistic() * (1 / (1 + (-b.array()).exp()))).matrix().eval();
  }));
}

TEST_CASE("sums, products and quotients of coefficients, with numbers and scalars of either kind") {
  check_map(named("a + b - C", [](auto const& a, auto const& b) {
    return (a + b - fixed(a.rows(), a.cols()) + 2 * a - b * 3.0).eval();
  }));
  check_map(named("cwiseProduct, cwiseQuotient", [](auto const& a, auto const& b) {
    return (a.cwiseProduct(b) - a.cwiseQuotient(b) + fixed(a.rows(), a.cols()).cwiseProduct(b)).eval();
  }));
  check_map(named("scalars", [](auto const& a, auto const& b) {
    auto const p = a(0);
    matrix<scalar<decltype(a)>> const scaled = p * fixed(a.rows(), a.cols());
    return (p * b - a / p + scaled + (b.array() + p).matrix() + (1.5 - a.array()).matrix()).eval();
  }));
  check_map(named("casts, zeros, identities", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    matrix<S> const one = matrix<S>::Constant(a.rows(), a.cols(), S(1.0));
    return (one - a.cwiseProduct(matrix<S>::Identity(a.rows(), a.cols())) +
            fixed(b.rows(), b.cols()).template cast<S>().cwiseProduct(b))
        .eval();
  }));
  check_map(named("a product inside", [](auto const& a, auto const& b) {
    return (a.cwiseProduct(fixed(a.rows(), b.rows()) * b) + (a * b.transpose() * b).array().tanh().matrix()).eval();
  }));
}

TEST_CASE("replicated vectors") {
  check_map(named("colwise, rowwise", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> const shifted = a.colwise() + b.col(0);
    return ((shifted.rowwise() - b.row(0)).array().exp()).matrix().eval();
  }));
  check_map(named("of an expression", [](auto const& a, auto const& b) {
    return (a.colwise() + (-b.col(0)) - (b.row(0) * 2.0).replicate(a.rows(), 1)).eval();
  }));
  // Two columns known when compiling: Eigen evaluates the vector anew for each.
  auto const two = named("static", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    Eigen::Matrix<S, 9, 2> const m = a;
    Eigen::Matrix<S, 9, 1> const v = b.col(0);
    Eigen::Matrix<S, 9, 2> const y = m.colwise() + (-v);
    return (y.array() * (-v).template replicate<1, 2>().array()).matrix().eval();
  });
  for (actives which : kinds) check(two, random(9, 2, 1), random(9, 2, 2), which);
}

TEST_CASE("the caller's own functions of a coefficient") {
  check_map(named("generic", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    matrix<S> const y = a.unaryExpr([](auto const& e) { return std::decay_t<decltype(e)>(e * e * sin(e)); });
    matrix<S> const z = y.binaryExpr(b, [](auto const& e, auto const& f) { return std::decay_t<decltype(e)>(e / f); });
    return (y - z).eval();
  }));
  check_map(named("of one scalar alone", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    return (a.unaryExpr([](S const& e) -> S { return e * exp(e); }) + b).eval();
  }));
  check_map(named("that capture a variable", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    S const w = b(0);
    matrix<S> const y = a.unaryExpr([&](auto const& e) { return S(e * w + 1); });
    return y;
  }));
  check_map(named("select", [](auto const& a, auto const& b) {
    return ((a.array() < b.array()).select(a.array() * 2.0, b.array().square()) + 1.0).matrix().eval();
  }));
}

TEST_CASE("more than six arrays") {
  check_map(named("eight", [](auto const& a, auto const& b) {
    return (a + b + a.cwiseProduct(b) + a.cwiseProduct(a) - b.cwiseQuotient(a)).eval();
  }));
}

TEST_CASE("expressions assigned to what they read, and to parts") {
  check_map(named("y = tanh(2 y)", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> y = a;
    y = (y * 2).array().tanh();
    y = y.cwiseProduct(b) + y;
    y.array() *= b.array();
    y += a.cwiseProduct(b);
    y -= 2 * y;
    y /= y(0);
    return y;
  }));
  check_map(named("rows and columns", [](auto const& a, auto const& b) {
    by_rows<scalar<decltype(a)>> y = a;
    y.row(0) = (b.row(0) * 2.0).array().exp();
    y.col(y.cols() - 1) = y.col(0).cwiseProduct(a.col(0));
    y.diagonal() = b.diagonal() - y.diagonal();
    return y;
  }));
}

// ---- sums and other reductions ----

TEST_CASE("sums over coefficients") {
  check_map(named("sum mean", [](auto const& a, auto const& b) {
    return single<scalar<decltype(a)>>(a.sum() * b.mean() + (a.array() * b.array()).sum());
  }));
  check_map(named("dot squaredNorm norm", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    S const d = a.col(0).dot(b.col(0)), e = a.row(0).dot(fixed(1, a.cols()).row(0)), f = a.col(0).dot(a.col(0));
    return single<S>(d * e + f - (a - b).squaredNorm() + b.norm());
  }));
  check_map(named("trace, of products", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    return single<S>((a * b.transpose()).trace() + (a * fixed(a.cols(), 3)).sum() + a.topRows(1).sum());
  }));
  check_map(named("by columns and rows", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    matrix<S> const columns = a.colwise().sum(), rows = b.rowwise().squaredNorm();
    return (rows * columns).eval();
  }));
  check_map(named("prod, minCoeff, maxCoeff", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    return single<S>(a.prod() * b.maxCoeff() + (a + b).minCoeff() - (2 * a).prod());
  }));
}

TEST_CASE("the first entry wins a tie of minCoeff, and an empty sum is zero") {
  tape<> t;
  recording const scope(t);
  var_vector x(3);
  for (Index i = 0; i < 3; ++i) x[i] = t.independent(i == 0 ? 2 : 1);
  t.reverse(x.minCoeff());
  REQUIRE(t.adjoint(x[0]) == 0);
  REQUIRE(t.adjoint(x[1]) + t.adjoint(x[2]) == 1);
  var_vector const none;
  REQUIRE(none.sum().value() == 0);
  REQUIRE(none.sum().index() == 0);
  REQUIRE(none.squaredNorm().value() == 0);
  var_matrix const empty = var_matrix(3, 0) * var_matrix(0, 2);
  REQUIRE(empty.rows() == 3);
  REQUIRE(empty(2, 1).value() == 0);
}
