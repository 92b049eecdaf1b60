// Bundle adjustment: 10 cameras have seen 500 points 3,000 times; where cameras and points are follows from the
// pictures alone. 1,620 unknowns, 6,000 residuals, each of which depends on one camera and one point: damped
// Gauss-Newton steps with Duet's sparse J^T J and Eigen's sparse Cholesky decomposition.
//
// The residuals are in bench/workload/bundle_adjustment.hpp, with a seeded generator of the scene: the truth is known,
// what is printed is the same on every machine, and each figure is held against what it must be. The exit code is 1 if
// one is wrong.

#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <duet/duet.hpp>
#include <duet/sparse.hpp>
#include <string>

#include "../../bench/workload/bundle_adjustment.hpp"

namespace {

using Eigen::Index, Eigen::VectorXd;
using scene = workload::bundle_adjustment;

double root_mean_square(VectorXd const& r) { return std::sqrt(r.squaredNorm() / double(r.size())); }

// ---- what is printed is checked ----

bool all_good = true;
void check(bool holds, std::string const& what) {
  if (!holds) std::printf("WRONG: %s\n", what.c_str());
  all_good = all_good && holds;
}

// The largest error of the sparse Jacobian, over its largest entry: against the derivative written by hand.
double jacobian_error(scene const& r, VectorXd const& x, Eigen::SparseMatrix<double> const& jacobian) {
  const Eigen::SparseMatrix<double, Eigen::RowMajor> by_rows = jacobian;
  double error = 0, largest = 0;
  Index row = 0;
  for (auto const& o : r.observations()) {
    workload::reprojection::jacobian_rows by_hand;
    (void)o.seen.jacobian(scene::inputs_of(o, x), by_hand);
    for (auto const& entries : by_hand) {
      for (std::size_t k = 0; k < entries.size(); ++k) {
        largest = std::max(largest, std::abs(entries[k]));
        error = std::max(error, std::abs(entries[k] - by_rows.coeff(row, scene::place(o, k))));
      }
      ++row;
    }
  }
  return error / largest;
}

// ---- Levenberg and Marquardt's method ----

struct solution {
  VectorXd x;
  int iterations = 0;
  bool converged = false;
};

// Steps h of (J^T J + mu diag(J^T J)) h = -J^T r; mu follows the gain ratio (Nielsen 1999). The damping also decides
// where the scene as a whole goes, how it is turned and how large it is, of which the pictures say nothing.
template <class GaussNewton>
solution minimise(scene const& r, GaussNewton& gauss_newton, VectorXd x) {
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> cholesky;
  cholesky.analyzePattern(gauss_newton(x).hessian);  // once: the pattern stays
  double mu = 1e-3, growth = 2;
  solution result;
  while (result.iterations < 100 && !result.converged) {
    auto const& at = gauss_newton(x);
    const VectorXd scale = at.hessian.diagonal(), gradient = at.gradient;
    const double cost = at.cost;
    Eigen::SparseMatrix<double> damped = at.hessian;
    for (;;) {
      damped.diagonal() = (1 + mu) * scale;
      cholesky.factorize(damped);
      const VectorXd step = cholesky.solve(-gradient), moved = x + step;
      const double expected = 0.5 * step.dot(mu * scale.cwiseProduct(step) - gradient);
      result.converged = expected <= 3e-4 * cost;  // noise alone makes the cost uncertain by 2 %
      const double gain = (cost - 0.5 * r(moved).squaredNorm()) / expected;
      if (gain > 0 || result.converged) {
        ++result.iterations;
        if (gain > 0) x = moved;
        mu *= std::max(1.0 / 3, 1 - std::pow(2 * std::min(gain, 1.0) - 1, 3));
        growth = 2;
        break;
      }
      mu *= growth;
      growth *= 2;
    }
    std::printf("%9d   %10.4f pixels\n", result.iterations, root_mean_square(r(x)));
  }
  result.x = x;
  return result;
}

}  // namespace

int main() {
  const scene r;
  const VectorXd guess = r.start();
  std::printf("%td cameras, %td points, %zu observations: %td unknowns, %td residuals\n", scene::cameras, scene::points,
              r.observations().size(), guess.size(), r(guess).size());
  check(r.observations().size() == 3000 && guess.size() == 1620 && r(guess).size() == 6000, "the sizes of the problem");

  // The projection asks whether a rotation is tiny. Both branches depend on the same inputs, so that the pattern at one
  // point will do; check() below holds it against products with random directions.
  auto gauss_newton = duet::prepare_sparse_gauss_newton(r, guess, {.scope = duet::pattern_scope::local});
  auto const& first = gauss_newton.check(guess);
  auto const& jacobian = gauss_newton.jacobian();
  std::printf("Jacobian:   %s\n", gauss_newton.explain().c_str());
  std::printf("J^T J:      %td entries\n", first.hessian.nonZeros());
  // A picture has two coordinates; in each of them counts one of two focal lengths and one of two centres.
  check(jacobian.nonZeros() == scene::outputs * (scene::camera_size + scene::point_size - 2),
        "the entries of the Jacobian");
  check(gauss_newton.colors() == 13 && gauss_newton.passes() == 2,
        "13 entries of a row take 13 colours, in duals of 12 partials and of 4");
  check(jacobian_error(r, guess, jacobian) < 1e-12, "the Jacobian at the start, against that by hand");
  check((Eigen::MatrixXd(first.hessian) - Eigen::MatrixXd(jacobian.transpose() * jacobian)).norm() <
            1e-13 * first.hessian.norm(),
        "the product J^T J, against Eigen's");
  // A residual has one camera and one point: a block for each camera, for each point, and two for each observation. In
  // that of a camera a focal length or centre never meets the other coordinate's.
  const Index expected = scene::cameras * (scene::camera_size * scene::camera_size - 8) +
                         scene::points * scene::point_size * scene::point_size +
                         scene::outputs * scene::camera_size * scene::point_size;
  check(first.hessian.nonZeros() == expected, "the entries of J^T J");

  const double before = root_mean_square(r(guess));
  std::printf("\niteration   reprojection error\n%9d   %10.4f pixels\n", 0, before);
  const solution found = minimise(r, gauss_newton, guess);
  const double after = root_mean_square(r(found.x));

  auto const& last = gauss_newton.check(found.x);
  check(found.converged, "the steps come to an end");
  check(jacobian_error(r, found.x, jacobian) < 1e-12, "the Jacobian at the end, against that by hand");
  check(last.gradient.cwiseAbs().cwiseQuotient(VectorXd(last.hessian.diagonal()).cwiseSqrt()).maxCoeff() <
            1e-3 * std::sqrt(2 * last.cost),
        "the gradient at the end");
  // Of the residuals' squares, over the variance, as many remain as there are residuals more than unknowns that the
  // pictures determine (all but 7: place, direction and size of the whole): a chi-squared number.
  const double degrees = double(scene::outputs - (scene::inputs - 7));
  const double square = 2 * last.cost / (scene::noise * scene::noise);
  const double expected_error = scene::noise * std::sqrt(degrees / double(scene::outputs));
  check(std::abs(square - degrees) < 4 * std::sqrt(2 * degrees), "what is left is the noise");
  check(after < root_mean_square(r(r.truth())), "the minimum lies below the truth");
  std::printf("\n%d iterations: %.2f pixels before, %.4f after; noise of %.1f pixels leaves %.4f on average\n",
              found.iterations, before, after, scene::noise, expected_error);
  return all_good ? 0 : 1;
}
