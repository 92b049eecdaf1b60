// Drivers, checkpoints, array nodes and linear algebra in checked mode: they find what a function does wrong, and
// nothing of their own. Compiled with DUET_CHECKED.

#include <array>
#include <catch.hpp>
#include <cmath>
#include <duet/checked.hpp>
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <duet/linalg.hpp>
#include <string>
#include <vector>

using duet::checked::collected;
using duet::checked::finding;

namespace {

const auto smooth = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    S const step = x[i + 1] - x[i] * x[i];
    sum += 100 * step * step;
    sum += (1 - x[i]) * (1 - x[i]);
  }
  return sum;
};
const auto oscillate = [](auto const& y, long, auto const& stiffness) {
  using S = std::decay_t<decltype(y[0])>;
  std::array<S, 2> next;
  next[0] = y[0] + 0.01 * y[1];
  next[1] = y[1] - 0.01 * stiffness * sin(y[0]);
  return next;
};

}  // namespace

TEST_CASE("Checked drivers report nothing of a function that is right") {
  collected const found;
  std::array<double, 4> const x{0.5, 1.5, -0.25, 2};
  auto const expected = duet::gradient(duet::forward, smooth, x);
  auto const swept = duet::gradient(duet::reverse, smooth, x);
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(std::abs(swept[i] - expected[i]) < 1e-10);
  auto const h = duet::hessian(smooth, x);
  auto const hr = duet::hessian(duet::reverse, smooth, x);
  REQUIRE((h - hr).norm() < 1e-8);
  auto const polar = [](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    return Eigen::Vector<S, 2>(hypot(v[0], v[1]), atan2(v[1], v[0]));
  };
  Eigen::Vector2d const at(3, 4);
  REQUIRE((duet::jacobian(duet::reverse, polar, at) - duet::jacobian(duet::forward, polar, at)).norm() < 1e-14);
  REQUIRE(std::abs(duet::derivatives<3>([](auto const& t) { return exp(2.0 * t); }, 0.0)[3] - 8) < 1e-13);
  for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
  REQUIRE(found.reports().empty());
}

TEST_CASE("Checked checkpointing, array nodes and linear algebra report nothing of their own") {
  collected const found;
  SECTION("a checkpointed loop") {
    auto const last = [](auto const& p) {
      using S = std::decay_t<decltype(p[0])>;
      std::array<S, 2> const start{p[0], p[1]};
      return duet::evolve(duet::snapshots(3), oscillate, start, 40, p[2])[0];
    };
    auto const plain = [](auto const& p) {
      using S = std::decay_t<decltype(p[0])>;
      std::array<S, 2> y{p[0], p[1]};
      for (int k = 0; k < 40; ++k) y = oscillate(y, k, p[2]);
      return y[0];
    };
    std::array<double, 3> const p{0.3, 0.1, 4};
    auto const a = duet::gradient(duet::reverse, last, p), b = duet::gradient(duet::reverse, plain, p);
    for (std::size_t i = 0; i < 3; ++i) REQUIRE(std::abs(a[i] - b[i]) < 1e-13);
  }
  SECTION("arrays of Eigen") {
    Eigen::Matrix3d const m = (Eigen::Matrix3d() << 4, 1, 0, 1, 3, 1, 0, 1, 2).finished();
    auto const energy = [&m](auto const& x) {
      auto const y = (m * x).eval();
      return (y.array().sin() * x.array()).sum() + x.squaredNorm() + y.dot(x);
    };
    Eigen::Vector3d const x(0.5, -1, 2);
    REQUIRE((duet::gradient(duet::reverse, energy, x) - duet::gradient(duet::forward, energy, x)).norm() < 1e-12);
  }
  SECTION("a solution of linear equations") {
    auto const solution = [](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      Eigen::Matrix<S, 2, 2> a;
      a << x[0], S(1), S(1), x[1];
      Eigen::Vector<S, 2> const b(x[2], S(1));
      return S(duet::solve(a, b)[0] + log(duet::determinant(a)));
    };
    Eigen::Vector3d const x(3, 2, 1);
    REQUIRE((duet::gradient(duet::reverse, solution, x) - duet::gradient(duet::forward, solution, x)).norm() < 1e-13);
  }
  for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
  REQUIRE(found.reports().empty());
}

TEST_CASE("Checked drivers report inputs that are not read and outputs that are constants") {
  collected const found;
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 3>{S(x[0] * x[2]), S(7), S(x[2])};
  };
  auto const j = duet::jacobian(duet::reverse, f, std::array{1.0, 2.0, 3.0, 4.0});
  REQUIRE(j(0, 0) == 3);
  REQUIRE(found.count(finding::input_unread) == 1);
  REQUIRE(found.count(finding::output_constant) == 1);
  for (auto const& r : found.reports())
    REQUIRE(r.message == (r.what == finding::input_unread
                              ? "inputs 1, 3 (2 of 4) are read by no recorded statement: derivatives with respect to "
                                "them are zero"
                              : "duet::tape::reverse_rows: output 1 of 3 depends on nothing recorded: its "
                                "derivatives are zero"));
}

TEST_CASE("Checked drivers name the statement of the function that goes wrong, in both modes") {
  int line = 0;
  auto const f = [&line](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S y = x[0] * x[1];
    line = __LINE__ + 1;
    y += sqrt(x[2]);
    return y;
  };
  std::array<double, 3> const x{1, 2, 0};
  auto const check = [&](auto mode) {
    collected const found;
    (void)duet::gradient(mode, f, x);
    REQUIRE(found.reports().size() == 1);
    REQUIRE(found.reports()[0].what == finding::derivative_not_finite);
    REQUIRE(found.reports()[0].operation == "sqrt");
    REQUIRE(static_cast<int>(found.reports()[0].where.line()) == line);
  };
  check(duet::forward);
  check(duet::reverse);
}

TEST_CASE("Checked array nodes report values and adjoints that are not finite, without a line") {
  using V = duet::var<>;
  duet::tape<> t;
  duet::recording const scope(t);
  Eigen::Vector<V, 3> x;
  for (int i = 0; i < 3; ++i) x[i] = t.independent(i);
  collected const found;
  duet::checked::region const here("the sum of logarithms");
  SECTION("values") {
    V const y = x.array().log().sum();
    for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
    REQUIRE(std::isinf(y.value()));
    REQUIRE(found.count(finding::value_not_finite) == 1);
    REQUIRE(found.reports()[0].region == "the sum of logarithms");
  }
  SECTION("adjoints") {
    V const y = x.array().sqrt().sum();
    t.reverse(y);
    for (auto const& r : found.reports()) UNSCOPED_INFO(to_string(r));
    REQUIRE(std::isinf(t.adjoint(x[0])));
    REQUIRE(found.count(finding::derivative_not_finite) == 1);
  }
}

TEST_CASE("Checked array nodes do not take variables of a rewound part") {
  using V = duet::var<>;
  duet::tape<> t;
  duet::recording const scope(t);
  V const a = t.independent(1);
  auto const here = t.position();
  Eigen::Vector<V, 3> gone;
  for (int i = 0; i < 3; ++i) gone[i] = t.independent(i);
  t.rewind(here);
  std::vector<V> others;
  for (int i = 0; i < 3; ++i) others.push_back(t.independent(2));
  Eigen::Matrix3d const m = Eigen::Matrix3d::Identity();
  REQUIRE_THROWS_WITH((void)(m * gone).eval(), Catch::Contains("rewound or cleared"));
  REQUIRE_THROWS_WITH(V(gone.dot(gone)), Catch::Contains("rewound or cleared"));
  REQUIRE(a.value() == 1);
}
