#pragma once

// Workloads without branches and constexpr, which can be traced while a program compiles.

#include "workload/structural_simulation.hpp"

#include <array>
#include <cmath>

namespace workload {

// The residual of reprojection.hpp as a turned camera sees it; its branch is left out.
struct turned_reprojection {
  template <class T>
  constexpr std::array<T, 2> operator()(std::array<T, 15> const& in) const {
    using std::cos, std::sin, std::sqrt;
    auto const& [w0, w1, w2, t0, t1, t2, fx, fy, cx, cy, k1, k2, p0, p1, p2] = in;
    T const angle = sqrt(w0 * w0 + w1 * w1 + w2 * w2), c = cos(angle), s = sin(angle), inverse = 1.0 / angle;
    T const u0 = w0 * inverse, u1 = w1 * inverse, u2 = w2 * inverse;
    T const along = (u0 * p0 + u1 * p1 + u2 * p2) * (1.0 - c);
    T const q0 = p0 * c + (u1 * p2 - u2 * p1) * s + u0 * along + t0;
    T const q1 = p1 * c + (u2 * p0 - u0 * p2) * s + u1 * along + t1;
    T const q2 = p2 * c + (u0 * p1 - u1 * p0) * s + u2 * along + t2;
    T const depth = 1.0 / q2, x = q0 * depth, y = q1 * depth;
    T const radius = x * x + y * y;
    T const distortion = 1.0 + radius * (k1 + k2 * radius);
    return {fx * distortion * x + cx - 410.5, fy * distortion * y + cy - 200.25};
  }
};

// A step of lorenz.hpp: the state and the parameters in, the next state out.
struct lorenz_step {
  template <class T>
  constexpr std::array<T, 3> operator()(std::array<T, 6> const& in) const {
    std::array<T, 3> s{in[0], in[1], in[2]};
    structural::lorenz::advance(s, std::array<T, 3>{in[3], in[4], in[5]}, lorenz{}.h);
    return s;
  }
};

// The Lorenz workload with Step in the place of its step.
template <class Step>
struct lorenz_by : lorenz {
  Step step;

  template <class T>
  T operator()(std::array<T, inputs> const& start) const {
    std::array<T, inputs> in = start;
    for (std::size_t n = 0; n < steps; ++n) {
      auto const s = step(in);
      for (std::size_t i = 0; i < 3; ++i) in[i] = s[i];
    }
    return in[0] + in[1] + in[2];
  }
};

}  // namespace workload
