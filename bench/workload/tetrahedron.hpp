#pragma once

// The Neo-Hookean energy of one tetrahedron as a function of its corners: 12 inputs, corner by corner. With F the
// deformation gradient, V (mu/2 (tr F^T F - 3) - mu log J + lambda/2 log^2 J), J = det F.

#include <array>
#include <cmath>
#include <cstddef>

namespace workload {

struct tetrahedron {
  static constexpr std::size_t inputs = 12;
  using point = std::array<double, inputs>;
  using matrix = std::array<point, inputs>;

  double volume = 0.19, mu = 1.3, lambda = 2.1;
  std::array<std::array<double, 3>, 3> inverse_rest{{{1.1, 0.2, -0.1}, {-0.3, 0.9, 0.15}, {0.05, -0.2, 1.2}}};

  static point start() { return {0.1, -0.2, 0.05, 1.2, 0.1, -0.1, 0.2, 0.9, 0.3, -0.1, 0.25, 1.1}; }

  template <class T>
  T operator()(std::array<T, 12> const& x) const {
    using std::log;
    auto const& m = inverse_rest;
    auto const edge = [&](std::size_t corner, std::size_t i) -> T { return x[3 * corner + i] - x[i]; };
    std::array<T, 9> const d{edge(1, 0), edge(2, 0), edge(3, 0), edge(1, 1), edge(2, 1),
                             edge(3, 1), edge(1, 2), edge(2, 2), edge(3, 2)};
    auto const entry = [&](std::size_t i, std::size_t j) -> T {
      return d[3 * i] * m[0][j] + d[3 * i + 1] * m[1][j] + d[3 * i + 2] * m[2][j];
    };
    std::array<T, 9> const f{entry(0, 0), entry(0, 1), entry(0, 2), entry(1, 0), entry(1, 1),
                             entry(1, 2), entry(2, 0), entry(2, 1), entry(2, 2)};
    T const squares = f[0] * f[0] + f[1] * f[1] + f[2] * f[2] + f[3] * f[3] + f[4] * f[4] + f[5] * f[5] + f[6] * f[6] +
                      f[7] * f[7] + f[8] * f[8];
    T const log_j = log(f[0] * (f[4] * f[8] - f[5] * f[7]) - f[1] * (f[3] * f[8] - f[5] * f[6]) +
                        f[2] * (f[3] * f[7] - f[4] * f[6]));
    return volume * (0.5 * mu * (squares - 3.0) - mu * log_j + 0.5 * lambda * log_j * log_j);
  }

  // By hand: the first Piola-Kirchhoff stress P = mu F + (lambda log J - mu) F^-T, times V and the gradients of the
  // corners' shape functions, which are the rows of the inverse rest matrix.
  double gradient(point const& x, point& g) const {
    deformation const k(inverse_rest, x);
    double const stretch = volume * mu, pull = volume * (lambda * k.log_j - mu) / k.j;
    vector const p0 = stretch * k.f0 + pull * k.c0, p1 = stretch * k.f1 + pull * k.c1,
                 p2 = stretch * k.f2 + pull * k.c2;
    auto const force = [&](std::array<double, 3> const& n) { return n[0] * p0 + n[1] * p1 + n[2] * p2; };
    vector const g1 = force(inverse_rest[0]), g2 = force(inverse_rest[1]), g3 = force(inverse_rest[2]);
    vector const g0 = -1.0 * (g1 + g2 + g3);
    g = {g0.x, g0.y, g0.z, g1.x, g1.y, g1.z, g2.x, g2.y, g2.z, g3.x, g3.y, g3.z};
    return energy(k);
  }

