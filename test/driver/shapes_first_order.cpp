// First derivatives in structs of parameters and in several arguments.

#include <catch.hpp>

#include "shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: the gradient in a struct is a struct, in either mode", "[shapes]") {
  auto const p = a_model();
  Eigen::VectorXd const expected = duet::gradient(flattened(energy{}, to_model), numbers(entries));
  auto const forward = duet::value_and_gradient(duet::forward, energy{}, p);
  auto const reverse = duet::value_and_gradient(duet::reverse, energy{}, p);
  static_assert(std::is_same_v<decltype(forward.gradient), model<double>>);
  CHECK(forward.value == Approx(energy{}(p)));
  CHECK(flat(forward.gradient).isApprox(expected, 1e-14));
  CHECK(flat(reverse.gradient).isApprox(expected, 1e-14));
  CHECK(reverse.gradient.name == "a model");
  CHECK(reverse.gradient.first.power == 3);

  auto const q = a_series();
  Eigen::VectorXd const slopes = duet::gradient(flattened(energy{}, to_series), numbers(9));
  CHECK(flat(duet::gradient(duet::forward, energy{}, q)).isApprox(slopes, 1e-14));
  CHECK(flat(duet::gradient(duet::reverse, energy{}, q)).isApprox(slopes, 1e-14));
}

TEST_CASE("shapes: the columns of a Jacobian are the entries of a struct in order", "[shapes]") {
  auto const p = a_model();
  auto const J = duet::jacobian(residuals{}, p);
  static_assert(decltype(J)::ColsAtCompileTime == entries);
  CHECK(J.isApprox(duet::jacobian(flattened(residuals{}, to_model), numbers(entries)), 1e-14));
  CHECK(duet::jacobian(duet::reverse, residuals{}, p).isApprox(J, 1e-14));
  Eigen::MatrixXd const dynamic = duet::jacobian(residuals{}, a_series());
  CHECK(dynamic.isApprox(duet::jacobian(flattened(residuals{}, to_series), numbers(9)), 1e-14));
}

TEST_CASE("shapes: directions and products in a struct", "[shapes]") {
  auto const p = a_model();
  model<double> const v = model_of(Eigen::VectorXd(Eigen::VectorXd::LinSpaced(entries, -1, 2)));
  auto const J = duet::jacobian(residuals{}, p);
  CHECK(duet::jvp(residuals{}, p, v).isApprox(J * flat(v), 1e-14));
  CHECK(duet::jvp(duet::reverse, residuals{}, p, v).isApprox(J * flat(v), 1e-14));
  CHECK(duet::jvp(residuals{}, p, flat(v)).isApprox(J * flat(v), 1e-14));
  Eigen::Vector4d const w(1, -2, 3, 0.5);
  CHECK(flat(duet::vjp(duet::forward, residuals{}, p, w)).isApprox(J.transpose() * w, 1e-14));
  CHECK(flat(duet::vjp(duet::reverse, residuals{}, p, w)).isApprox(J.transpose() * w, 1e-14));

  // a struct comes back where f returns one
  auto const doubled = [](auto const& q) {
    auto r = q;
    r.first.W *= 2;
    r.c = q.limits.first * q.c;
    return r;
  };
  model<double> const tangent = duet::jvp(doubled, p, v);
  CHECK(tangent.first.W.isApprox(2 * v.first.W));
  CHECK(tangent.c == Approx(p.limits.first * v.c + v.limits.first * p.c));
  model<double> const adjoint = duet::vjp(doubled, p, v);
  CHECK(adjoint.limits.first == Approx(v.limits.first + p.c * v.c));
  CHECK(adjoint.name == "a model");
}

TEST_CASE("shapes: the derivative of a struct in a number", "[shapes]") {
  auto const curve = [](auto const& t) {
    using S = std::decay_t<decltype(t)>;
    layer<S> p;
    p.W << t, t * t, sin(t), S(1);
    p.power = 7;
    p.b << exp(t), 2 * t;
    return p;
  };
  layer<double> const slope = duet::derivative(curve, 0.5);
  CHECK(slope.W(0, 1) == Approx(1.0));
  CHECK(slope.W(1, 0) == Approx(std::cos(0.5)));
  CHECK(slope.b[1] == 2);
  CHECK(slope.power == 7);
  CHECK(duet::derivative(duet::reverse, curve, 0.5).W.isApprox(slope.W));
  auto const all = duet::derivatives<2>(curve, 0.5);
  CHECK(all[2].W(0, 1) == 2);
  CHECK(all[2].b[0] == Approx(std::exp(0.5)));
}
