// Sparse derivatives of about 100,000 unknowns: what finding the pattern takes, what preparing takes with it (pattern,
// colouring and places), and what a prepared Jacobian or Hessian takes over one evaluation of the function.

#include "interleaved.hpp"
#include "workload/arrow.hpp"
#include "workload/broyden.hpp"
#include "workload/brusselator_plane.hpp"
#include "workload/bundle_adjustment.hpp"
#include "workload/chained_wood.hpp"
#include "workload/k_means.hpp"
#include "workload/reaction_diffusion.hpp"

#include <duet/math/math.hpp>
#include <duet/sparse.hpp>

namespace {

// Derivatives are taken one after another, as a solver does: with what else it computes in between they would find
// less in the cache, and so would f.
template <class F, class Derivative, class Pattern, class Prepare>
void print_row(char const* name, F const& f, Eigen::VectorXd x, Derivative& derivative, Pattern const& pattern,
               Prepare const& prepare, bool quick) {
  bench::settings s = bench::settings_for(quick);
  if (!quick) s = {15, 2e-2};
  auto const times = bench::time_rounds({bench::time_of("f",
                                                        [&] {
                                                          bench::touch(x);
                                                          auto y = f(x);
                                                          bench::touch(y);
                                                        }),
                                         bench::time_of("derivative",
                                                        [&] {
                                                          bench::touch(x);
                                                          auto const& d = derivative(x);
                                                          bench::touch(d);
                                                        })},
                                        s);
  if (!quick) s = {7, 1e-3};
  auto const once = bench::time_rounds({bench::time_of("pattern",
                                                       [&] {
                                                         auto p = pattern();
                                                         bench::touch(p);
                                                       }),
                                        bench::time_of("prepare",
                                                       [&] {
                                                         auto p = prepare();
                                                         bench::touch(p);
                                                       })},
                                       s);
  std::printf("%-36s %8td %9td %8zu %11.1f %11.1f %12.1f %12.1f\n", name, x.size(), derivative(x).nonZeros(),
              derivative.colors(), bench::median(once[0]) / 1e6, bench::median(once[1]) / 1e6,
              bench::median(times[0]) / 1e3, bench::median_ratio(times[1], times[0]));
  std::fflush(stdout);
}

template <class F>
void jacobian(char const* name, F const& f, Eigen::VectorXd const& x, bool quick,
              duet::sparse_options const& options = {}) {
  auto const prepare = [&] { return duet::prepare_sparse_jacobian(f, x, options); };
  auto derivative = prepare();
  print_row(name, f, x, derivative, [&] { return duet::jacobian_sparsity(f, x, options.scope); }, prepare, quick);
}
template <class F>
void hessian(char const* name, F const& f, Eigen::VectorXd const& x, bool quick,
             duet::sparse_options const& options = {}) {
  auto const prepare = [&] { return duet::prepare_sparse_hessian(f, x, options); };
  auto derivative = prepare();
  print_row(name, f, x, derivative, [&] { return duet::hessian_sparsity(f, x, options.scope); }, prepare, quick);
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  auto const size = [quick](Eigen::Index n, Eigen::Index small) { return quick ? small : n; };
  bench::print_setting();
  auto const head = [](char const* matrix, char const* ratio) {
    std::printf("%-36s %8s %9s %8s %11s %11s %12s %12s\n", matrix, "inputs", "nonzeros", "colours", "pattern ms",
                "prepare ms", "f us", ratio);
  };

  head("Jacobian", "Jacobian / f");
  using workload::reaction_diffusion;
  jacobian("Broyden tridiagonal", workload::broyden{}, workload::broyden::start(size(100'000, 20)), quick);
  workload::brusselator_plane ring;
  ring.is_ring = true;
  ring.cells = size(50'000, 10);
  jacobian("Brusselator on a ring", ring, ring.start(), quick);
  for (bool const in_blocks : {false, true})
    for (Eigen::Index const cells : {50, 224}) {
      workload::brusselator_plane plane;
      plane.cells = size(cells, 6);
      plane.in_blocks = in_blocks;
      jacobian(in_blocks ? "Brusselator, all u, then all v" : "Brusselator, cell by cell", plane, plane.start(), quick);
    }
  auto const five = reaction_diffusion::five_points(size(316, 6));
  jacobian("reaction-diffusion, 5 points", five, five.start(), quick);
  auto const nine = reaction_diffusion::nine_points(size(316, 6));
  jacobian("reaction-diffusion, 9 points", nine, nine.start(), quick);
  auto const seven = reaction_diffusion::seven_points(size(46, 4));
  jacobian("reaction-diffusion, 7 points, 3-D", seven, seven.start(), quick);
  jacobian("arrow", workload::arrow_residuals{}, workload::arrow_start(size(100'000, 40)), quick);
  workload::bundle_adjustment const bundle;
  jacobian("bundle adjustment", bundle, bundle.start(), quick, {.scope = duet::pattern_scope::local});

  head("\nHessian", "Hessian / f");
  hessian("chained Wood", workload::chained_wood{}, workload::chained_wood::start(size(100'000, 40)), quick);
  hessian("chained Wood, by substitution", workload::chained_wood{}, workload::chained_wood::start(size(100'000, 40)),
          quick, {.recovery = duet::recovery::substitution});
  hessian("arrow", workload::arrow_sum{}, workload::arrow_start(size(100'000, 40)), quick);
  auto const clusters = workload::k_means::spiral(4, size(1000, 40), 16);
  hessian("k-means, 16 centres of 1000 points", clusters, clusters.start(), quick);
}
