// Array nodes among everything else: what is recorded, second order, stages, awkward points, external nodes, misuse.

#include "catch.hpp"

#include "array_program.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/driver/jacobian.hpp>
#include <memory>
#include <stdexcept>

namespace {

using namespace duet_test;
using duet::adjoint_access;

}  // namespace

// ---- differences in more precision ----

TEST_CASE("a small network: adjoints are differences in long double") {
  auto const loss = [](auto const& w, auto const& x) {
    using S = scalar<decltype(w)>;
    matrix<S> h = ((w * x).colwise() + w.col(0)).array().tanh();
    h = (w.transpose() * h).array().exp() / 3;
    return S((h - x).squaredNorm() + h.sum() / S(2 + x(0)));
  };
  MatrixXd const w = random(7, 5, 4), x = random(5, 6, 5);
  tape<> t;
  recording const scope(t);
  inputs const in(t, w, x, actives::all);
  var<> const y = loss(in.x[0], in.x[1]);
  t.reverse(y);
  using wide = matrix<long double>;
  for (int side = 0; side < 2; ++side)
    for (Index i = 0; i < in.x[side].size(); ++i) {
      long double const h = 1e-6L;
      wide p[2] = {w.cast<long double>(), x.cast<long double>()};
      p[side](i) += h;
      long double const up = loss(p[0], p[1]);
      p[side](i) -= 2 * h;
      long double const slope = (up - loss(p[0], p[1])) / (2 * h);
      REQUIRE(t.adjoint(in.x[side](i)) == Approx(static_cast<double>(slope)).epsilon(1e-9).margin(1e-9));
    }
}

// ---- second order ----

TEST_CASE("a tape of duals: nodes carry second derivatives") {
  using D = duet::dual<double, 3>;
  constexpr Index n = 17;
  auto const f = [](auto const& a, auto const& x) {
    using S = scalar<decltype(a)>;
    vector<S> const y = (a * x).array().tanh();
    return S(y.dot(x) + y.squaredNorm() * x.sum());
  };
  MatrixXd const a = random(n, n, 1) / 4, x = random(n, 1, 2),
                 along[] = {random(n, 1, 3), random(n, 1, 4), random(n, 1, 5)};
  tape<D> t;
  recording const scope(t);
  vector<var<D>> z(n);
  for (Index i = 0; i < n; ++i) {
    D e(x(i));
    for (std::size_t d = 0; d < 3; ++d) e.set_partial(d, along[d](i));
    z[i] = t.independent(e);
  }
  var<D> const y = f(a.cast<var<D>>().eval(), z);
  REQUIRE(t.statistics().arrays == 5);
  t.reverse(y);
  double const h = 1e-5;
  auto const gradient = [&](VectorXd const& at) {
    tape<> flat;
    recording const inside(flat);
    var_vector v(n);
    for (Index i = 0; i < n; ++i) v[i] = flat.independent(at[i]);
    flat.reverse(f(a.cast<var<>>().eval(), v));
    return VectorXd(VectorXd::NullaryExpr(n, [&](Index i) { return flat.adjoint(v[i]); }));
  };
  VectorXd const slope = gradient(x);
  for (std::size_t d = 0; d < 3; ++d) {
    VectorXd const curvature = (gradient(x + h * along[d]) - gradient(x - h * along[d])) / (2 * h);
    for (Index i = 0; i < n; ++i) {
      REQUIRE(t.adjoint(z[i]).value() == Approx(slope[i]).epsilon(1e-12));
      REQUIRE(t.adjoint(z[i]).partial(d) == Approx(curvature[i]).epsilon(1e-7).margin(1e-7));
    }
  }
}

TEST_CASE("a tape of variables: the sweep through nodes is recorded on the tape below") {
  tape<> below;
  recording const outer(below);
  tape<var<>> t;
  recording const scope(t);
  constexpr Index n = 5;
  var_vector u(n);
  vector<var<var<>>> x(n);
  for (Index i = 0; i < n; ++i) {
    u[i] = below.independent(0.25 + 0.125 * double(i));
    x[i] = t.independent(u[i]);
  }
  // f = 1/4 (x^T x)^2: gradient (x^T x) x, Hessian 2 x x^T + (x^T x) I
  var<var<>> const r = x.squaredNorm(), f = 0.25 * r * r;
  t.reverse(f);
  double const square = x.squaredNorm().value().value();
  for (Index i = 0; i < n; ++i) {
    var<> const slope = t.adjoint(x[i]);
    REQUIRE(slope.value() == Approx(square * u[i].value()));
    below.reverse(slope);
    for (Index j = 0; j < n; ++j)
      REQUIRE(below.adjoint(u[j]) == Approx(2 * u[i].value() * u[j].value() + (i == j ? square : 0)));
  }
}

