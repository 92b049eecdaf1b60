#pragma once

// The residual of bundle adjustment: a point seen by a camera, less where it was seen. 15 inputs: the camera's rotation
// (angle-axis) and translation, its focal lengths, centre and two radial distortions, and the point. 2 outputs.

#include <array>
#include <cmath>
#include <cstddef>

namespace workload {

struct reprojection {
  static constexpr std::size_t inputs = 15, outputs = 2;
  using point = std::array<double, inputs>;
  using jacobian_rows = std::array<std::array<double, inputs>, outputs>;

  double observed_x = 410.5, observed_y = 200.25;

  static point start() { return {0.3, -0.4, 0.5, 0.1, -0.2, 4.0, 520, 510, 320, 240, -0.12, 0.03, 0.7, -0.3, 1.1}; }

  template <class T>
  std::array<T, 2> operator()(std::array<T, 15> const& in) const {
    return residual(in, observed_x, observed_y);
  }
  // Where it was seen may be in lanes.
  template <class T, class X>
  static std::array<T, 2> residual(std::array<T, 15> const& in, X const& seen_x, X const& seen_y) {
    using std::cos, std::sin, std::sqrt;
    auto const& [w0, w1, w2, t0, t1, t2, fx, fy, cx, cy, k1, k2, p0, p1, p2] = in;
    T q0, q1, q2;
    T const angle_squared = w0 * w0 + w1 * w1 + w2 * w2;
    if (angle_squared > 1e-20) {
      T const angle = sqrt(angle_squared), c = cos(angle), s = sin(angle), inverse = 1.0 / angle;
      T const u0 = w0 * inverse, u1 = w1 * inverse, u2 = w2 * inverse;
      T const along = (u0 * p0 + u1 * p1 + u2 * p2) * (1.0 - c);
      q0 = p0 * c + (u1 * p2 - u2 * p1) * s + u0 * along + t0;
      q1 = p1 * c + (u2 * p0 - u0 * p2) * s + u1 * along + t1;
      q2 = p2 * c + (u0 * p1 - u1 * p0) * s + u2 * along + t2;
    } else {
      q0 = p0 + w1 * p2 - w2 * p1 + t0;
      q1 = p1 + w2 * p0 - w0 * p2 + t1;
      q2 = p2 + w0 * p1 - w1 * p0 + t2;
    }
    T const depth = 1.0 / q2, x = q0 * depth, y = q1 * depth;
    T const radius = x * x + y * y;
    T const distortion = 1.0 + radius * (k1 + k2 * radius);
    return {fx * distortion * x + cx - seen_x, fy * distortion * y + cy - seen_y};
  }

  // By hand: the residual, and its Jacobian by rows.
  std::array<double, 2> jacobian(point const& in, jacobian_rows& rows) const {
    auto const& [w0, w1, w2, t0, t1, t2, fx, fy, cx, cy, k1, k2, p0, p1, p2] = in;
    double const angle_squared = w0 * w0 + w1 * w1 + w2 * w2;
    bool const turned = angle_squared > 1e-20;
    double u0 = w0, u1 = w1, u2 = w2, c = 1, s = 1, inverse = 1;
    if (turned) {
      double const angle = std::sqrt(angle_squared);
      c = std::cos(angle);
      s = std::sin(angle);
      inverse = 1 / angle;
      u0 *= inverse;
      u1 *= inverse;
      u2 *= inverse;
    }
    double const rest = 1 - c;
    double const cross0 = u1 * p2 - u2 * p1, cross1 = u2 * p0 - u0 * p2, cross2 = u0 * p1 - u1 * p0;
    double const along = u0 * p0 + u1 * p1 + u2 * p2;
    double const q0 = p0 * c + cross0 * s + u0 * along * rest + t0;
    double const q1 = p1 * c + cross1 * s + u1 * along * rest + t1;
    double const q2 = p2 * c + cross2 * s + u2 * along * rest + t2;
    double const depth = 1 / q2, x = q0 * depth, y = q1 * depth;
    double const radius = x * x + y * y;
    double const distortion = 1 + radius * (k1 + k2 * radius);
    double const slope = 2 * (k1 + 2 * k2 * radius);

    // d(rotated point) / d(angle)
    double const turn0 = s * (u0 * along - p0) + c * cross0;
    double const turn1 = s * (u1 * along - p1) + c * cross1;
    double const turn2 = s * (u2 * along - p2) + c * cross2;
    double const focal[2] = {fx, fy}, image[2] = {x, y};
    for (std::size_t r = 0; r < 2; ++r) {
      double const f = focal[r], v = image[r];
      double const bend = f * slope * v;
      double const dx = bend * x + (r == 0 ? f * distortion : 0), dy = bend * y + (r == 1 ? f * distortion : 0);
      // b = d(residual r) / d(point in the camera's frame)
      double const b0 = dx * depth, b1 = dy * depth, b2 = -(dx * x + dy * y) * depth;
      double const pull0 = p1 * b2 - p2 * b1, pull1 = p2 * b0 - p0 * b2, pull2 = p0 * b1 - p1 * b0;  // p x b
      auto& J = rows[r];
      if (turned) {
        double const b_axis = b0 * u0 + b1 * u1 + b2 * u2;
        double const a = rest * along, b = rest * b_axis;
        double const g0 = s * pull0 + a * b0 + b * p0;
        double const g1 = s * pull1 + a * b1 + b * p1;
        double const g2 = s * pull2 + a * b2 + b * p2;
        double const radial = b0 * turn0 + b1 * turn1 + b2 * turn2 - (g0 * u0 + g1 * u1 + g2 * u2) * inverse;
        J[0] = g0 * inverse + radial * u0;
        J[1] = g1 * inverse + radial * u1;
        J[2] = g2 * inverse + radial * u2;
        J[12] = c * b0 + s * (b1 * u2 - b2 * u1) + b * u0;
        J[13] = c * b1 + s * (b2 * u0 - b0 * u2) + b * u1;
        J[14] = c * b2 + s * (b0 * u1 - b1 * u0) + b * u2;
      } else {
        J[0] = pull0;
        J[1] = pull1;
        J[2] = pull2;
        J[12] = b0 + b1 * w2 - b2 * w1;
        J[13] = b1 + b2 * w0 - b0 * w2;
        J[14] = b2 + b0 * w1 - b1 * w0;
      }
      J[3] = b0;
      J[4] = b1;
      J[5] = b2;
      J[6] = r == 0 ? distortion * x : 0;
      J[7] = r == 1 ? distortion * y : 0;
      J[8] = r == 0 ? 1 : 0;
      J[9] = r == 1 ? 1 : 0;
      J[10] = f * v * radius;
      J[11] = J[10] * radius;
    }
    return {fx * distortion * x + cx - observed_x, fy * distortion * y + cy - observed_y};
  }
};

}  // namespace workload
