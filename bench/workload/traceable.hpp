#pragma once

// Workloads without branches and constexpr, which can be traced while a program compiles.

#include "workload/libor.hpp"
#include "workload/lorenz.hpp"
#include "workload/mixture.hpp"

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
    lorenz::advance(s, s, std::array<T, 3>{in[3], in[4], in[5]}, lorenz{}.h);
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

// How one rate of libor.hpp moves: rate, drift and scale in, the next rate and drift out.
struct libor_step {
  template <class T>
  constexpr std::array<T, 2> operator()(T const& rate, T const& drift, T const& scale) const {
    using std::exp;
    T const next = drift + scale * rate / (1 + libor::delta * rate);
    return {rate * exp(scale * (next - 0.5 / libor::delta * scale)), next};
  }
};
// The same by another function of its type; T is the scalar of all arguments.
template <class Step>
struct libor_by {
  template <class T, class Scale>
  static void advance(T& rate, T& drift, Scale const& scale) {
    auto const next = Step()(rate, drift, T(scale));
    rate = next[0];
    drift = next[1];
  }
};

// mixture.hpp's exponent of one component: the point, the mean, the factor.
template <std::size_t D>
struct mixture_exponent {
  static constexpr std::size_t inputs = 2 * D + mixture<D>::factor;
  template <class T>
  constexpr T operator()(std::array<T, inputs> const& in) const {
    return mixture<D>::exponent(in.data(), in.data() + D, in.data() + 2 * D);
  }
};

// The energy of the angle between three atoms, by its cosine: nine coordinates.
struct angle_energy {
  static constexpr double strength = 62.5, at_rest = -0.333;

  template <class T>
  constexpr T operator()(std::array<T, 9> const& p) const {
    using std::sqrt;
    std::array<T, 3> const a{p[0] - p[3], p[1] - p[4], p[2] - p[5]}, b{p[6] - p[3], p[7] - p[4], p[8] - p[5]};
    T const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) /
                     sqrt((a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) * (b[0] * b[0] + b[1] * b[1] + b[2] * b[2]));
    T const off = cosine - at_rest;
    return 0.5 * strength * off * off;
  }

  // By hand.
  static double value_and_gradient(std::array<double, 9> const& p, std::array<double, 9>& g) {
    double const a[3]{p[0] - p[3], p[1] - p[4], p[2] - p[5]}, b[3]{p[6] - p[3], p[7] - p[4], p[8] - p[5]};
    double const aa = a[0] * a[0] + a[1] * a[1] + a[2] * a[2], bb = b[0] * b[0] + b[1] * b[1] + b[2] * b[2];
    double const inverse = 1 / std::sqrt(aa * bb);
    double const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * inverse;
    double const off = cosine - at_rest, slope = strength * off;
    double const across = slope * inverse, along_a = slope * cosine / aa, along_b = slope * cosine / bb;
    for (std::size_t i = 0; i < 3; ++i) {
      g[i] = across * b[i] - along_a * a[i];
      g[6 + i] = across * a[i] - along_b * b[i];
      g[3 + i] = -(g[i] + g[6 + i]);
    }
    return 0.5 * slope * off;
  }

  static std::array<double, 9> start() { return {0.9, 0.2, -0.1, 0.05, -0.03, 0.02, -0.3, 0.8, 0.4}; }
};

// The price of an option by Black and Scholes, with a logistic function for the normal distribution: spot, strike,
// rate, volatility, years.
struct logistic_option {
  static constexpr double steepness = 1.702;

  template <class T>
  constexpr T operator()(std::array<T, 5> const& in) const {
    using std::exp, std::log, std::sqrt;
    auto const& [s, k, r, v, t] = in;
    T const spread = v * sqrt(t);
    T const d1 = (log(s / k) + (r + 0.5 * v * v) * t) / spread, d2 = d1 - spread;
    T const n1 = 1.0 / (1.0 + exp(-steepness * d1)), n2 = 1.0 / (1.0 + exp(-steepness * d2));
    return s * n1 - k * exp(-r * t) * n2;
  }

  // By hand.
  static double value_and_gradient(std::array<double, 5> const& in, std::array<double, 5>& g) {
    auto const& [s, k, r, v, t] = in;
    double const root = std::sqrt(t), spread = v * root, inverse = 1 / spread, drift = r + 0.5 * v * v;
    double const d1 = (std::log(s / k) + drift * t) * inverse, d2 = d1 - spread;
    double const n1 = 1 / (1 + std::exp(-steepness * d1)), n2 = 1 / (1 + std::exp(-steepness * d2));
    double const discounted = k * std::exp(-r * t), later = discounted * n2;
    double const by_d1 = s * steepness * n1 * (1 - n1), by_d2 = -discounted * steepness * n2 * (1 - n2);
    double const both = (by_d1 + by_d2) * inverse, by_spread = -both * d1 - by_d2;
    g[0] = n1 + both / s;
    g[1] = -(later + both) / k;
    g[2] = both * t + t * later;
    g[3] = both * v * t + by_spread * root;
    g[4] = both * drift + by_spread * 0.5 * v / root + r * later;
    return s * n1 - later;
  }

  static std::array<double, 5> start() { return {100, 105, 0.02, 0.2, 1.5}; }
};

}  // namespace workload
