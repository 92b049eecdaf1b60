#pragma once

// Bundle adjustment: 10 cameras have seen 500 points 3,000 times, 6 cameras each of them; where cameras and points are
// follows from the pictures alone. 1,620 unknowns, 6,000 residuals, each of which depends on one camera and one point.
// The scene is made by a seeded generator, so that the truth is known, and the same on every machine.

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "reprojection.hpp"

namespace workload {

class bundle_adjustment {
 public:
  using Index = Eigen::Index;
  static constexpr Index cameras = 10, points = 500, views = 6;  // cameras that see a point
  static constexpr Index camera_size = 12, point_size = 3;       // as reprojection takes them
  static constexpr Index first_point = cameras * camera_size;
  static constexpr Index inputs = first_point + points * point_size, outputs = 2 * points * views;
  static constexpr double noise = 0.5;  // standard deviation of an observation, in pixels

  struct observation {
    Index camera, point;
    reprojection seen;  // where
  };

  explicit bundle_adjustment(std::uint64_t seed = 2024) : random_(seed) {
    make_scene();
    observe();
  }

  [[nodiscard]] std::vector<observation> const& observations() const { return observations_; }
  [[nodiscard]] Eigen::VectorXd const& truth() const { return truth_; }

  // What is known beforehand: everything, badly.
  [[nodiscard]] Eigen::VectorXd start() const {
    constexpr std::array<double, camera_size> errors{0.05, 0.05, 0.05, 0.1, 0.1, 0.2, 20, 20, 10, 10, 0.05, 0.01};
    seeded random = random_;
    Eigen::VectorXd x = truth_;
    for (Index i = 0; i < inputs; ++i)
      x[i] += (i < first_point ? errors[std::size_t(i % camera_size)] : 0.1) * random.normal();
    return x;
  }

  // The input of all that is input k of the reprojection of an observation.
  static Index place(observation const& o, std::size_t k) {
    Index const i = Index(k);
    return i < camera_size ? o.camera * camera_size + i : first_point + o.point * point_size + i - camera_size;
  }
  template <class X>
  static auto inputs_of(observation const& o, X const& x) {
    std::array<std::decay_t<decltype(x[0])>, reprojection::inputs> in;
    for (std::size_t k = 0; k < in.size(); ++k) in[k] = x[place(o, k)];
    return in;
  }

  template <class S>
  Eigen::Matrix<S, Eigen::Dynamic, 1> operator()(Eigen::Matrix<S, Eigen::Dynamic, 1> const& x) const {
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(outputs);
    for (std::size_t k = 0; k < observations_.size(); ++k) {
      auto const both = observations_[k].seen(inputs_of(observations_[k], x));
      r[2 * Index(k)] = both[0];
      r[2 * Index(k) + 1] = both[1];
    }
    return r;
  }

 private:
  // Numbers that follow from the seed on every machine, unlike those of std::normal_distribution (splitmix64).
  class seeded {
   public:
    explicit seeded(std::uint64_t seed) : state_(seed) {}
    double uniform(double from, double to) { return from + (to - from) * 0x1p-53 * double(next() >> 11); }
    double normal() {  // Box and Muller
      double const radius = std::sqrt(-2 * std::log(1 - uniform(0, 1)));
      return radius * std::cos(uniform(0, 2 * std::numbers::pi));
    }
    Index below(Index n) { return Index(next() % std::uint64_t(n)); }

   private:
    std::uint64_t next() {
      std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      return z ^ (z >> 31);
    }
    std::uint64_t state_;
  };

  // Cameras on a quarter of a circle around a cube of points, all looking at its middle.
  void make_scene() {
    truth_.resize(inputs);
    auto const set = [&](Index i, double from, double to) { truth_[i] = random_.uniform(from, to); };
    for (Index c = 0; c < cameras; ++c) {
      Index const i = c * camera_size;
      double const around = -0.8 + 1.6 * double(c) / double(cameras - 1);
      set(i, -0.3, 0.3);  // rotation
      set(i + 1, around, around);
      set(i + 2, -0.2, 0.2);
      set(i + 3, -0.2, 0.2);  // translation
      set(i + 4, -0.2, 0.2);
      set(i + 5, 4, 6);
      set(i + 6, 480, 520);  // focal lengths, centre
      set(i + 7, 480, 520);
      set(i + 8, 310, 330);
      set(i + 9, 230, 250);
      set(i + 10, -0.15, -0.05);  // distortion
      set(i + 11, 0.01, 0.03);
    }
    for (Index i = first_point; i < inputs; ++i) set(i, -1, 1);
  }

  void observe() {
    for (Index p = 0; p < points; ++p) {
      std::array<Index, cameras> order;
      for (Index c = 0; c < cameras; ++c) order[std::size_t(c)] = c;
      for (Index k = 0; k < views; ++k) {
        std::swap(order[std::size_t(k)], order[std::size_t(k + random_.below(cameras - k))]);
        observation o{order[std::size_t(k)], p, {0, 0}};
        auto const [u, v] = o.seen(inputs_of(o, truth_));
        double const du = noise * random_.normal(), dv = noise * random_.normal();
        o.seen = {u + du, v + dv};
        observations_.push_back(o);
      }
    }
  }

  seeded random_;
  Eigen::VectorXd truth_;
  std::vector<observation> observations_;
};

}  // namespace workload
