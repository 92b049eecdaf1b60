// What a gradient costs over the one written by hand: forward and reverse, through the drivers.

#include "interleaved.hpp"
#include "workload/exponential_fit.hpp"
#include "workload/helmholtz.hpp"
#include "workload/rosenbrock.hpp"
#include "workload/tetrahedron.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>

namespace {

template <std::size_t N>
struct result {
  double value;
  std::array<double, N> gradient;
};

template <class F, std::size_t N>
void report(std::string const& name, F const& f, std::array<double, N> const& x, bench::settings const& s) {
  auto const by_hand = [&f](auto const& at) {
    result<N> y;
    y.value = f.gradient(at, y.gradient);
    return y;
  };
  auto const by = [&f](auto mode) {
    return [&f, mode](auto const& at) { return duet::value_and_gradient(mode, f, at); };
  };
  bench::print_row(name, bench::compare({bench::derivative("hand", x, by_hand),
                                         bench::derivative("function", x, [&f](auto const& at) { return f(at); }),
                                         bench::derivative("forward", x, by(duet::forward)),
                                         bench::derivative("reverse", x, by(duet::reverse))},
                                        s));
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  bench::print_head("value and gradient", {"hand", "function", "forward", "reverse"});

  bench::for_each_size<4, 8, 16, 30>([&]<std::size_t N> {
    workload::rosenbrock const f;
    report("Rosenbrock, " + std::to_string(N) + " inputs", f, f.start<N>(), s);
  });
  bench::for_each_size<4, 8, 10, 16, 32>([&]<std::size_t N> {
    workload::helmholtz<N> const f;
    report("Helmholtz energy, " + std::to_string(N) + " inputs", f, f.start(), s);
  });
  workload::tetrahedron const element;
  report("tetrahedron, 12 inputs", element, element.start(), s);
  workload::exponential_data const data;
  workload::exponential_cost const cost{data};
  report("cost of an exponential fit, 3 inputs", cost, cost.start(), s);
}