  // By hand. With n_a the gradient of corner a's shape function and w_a = F^-T n_a, which is the slope of log J:
  // H_{ai,bk} = V (mu n_a.n_b delta_ik + lambda w_ai w_bk - (lambda log J - mu) w_bi w_ak).
  double hessian(point const& x, point& g, matrix& h) const {
    deformation const k(inverse_rest, x);
    double const stretch = volume * mu, push = volume * lambda, pull = volume * (lambda * k.log_j - mu);
    auto const& m = inverse_rest;
    std::array<std::array<double, 3>, 4> const n{
        {{-m[0][0] - m[1][0] - m[2][0], -m[0][1] - m[1][1] - m[2][1], -m[0][2] - m[1][2] - m[2][2]}, m[0], m[1], m[2]}};
    point w;
    std::array<point, 4> own;     // w_a for each corner
    std::array<point, 3> others;  // component i of each corner's w, times a factor
    for (std::size_t a = 0; a < 4; ++a) {
      vector const f = n[a][0] * k.f0 + n[a][1] * k.f1 + n[a][2] * k.f2;
      vector const v = (1 / k.j) * (n[a][0] * k.c0 + n[a][1] * k.c1 + n[a][2] * k.c2);
      vector const force = stretch * f + pull * v;
      g[3 * a] = force.x;
      g[3 * a + 1] = force.y;
      g[3 * a + 2] = force.z;
      w[3 * a] = v.x;
      w[3 * a + 1] = v.y;
      w[3 * a + 2] = v.z;
      own[a] = {v.x, v.y, v.z, v.x, v.y, v.z, v.x, v.y, v.z, v.x, v.y, v.z};
      for (std::size_t l = 0; l < 3; ++l) {
        others[0][3 * a + l] = pull * v.x;
        others[1][3 * a + l] = pull * v.y;
        others[2][3 * a + l] = pull * v.z;
      }
    }
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t i = 0; i < 3; ++i) {
        double const outer = push * w[3 * a + i];
        for (std::size_t q = 0; q < 12; ++q) h[3 * a + i][q] = outer * w[q] - others[i][q] * own[a][q];
      }
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t b = 0; b < 4; ++b) {
        double const stiffness = stretch * (n[a][0] * n[b][0] + n[a][1] * n[b][1] + n[a][2] * n[b][2]);
        for (std::size_t i = 0; i < 3; ++i) h[3 * a + i][3 * b + i] += stiffness;
      }
    return energy(k);
  }

 private:
  struct vector {
    double x, y, z;
    friend vector operator+(vector const& a, vector const& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend vector operator*(double c, vector const& a) { return {c * a.x, c * a.y, c * a.z}; }
    [[nodiscard]] double dot(vector const& b) const { return x * b.x + y * b.y + z * b.z; }
    [[nodiscard]] vector cross(vector const& b) const {
      return {y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x};
    }
  };

  // By columns: F, and its cofactors J F^-T.
  struct deformation {
    vector f0, f1, f2, c0, c1, c2;
    double j, log_j;

    deformation(std::array<std::array<double, 3>, 3> const& m, point const& x) {
      vector const d0{x[3] - x[0], x[4] - x[1], x[5] - x[2]}, d1{x[6] - x[0], x[7] - x[1], x[8] - x[2]},
          d2{x[9] - x[0], x[10] - x[1], x[11] - x[2]};
      f0 = m[0][0] * d0 + m[1][0] * d1 + m[2][0] * d2;
      f1 = m[0][1] * d0 + m[1][1] * d1 + m[2][1] * d2;
      f2 = m[0][2] * d0 + m[1][2] * d1 + m[2][2] * d2;
      c0 = f1.cross(f2);
      c1 = f2.cross(f0);
      c2 = f0.cross(f1);
      j = f0.dot(c0);
      log_j = std::log(j);
    }
  };
  [[nodiscard]] double energy(deformation const& k) const {
    double const squares = k.f0.dot(k.f0) + k.f1.dot(k.f1) + k.f2.dot(k.f2);
    return volume * (0.5 * mu * (squares - 3) - mu * k.log_j + 0.5 * lambda * k.log_j * k.log_j);
  }
};

}  // namespace workload
