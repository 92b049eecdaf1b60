#pragma once

// What k-means minimises: the sum of the squared distances of points to the nearest of their centres. Its Hessian is
// diagonal: twice the number of points that a centre has, for each of its coordinates.

#include <Eigen/Core>
#include <cmath>
#include <type_traits>

namespace workload {

struct k_means {
  Eigen::MatrixXd points;  // a column each
  Eigen::Index centres;

  // Points along a spiral, the same on every machine.
  static k_means spiral(Eigen::Index dimensions, Eigen::Index count, Eigen::Index centres) {
    return {Eigen::MatrixXd::NullaryExpr(
                dimensions, count,
                [](Eigen::Index d, Eigen::Index i) { return std::sin(0.37 * double(i) + 1.7 * double(d * d)); }),
            centres};
  }
  [[nodiscard]] Eigen::VectorXd start() const {  // some of the points
    Eigen::VectorXd x(inputs());
    Eigen::Index const step = points.cols() / centres;
    for (Eigen::Index c = 0; c < centres; ++c) x.segment(c * points.rows(), points.rows()) = points.col(c * step);
    return x;
  }
  [[nodiscard]] Eigen::Index inputs() const { return centres * points.rows(); }

  template <class X>
  auto operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    using std::fmin;
    S cost = 0.0;
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
      S least = 0.0;
      for (Eigen::Index c = 0; c < centres; ++c) {
        S distance = 0.0;
        for (Eigen::Index d = 0; d < points.rows(); ++d) {
          S const away = x[c * points.rows() + d] - points(d, i);
          distance += away * away;
        }
        if (c == 0)
          least = distance;
        else
          least = fmin(least, distance);
      }
      cost += least;
    }
    return cost;
  }
};

}  // namespace workload
