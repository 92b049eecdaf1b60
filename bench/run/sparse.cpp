// Sparse derivatives of about 100,000 unknowns: what finding the pattern and colouring it takes, and what a prepared
// Jacobian takes over one evaluation of the function.

#include "interleaved.hpp"
#include "workload/brusselator_plane.hpp"

#include <duet/math/math.hpp>
#include <duet/sparse.hpp>

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  bench::settings s = bench::settings_for(quick);
  if (!quick) s.rounds = 21;
  bench::print_setting();
  std::printf("%-34s %8s %8s %12s %12s %12s %12s\n", "Brusselator on a periodic grid", "inputs", "colours",
              "pattern ms", "prepare ms", "evaluation us", "Jacobian / f");
  for (bool in_blocks : {false, true})
    for (Eigen::Index cells : {50, 224}) {
      workload::brusselator_plane f;
      f.cells = quick ? 6 : cells;
      f.in_blocks = in_blocks;
      Eigen::VectorXd x = f.start();
      auto jacobian = duet::prepare_sparse_jacobian(f, x);
      auto const times = bench::time_rounds({bench::time_of("f",
                                                            [&] {
                                                              bench::touch(x);
                                                              Eigen::VectorXd y = f(x);
                                                              bench::touch(y);
                                                            }),
                                             bench::time_of("jacobian",
                                                            [&] {
                                                              bench::touch(x);
                                                              auto const& j = jacobian(x);
                                                              bench::touch(j);
                                                            }),
                                             bench::time_of("pattern",
                                                            [&] {
                                                              auto p = duet::jacobian_sparsity(f, x);
                                                              bench::touch(p);
                                                            }),
                                             bench::time_of("prepare",
                                                            [&] {
                                                              auto p = duet::prepare_sparse_jacobian(f, x);
                                                              bench::touch(p);
                                                            })},
                                            s);
      std::printf("%-34s %8ld %8zu %12.1f %12.1f %12.1f %12.1f\n",
                  in_blocks ? "all u, then all v" : "u and v cell by cell", static_cast<long>(x.size()),
                  jacobian.colors(), bench::median(times[2]) / 1e6, bench::median(times[3]) / 1e6,
                  bench::median(times[0]) / 1e3, bench::median_ratio(times[1], times[0]));
      std::fflush(stdout);
    }
}
