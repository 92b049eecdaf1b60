// What a Hessian, with value and gradient, costs over the one written by hand and over one evaluation.

#include "interleaved.hpp"
#include "workload/helmholtz.hpp"
#include "workload/rosenbrock.hpp"
#include "workload/tetrahedron.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/math/math.hpp>

namespace {

template <std::size_t N>
struct result {
  double value;
  std::array<double, N> gradient;
  std::array<std::array<double, N>, N> hessian;
};

template <class F, std::size_t N>
void report(std::string const& name, F const& f, std::array<double, N> const& x, bench::settings const& s) {
  auto const by_hand = [&f](auto const& at) {
    result<N> y;
    y.value = f.hessian(at, y.gradient, y.hessian);
    return y;
  };
  auto const by_duet = [&f](auto const& at) { return duet::value_gradient_hessian(duet::forward, f, at); };
  auto t = bench::compare(
      {bench::derivative("hand", x, by_hand), bench::derivative("function", x, [&f](auto const& at) { return f(at); }),
       bench::derivative("forward", x, by_duet)},
      s);
  t.push_back({t[2].nanoseconds, t[2].ratio / t[1].ratio});
  bench::print_row(name, t);
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  bench::print_head("value, gradient and Hessian", {"hand", "function", "forward", "forward"},
                    {"ns", "/ hand", "/ hand", "/ function"});

  bench::for_each_size<4, 8, 16, 30>([&]<std::size_t N> {
    workload::rosenbrock const f;
    report("Rosenbrock " + std::to_string(N), f, f.start<N>(), s);
  });
  bench::for_each_size<4, 8, 10, 16, 30>([&]<std::size_t N> {
    workload::helmholtz<N> const f;
    report("Helmholtz energy " + std::to_string(N), f, f.start(), s);
  });
  workload::tetrahedron const element;
  report("tetrahedron", element, element.start(), s);
}
