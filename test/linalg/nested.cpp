#include <Eigen/Dense>
#include <catch.hpp>
#include <duet/driver/derivatives.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/linalg/determinant.hpp>
#include <duet/linalg/solve.hpp>
#include <duet/reverse/recording.hpp>

namespace {

// A number of the solution, and the same by Cramer's rule.
template <class S>
S solved(S const& p, S const& q) {
  Eigen::Matrix<S, 2, 2> a;
  a << 3 + p, q, q * p, S(2);
  return S(duet::solve(a, Eigen::Matrix<S, 2, 1>(p, S(1)))[1] * duet::log_determinant(a));
}
template <class S>
S written(S const& p, S const& q) {
  S const d = 2 * (3 + p) - q * q * p;
  return S((3 + p - q * p * p) / d * log(d));
}

}  // namespace

TEST_CASE("solve and log_determinant along a curve have right derivatives up to the fifth") {
  auto const along = [](auto const& g) {
    return [g](auto const& t) {
      using S = std::decay_t<decltype(t)>;
      return g(S(0.7 + t), S(sin(t)));
    };
  };
  auto const y = duet::derivatives<5>(along([](auto const& p, auto const& q) { return solved(p, q); }), 0.3);
  auto const expected = duet::derivatives<5>(along([](auto const& p, auto const& q) { return written(p, q); }), 0.3);
  for (std::size_t k = 0; k <= 5; ++k) CHECK(y[k] == Approx(expected[k]).epsilon(1e-10));
}

TEST_CASE("solve of duals with a size known at run time, of which some entries are constants") {
  using D = duet::dual<double, duet::dynamic>;
  D const p = D::independent(0.7, 0, 2), q = D::independent(-0.4, 1, 2);
  D const y = solved(p, q), expected = written(p, q);
  CHECK(y.value() == Approx(expected.value()));
  CHECK(y.partial(0) == Approx(expected.partial(0)));
  CHECK(y.partial(1) == Approx(expected.partial(1)));
}

TEST_CASE("solve forward over reverse the other way: duals of variables share the tape's factorisation") {
  using V = duet::var<double>;
  using D = duet::dual<V, 1>;
  duet::tape<double> t;
  auto const second = [&](auto const& g) {
    t.clear();
    duet::recording<double> const scope(t);
    V const p = t.independent(0.7), q = t.independent(-0.4);
    D const y = g(D::independent(p, 0), D(q));
    V const slope = y.partial(0);
    t.reverse(slope);
    return std::array{slope.value(), t.adjoint(p), t.adjoint(q)};
  };
  auto const y = second([](auto const& p, auto const& q) { return solved(p, q); });
  auto const expected = second([](auto const& p, auto const& q) { return written(p, q); });
  for (std::size_t k = 0; k < 3; ++k) CHECK(y[k] == Approx(expected[k]).epsilon(1e-11));
}
