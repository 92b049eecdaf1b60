// Bundle adjustment by Ceres' solver: automatic derivatives by Jets, the points eliminated.

#include <ceres/ceres.h>

#include "adjustment_rows.hpp"

namespace {

using workload::bundle_adjustment;

struct residual {
  workload::reprojection seen;
  template <class T>
  bool operator()(T const* camera, T const* point, T* r) const {
    std::array<T, 15> in;
    std::copy_n(camera, 12, in.begin());
    std::copy_n(point, 3, in.begin() + 12);
    auto const both = seen(in);
    r[0] = both[0];
    r[1] = both[1];
    return true;
  }
};

template <ceres::LinearSolverType Linear>
struct solver {
  // Building the problem is part of the work.
  static auto solve(std::shared_ptr<bundle_adjustment const> scene) {
    return [scene] {
      Eigen::VectorXd x = scene->start();
      ceres::Problem problem;
      ceres::Solver::Options options;
      options.linear_solver_ordering.reset(new ceres::ParameterBlockOrdering);
      for (auto const& o : scene->observations()) {
        double* const camera = &x[scene->place(o, 0)];
        double* const point = &x[scene->place(o, 12)];
        problem.AddResidualBlock(new ceres::AutoDiffCostFunction<residual, 2, 12, 3>(new residual{o.seen}), nullptr,
                                 camera, point);
        options.linear_solver_ordering->AddElementToGroup(point, 0);
        options.linear_solver_ordering->AddElementToGroup(camera, 1);
      }
      options.linear_solver_type = Linear;
      options.num_threads = 1;
      options.max_num_iterations = 100;
      options.function_tolerance = rival::least_decrease;
      options.parameter_tolerance = 0;
      options.gradient_tolerance = 0;
      options.logging_type = ceres::SILENT;
      ceres::Solver::Summary summary;
      ceres::Solve(options, &problem, &summary);
      return summary.final_cost;
    };
  }
};

rival::registered const ceres_solver("Ceres", 3, "ceres::Solve, the fastest of three linear solvers, one thread", [] {
  return std::vector{rival::adjustment_contender<solver<ceres::DENSE_SCHUR>>("dense Schur"),
                     rival::adjustment_contender<solver<ceres::SPARSE_SCHUR>>("sparse Schur"),
                     rival::adjustment_contender<solver<ceres::ITERATIVE_SCHUR>>("iterative Schur")};
});

}  // namespace
