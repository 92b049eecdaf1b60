// A Gaussian process: the logarithm of its likelihood, made of a solve and a determinant, and Newton's method for the
// two parameters of its kernel, with exact gradients and Hessians.

#include <duet/duet.hpp>
#include <duet/linalg.hpp>

#include <cstdio>

int main() {
  constexpr Eigen::Index n = 25;
  const Eigen::VectorXd at = Eigen::VectorXd::LinSpaced(n, 0, 4);
  const Eigen::VectorXd y = at.array().sin() + 0.2 * (7 * at.array()).cos();

  // The negative logarithm of the likelihood, of the logarithms of length and noise.
  const auto cost = [&](const auto& p) {
    using S = std::decay_t<decltype(p[0])>;
    const S length = exp(p[0]), noise = exp(p[1]);
    Eigen::Matrix<S, n, n> k;
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) {
        const double distance = at[i] - at[j];
        k(i, j) = exp(-0.5 * distance * distance / (length * length));
        if (i == j) k(i, j) += noise;
      }
    const auto weights = duet::solve(duet::positive_definite, k, y);
    return S(0.5 * (weights.dot(y) + duet::log_determinant(duet::positive_definite, k)));
  };

  Eigen::Vector2d p(0.6, -4);
  for (int i = 0; i < 4; ++i) {
    const auto [value, gradient, hessian] = duet::value_gradient_hessian(cost, p);
    std::printf("%d: cost %9.5f, length %.4f, noise %.5f, |gradient| %.1e\n", i, value, std::exp(p[0]), std::exp(p[1]),
                gradient.norm());
    p -= duet::solve(hessian, gradient);
  }
}
