// What a Hessian, with value and gradient, costs over the one written by hand and over one evaluation; and where
// forward mode ends and reverse mode begins, which duet::most_hyperdual_inputs holds: the best in the mean of these
// functions, of which the first has three diagonals.

#include "interleaved.hpp"
#include "workload/helmholtz.hpp"
#include "workload/log_sum_exp.hpp"
#include "workload/rosenbrock.hpp"
#include "workload/tetrahedron.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/math/math.hpp>
#include <vector>

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

template <class F, class X>
void report_modes(std::string const& name, F const& f, X const& x, bench::settings const& s) {
  auto const by = [&f](auto mode) {
    return [&f, mode](auto const& at) { return duet::value_gradient_hessian(mode, f, at); };
  };
  auto t = bench::compare(
      {bench::derivative("forward", x, by(duet::forward)), bench::derivative("reverse", x, by(duet::reverse))}, s);
  bool const forward = duet::cheaper_hessian_mode<X>(x.size()) == duet::mode::forward;
  t.push_back({0, (forward ? 1 : t[1].ratio) / std::min(1.0, t[1].ratio)});
  bench::print_row(name, t);
}

// In an array (forward mode's hyper-duals are as wide as it, up to duet::widest_hyperdual) and in a vector.
template <std::size_t N>
void report_modes(bench::settings const& s) {
  auto const both = [&]<class F>(std::string const& name, F const& f, std::array<double, N> const& x) {
    auto const label = name + ' ' + std::to_string(N);
    report_modes(label + " in an array", f, x, s);
    report_modes(label + " in a vector", f, std::vector<double>(x.begin(), x.end()), s);
  };
  both("Rosenbrock", workload::rosenbrock{}, workload::rosenbrock::start<N>());
  both("Helmholtz energy", workload::helmholtz<N>{}, workload::helmholtz<N>::start());
  workload::log_sum_exp const dense{N};
  std::array<double, N> x;
  std::ranges::copy(dense.start(), x.begin());
  both("log-sum-exp", dense, x);
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

  std::printf("\n");
  bench::print_head("by both modes", {"forward", "reverse", "chosen"}, {"ns", "/ forward", "/ the better"});
  bench::for_each_size<4, 8, 12, 16, 24, 32, 40, 64>([&]<std::size_t N> { report_modes<N>(s); });
}
