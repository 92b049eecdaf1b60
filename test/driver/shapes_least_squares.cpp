// Least squares in structs of parameters and in several arguments.

#include <catch.hpp>

#include "shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: Gauss-Newton in a struct", "[shapes]") {
  auto const p = a_model();
  Eigen::Matrix<double, 4, entries> const J = duet::jacobian(flattened(residuals{}, to_model), numbers(entries));
  Eigen::Vector4d const r = residuals{}(p);
  auto const in = [&](auto mode) {
    auto const model_of_it = duet::gauss_newton(mode, residuals{}, p);
    CHECK(model_of_it.cost == Approx(r.squaredNorm() / 2));
    CHECK(flat(model_of_it.gradient).isApprox(J.transpose() * r, 1e-13));
    CHECK(model_of_it.hessian.isApprox(J.transpose() * J, 1e-13));
  };
  in(duet::forward);
  in(duet::reverse);
  model<double> const v = model_of(Eigen::VectorXd(Eigen::VectorXd::LinSpaced(entries, -1, 2)));
  CHECK(flat(duet::gauss_newton_product(residuals{}, p, v)).isApprox(J.transpose() * J * flat(v), 1e-13));
}

namespace {

template <class S>
struct curve {
  BOOST_HANA_DEFINE_STRUCT(curve<S>, (S, height), (vector<S>, decay), (int, points));
};

}  // namespace

TEST_CASE("shapes: a fit finds the parameters in their struct", "[shapes]") {
  curve<double> const truth{2, Eigen::Vector2d(0.5, -0.25), 12};
  auto const r = [&](auto const& p) {
    using S = std::decay_t<decltype(p.height)>;
    vector<S> e(p.points);
    for (int i = 0; i < p.points; ++i) {
      double const t = 0.25 * i;
      double const data = 2 * std::exp(-0.5 * t + -0.25 * t * t * 0.1);
      e[i] = p.height * exp(-p.decay[0] * t + p.decay[1] * t * t * 0.1) - data;
    }
    return e;
  };
  curve<double> start{1, numbers(2), 12};
  start.decay << 0.1, 0;
  auto const fit = duet::least_squares(r, start);
  static_assert(std::is_same_v<decltype(fit.x), curve<double>>);
  CHECK(fit.converged);
  CHECK(fit.x.height == Approx(truth.height));
  CHECK(fit.x.decay.isApprox(truth.decay, 1e-8));
  CHECK(fit.x.points == 12);
  CHECK(fit.gradient.points == 12);
}

TEST_CASE("arguments: a fit returns a tuple of the active ones", "[arguments]") {
  Eigen::VectorXd const t = Eigen::VectorXd::LinSpaced(9, 0, 2);
  Eigen::VectorXd const data = (3 * (-0.7 * t.array()).exp()).matrix();
  auto const r = [](auto const& height, Eigen::VectorXd const& at, auto const& decay, Eigen::VectorXd const& y) {
    using S = std::decay_t<decltype(height)>;
    vector<S> e(at.size());
    for (Eigen::Index i = 0; i < at.size(); ++i) e[i] = height * exp(-decay[0] * at[i]) - y[i];
    return e;
  };
  auto const x0 = duet::args(1.0, duet::constant(t), std::vector<double>{0.1}, duet::constant(data));
  auto const fit = duet::least_squares(r, x0);
  auto const& [height, decay] = fit.x;
  CHECK(fit.converged);
  CHECK(height == Approx(3));
  CHECK(decay[0] == Approx(0.7));
  auto const linear = duet::gauss_newton(r, x0);
  auto const J = duet::jacobian(r, x0);
  CHECK(linear.hessian.isApprox(J.transpose() * J));
  CHECK(std::get<0>(linear.gradient) == Approx(J.col(0).dot(linear.residual)));
  auto const [u, v] = duet::gauss_newton_product(r, x0, std::tuple(1.0, std::vector<double>{2.0}));
  CHECK(u == Approx((J.transpose() * J * Eigen::Vector2d(1, 2))[0]));
  CHECK(v[0] == Approx((J.transpose() * J * Eigen::Vector2d(1, 2))[1]));
}
