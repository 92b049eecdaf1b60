// Structs of parameters inside of f: segments, kernels and affine maps.

#include <catch.hpp>
#include <duet/kernel/kernel.hpp>

#include "shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: preaccumulate takes and returns structs", "[shapes]") {
  auto const f = [](auto const& p) {
    auto const q = duet::preaccumulate(
        [](auto const& inner, int factor) {
          layer<std::decay_t<decltype(inner.b[0])>> next = inner;
          next.b = factor * (inner.W * inner.b);
          return next;
        },
        p.first, 2);
    CHECK(q.power == 3);
    return std::decay_t<decltype(p.c)>(q.b.squaredNorm() * p.c + q.W(0, 1));
  };
  auto const p = a_model();
  auto const g = duet::gradient(duet::reverse, f, p);
  Eigen::Vector2d const b = 2 * p.first.W * p.first.b;
  CHECK(g.c == Approx(b.squaredNorm()));
  CHECK(g.first.b.isApprox(4 * p.c * p.first.W.transpose() * b));
  Eigen::Matrix2d W = 4 * p.c * b * p.first.b.transpose();
  W(0, 1) += 1;
  CHECK(g.first.W.isApprox(W));
}

namespace {

template <class S>
struct spring {
  BOOST_HANA_DEFINE_STRUCT(spring<S>, (S, stiffness), (vector2<S>, end));
};
constexpr auto tension = [](auto const& x) { return x[0] * sqrt(x[1] * x[1] + x[2] * x[2]); };

}  // namespace

TEST_CASE("shapes: a kernel is called with a struct", "[shapes]") {
  auto const f = [](auto const& p) { return duet::kernel(tension)(p); };
  spring<double> const p{2, Eigen::Vector2d(3, 4)};
  CHECK(f(p) == Approx(10));
  for (auto const& g : {duet::gradient(duet::reverse, f, p), duet::gradient(duet::forward, f, p)}) {
    CHECK(g.stiffness == Approx(5));
    CHECK(g.end.isApprox(2 * Eigen::Vector2d(0.6, 0.8)));
  }
}

TEST_CASE("shapes: an affine map in front of f takes a struct and several arguments", "[shapes]") {
  Eigen::Matrix<double, 2, 3> A;
  A << 1, 2, 3, 4, 5, 6;
  auto const f = [](auto const& y) { return y[0] * y[1]; };
  spring<double> const p{1, Eigen::Vector2d(-1, 0.5)};
  Eigen::Vector3d const x(1, -1, 0.5);
  Eigen::Vector2d const y = A * x;
  Eigen::Vector3d const slope = A.transpose() * Eigen::Vector2d(y[1], y[0]);
  spring<double> const g = duet::gradient(f, duet::affine(A), p);
  CHECK(g.stiffness == Approx(slope[0]));
  CHECK(g.end.isApprox(slope.tail<2>()));
  auto const [gs, ge] = duet::gradient(f, duet::affine(A), duet::args(1.0, p.end));
  CHECK(gs == Approx(slope[0]));
  CHECK(ge.isApprox(slope.tail<2>()));
  Eigen::Matrix2d J;
  J << 0, 1, 1, 0;
  CHECK(duet::hessian(f, duet::affine(A), p).isApprox(A.transpose() * J * A));
  spring<double> const product = duet::hvp(f, duet::affine(A), p, p);
  CHECK(product.end.isApprox((A.transpose() * J * A * x).tail<2>()));
}
