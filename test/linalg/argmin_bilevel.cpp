// argmin inside of what is differentiated: the regularisation of ridge regression, in closed form.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/argmin.hpp>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// The validation error of ridge regression as a function of log lambda. The weights are (X^T X + lambda I)^-1 X^T y.
TEST_CASE("argmin differentiates a validation error in the regularisation", "[argmin]") {
  std::srand(7);
  MatrixXd const x = MatrixXd::Random(12, 3), held_out = MatrixXd::Random(5, 3);
  VectorXd const y = VectorXd::Random(12), expected = VectorXd::Random(5);
  auto const validation = [&](auto const& log_lambda) {
    using S = std::decay_t<decltype(log_lambda)>;
    auto const training = [&](auto const& w, auto const& p) {
      using std::exp;
      return (x * w - y).squaredNorm() + exp(p) * w.squaredNorm();
    };
    auto const w = duet::argmin(training, Eigen::Vector3d::Zero().eval(), log_lambda);
    return S((held_out * w - expected).squaredNorm());
  };
  double const lambda = 0.5;
  MatrixXd const a = x.transpose() * x + lambda * MatrixXd::Identity(3, 3);
  VectorXd const w = a.ldlt().solve(x.transpose() * y), dw = -lambda * a.ldlt().solve(w);
  VectorXd const residual = held_out * w - expected;
  REQUIRE(validation(std::log(lambda)) == Approx(residual.squaredNorm()).epsilon(1e-13));
  double const slope = 2 * residual.dot(held_out * dw);
  REQUIRE(duet::derivative(duet::forward, validation, std::log(lambda)) == Approx(slope).epsilon(1e-11));
  REQUIRE(duet::gradient(duet::reverse, validation, std::log(lambda)) == Approx(slope).epsilon(1e-11));
}

}  // namespace
