// Segments differentiated forward: values and adjoints are those of the same function recorded statement by statement,
// with one statement an output on the tape.

#include "catch.hpp"

#include <Eigen/Dense>
#include <duet/driver/hessian.hpp>
#include <duet/driver/preaccumulate.hpp>
#include <duet/math/math.hpp>
#include <random>

namespace {

using duet::tape, duet::var, duet::recording;
using Eigen::Index, Eigen::VectorXd;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

struct fixture {
  tape<> t;
  recording<double> scope{t};

  template <class X>
  X active(X x) {
    for (std::size_t i = 0; i < duet::size_of(x); ++i) {
      auto& e = duet::shape<X>::entry(x, i);
      e = t.independent(0.3 + 0.4 * std::sin(1.0 + double(i)));
    }
    return x;
  }
  std::size_t statements() const { return t.statistics().statements; }

  // preaccumulate(f, x...) against f(x...): the same values, adjoints in `inputs`, and one statement an output.
  template <class F, class... X>
  void check(F const& f, std::vector<var<>> const& inputs, X const&... x) {
    std::size_t const before = statements();
    auto const segment = duet::preaccumulate(f, x...);
    std::size_t const taken = statements() - before;
    auto const recorded = duet::plain_t<decltype(f(x...))>(duet::plain(f(x...)));
    using Y = std::remove_cvref_t<decltype(segment)>;
    static_assert(std::is_same_v<Y, std::remove_cvref_t<decltype(recorded)>>);
    REQUIRE(duet::size_of(segment) == duet::size_of(recorded));
    std::size_t active = 0;
    for (std::size_t k = 0; k < duet::size_of(segment); ++k) {
      CAPTURE(k);
      var<> const &got = duet::shape<Y>::entry(segment, k), &expected = duet::shape<Y>::entry(recorded, k);
      REQUIRE(got.value() == Approx(expected.value()).epsilon(1e-14).margin(1e-14));
      active += got.index() != 0;
      std::vector<double> slopes;
      t.reverse(got);
      for (auto const& e : inputs) slopes.push_back(t.adjoint(e));
      t.reverse(expected);
      for (std::size_t i = 0; i < inputs.size(); ++i)
        REQUIRE(slopes[i] == Approx(t.adjoint(inputs[i])).epsilon(1e-13).margin(1e-14));
    }
    REQUIRE(taken == active);
  }
};

// Many operations for each output.
struct rotation {
  template <class S>
  std::array<S, 2> operator()(S const& x, S const& y) const {
    S u = x, v = y;
    for (int k = 0; k < 20; ++k) {
      S const w = 0.9 * u - sin(v);
      v = u * 0.5 + v * w;
      u = w;
    }
    return {u, v};
  }
};
// As many outputs as inputs, each of all.
struct mixing {
  template <class X>
  X operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    X y = x;
    S sum = 0.0;
    using index = decltype(x.size());
    for (index i = 0; i < x.size(); ++i) sum += x[i] * x[0] * (0.125 + 0.25 * static_cast<double>(i));
    for (index i = 0; i < x.size(); ++i) y[i] = sin(sum * x[i]);
    return y;
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "scalars: one statement an output, whatever happens in between") {
  var<> const x = t.independent(0.7), y = t.independent(-0.4);
  check(rotation{}, {x, y}, x, y);
  check([](auto const& a, auto const& b) { return exp(a * b) / a; }, {x, y}, x, y);
  auto const before = statements();
  auto const [u, v] = duet::preaccumulate(rotation{}, x, y);
  REQUIRE(statements() == before + 2);
  var<> const after = u * v + x;  // and goes on
  t.reverse(after);
  double const slope = t.adjoint(x);
  auto const [p, q] = rotation{}(x, y);
  t.reverse(p * q + x);
  REQUIRE(slope == Approx(t.adjoint(x)).epsilon(1e-13));
}

TEST_CASE_METHOD(fixture, "std::array, std::vector and Eigen, of few and many entries") {
  auto const check_all = [&](auto const& x) {
    std::vector<var<>> inputs;
    for (std::size_t i = 0; i < duet::size_of(x); ++i)
      inputs.push_back(duet::shape<std::decay_t<decltype(x)>>::entry(x, i));
    check(mixing{}, inputs, x);
  };
  check_all(active(std::array<var<>, 3>{}));
  check_all(active(std::array<var<>, 40>{}));  // chunks
  for (std::size_t n : {1u, 9u, 33u, 127u, 128u}) check_all(active(std::vector<var<>>(n)));
  check_all(active(Eigen::Matrix<var<>, 4, 1>{}));
  check_all(active(vector<var<>>(17)));
}

TEST_CASE_METHOD(fixture, "more inputs than a statement has arguments go on in the next") {
  auto const sum = [](auto const& x) {
    auto s = x[0] * x[0];
    std::decay_t<decltype(x[0])> total = s;
    for (std::size_t i = 1; i < x.size(); ++i) total += x[i] * x[i] * x[i];
    return total;
  };
  for (std::size_t n : {127u, 128u, 129u, 255u, 256u, 400u}) {
    CAPTURE(n);
    auto const x = active(std::vector<var<>>(n));
    auto const before = statements();
    var<> const y = duet::preaccumulate(sum, x);
    REQUIRE(statements() - before == (n <= 128 ? 1 : 1 + (n - 128 + 126) / 127));
    t.reverse(y);
    for (std::size_t i = 0; i < n; ++i) {
      double const v = x[i].value();
      REQUIRE(t.adjoint(x[i]) == Approx(i == 0 ? 2 * v : 3 * v * v).epsilon(1e-14));
    }
  }
}

TEST_CASE_METHOD(fixture, "several arguments, of different shapes, active and passive") {
  auto const f = [](auto const& scale, auto const& v, double shift, auto const& a, std::vector<int> const& counts) {
    using S = std::decay_t<decltype(v[0])>;
    S sum = shift * v[0];
    for (std::size_t i = 0; i < a.size(); ++i) sum += scale * v[Index(i)] * a[i] * counts[i];
    return std::array<S, 2>{sum, sin(sum)};
  };
  var<> const scale = t.independent(1.5);
  auto const v = active(Eigen::Matrix<var<>, 3, 1>{});
  std::array<double, 3> const a{1, -2, 0.5};
  std::vector<int> const counts{1, 2, 3};
  check(f, {scale, v[0], v[1], v[2]}, scale, v, 2.0, a, counts);
  auto const dynamic = active(vector<var<>>(3));
  check(f, {scale, dynamic[0], dynamic[1], dynamic[2]}, scale, dynamic, 2.0, a, counts);
}

TEST_CASE_METHOD(fixture, "variables that are passive take no part, and if all are nothing is recorded") {
  var<> const x = t.independent(0.5), c = 0.25;
  auto const before = t.statistics().bytes;
  auto const [u, v] = duet::preaccumulate(rotation{}, x, c);
  REQUIRE(t.statistics().bytes - before <= 2 * 13);  // one argument each
  auto const [p, q] = rotation{}(x, c);
  REQUIRE(u.value() == Approx(p.value()));
  t.reverse(v);
  double const slope = t.adjoint(x);
  t.reverse(q);
  REQUIRE(slope == Approx(t.adjoint(x)).epsilon(1e-13));
  auto const all = t.position();
  auto const [m, n] = duet::preaccumulate(rotation{}, var<>(0.5), c);
  REQUIRE(t.position() == all);
  REQUIRE(m.index() == 0);
  REQUIRE(n.value() == Approx(q.value()));
}

TEST_CASE_METHOD(fixture, "partials that are zero are left out, and an output that depends on nothing is passive") {
  auto const x = active(std::vector<var<>>(30));
  auto const before = t.statistics().bytes;
  auto const f = [](auto const& z) {
    using S = std::decay_t<decltype(z[0])>;
    return std::vector<S>{z[3] * z[29], S(4.0), floor(z[1]), z[2] * 0.0 + z[5]};
  };
  auto const y = duet::preaccumulate(f, x);
  REQUIRE(t.statistics().bytes - before <= 2 * 12 + 12 + 2);
  REQUIRE(statements() == 2);
  REQUIRE(y[1].index() == 0);
  REQUIRE(y[1].value() == 4);
  REQUIRE(y[2].index() == 0);
  t.reverse(y[0]);
  REQUIRE(t.adjoint(x[3]) == x[29].value());
  REQUIRE(t.adjoint(x[29]) == x[3].value());
  t.reverse(y[3]);
  REQUIRE(t.adjoint(x[5]) == 1);
  REQUIRE(t.adjoint(x[2]) == 0);
}

TEST_CASE_METHOD(fixture, "results of every shape keep it") {
  auto const x = active(vector<var<>>(4));
  auto const matrix = duet::preaccumulate([](auto const& z) { return (z * z.transpose()).eval(); }, x);
  REQUIRE(matrix.rows() == 4);
  REQUIRE(matrix.cols() == 4);
  REQUIRE(matrix(1, 2).value() == Approx((x[1] * x[2]).value()));
  t.reverse(matrix(1, 2));
  REQUIRE(t.adjoint(x[1]) == Approx(x[2].value()));
  std::vector<var<>> const inputs{x[0], x[1], x[2], x[3]};
  check([](auto const& z) { return z.squaredNorm(); }, inputs, x);
  check([](auto const& z) { return z.template head<2>().eval(); }, inputs, x);
  // an Eigen expression of the argument, which is gone when the segment is over
  auto const y =
      duet::preaccumulate([](auto const& z) { return (z.array() * z.array() + z.array().exp()).matrix(); }, x);
  REQUIRE(y.size() == 4);
  t.reverse(y[3]);
  double const v = x[3].value();
  REQUIRE(y[3].value() == Approx(v * v + std::exp(v)));
  REQUIRE(t.adjoint(x[3]) == Approx(2 * v + std::exp(v)));
  auto const constant = duet::preaccumulate([](auto const&) { return 3.0; }, x);
  static_assert(std::is_same_v<decltype(constant), var<> const>);
  REQUIRE(constant.value() == 3);
  REQUIRE(constant.index() == 0);
}

TEST_CASE_METHOD(fixture, "an argument may be an expression, which is recorded once") {
  auto const x = active(vector<var<>>(20));
  var<> const p = t.independent(2);
  auto const square = [](auto const& z) { return (z.array() * z.array()).matrix().eval(); };
  vector<var<>> const y = duet::preaccumulate(square, 3.0 * x);
  REQUIRE(t.statistics().arrays == 1);
  REQUIRE(statements() == 20);
  t.reverse(y[7]);
  REQUIRE(t.adjoint(x[7]) == Approx(18 * x[7].value()));
  var<> const z = duet::preaccumulate([](auto const& u) { return exp(u); }, p * p);
  REQUIRE(statements() == 22);
  t.reverse(z);
  REQUIRE(t.adjoint(p) == Approx(4 * std::exp(4.0)));
}

TEST_CASE_METHOD(fixture, "at awkward points a segment follows the convention of the tape") {
  var<> const zero = t.independent(0), x = t.independent(4);
  auto const f = [](auto const& a, auto const& b) {
    return std::array{duet::evaluated(sqrt(a * a) + b), duet::evaluated(sqrt(a) * b)};
  };
  auto const [u, v] = duet::preaccumulate(f, zero, x);
  t.reverse(u);
  REQUIRE(t.adjoint(zero) == 0);
  REQUIRE(t.adjoint(x) == 1);
  t.reverse(v);
  REQUIRE(t.adjoint(zero) == duet::infinity);
  REQUIRE(t.adjoint(x) == 0);
  t.reverse(v * v);  // a zero adjoint meets the infinite partial
  REQUIRE(t.adjoint(zero) == 0);
}

TEST_CASE("a tape of duals: segments carry second derivatives") {
  using D = duet::dual<double, 2>;
  tape<D> t;
  recording const scope(t);
  var<D> const x = t.independent(D::independent(0.7, 0)), y = t.independent(D::independent(-0.4, 1));
  auto const [u, v] = duet::preaccumulate(rotation{}, x, y);
  REQUIRE(t.statistics().statements == 2);
  auto const [p, q] = rotation{}(x, y);
  for (auto const& [got, expected] : {std::pair{u, p}, std::pair{v, q}}) {
    t.reverse(got);
    D const dx = t.adjoint(x), dy = t.adjoint(y);
    t.reverse(expected);
    REQUIRE(dx.value() == Approx(t.adjoint(x).value()).epsilon(1e-13));
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE(dx.partial(i) == Approx(t.adjoint(x).partial(i)).epsilon(1e-12).margin(1e-13));
      REQUIRE(dy.partial(i) == Approx(t.adjoint(y).partial(i)).epsilon(1e-12).margin(1e-13));
    }
  }
}

