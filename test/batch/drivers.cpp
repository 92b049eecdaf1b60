// Drivers at points of lanes: W derivatives at once, as W calls give them.

#include <catch.hpp>
#include <duet/batch/lanes_eigen.hpp>
#include <duet/driver/derivative.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/jacobian.hpp>

namespace {

constexpr std::size_t width = 4;
using number = duet::lanes<double, width>;

auto const price = [](auto const& x) {
  using std::exp, std::sin, std::sqrt;
  return exp(x[0] * x[1]) * sin(x[2]) + sqrt(x[0] + x[2]);
};
double entry(std::size_t lane, std::size_t i) {
  return 0.3 + 0.4 * static_cast<double>(lane) + 0.1 * static_cast<double>(i);
}

template <class X>
X point_of_lanes() {
  X x;
  for (std::size_t i = 0; i < 3; ++i) {
    std::array<double, width> all;
    for (std::size_t l = 0; l < width; ++l) all[l] = entry(l, i);
    if constexpr (requires { x.rows(); })
      x[static_cast<Eigen::Index>(i)] = number(all);
    else
      x[i] = number(all);
  }
  return x;
}
std::array<double, 3> point(std::size_t lane) { return {entry(lane, 0), entry(lane, 1), entry(lane, 2)}; }

}  // namespace

TEST_CASE("gradient at a point of lanes is one gradient a lane") {
  auto const g = duet::gradient(price, point_of_lanes<std::array<number, 3>>());
  auto const v = duet::gradient(price, point_of_lanes<Eigen::Matrix<number, 3, 1>>());
  for (std::size_t l = 0; l < width; ++l) {
    auto const expected = duet::gradient(price, point(l));
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(g[i][l] == Approx(expected[i]).epsilon(1e-14));
      CHECK(v[static_cast<Eigen::Index>(i)][l] == Approx(expected[i]).epsilon(1e-14));
    }
  }
}

TEST_CASE("hessian at a point of lanes is one Hessian a lane") {
  auto const h = duet::hessian(price, point_of_lanes<std::array<number, 3>>());
  for (std::size_t l = 0; l < width; ++l) {
    auto const expected = duet::hessian(price, point(l));
    for (Eigen::Index i = 0; i < 3; ++i)
      for (Eigen::Index j = 0; j < 3; ++j) CHECK(h(i, j)[l] == Approx(expected(i, j)).epsilon(1e-13));
  }
}

TEST_CASE("jacobian at a point of lanes is one Jacobian a lane") {
  auto const f = [](auto const& x) {
    using std::cos;
    using S = std::remove_cvref_t<decltype(x[0])>;
    return std::array<S, 2>{x[0] * x[1] / x[2], cos(x[0]) + x[2]};
  };
  auto const J = duet::jacobian(f, point_of_lanes<std::array<number, 3>>());
  for (std::size_t l = 0; l < width; ++l) {
    auto const expected = duet::jacobian(f, point(l));
    for (Eigen::Index i = 0; i < 2; ++i)
      for (Eigen::Index j = 0; j < 3; ++j) CHECK(J(i, j)[l] == Approx(expected(i, j)).epsilon(1e-14));
  }
}

TEST_CASE("derivative at lanes, where one has an infinite slope") {
  auto const f = [](auto const& t) {
    using std::sqrt;
    return 0 * sqrt(t) + t * t;
  };
  number const t(std::array{0.0, 1.0, 4.0, 9.0});
  CHECK(duet::derivative(f, t).array() == std::array{0.0, 2.0, 8.0, 18.0});
}

TEST_CASE("Eigen computes with matrices of lanes") {
  using matrix = Eigen::Matrix<number, 3, 3>;
  using dual = duet::dual<number, 2>;
  matrix a, b;
  Eigen::Matrix<dual, 3, 3> c;
  for (Eigen::Index i = 0; i < 3; ++i)
    for (Eigen::Index j = 0; j < 3; ++j) {
      std::array<double, width> p, q;
      for (std::size_t l = 0; l < width; ++l) {
        p[l] = static_cast<double>(1 + i + 2 * j) + static_cast<double>(l);
        q[l] = static_cast<double>(i * j) - static_cast<double>(l);
      }
      a(i, j) = number(p);
      b(i, j) = number(q);
      c(i, j) = dual::independent(number(p), static_cast<std::size_t>((i + j) % 2));
    }
  auto const lane = [](matrix const& m, std::size_t l) {
    Eigen::Matrix3d result;
    for (Eigen::Index i = 0; i < 9; ++i) result(i) = m(i)[l];
    return result;
  };
  Eigen::Matrix3d const plain = Eigen::Matrix3d::Identity() * 3 + Eigen::Matrix3d::Ones();
  matrix const product = a * b, mixed = plain * a, scaled = 2.0 * a + b * 0.5;
  Eigen::Matrix<number, Eigen::Dynamic, Eigen::Dynamic> const big = a.replicate(4, 4) * b.replicate(4, 4);
  Eigen::Matrix<dual, 3, 3> const squared = c * c;
  for (std::size_t l = 0; l < width; ++l) {
    CHECK(lane(product, l) == Eigen::Matrix3d(lane(a, l) * lane(b, l)));
    CHECK(lane(mixed, l) == Eigen::Matrix3d(plain * lane(a, l)));
    CHECK(lane(scaled, l) == Eigen::Matrix3d(2.0 * lane(a, l) + lane(b, l) * 0.5));
    CHECK(big(0, 0)[l] == 4 * product(0, 0)[l]);
    CHECK(a.squaredNorm()[l] == lane(a, l).squaredNorm());
    // d/dx0 of sum_k c_ik c_kj: both factors move with x0 where their places sum to an even number
    Eigen::Matrix3d moves = Eigen::Matrix3d::Zero();
    for (Eigen::Index i = 0; i < 9; ++i) moves(i) = (i / 3 + i % 3) % 2 == 0 ? 1 : 0;
    Eigen::Matrix3d const slope = moves * lane(a, l) + lane(a, l) * moves;
    for (Eigen::Index i = 0; i < 9; ++i) CHECK(squared(i).partial(0)[l] == slope(i));
  }
}