TEST_CASE("a Hessian through nodes is the one of matrix calculus") {
  for (Index n : {3, 12}) {
    MatrixXd const a = random(n, n, 1);
    auto const f = [&](auto const& x) {
      using S = scalar<decltype(x)>;
      vector<S> const y = a * x;
      return S(y.squaredNorm() * 0.5 + x.array().cube().sum());
    };
    VectorXd const x = random(n, 1, 2);
    MatrixXd expected = a.transpose() * a;
    expected.diagonal() += 6 * x;
    MatrixXd const H = duet::hessian(duet::reverse, f, x);
    REQUIRE((H - expected).cwiseAbs().maxCoeff() <= 1e-12 * expected.cwiseAbs().maxCoeff());
  }
}

// ---- what is recorded ----

namespace {

struct fixture {
  tape<> t;
  recording<double> scope{t};
  var_matrix a = active(20, 20, 1);
  var_vector x = active(20, 1, 2);
  std::size_t first = t.statistics().inputs;

  var_matrix active(Index rows, Index columns, unsigned seed) {
    MatrixXd const values = random(rows, columns, seed);
    var_matrix result(rows, columns);
    for (Index i = 0; i < result.size(); ++i) result(i) = t.independent(values(i));
    return result;
  }
  void require_nodes(std::size_t arrays, std::size_t statements, std::size_t outputs) {
    REQUIRE(t.statistics().arrays == arrays);
    REQUIRE(t.statistics().statements == statements);
    REQUIRE(t.statistics().inputs == first + outputs);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a product is one node") {
  var_vector const y = a * x;
  require_nodes(1, 0, 20);
}
TEST_CASE_METHOD(fixture, "a product is one node, with a passive side too, and takes memory for what it reads alone") {
  MatrixXd const C = random(20, 20, 3);
  auto const before = t.statistics().bytes;
  var_vector const y = C * x;
  require_nodes(1, 0, 20);
  REQUIRE(t.statistics().bytes - before <= 20 * 20 * 8 + 20 + 400);  // C, descriptors, a header
  var_vector z = y;
  z.noalias() += C * x;
  require_nodes(2, 0, 40);
}
TEST_CASE_METHOD(fixture, "of a factor of passive variables a product keeps no more than of one of numbers") {
  auto const most = [&](std::size_t numbers) { return t.statistics().bytes + 8 * numbers + 20 + 400; };
  std::size_t const bytes_on_the_left = most(20 * 20);
  var_vector const y = random(20, 20, 3).cast<var<>>().eval() * x;
  REQUIRE(t.statistics().bytes <= bytes_on_the_left);
  std::size_t const bytes_on_the_right = most(20);
  var_vector const z = a * random(20, 1, 3).cast<var<>>().eval();
  REQUIRE(t.statistics().bytes <= bytes_on_the_right);
  require_nodes(2, 0, 40);
}
TEST_CASE_METHOD(fixture, "a layer is two nodes, a sum one") {
  var_vector const y = (a * x + x).array().tanh();
  require_nodes(2, 0, 40);
  var<> const s = y.squaredNorm();
  require_nodes(3, 0, 41);
  REQUIRE(s.value() > 0);
}
TEST_CASE_METHOD(fixture, "a coefficient-wise product with a matrix product is two nodes") {
  var_vector const y = x.cwiseProduct(a * x);
  require_nodes(2, 0, 40);
}
TEST_CASE_METHOD(fixture, "small arrays are statements") {
  var_vector const y = x.head(4).array().exp();
  require_nodes(0, 4, 0);
  var<> const s = y.dot(y);
  require_nodes(0, 5, 0);
  Eigen::Matrix<var<>, 2, 2> const m = a.topLeftCorner<2, 2>();
  Eigen::Matrix<var<>, 2, 2> const p = m * m;
  require_nodes(0, 9, 0);
  REQUIRE(s.value() + p(0).value() > 0);
}
TEST_CASE_METHOD(fixture, "copies, blocks and transposes record nothing") {
  var_matrix const copy = a.transpose(), part = a.topRows(3);
  var_vector const y = x;
  require_nodes(0, 0, 0);
  REQUIRE(copy(0).index() == a(0).index());
}
TEST_CASE_METHOD(fixture, "a passive product added to active variables records nothing") {
  var_vector const c = VectorXd::Ones(20).cast<var<>>();
  var_matrix const C = random(20, 20, 3).cast<var<>>();
  var_vector y = x;
  y.noalias() += C * c;
  require_nodes(0, 0, 0);
  REQUIRE(y[3].index() == x[3].index());
  REQUIRE(y[3].value() == Approx(x[3].value() + C.row(3).sum().value()));
}

TEST_CASE("without a recording, passive arrays compute and active ones are an error") {
  tape<> t;
  var_vector x(30);
  {
    recording const scope(t);
    for (Index i = 0; i < 30; ++i) x[i] = t.independent(1 + double(i));
  }
  auto const before = t.position();
  var_matrix const c = random(30, 30, 1).cast<var<>>();
  var_vector const v = random(30, 1, 2).cast<var<>>();
  var_vector const y = (c * v).array().tanh();
  var<> const s = y.squaredNorm();
  REQUIRE(s.index() == 0);
  REQUIRE(s.value() > 0);
  for (Index n : {1, 3, 30}) {
    CAPTURE(n);
    REQUIRE_THROWS_AS(var_vector(x.head(n) * 2.0), duet::error);
    REQUIRE_THROWS_AS(var_vector(c.topLeftCorner(n, n) * x.head(n)), duet::error);
    REQUIRE_THROWS_AS(var<>(x.head(n).sum()), duet::error);
    REQUIRE_THROWS_AS(var<>(x.head(n).dot(v.head(n))), duet::error);
    var_vector z = v.head(n);
    REQUIRE_THROWS_AS(z.noalias() += c.topLeftCorner(n, n) * x.head(n), duet::error);
  }
  REQUIRE(t.position() == before);
}

TEST_CASE("a function that throws in the middle of an array leaves the tape as it was") {
  tape<> t;
  recording const scope(t);
  var_vector x(20);
  for (Index i = 0; i < 20; ++i) x[i] = t.independent(double(i));
  auto const before = t.position();
  auto const picky = [](auto const& e) {
    if (duet::value(e) > 10) throw std::domain_error("too large");
    return std::decay_t<decltype(e)>(e * e);
  };
  REQUIRE_THROWS_AS(var_vector(x.unaryExpr(picky)), std::domain_error);
  REQUIRE(t.position() == before);
  var<> const s = x.head(10).unaryExpr(picky).sum();
  t.reverse(s);
  REQUIRE(t.adjoint(x[9]) == 18);
}

// ---- awkward points ----

TEST_CASE("zero wins over an infinite slope in an array as it does among scalars") {
  tape<> t;
  recording const scope(t);
  var_vector x(20);
  for (Index i = 0; i < 20; ++i) x[i] = t.independent(i % 2 == 0 ? 0.0 : 4.0);
  var_vector const roots = x.array().sqrt();
  REQUIRE(t.statistics().arrays == 1);
  auto const require_at = [&](var<> const& y, double at_zero, double at_four) {
    t.reverse(y);
    for (Index i = 0; i < 20; ++i) REQUIRE(t.adjoint(x[i]) == (i % 2 == 0 ? at_zero : at_four));
    t.reverse_rows(std::span<var<> const>(&y, 1), [&](std::size_t, auto const& adjoint) {
      for (Index i = 0; i < 20; ++i) REQUIRE(adjoint(x[i]) == (i % 2 == 0 ? at_zero : at_four));
    });
  };
  require_at(roots.sum(), duet::infinity, 0.25);
  require_at(roots.squaredNorm(), 0, 1);                   // zero adjoints meet infinite partials
  require_at((x.array() * x.array()).sqrt().sum(), 0, 1);  // inside one node
}

TEST_CASE("0 * infinity in the adjoint of a product of matrices is zero") {
  tape<> t;
  recording const scope(t);
  MatrixXd c = MatrixXd::Ones(10, 10);
  c(3, 4) = duet::infinity;
  var_vector x(10);
  for (Index i = 0; i < 10; ++i) x[i] = t.independent(1);
  var_vector const y = c * x;
  REQUIRE(t.statistics().arrays == 1);
  t.reverse(y[2]);  // the row with infinity has adjoint zero
  for (Index i = 0; i < 10; ++i) REQUIRE(t.adjoint(x[i]) == 1);
  t.reverse(y[3]);
  for (Index i = 0; i < 10; ++i) REQUIRE(t.adjoint(x[i]) == (i == 4 ? duet::infinity : 1));
}

// ---- nodes among other things ----

TEST_CASE("nodes are rewound, swept in stages and recorded again") {
  tape<> t;
  recording const scope(t);
  MatrixXd const c = random(20, 20, 1) / 8;
  var_vector x(20);
  for (Index i = 0; i < 20; ++i) x[i] = t.independent(0.5 + 0.0625 * double(i));
  var_vector const base = (c * x).array().tanh();
  auto const middle = t.position();
  auto const bytes = t.statistics().bytes;
  MatrixXd const slope =
      (1 - base.unaryExpr([](auto const& e) { return duet::value(e); }).array().square()).matrix().asDiagonal() * c;
  for (int round = 0; round < 4; ++round) {
    t.rewind(middle);
    REQUIRE(t.statistics().bytes == bytes);
    REQUIRE(t.statistics().arrays == 2);
    var_vector y = base;
    for (int k = 0; k < round; ++k) y = c * y;
    MatrixXd power = MatrixXd::Identity(20, 20);
    for (int k = 0; k < round; ++k) power = c * power;
    VectorXd const expected = (power * slope).colwise().sum();
    var<> const s = y.sum();
    t.reverse(s);
    for (Index i = 0; i < 20; ++i) REQUIRE(t.adjoint(x[i]) == Approx(expected[i]));
    t.seed(s, 1);
    t.reverse_to(middle);
    for (Index i = 0; i < 20; ++i) REQUIRE(t.adjoint(base[i]) == Approx(power.col(i).sum()));
    t.rewind(middle);
    t.reverse();
    for (Index i = 0; i < 20; ++i) REQUIRE(t.adjoint(x[i]) == Approx(expected[i]));
  }
}

TEST_CASE("array nodes and external nodes in turn") {
  tape<> t;
  recording const scope(t);
  auto const calls = std::make_shared<int>(0);
  MatrixXd const c = random(10, 10, 1) / 4;
  auto const forward = [&](auto x) {
    for (int k = 0; k < 3; ++k) {
      x = (c * x).array().sin().matrix().eval();
      x[k] = x[k] * x[k] * 3;
    }
    return x;
  };
  VectorXd const at = random(10, 1, 2);
  var_vector x(10);
  for (Index i = 0; i < 10; ++i) x[i] = t.independent(at[i]);
  var_vector y = x;
  for (int k = 0; k < 3; ++k) {
    y = (c * y).array().sin();
    var<> const in = y[k], out = t.output(3 * in.value() * in.value());
    t.external([=](adjoint_access<double>& adjoints) {
      ++*calls;
      adjoints.add(in, 6 * in.value() * adjoints(out));
    });
    y[k] = out;
  }
  MatrixXd const J = t.jacobian(x, y);
  REQUIRE(*calls == 3 * 16);
  vector<dual> seeded = at.cast<dual>();
  for (Index i = 0; i < 10; ++i) {
    seeded[i].set_partial(0, 1);
    vector<dual> const tangent = forward(seeded);
    seeded[i].set_partial(0, 0);
    for (Index k = 0; k < 10; ++k) REQUIRE(J(k, i) == Approx(tangent[k].partial(0)).epsilon(1e-13).margin(1e-14));
  }
  t.reverse(y[2]);
  REQUIRE(*calls == 3 * 16 + 3);
  for (Index i = 0; i < 10; ++i) REQUIRE(t.adjoint(x[i]) == Approx(J(2, i)).epsilon(1e-13).margin(1e-14));
}
