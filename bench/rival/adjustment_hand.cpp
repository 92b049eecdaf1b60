// The yardsticks: the same method with the Jacobian written by hand, and the residuals alone.

#include "adjustment_rows.hpp"

namespace {

struct by_hand {
  template <class F, class X>
  static auto linearized(F const& f, X const& x) {
    typename F::jacobian_rows rows;
    auto const value = f.jacobian(x, rows);
    Eigen::Matrix<double, 2, 15> jacobian;
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 15; ++j) jacobian(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    return std::pair(value, jacobian);
  }
};

std::vector<rival::contender> residuals_alone() {
  auto const scene = rival::adjusted_scene();
  Eigen::VectorXd const x = scene->start();
  return {{"bundle adjustment, solved",
           false,
           bench::time_of("",
                          [scene, x]() mutable {
                            bench::touch(x);
                            double cost = 0.5 * (*scene)(x).squaredNorm();
                            bench::touch(cost);
                          }),
           {}}};
}

rival::registered const hand("hand", 0, "the Jacobian by hand, Schur complement by Eigen",
                             [] { return std::vector{rival::adjustment_contender<rival::schur<by_hand>>("")}; });
rival::registered const function("function", 1, "the residuals once", residuals_alone);

}  // namespace