namespace {

// Stays generic: the same code on numbers, duals and variables.
struct model {
  template <class X>
  auto operator()(X const& x) const {
    using S = typename X::Scalar;
    S sum = 0.0;
    for (Index i = 1; i < x.size(); ++i) {
      auto const [u, v] = duet::preaccumulate(rotation{}, x[i - 1], x[i]);
      sum += u * v;
    }
    return sum;
  }
};

}  // namespace

TEST_CASE("on plain numbers and duals a segment is the function itself, so that every driver takes it") {
  auto const [u, v] = duet::preaccumulate(rotation{}, 0.7, -0.4);
  auto const [p, q] = rotation{}(0.7, -0.4);
  static_assert(std::is_same_v<decltype(u), double const>);
  REQUIRE(u == p);
  REQUIRE(v == q);
  using D = duet::dual<double, 1>;
  D const tangent = duet::preaccumulate([](auto const& a) { return a * a; }, D::independent(3, 0));
  REQUIRE(tangent.partial(0) == 6);

  VectorXd const x = VectorXd::LinSpaced(7, -0.5, 0.6);
  VectorXd const forward = duet::gradient(duet::forward, model{}, x),
                 reverse = duet::gradient(duet::reverse, model{}, x);
  REQUIRE((forward - reverse).cwiseAbs().maxCoeff() < 1e-12);
  Eigen::MatrixXd const by_forward = duet::hessian(duet::forward, model{}, x),
                        by_reverse = duet::hessian(duet::reverse, model{}, x);
  REQUIRE((by_forward - by_reverse).cwiseAbs().maxCoeff() < 1e-11 * (1 + by_forward.cwiseAbs().maxCoeff()));
}

