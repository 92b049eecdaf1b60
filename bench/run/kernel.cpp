// What is traced while the program compiles, over the same derivative by hand: value and Jacobian of a reprojection as
// straight-line code; the gradient of Lorenz' equations with each Runge-Kutta step a kernel on the tape, and with its
// statements.

#include "interleaved.hpp"
#include "workload/reprojection.hpp"
#include "workload/traceable.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/symbolic.hpp>

// Value and gradient of F, a workload with a gradient by hand.
template <class F, std::size_t N>
void print_gradient(char const* name, std::array<double, N> const& at, bench::settings const& s) {
  constexpr auto graph = duet::symbolic::expression<N>(F{});
  bench::print_row(
      name,
      bench::compare({bench::derivative("hand", at,
                                        [](auto const& x) {
                                          duet::valued_gradient<double, std::array<double, N>> result;
                                          result.value = F::value_and_gradient(x, result.gradient);
                                          return result;
                                        }),
                      bench::derivative("symbolic", at,
                                        [=](auto const& x) { return duet::symbolic::value_and_gradient(graph, x); })},
                     s));
}

int main(int argc, char** argv) {
  bench::settings const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();

  using workload::reprojection;
  constexpr auto graph = duet::symbolic::expression<15>(workload::turned_reprojection{});
  bench::print_head("value and Jacobian", {"hand", "symbolic"});
  bench::print_row(
      "reprojection, 15 inputs, 2 outputs",
      bench::compare({bench::derivative("hand", reprojection::start(),
                                        [](auto const& x) {
                                          struct {
                                            std::array<double, 2> value;
                                            reprojection::jacobian_rows rows;
                                          } result;
                                          result.value = reprojection{}.jacobian(x, result.rows);
                                          return result;
                                        }),
                      bench::derivative("symbolic", reprojection::start(),
                                        [=](auto const& x) { return duet::symbolic::value_and_jacobian(graph, x); })},
                     s));

  bench::print_head("value and gradient", {"hand", "symbolic"});
  print_gradient<workload::angle_energy>("energy of an angle, 9 inputs", workload::angle_energy::start(), s);
  print_gradient<workload::logistic_option>("price of an option, 5 inputs", workload::logistic_option::start(), s);

  workload::lorenz const plain;
  workload::lorenz_by<decltype(duet::kernel(workload::lorenz_step{}))> const kernels{plain, {}};
  bench::print_head("gradient", {"hand", "kernels", "statements"});
  auto const by_duet = [](char const* name, auto const& f) {
    return bench::derivative(name, f.start(), [f](auto const& x) { return duet::gradient(duet::reverse, f, x); });
  };
  bench::print_row(
      "Lorenz, 2000 Runge-Kutta steps",
      bench::compare({bench::derivative("hand", plain.start(),
                                        [plain, states = std::vector<std::array<double, 3>>()](auto const& x) mutable {
                                          auto g = x;
                                          plain.gradient(x, g, states);
                                          return g;
                                        }),
                      by_duet("kernels", kernels), by_duet("statements", plain)},
                     s));
}
