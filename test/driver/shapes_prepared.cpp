// Prepared drivers at structs of parameters and several arguments.

#include <catch.hpp>

#include "allocations.hpp"
#include "shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: a prepared driver takes what is no entry from each point", "[shapes]") {
  auto prepared = duet::prepare_gradient(duet::reverse, energy{}, a_series());
  auto other = a_series();
  other.power = 3;
  other.rates[1] = 0.9;
  auto const& result = prepared(other);
  Eigen::VectorXd const expected = duet::gradient([](auto const& x) { return energy{}(series_of(x, 3)); }, flat(other));
  CHECK(flat(result.gradient).isApprox(expected, 1e-13));
  CHECK(result.gradient.power == 3);
  auto longer = a_series();
  longer.rates.push_back(1);
  CHECK_THROWS_AS(prepared(longer), std::invalid_argument);
  longer.rates.resize(2);
  longer.A.resize(5, 1);
  CHECK_THROWS_WITH(prepared(longer), Catch::Contains("other sizes"));
}

TEST_CASE("shapes: prepared Jacobian and Hessian in a struct", "[shapes]") {
  auto const q = a_series();
  auto jacobian = duet::prepare_jacobian(residuals{}, q);
  CHECK(jacobian(q).jacobian.isApprox(duet::jacobian(flattened(residuals{}, to_series), numbers(9)), 1e-13));
  auto hessian = duet::prepare_hessian(duet::forward, energy{}, q);
  CHECK(hessian(q).hessian.isApprox(duet::hessian(flattened(energy{}, to_series), numbers(9)), 1e-13));
}

TEST_CASE("arguments: a prepared driver takes the constants of each call", "[arguments]") {
  Eigen::MatrixXd const A = a_matrix();
  Eigen::VectorXd const y = a_vector();
  auto prepared = duet::prepare_gradient(duet::reverse, scaled_form, duet::args(A, y, duet::constant(3.0), 0.25));
  auto const& [gA, gy, gc] = prepared(duet::args(A, y, duet::constant(3.0), 0.25)).gradient;
  CHECK(gA.isApprox(3 * y * y.transpose()));
  auto const next = duet::args(A, (2 * y).eval(), duet::constant(-1.0), 0.5);
  (void)prepared(next);
  CHECK(gA.isApprox(-4 * y * y.transpose()));
  CHECK(gy.isApprox(-2 * (A + A.transpose()) * y));
}

TEST_CASE("shapes: a prepared driver allocates nothing", "[shapes]") {
  auto const q = a_series();
  auto const f = [](auto const& p, Eigen::VectorXd const& weights, auto const& x) {
    std::decay_t<decltype(x)> sum = p.c * x + p.offset;
    for (std::size_t i = 0; i < p.rates.size(); ++i) sum += weights[static_cast<Eigen::Index>(i)] * p.rates[i] * sum;
    return sum;
  };
  auto const x = duet::args(q, duet::constant(numbers(3)), 0.5);
  auto in_reverse = duet::prepare_gradient(duet::reverse, f, x);
  auto forward = duet::prepare_hessian(duet::forward, f, x);
  (void)in_reverse(x);
  (void)forward(x);
  CHECK(duet_test::allocations_of([&] { (void)in_reverse(x); }) == 0);
  CHECK(duet_test::allocations_of([&] { (void)forward(x); }) == 0);
}
