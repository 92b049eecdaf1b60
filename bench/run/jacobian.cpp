// What a Jacobian costs over the one written by hand: forward and reverse, through the drivers.

#include "interleaved.hpp"
#include "workload/brusselator.hpp"
#include "workload/exponential_fit.hpp"
#include "workload/perceptron.hpp"
#include "workload/reprojection.hpp"

#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>

namespace {

template <class Value, class Matrix>
struct result {
  Value value;
  Matrix jacobian;
};

template <class Matrix, class F, class Point>
void report(char const* name, F const& f, Point const& x, bench::settings const& s) {
  auto const by_hand = [&f](Point const& at) {
    result<std::array<double, F::outputs>, Matrix> y;
    y.value = f.jacobian(at, y.jacobian);
    return y;
  };
  auto const by = [&f](auto mode) {
    return [&f, mode](Point const& at) { return duet::value_and_jacobian(mode, f, at); };
  };
  bench::print_row(name, bench::compare({bench::derivative("hand", x, by_hand),
                                         bench::derivative("function", x, [&f](Point const& at) { return f(at); }),
                                         bench::derivative("forward", x, by(duet::forward)),
                                         bench::derivative("reverse", x, by(duet::reverse))},
                                        s));
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  bench::print_head("value and Jacobian", {"hand", "function", "forward", "reverse"});

  workload::reprojection const camera;
  report<workload::reprojection::jacobian_rows>("reprojection, 15 inputs, 2 outputs", camera, camera.start(), s);
  workload::brusselator const rates;
  report<workload::brusselator::jacobian_rows>("Brusselator, 64 inputs, 64 outputs", rates, rates.start(), s);
  workload::network<8, 16, 16, 4> const narrow;
  report<decltype(narrow)::jacobian_columns>("network 8-16-16-4", narrow, narrow.start(), s);
  workload::network<16, 32, 32, 8> const wide;
  report<decltype(wide)::jacobian_columns>("network 16-32-32-8", wide, wide.start(), s);
  workload::exponential_data const data;
  workload::exponential_residuals const residuals{data};
  report<workload::exponential_residuals::jacobian_columns>("exponential fit, 3 inputs, 250 outputs", residuals,
                                                            residuals.start(), s);
}
