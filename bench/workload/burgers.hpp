#pragma once

// Burgers' equations in two dimensions: convection against the wind, central diffusion, Euler's steps on a square grid.
// The two velocity fields, their fixed boundary included, are the inputs; the sum of the squares of the last fields is
// the output. Each new value is one statement of 13 leaves that name six variables.

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace workload {

struct burgers {
  std::size_t n = 48;  // points a side
  std::size_t steps = 12;
  double c = 0.05;  // dt / h
  double d = 0.02;  // viscosity dt / h^2

  [[nodiscard]] std::size_t points() const { return n * n; }
  [[nodiscard]] std::size_t inputs() const { return 2 * points(); }

  // First u, then v, by rows; positive, so that the wind comes from the points before.
  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> x(inputs());
    double const pi = std::acos(-1.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        double const a = pi * static_cast<double>(i) / static_cast<double>(n - 1);
        double const b = pi * static_cast<double>(j) / static_cast<double>(n - 1);
        x[i * n + j] = 1 + 0.5 * std::sin(2 * a) * std::sin(b);
        x[points() + i * n + j] = 1 + 0.4 * std::cos(a) * std::sin(3 * b);
      }
    return x;
  }

  // One step in the inner points.
  template <class T>
  void advance(T const* __restrict u, T const* __restrict v, T* __restrict next_u, T* __restrict next_v) const {
    for (std::size_t i = 1; i + 1 < n; ++i)
      for (std::size_t k = i * n + 1; k + 1 < (i + 1) * n; ++k) {
        next_u[k] = u[k] - c * (u[k] * (u[k] - u[k - 1])) - c * (v[k] * (u[k] - u[k - n])) +
                    d * (u[k + 1] - 2 * u[k] + u[k - 1]) + d * (u[k + n] - 2 * u[k] + u[k - n]);
        next_v[k] = v[k] - c * (u[k] * (v[k] - v[k - 1])) - c * (v[k] * (v[k] - v[k - n])) +
                    d * (v[k + 1] - 2 * v[k] + v[k - 1]) + d * (v[k + n] - 2 * v[k] + v[k - n]);
      }
  }

  template <class T>
  T operator()(std::vector<T> const& in) const {
    std::vector<T> now = in, next = in;
    for (std::size_t s = 0; s < steps; ++s) {
      advance(now.data(), now.data() + points(), next.data(), next.data() + points());
      std::swap(now, next);
    }
    T cost = 0;
    for (std::size_t k = 0; k < points(); ++k) cost += now[k] * now[k] + now[points() + k] * now[points() + k];
    return cost;
  }

  struct memory {
    std::vector<double> states;         // of every step, u and v
    std::vector<double> adjoint, next;  // of the inner points; zero on the boundary, which is accumulated in g
  };

  // By hand: all states are kept, and on the way back each inner point gathers from itself and its neighbours.
  double gradient(std::vector<double> const& in, std::vector<double>& g, memory& m) const {
    std::size_t const size = inputs();
    m.states.resize((steps + 1) * size);
    std::copy(in.begin(), in.end(), m.states.begin());
    for (std::size_t s = 0; s < steps; ++s) {
      double const* const now = &m.states[s * size];
      double* const next = &m.states[(s + 1) * size];
      for_boundary([&](std::size_t k) {
        next[k] = now[k];
        next[points() + k] = now[points() + k];
      });
      advance(now, now + points(), next, next + points());
    }

    double const* const last = &m.states[steps * size];
    double cost = 0;
    for (std::size_t k = 0; k < points(); ++k) cost += last[k] * last[k] + last[points() + k] * last[points() + k];
    g.resize(size);
    m.adjoint.resize(size);
    for (std::size_t k = 0; k < size; ++k) g[k] = m.adjoint[k] = 2 * last[k];
    for_boundary([&](std::size_t k) { m.adjoint[k] = m.adjoint[points() + k] = 0; });
    m.next.assign(size, 0);
    for (std::size_t s = steps; s-- > 0;) {
      double const *const u = &m.states[s * size], *const v = u + points();
      double const *const du = m.adjoint.data(), *const dv = du + points();
      pull_back_to_boundary(u, v, du, g.data());
      pull_back_to_boundary(u, v, dv, g.data() + points());
      pull_back(u, v, du, dv, m.next.data(), m.next.data() + points());
      std::swap(m.adjoint, m.next);
    }
    for (std::size_t i = 1; i + 1 < n; ++i)
      for (std::size_t k = i * n + 1; k + 1 < (i + 1) * n; ++k) {
        g[k] = m.adjoint[k];
        g[points() + k] = m.adjoint[points() + k];
      }
    return cost;
  }

 private:
  template <class Visit>
  void for_boundary(Visit const& visit) const {
    for (std::size_t j = 0; j < n; ++j) {
      visit(j);
      visit(points() - n + j);
    }
    for (std::size_t i = 1; i + 1 < n; ++i) {
      visit(i * n);
      visit(i * n + n - 1);
    }
  }

  // du and dv belong to the values after the step, next_u and next_v to those before, as do u and v.
  void pull_back(double const* __restrict u, double const* __restrict v, double const* __restrict du,
                 double const* __restrict dv, double* __restrict next_u, double* __restrict next_v) const {
    for (std::size_t i = 1; i + 1 < n; ++i)
      for (std::size_t k = i * n + 1; k + 1 < (i + 1) * n; ++k) {
        double const from_right = c * u[k + 1] + d, from_above = c * v[k + n] + d;
        double const kept = 1 - 4 * d - c * (u[k] + v[k]);
        next_u[k] = (kept - c * (u[k] - u[k - 1])) * du[k] - c * (v[k] - v[k - 1]) * dv[k] + from_right * du[k + 1] +
                    from_above * du[k + n] + d * (du[k - 1] + du[k - n]);
        next_v[k] = (kept - c * (v[k] - v[k - n])) * dv[k] - c * (u[k] - u[k - n]) * du[k] + from_right * dv[k + 1] +
                    from_above * dv[k + n] + d * (dv[k - 1] + dv[k - n]);
      }
  }

  // What a step hands from the inner points to the boundary; dw is du or dv, g the part of u or v.
  void pull_back_to_boundary(double const* u, double const* v, double const* dw, double* g) const {
    for (std::size_t j = 1; j + 1 < n; ++j) {
      std::size_t const last = points() - n + j;
      g[j] += (c * v[n + j] + d) * dw[n + j];
      g[last] += d * dw[last - n];
    }
    for (std::size_t i = 1; i + 1 < n; ++i) {
      std::size_t const row = i * n;
      g[row] += (c * u[row + 1] + d) * dw[row + 1];
      g[row + n - 1] += d * dw[row + n - 2];
    }
  }
};

}  // namespace workload
