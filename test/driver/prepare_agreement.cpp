#include "catch.hpp"

#include <duet/driver/prepare.hpp>
#include <duet/math/math.hpp>

#include "cyclic.hpp"

namespace {

using duet_test::cyclic, duet_test::random_vector;
using Eigen::Index, Eigen::VectorXd;

constexpr auto residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return Eigen::Vector<S, 2>(x[0] * x[1], x[x.size() - 1] - 1);
};

// Three calls at two points, each compared with what the driver says that keeps nothing.
template <class Prepared, class Driver>
void compare(Prepared prepared, Driver const& driver, Index n, unsigned seed) {
  VectorXd const x = random_vector(n, seed), y = random_vector(n, seed + 1);
  for (VectorXd const& at : {x, y, x}) {
    auto const& kept = prepared(at);
    CHECK(driver(at, kept));
  }
  CHECK(&prepared(x) == &prepared(2 * x));  // the result stays in place
}

}  // namespace

TEST_CASE("prepared drivers give what the others give, bit for bit") {
  auto const check = [](auto mode) {
    for (Index const n : {2, 9, 33, 70}) {
      VectorXd const x0 = VectorXd::Zero(n);
      compare(
          duet::prepare_gradient(mode, cyclic, x0),
          [=](VectorXd const& x, auto const& kept) {
            auto const fresh = duet::value_and_gradient(mode, cyclic, x);
            return kept.value == fresh.value && kept.gradient == fresh.gradient;
          },
          n, 1);
      compare(
          duet::prepare_jacobian(mode, residuals, x0),
          [=](VectorXd const& x, auto const& kept) {
            auto const fresh = duet::value_and_jacobian(mode, residuals, x);
            return kept.value == fresh.value && kept.jacobian == fresh.jacobian;
          },
          n, 2);
    }
  };
  check(duet::forward);
  check(duet::reverse);
  check(duet::automatic);
}

TEST_CASE("prepared Hessians and normal equations give what the others give, bit for bit") {
  auto const check = [](auto mode) {
    for (Index const n : {3, 9, 33}) {
      VectorXd const x0 = VectorXd::Zero(n);
      compare(
          duet::prepare_hessian(mode, cyclic, x0),
          [=](VectorXd const& x, auto const& kept) {
            auto const fresh = duet::value_gradient_hessian(mode, cyclic, x);
            return kept.value == fresh.value && kept.gradient == fresh.gradient && kept.hessian == fresh.hessian;
          },
          n, 3);
      compare(
          duet::prepare_gauss_newton(mode, residuals, x0),
          [=](VectorXd const& x, auto const& kept) {
            auto const fresh = duet::gauss_newton(mode, residuals, x);
            return kept.cost == fresh.cost && kept.residual == fresh.residual && kept.gradient == fresh.gradient &&
                   kept.hessian == fresh.hessian;
          },
          n, 4);
    }
  };
  check(duet::forward);
  check(duet::reverse);
  check(duet::automatic);
}
