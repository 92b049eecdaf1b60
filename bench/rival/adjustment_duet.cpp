// Bundle adjustment by Duet: each observation's residual and Jacobian by a driver, the points eliminated from the
// normal equations (Schur complement), which are solved by Eigen; and the same by the sparse drivers, without a word
// about the structure.

#include "adjustment_rows.hpp"

#include <Eigen/SparseCholesky>
#include <duet/duet.hpp>
#include <duet/sparse.hpp>

namespace {

using workload::bundle_adjustment;

struct by_drivers {
  template <class F, class X>
  static auto linearized(F const& f, X const& x) {
    auto const [value, jacobian] = duet::value_and_jacobian(f, x);
    return std::pair(value, jacobian);
  }
};

class sparse {
 public:
  explicit sparse(bundle_adjustment const& scene)
      : scene_(scene),
        gauss_newton_(duet::prepare_sparse_gauss_newton(scene, scene.start(), {.scope = duet::pattern_scope::local})) {
    cholesky_.analyzePattern(gauss_newton_(scene.start()).hessian);
  }
  double linearize(Eigen::VectorXd const& x) {
    auto const& at = gauss_newton_(x);
    damped_ = at.hessian;
    diagonal_ = damped_.diagonal();
    gradient_ = at.gradient;
    return at.cost;
  }
  Eigen::VectorXd step(double mu) {
    damped_.diagonal() = (1 + mu) * diagonal_;
    cholesky_.factorize(damped_);
    return cholesky_.solve(-gradient_);
  }
  double cost(Eigen::VectorXd const& x) const { return 0.5 * scene_(x).squaredNorm(); }
  Eigen::VectorXd const& gradient() const { return gradient_; }
  Eigen::VectorXd const& diagonal() const { return diagonal_; }

  // Preparation is part of the work.
  static auto solve(std::shared_ptr<bundle_adjustment const> scene) {
    return [scene] {
      sparse linear(*scene);
      return rival::levenberg_marquardt(linear, scene->start());
    };
  }

 private:
  bundle_adjustment const& scene_;
  decltype(duet::prepare_sparse_gauss_newton(std::declval<bundle_adjustment const&>(), Eigen::VectorXd(),
                                             {.scope = duet::pattern_scope::local})) gauss_newton_;
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> cholesky_;
  Eigen::SparseMatrix<double> damped_;
  Eigen::VectorXd gradient_, diagonal_;
};

rival::registered const duet_solver("Duet", 2, "value_and_jacobian of each observation, Schur complement by Eigen", [] {
  return std::vector{rival::adjustment_contender<rival::schur<by_drivers>>("Schur"),
                     rival::adjustment_contender<sparse>("sparse drivers")};
});

}  // namespace
