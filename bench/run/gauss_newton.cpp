// The normal equations of 256 reprojections, 15 inputs and 2 residuals each: what J^T J, J^T r and the cost add to the
// Jacobians alone when they are summed as the rows of J arrive, and when J is stored first.

#include "interleaved.hpp"
#include "workload/reprojection.hpp"

#include <Eigen/Core>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>
#if __has_include(<ceres/jet.h>)
#include <ceres/jet.h>
#endif

namespace {

using workload::reprojection;
constexpr std::size_t blocks = 256;
constexpr int n = reprojection::inputs;

struct problem {
  std::array<reprojection, blocks> block;
  std::array<reprojection::point, blocks> x;

  problem() {
    for (std::size_t i = 0; i < blocks; ++i) {
      auto const t = static_cast<double>(i);
      block[i] = {410.5 + 3 * std::sin(t), 200.25 + 5 * std::cos(2 * t)};
      x[i] = reprojection::start();
      for (std::size_t k = 0; k < 3; ++k) x[i][12 + k] += 0.1 * std::sin(t + static_cast<double>(k));
    }
  }
};

struct equations {
  double cost = 0;
  Eigen::Matrix<double, n, 1> gradient = Eigen::Matrix<double, n, 1>::Zero();
  Eigen::Matrix<double, n, n> hessian = Eigen::Matrix<double, n, n>::Zero();

  template <class Residual, class Jacobian>
  void add(Residual const& residual, Jacobian const& j) {
    Eigen::Map<Eigen::Vector2d const> const r(residual.data());
    cost += 0.5 * r.squaredNorm();
    gradient.noalias() += j.transpose() * r;
    hessian.noalias() += j.transpose() * j;
  }
};

// All residuals as one function of the parameters of one camera and point.
struct joined {
  problem const& p;
  template <class T>
  std::array<T, 2 * blocks> operator()(std::array<T, n> const& x) const {
    std::array<T, 2 * blocks> r;
    for (std::size_t i = 0; i < blocks; ++i) {
      auto const pair = p.block[i](x);
      r[2 * i] = pair[0];
      r[2 * i + 1] = pair[1];
    }
    return r;
  }
};

template <class Block>
bench::candidate each(char const* name, problem& p, Block block) {
  return bench::time_of(name, [&p, block] {
    bench::touch(p);
    for (std::size_t i = 0; i < blocks; ++i) block(p.block[i], p.x[i]);
  });
}
template <class Block>
bench::candidate sum(char const* name, problem& p, Block block) {
  return bench::time_of(name, [&p, block] {
    bench::touch(p);
    equations e;
    for (std::size_t i = 0; i < blocks; ++i) block(e, p.block[i], p.x[i]);
    bench::touch(e);
  });
}

void hand_written(equations& e, reprojection const& f, reprojection::point const& x) {
  reprojection::jacobian_rows rows;
  auto const r = f.jacobian(x, rows);
  e.cost += 0.5 * (r[0] * r[0] + r[1] * r[1]);
  for (int a = 0; a < n; ++a) {
    double const first = rows[0][static_cast<std::size_t>(a)], second = rows[1][static_cast<std::size_t>(a)];
    e.gradient[a] += first * r[0] + second * r[1];
    for (int b = 0; b < n; ++b)
      e.hessian(b, a) += first * rows[0][static_cast<std::size_t>(b)] + second * rows[1][static_cast<std::size_t>(b)];
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  static problem p;
  joined const all{p};
  auto const jacobian_of = [](auto const& f, auto const& x) { return duet::value_and_jacobian(duet::forward, f, x); };
  auto const fused = [](auto const& f, auto const& x) { return duet::gauss_newton(duet::forward, f, x); };

  std::vector<bench::candidate> candidates{
      each("Jacobians alone", p,
           [=](auto const& f, auto const& x) {
             auto y = jacobian_of(f, x);
             bench::touch(y);
           }),
      each("residuals alone", p,
           [](auto const& f, auto const& x) {
             auto y = f(x);
             bench::touch(y);
           }),
      each("gauss_newton of each", p,
           [=](auto const& f, auto const& x) {
             auto y = fused(f, x);
             bench::touch(y);
           }),
      sum("gauss_newton of each, summed", p,
          [=](equations& e, auto const& f, auto const& x) {
            auto const y = fused(f, x);
            e.cost += y.cost;
            e.gradient += Eigen::Map<Eigen::Matrix<double, n, 1> const>(y.gradient.data());
            e.hessian += y.hessian;
          }),
      bench::derivative("Jacobian of all 512 residuals", p.x[0],
                        [=, &all](auto const& x) { return jacobian_of(all, x); }),
      bench::derivative("gauss_newton of all 512 residuals", p.x[0],
                        [=, &all](auto const& x) { return fused(all, x); }),
      sum("J stored, Eigen's products", p,
          [=](equations& e, auto const& f, auto const& x) {
            auto const y = jacobian_of(f, x);
            e.add(y.value, y.jacobian);
          }),
      bench::derivative("J of all 512 stored, Eigen's product", p.x[0],
                        [=, &all](auto const& x) {
                          auto const y = jacobian_of(all, x);
                          Eigen::Map<Eigen::Matrix<double, 2 * blocks, 1> const> const r(y.value.data());
                          equations e;
                          e.cost = 0.5 * r.squaredNorm();
                          e.gradient.noalias() = y.jacobian.transpose() * r;
                          e.hessian.noalias() = y.jacobian.transpose() * y.jacobian;
                          return e;
                        }),
#if __has_include(<ceres/jet.h>)
      sum("J by Ceres' Jet, Eigen's products", p,
          [](equations& e, auto const& f, auto const& x) {
            using jet = ceres::Jet<double, n>;
            std::array<jet, n> in;
            for (std::size_t i = 0; i < in.size(); ++i) in[i] = jet(x[i], static_cast<int>(i));
            auto const y = f(in);
            Eigen::Matrix<double, 2, n, Eigen::RowMajor> j;
            j.row(0) = y[0].v;
            j.row(1) = y[1].v;
            e.add(std::array{y[0].a, y[1].a}, j);
          }),
#endif
      sum("J by hand, plain loops", p, hand_written)};

  std::printf("%-40s %10s %10s\n", "256 reprojections", "us", "/ Jacobians");
  auto const t = bench::compare(candidates, s);
  for (std::size_t i = 0; i < t.size(); ++i)
    std::printf("%-40s %10.2f %10.2f\n", candidates[i].name.c_str(), t[i].nanoseconds * 1e-3, t[i].ratio);
}
