#pragma once

// Heat on a square grid with insulated edges, by explicit steps in time: inputs are the initial temperatures, output
// half the sum of the squares of the last ones. One linear statement a cell; a loop as long as one likes.

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct diffusion {
  using point = std::vector<double>;
  Eigen::Index cells = 128;  // along an edge
  long steps = 200;
  double ratio = 0.2;  // of a step in time times the diffusivity to the square of a cell, at most 1/4

  [[nodiscard]] point start() const {
    point u;
    for (Eigen::Index i = 0; i < cells * cells; ++i) u.push_back(std::sin(0.37 * static_cast<double>(i % 101)));
    return u;
  }

  template <class T>
  using field = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>;

  // The same code for the plain loop and the checkpointed one: inlined into one of them alone it is a fifth faster.
  template <class T>
  [[gnu::noinline]] static field<T> step(field<T> const& u, double r) {
    Eigen::Index const n = u.rows(), last = n - 1;
    field<T> next(n, n);
    auto const cell = [&](Eigen::Index i, Eigen::Index j, Eigen::Index up, Eigen::Index down, Eigen::Index left,
                          Eigen::Index right) {
      next(i, j) = (1 - 4 * r) * u(i, j) + r * (u(up, j) + u(down, j) + u(i, left) + u(i, right));
    };
    for (Eigen::Index j = 0; j < n; ++j) {
      Eigen::Index const left = j == 0 ? 0 : j - 1, right = j == last ? last : j + 1;
      cell(0, j, 0, std::min<Eigen::Index>(1, last), left, right);
      for (Eigen::Index i = 1; i < last; ++i) cell(i, j, i - 1, i + 1, left, right);
      if (last > 0) cell(last, j, last - 1, last, left, right);
    }
    return next;
  }

  template <class T>
  static T cost(field<T> const& u) {
    T sum = 0;
    for (Eigen::Index i = 0; i < u.size(); ++i) sum += 0.5 * u.data()[i] * u.data()[i];
    return sum;
  }

  template <class T>
  T operator()(std::vector<T> const& in) const {
    field<T> u = Eigen::Map<field<T> const>(in.data(), cells, cells);
    for (long k = 0; k < steps; ++k) u = step(u, ratio);
    return cost(u);
  }

  // By hand: a step is symmetric, so that its transpose is itself, and nothing is kept.
  double gradient(point const& in, point& g) const {
    field<double> u = Eigen::Map<field<double> const>(in.data(), cells, cells);
    for (long k = 0; k < steps; ++k) u = step(u, ratio);
    double const value = cost(u);
    for (long k = 0; k < steps; ++k) u = step(u, ratio);
    g.assign(u.data(), u.data() + u.size());
    return value;
  }
};

}  // namespace workload