TEST_CASE("an active input without a recording is an error, passive ones compute") {
  tape<> t;
  var<> x;
  {
    recording const scope(t);
    x = t.independent(1);
  }
  REQUIRE_THROWS_AS(duet::preaccumulate(rotation{}, x, x), duet::error);
  REQUIRE(duet::preaccumulate(rotation{}, var<>(0.7), var<>(-0.4))[0].value() == Approx(rotation{}(0.7, -0.4)[0]));
}

TEST_CASE_METHOD(fixture, "segments inside segments") {
  var<> const x = t.independent(0.7), y = t.independent(-0.4);
  auto const outer = [](auto const& a, auto const& b) {
    auto const inner = duet::preaccumulate(rotation{}, a, b);
    return inner[0] * inner[1] + a;
  };
  auto const before = statements();
  var<> const z = duet::preaccumulate(outer, x, y);
  REQUIRE(statements() == before + 1);
  t.reverse(z);
  double const slope = t.adjoint(y);
  auto const inner = rotation{}(x, y);
  t.reverse(inner[0] * inner[1] + x);
  REQUIRE(slope == Approx(t.adjoint(y)).epsilon(1e-13));
}

TEST_CASE_METHOD(fixture, "a function that throws leaves the recording as it was") {
  var<> const x = t.independent(0.7);
  auto const before = t.position();
  auto const fail = [](auto const& a) {
    if (a > 0) throw std::domain_error("no");
    return a;
  };
  REQUIRE_THROWS_AS(duet::preaccumulate(fail, x), std::domain_error);
  REQUIRE(t.position() == before);
}
