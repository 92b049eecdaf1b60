// What else lies on the tape of lanes, and what the tape lies below: external and array nodes, preaccumulated
// statements, checkpointed loops, and duals of lanes.

#include "value_tape.hpp"

#include <Eigen/Core>
#include <duet/batch/lanes_eigen.hpp>
#include <duet/checkpoint.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/driver/preaccumulate.hpp>

using namespace value_tape_test;
using duet::tape, duet::recording;

TEST_CASE("An external node takes part in a sweep of lanes") {
  tape<number> t;
  recording<number> const scope(t);
  auto const x = start<2>();
  variable const a = t.independent(x[0]), b = t.independent(x[1]);
  variable const before = a * b;
  number const u = before.value();
  variable const cube = t.output(u * u * u);
  t.external([=](duet::adjoint_access<number>& adjoints) { adjoints.add(before, 3 * u * u * adjoints(cube)); });
  variable const y = sin(cube) * a;
  t.reverse(y);
  for (std::size_t l = 0; l < number::size(); ++l) {
    double const p = x[0][l], q = x[1][l], c = std::pow(p * q, 3);
    require_close(t.adjoint(b)[l], std::cos(c) * p * 3 * c / q);
    require_close(t.adjoint(a)[l], std::sin(c) + std::cos(c) * p * 3 * c / p);
  }
}

TEST_CASE("Products, scalar products and norms of Eigen are differentiated in lanes") {
  require_lanes_agree<8>([](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> m(2, 2), p(2, 2);
    m << x[0], x[1], x[2], x[3];
    p << x[4], x[5], x[6], S(x[7] * x[0]);
    Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic> const product = m * p;
    Eigen::Matrix<S, Eigen::Dynamic, 1> const v = product * product.col(0), w = v - 0.5 * product.col(1);
    return S(v.dot(w) + v.squaredNorm() * w.sum());
  });
}

TEST_CASE("Preaccumulated statements and checkpointed loops are those of each lane") {
  require_lanes_agree<3>([](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    auto const segment = [](auto const& a, auto const& b) {
      using std::exp;
      auto const c = exp(a * b);
      return c * c + sin(c) * a;
    };
    S const inner = duet::preaccumulate(segment, x[0], x[1]);
    auto const step = [](auto const& s, long, auto const& p) {
      using V = std::decay_t<decltype(s)>;
      return V(s + 0.01 * sin(s) * p);
    };
    S const last = duet::evolve(duet::snapshots(4), step, inner, 50, x[2]);
    return S(last * x[1]);
  });
}

TEST_CASE("Hessians times vectors in lanes are those of each lane") {
  auto const f = [](auto const& x) {
    using std::exp, std::sqrt;
    std::decay_t<decltype(x[0])> y = exp(x[0] * x[1]) / x[2];
    y += sqrt(x[2]) * x[0];
    y *= x[1];
    return y;
  };
  auto const x = start<3>();
  points<number, 3> const v{number(0.5), number(-1), number(2)};
  auto const in_lanes = duet::hvp(f, x, v);
  for (std::size_t l = 0; l < number::size(); ++l) {
    auto const expected = duet::hvp(f, lane(x, l), lane(v, l));
    for (std::size_t i = 0; i < 3; ++i) require_close(in_lanes[i][l], expected[i]);
  }
}

TEST_CASE("Jacobians by reverse mode in lanes are those of each lane") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 2>{S(x[0] * x[1] / x[2]), S(exp(x[0]) - x[3] * x[2])};
  };
  auto const x = start<4>();
  auto const in_lanes = duet::jacobian(duet::reverse, f, x);
  for (std::size_t l = 0; l < number::size(); ++l) {
    auto const expected = duet::jacobian(duet::reverse, f, lane(x, l));
    for (Eigen::Index r = 0; r < 2; ++r)
      for (Eigen::Index c = 0; c < 4; ++c) require_close(in_lanes(r, c)[l], expected(r, c));
  }
}
