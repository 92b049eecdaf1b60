#include "catch.hpp"

#include <duet/driver/affine.hpp>
#include <duet/driver/prepare.hpp>
#include <duet/driver/second_directional.hpp>
#include <duet/math/math.hpp>

#include "allocations.hpp"

namespace {

using duet_test::allocations_of;

// Any number of inputs, one output; nothing is allocated.
constexpr auto chain = [](auto const& x) {
  using std::sin;
  using S = std::decay_t<decltype(x[0])>;
  S sum(0);
  for (decltype(x.size()) i = 0; i + 1 < x.size(); ++i) sum += sin(x[i]) * x[i + 1];
  return sum;
};
constexpr auto residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  auto const last = x.size() - 1;
  return std::array<S, 3>{x[0] * x[last], x[0] - 1.0, x[last] * x[last]};
};
// More outputs than one sweep carries.
constexpr auto many_residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  std::array<S, 20> r;
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = x[0] * static_cast<double>(i) + x[x.size() - 1] * x[0];
  return r;
};

template <class X>
X point_like(X x, double scale) {
  for (decltype(x.size()) i = 0; i < x.size(); ++i) x[i] = scale * (1 + static_cast<double>(i % 7));
  return x;
}

// Allocations of the second call and of the third, at another point.
template <class Prepared, class X>
std::size_t later_allocations(Prepared prepared, X const& x) {
  X const other = point_like(x, 0.3);
  double sum = prepared(x).hessian(0, 0);
  return allocations_of([&] {
    sum += prepared(x).hessian(0, 0);
    sum += prepared(other).hessian(0, 0);
    sum += prepared(0.5 * other).hessian(0, 0);
  });
}

}  // namespace

TEST_CASE("a gradient and a Hessian of static size allocate nothing, not even in the first call") {
  auto const check = [](auto const& x) {
    double sum = 0;
    CHECK(allocations_of([&] { sum += duet::gradient(chain, x)[0]; }) == 0);
    CHECK(allocations_of([&] { sum += duet::value_and_gradient(chain, x).value; }) == 0);
    CHECK(allocations_of([&] { sum += duet::hessian(chain, x)(0, 1); }) == 0);
    CHECK(allocations_of([&] { sum += duet::value_gradient_hessian(chain, x).hessian(0, 1); }) == 0);
    CHECK(allocations_of([&] { sum += duet::value_gradient_hessian(duet::forward, chain, x).value; }) == 0);
    CHECK(allocations_of([&] { sum += duet::hvp(duet::forward, chain, x, x)[0]; }) == 0);
    CHECK(allocations_of([&] { sum += duet::second_directional(chain, x, x, x); }) == 0);
    CHECK(std::isfinite(sum));
  };
  check(Eigen::Vector<double, 12>(point_like(Eigen::Vector<double, 12>(), 0.1)));
  check(point_like(std::array<double, 12>{}, 0.1));
  check(point_like(std::array<double, 3>{}, 0.1));
}

TEST_CASE("a Hessian of more inputs than a hyper-dual carries allocates nothing in forward mode") {
  auto const x = point_like(std::array<double, 34>{}, 0.1);
  double sum = 0;
  CHECK(allocations_of([&] { sum += duet::hessian(duet::forward, chain, x)(0, 1); }) == 0);
  CHECK(std::isfinite(sum));
}

TEST_CASE("an affine map of static size allocates nothing") {
  Eigen::Matrix<double, 3, 6> A = Eigen::Matrix<double, 3, 6>::Random();
  Eigen::Vector3d const b(1, 2, 3);
  Eigen::Vector<double, 6> const x = Eigen::Vector<double, 6>::Ones();
  double sum = 0;
  CHECK(allocations_of([&] { sum += duet::hessian(chain, duet::affine(A, b), x)(0, 1); }) == 0);
  CHECK(allocations_of([&] { sum += duet::gradient(chain, duet::affine(A), x)[0]; }) == 0);
  CHECK(std::isfinite(sum));
}

TEST_CASE("prepared gradients and Jacobians allocate nothing after the first call") {
  auto const check = [](auto prepare, auto const& x) {
    auto prepared = prepare(x);
    auto const other = point_like(x, 0.3);
    double sum = prepared(x).value[0];
    CHECK(allocations_of([&] {
            prepared(other);
            sum += prepared(x).value[0];
          }) == 0);
    CHECK(std::isfinite(sum));
  };
  auto const check_all = [&](auto mode) {
    auto const jacobians = [mode](auto const& x) { return duet::prepare_jacobian(mode, many_residuals, x); };
    check(jacobians, Eigen::VectorXd(point_like(Eigen::VectorXd(5), 0.1)));
    check(jacobians, Eigen::VectorXd(point_like(Eigen::VectorXd(70), 0.1)));
    check(jacobians, point_like(std::vector<double>(70), 0.1));
    check(jacobians, point_like(std::array<double, 5>{}, 0.1));
    check(jacobians, point_like(std::array<double, 70>{}, 0.1));
    for (std::size_t const n : {1u, 5u, 40u, 100u}) {
      auto prepared = duet::prepare_gradient(mode, chain, std::vector<double>(n));
      auto const x = point_like(std::vector<double>(n), 0.1), y = point_like(x, 0.2);
      double sum = prepared(x).gradient[0];
      CHECK(allocations_of([&] { sum += prepared(y).gradient[0] + prepared(x).value; }) == 0);
      CHECK(std::isfinite(sum));
    }
  };
  check_all(duet::forward);
  check_all(duet::reverse);
  check_all(duet::automatic);
}

TEST_CASE("prepared Hessians and normal equations allocate nothing after the first call") {
  auto const check_all = [](auto mode) {
    for (Eigen::Index const n : {2, 5, 16, 17, 40}) {
      Eigen::VectorXd const x = point_like(Eigen::VectorXd(n), 0.1);
      CHECK(later_allocations(duet::prepare_hessian(mode, chain, x), x) == 0);
      CHECK(later_allocations(duet::prepare_gauss_newton(mode, residuals, x), x) == 0);
      CHECK(later_allocations(duet::prepare_gauss_newton(mode, many_residuals, x), x) == 0);
    }
    Eigen::Vector<double, 12> const x = point_like(Eigen::Vector<double, 12>(), 0.1);
    CHECK(later_allocations(duet::prepare_hessian(mode, chain, x), x) == 0);
    CHECK(later_allocations(duet::prepare_gauss_newton(mode, many_residuals, x), x) == 0);
  };
  check_all(duet::forward);
  check_all(duet::reverse);
  check_all(duet::automatic);
}

TEST_CASE("a function that captures keeps its own scalars, and allocates no more for them") {
  double const scale = 2;
  auto const f = [scale](auto const& x) { return scale * chain(x); };
  Eigen::VectorXd const x = point_like(Eigen::VectorXd(20), 0.1);
  CHECK(later_allocations(duet::prepare_hessian(duet::forward, f, x), x) == 0);
  CHECK(later_allocations(duet::prepare_hessian(duet::reverse, f, x), x) == 0);
}
