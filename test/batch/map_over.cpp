// map_over: results, Jacobians and normal equations against the same residuals written as a loop.

#include <duet/batch/map_over.hpp>

#include <catch.hpp>
#include <duet/driver/least_squares.hpp>

namespace {

constexpr auto residuals = [](auto const& p, auto const& d) {
  using std::exp;
  using S = std::remove_cvref_t<decltype(p[0] * d)>;
  return std::array<duet::evaluated_t<S>, 2>{p[0] * exp(p[1] * d) - d, p[2] * d + p[0]};
};

Eigen::VectorXd const places = Eigen::VectorXd::LinSpaced(133, -1, 2);
constexpr auto loop = [](auto const& p) {
  using S = std::remove_cvref_t<decltype(p[0])>;
  Eigen::Matrix<S, Eigen::Dynamic, 1> all(2 * places.size());
  for (Eigen::Index i = 0; i < places.size(); ++i) {
    auto const both = residuals(p, places[i]);
    all[2 * i] = both[0];
    all[2 * i + 1] = both[1];
  }
  return all;
};
constexpr std::array<double, 3> at{1.2, 0.4, -0.7};

}  // namespace

TEST_CASE("map_over has the values and the Jacobian of the loop") {
  auto const map = duet::map_over(places, residuals);
  CHECK(map(at).isApprox(loop(at), 1e-14));
  auto const expected = duet::jacobian(loop, at);
  auto const both = duet::value_and_jacobian(map, at);
  CHECK(both.value.isApprox(loop(at), 1e-14));
  CHECK(both.jacobian.isApprox(expected, 1e-13));
  CHECK(duet::jacobian(map.threads(2), at) == both.jacobian);
  CHECK(duet::jacobian(map.threads(7), at) == both.jacobian);
  CHECK(duet::jacobian(map.scalar(), at).isApprox(expected, 1e-13));
  CHECK(duet::jacobian(duet::reverse, map, at).isApprox(expected, 1e-13));
}

TEST_CASE("map_over has the normal equations of the loop, the same bits on any number of threads") {
  auto const map = duet::map_over(places, residuals);
  auto const expected = duet::gauss_newton(loop, at);
  auto const one = duet::gauss_newton(map, at);
  CHECK(one.cost == Approx(expected.cost).epsilon(1e-13));
  CHECK(one.residual.isApprox(expected.residual, 1e-14));
  CHECK(one.hessian.isApprox(expected.hessian, 1e-12));
  for (std::size_t i = 0; i < 3; ++i) CHECK(one.gradient[i] == Approx(expected.gradient[i]).epsilon(1e-12));
  for (std::size_t const threads : {2u, 7u}) {
    auto const many = duet::gauss_newton(map.threads(threads), at);
    CHECK(many.cost == one.cost);
    CHECK(many.gradient == one.gradient);
    CHECK(many.hessian == one.hessian);
    CHECK(many.residual == one.residual);
  }
  CHECK(duet::gauss_newton(map.scalar(), at).hessian.isApprox(expected.hessian, 1e-12));
}

TEST_CASE("map_over is fitted by least squares at a point of run-time size") {
  Eigen::VectorXd const truth = Eigen::Vector3d(2, -0.5, 0.3);
  Eigen::VectorXd const x = Eigen::VectorXd::LinSpaced(50, 0, 4);
  std::vector<double> y;
  for (double each : x) y.push_back(truth[0] * std::exp(truth[1] * each) + truth[2]);
  auto const r = duet::map_over(std::tie(x, y), [](auto const& p, auto const& d) {
    using std::exp;
    return p[0] * exp(p[1] * std::get<0>(d)) + p[2] - std::get<1>(d);
  });
  auto const fit = duet::least_squares(r, Eigen::VectorXd(Eigen::Vector3d(1, -1, 0)));
  CHECK(fit.converged);
  CHECK((fit.x - truth).norm() < 1e-8);
}
