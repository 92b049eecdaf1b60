#pragma once

// The row of the table of solvers: bundle adjustment from its start to its minimum. Library::solve(scene) gives a
// callable that does all of it and returns the cost, half the sum of squares, that it ends at.

#include "../workload/bundle_adjustment.hpp"
#include "contender.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <memory>

namespace rival {

// Steps end when one has lessened the cost by less than this part of it.
inline constexpr double least_decrease = 1e-8;

inline std::shared_ptr<workload::bundle_adjustment const> adjusted_scene() {
  static auto const scene = std::make_shared<workload::bundle_adjustment const>();
  return scene;
}

template <class Library>
contender adjustment_contender(std::string variant) {
  auto const solve = Library::solve(adjusted_scene());
  // The same minimum to six digits: the steps there are each library's own.
  return {"bundle adjustment, solved",
          false,
          bench::time_of(std::move(variant),
                         [solve]() mutable {
                           double cost = solve();
                           bench::touch(cost);
                         }),
          {solve()},
          1e-6};
}

// Levenberg and Marquardt's method: steps h of (H + mu diag(H)) h = -g, where mu follows the gain ratio (Nielsen 1999).
// Linear has linearize(x), which returns the cost and keeps gradient and H at x, step(mu), which returns h, gradient()
// and diagonal() for the expected decrease, and cost(x). Returns the cost at the end.
template <class Linear>
double levenberg_marquardt(Linear& linear, Eigen::VectorXd x) {
  double mu = 1e-4, growth = 2;
  double cost = linear.linearize(x);
  for (int iteration = 0; iteration < 100; ++iteration) {
    Eigen::VectorXd const step = linear.step(mu);
    double const expected = 0.5 * step.dot(mu * linear.diagonal().cwiseProduct(step) - linear.gradient());
    Eigen::VectorXd const moved = x + step;
    double const decrease = cost - linear.cost(moved), gain = decrease / expected;
    if (!(gain > 1e-3)) {
      mu *= growth;
      growth *= 2;
      continue;
    }
    x = moved;
    if (decrease <= least_decrease * cost) return cost - decrease;
    cost = linear.linearize(x);
    mu *= std::max(1.0 / 3, 1 - std::pow(2 * gain - 1, 3));
    growth = 2;
  }
  return cost;
}

// Normal equations of cameras and points by blocks; the points are eliminated, which leaves the cameras' matrix (the
// Schur complement). Linearize::linearized(f, x) gives the residual of an observation and its Jacobian.
template <class Linearize>
class schur {
  using scene_type = workload::bundle_adjustment;
  using Index = Eigen::Index;
  static constexpr int C = int{scene_type::camera_size}, P = int{scene_type::point_size};
  static constexpr Index cameras = scene_type::cameras * C;

 public:
  explicit schur(scene_type const& scene)
      : scene_(scene), mixed_(scene.observations().size()), by_point_(std::size_t(scene_type::points)) {
    for (std::size_t k = 0; k < mixed_.size(); ++k) by_point_[std::size_t(scene.observations()[k].point)].push_back(k);
  }

  double linearize(Eigen::VectorXd const& x) {
    camera_.assign(std::size_t(scene_type::cameras), Eigen::Matrix<double, C, C>::Zero());
    point_.assign(std::size_t(scene_type::points), Eigen::Matrix<double, P, P>::Zero());
    gradient_.setZero(scene_type::inputs);
    double square = 0;
    for (std::size_t k = 0; k < mixed_.size(); ++k) {
      auto const& o = scene_.observations()[k];
      auto const [value, jacobian] = Linearize::linearized(o.seen, scene_type::inputs_of(o, x));
      Eigen::Vector2d const r(value[0], value[1]);
      Eigen::Matrix<double, 2, C> const c = jacobian.template leftCols<C>();
      Eigen::Matrix<double, 2, P> const p = jacobian.template rightCols<P>();
      square += r.squaredNorm();
      camera_[std::size_t(o.camera)] += c.transpose().lazyProduct(c);
      point_[std::size_t(o.point)] += p.transpose().lazyProduct(p);
      mixed_[k] = c.transpose().lazyProduct(p);
      gradient_.template segment<C>(o.camera * C) += c.transpose().lazyProduct(r);
      gradient_.template segment<P>(cameras + o.point * P) += p.transpose().lazyProduct(r);
    }
    diagonal_.resize(scene_type::inputs);
    for (Index i = 0; i < scene_type::cameras; ++i)
      diagonal_.template segment<C>(i * C) = camera_[std::size_t(i)].diagonal();
    for (Index i = 0; i < scene_type::points; ++i)
      diagonal_.template segment<P>(cameras + i * P) = point_[std::size_t(i)].diagonal();
    return 0.5 * square;
  }

  Eigen::VectorXd step(double mu) {
    auto const& all = scene_.observations();
    reduced_.setZero(cameras, cameras);
    Eigen::VectorXd h = -gradient_;
    for (Index i = 0; i < scene_type::cameras; ++i) {
      auto block = reduced_.template block<C, C>(i * C, i * C);
      block = camera_[std::size_t(i)];
      block.diagonal() *= 1 + mu;
    }
    std::vector<Eigen::Matrix<double, P, P>> inverse(point_);
    for (std::size_t q = 0; q < by_point_.size(); ++q) {
      inverse[q].diagonal() *= 1 + mu;
      inverse[q] = inverse[q].inverse().eval();
      Eigen::Matrix<double, P, 1> const hp = h.template segment<P>(cameras + Index(q) * P);
      for (std::size_t const k : by_point_[q]) {
        Eigen::Matrix<double, C, P> const w = mixed_[k].lazyProduct(inverse[q]);
        h.template segment<C>(all[k].camera * C) -= w.lazyProduct(hp);
        for (std::size_t const l : by_point_[q])
          if (all[l].camera <= all[k].camera)
            reduced_.template block<C, C>(all[k].camera * C, all[l].camera * C) -= w.lazyProduct(mixed_[l].transpose());
      }
    }
    h.head(cameras) = reduced_.template selfadjointView<Eigen::Lower>().llt().solve(h.head(cameras)).eval();
    for (std::size_t q = 0; q < by_point_.size(); ++q) {
      Eigen::Matrix<double, P, 1> hp = h.template segment<P>(cameras + Index(q) * P);
      for (std::size_t const k : by_point_[q])
        hp -= mixed_[k].transpose().lazyProduct(h.template segment<C>(all[k].camera * C));
      h.template segment<P>(cameras + Index(q) * P) = inverse[q].lazyProduct(hp);
    }
    return h;
  }
  double cost(Eigen::VectorXd const& x) const { return 0.5 * scene_(x).squaredNorm(); }
  Eigen::VectorXd const& gradient() const { return gradient_; }
  Eigen::VectorXd const& diagonal() const { return diagonal_; }

  static auto solve(std::shared_ptr<scene_type const> scene) {
    return [scene] {
      schur linear(*scene);
      return levenberg_marquardt(linear, scene->start());
    };
  }

 private:
  scene_type const& scene_;
  std::vector<Eigen::Matrix<double, C, C>> camera_;
  std::vector<Eigen::Matrix<double, P, P>> point_;
  std::vector<Eigen::Matrix<double, C, P>> mixed_;  // of each observation
  std::vector<std::vector<std::size_t>> by_point_;
  Eigen::VectorXd gradient_, diagonal_;
  Eigen::MatrixXd reduced_;
};

}  // namespace rival
