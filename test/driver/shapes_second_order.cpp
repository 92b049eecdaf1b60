// Second derivatives in structs of parameters, tuples and several arguments.

#include <catch.hpp>

#include "shapes.hpp"

using namespace shapes;

namespace {

Eigen::MatrixXd const flat_hessian = duet::hessian(flattened(energy{}, to_model), numbers(entries));

}  // namespace

TEST_CASE("shapes: the Hessian in a struct counts its entries in order", "[shapes]") {
  auto const p = a_model();
  auto const forward = duet::value_gradient_hessian(duet::forward, energy{}, p);
  auto const reverse = duet::value_gradient_hessian(duet::reverse, energy{}, p);
  CHECK(forward.hessian.isApprox(flat_hessian, 1e-13));
  CHECK(reverse.hessian.isApprox(flat_hessian, 1e-13));
  CHECK(flat(forward.gradient).isApprox(flat(reverse.gradient), 1e-13));
  CHECK(forward.gradient.first.power == 3);
  Eigen::MatrixXd const dynamic = duet::hessian(flattened(energy{}, to_series), numbers(9));
  CHECK(duet::hessian(duet::forward, energy{}, a_series()).isApprox(dynamic, 1e-13));
  CHECK(duet::hessian(duet::reverse, energy{}, a_series()).isApprox(dynamic, 1e-13));
}

TEST_CASE("shapes: the Hessian times a struct is a struct, times a matrix a matrix", "[shapes]") {
  auto const p = a_model();
  model<double> const v = model_of(Eigen::VectorXd(Eigen::VectorXd::LinSpaced(entries, -1, 2)));
  model<double> const forward = duet::hvp(duet::forward, energy{}, p, v);
  auto const reverse = duet::value_and_hvp(duet::reverse, energy{}, p, v);
  CHECK(flat(forward).isApprox(flat_hessian * flat(v), 1e-13));
  CHECK(flat(reverse.product).isApprox(flat_hessian * flat(v), 1e-13));
  CHECK(reverse.product.name == "a model");
  Eigen::Matrix<double, entries, 2> V;
  V << flat(v), flat(p);
  CHECK(duet::hvp(energy{}, p, V).isApprox(flat_hessian * V, 1e-13));
}

TEST_CASE("shapes: curvature along two structs, or a struct and a flat vector", "[shapes]") {
  auto const p = a_model();
  model<double> const u = model_of(Eigen::VectorXd(Eigen::VectorXd::LinSpaced(entries, 1, -1)));
  Eigen::VectorXd const v = Eigen::VectorXd::LinSpaced(entries, -1, 2);
  CHECK(duet::second_directional(energy{}, p, u, v) == Approx(flat(u).dot(flat_hessian * v)));
}

TEST_CASE("shapes: second derivatives in several arguments", "[shapes]") {
  Eigen::MatrixXd const A = a_matrix();
  Eigen::VectorXd const y = a_vector();
  double const c = 0.25;
  auto const x = duet::args(A, y, duet::constant(3.0), c);
  // 3 y^T A y + c: d2 / dy dy = 3 (A + A^T), d2 / dA_pq dy_r = 3 (y_p [q = r] + y_q [p = r])
  Eigen::MatrixXd H = Eigen::MatrixXd::Zero(7, 7);
  H.block(4, 4, 2, 2) = 3 * (A + A.transpose());
  for (int q = 0; q < 2; ++q)
    for (int p = 0; p < 2; ++p)
      for (int r = 0; r < 2; ++r) H(2 * q + p, 4 + r) = H(4 + r, 2 * q + p) = 3 * (y[p] * (q == r) + y[q] * (p == r));
  auto const forward = duet::value_gradient_hessian(duet::forward, scaled_form, x);
  CHECK(forward.hessian.isApprox(H));
  CHECK(duet::hessian(duet::reverse, scaled_form, x).isApprox(H));
  auto const& [gA, gy, gc] = forward.gradient;
  CHECK(gA.isApprox(3 * y * y.transpose()));
  CHECK(gy.isApprox(3 * (A + A.transpose()) * y));
  CHECK(gc == 1);

  Eigen::MatrixXd const V = Eigen::MatrixXd::Constant(2, 2, 0.5);
  Eigen::VectorXd const w = Eigen::Vector2d(1, -1);
  Eigen::VectorXd flat_direction(7);
  flat_direction << 0.5, 0.5, 0.5, 0.5, 1, -1, 2;
  Eigen::VectorXd const expected = H * flat_direction;
  auto const holds = [&](auto const& product) {
    auto const& [pA, py, pc] = product;
    CHECK(pA.isApprox(expected.head(4).reshaped(2, 2)));
    CHECK(py.isApprox(expected.segment(4, 2)));
    CHECK(pc == Approx(0).margin(1e-15));
  };
  holds(duet::hvp(duet::forward, scaled_form, x, duet::args(V, w, 2.0)));
  holds(duet::hvp(duet::reverse, scaled_form, x, std::tuple(V, w, 2.0)));
  holds(duet::hvp(duet::forward, scaled_form, x, flat_direction));
  CHECK(duet::second_directional(scaled_form, x, flat_direction, std::tuple(V, w, 2.0)) ==
        Approx(flat_direction.dot(expected)));
}
