// What a gradient or a Jacobian costs over the derivative written by hand: forward and reverse, through the drivers.

#include "interleaved.hpp"
#include "workload/exponential_fit.hpp"
#include "workload/reprojection.hpp"
#include "workload/rosenbrock.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>

namespace {

void print(char const* name, std::vector<bench::timing> const& t) {
  std::printf("%-44s %10.1f %10.2f %10.2f %10.2f\n", name, t[0].nanoseconds, t[1].ratio, t[2].ratio, t[3].ratio);
}

// The candidates: the derivative by hand, the function alone, the derivative by forward, by reverse.
template <class F, class Point, class Hand, class Drive>
void report(char const* name, F const& f, Point& x, Hand hand, Drive drive, bench::settings const& s) {
  print(name, bench::compare({bench::time_of("hand",
                                             [&] {
                                               bench::touch(x);
                                               hand(x);
                                             }),
                              bench::time_of("function",
                                             [&] {
                                               bench::touch(x);
                                               auto y = f(x);
                                               bench::touch(y);
                                             }),
                              bench::time_of("forward",
                                             [&] {
                                               bench::touch(x);
                                               auto result = drive(duet::forward);
                                               bench::touch(result);
                                             }),
                              bench::time_of("reverse",
                                             [&] {
                                               bench::touch(x);
                                               auto result = drive(duet::reverse);
                                               bench::touch(result);
                                             })},
                             s));
}

template <class F, class Point, class Hand>
void gradients(char const* name, F const& f, Point x, Hand hand, bench::settings const& s) {
  auto const by_hand = [&](Point const& at) {
    Point g;
    auto y = hand(at, g);
    bench::touch(y);
    bench::touch(g);
  };
  report(name, f, x, by_hand, [&](auto mode) { return duet::value_and_gradient(mode, f, x); }, s);
}

template <class F, class Point, class Hand>
void jacobians(char const* name, F const& f, Point x, Hand hand, bench::settings const& s) {
  report(name, f, x, hand, [&](auto mode) { return duet::value_and_jacobian(mode, f, x); }, s);
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  std::printf("%-44s %10s %10s %10s %10s\n", "", "hand", "function", "forward", "reverse");
  std::printf("%-44s %10s %10s %10s %10s\n", "value and derivative", "ns", "/ hand", "/ hand", "/ hand");

  using workload::rosenbrock;
  gradients(
      "Rosenbrock, gradient, 16 inputs", rosenbrock{}, rosenbrock::start(),
      [](auto const& x, auto& g) { return rosenbrock::gradient(x, g); }, s);

  workload::reprojection const camera;
  jacobians(
      "reprojection, Jacobian, 15 inputs, 2 outputs", camera, camera.start(),
      [&camera](auto const& x) {
        workload::reprojection::jacobian_rows rows;
        auto r = camera.jacobian(x, rows);
        bench::touch(r);
        bench::touch(rows);
      },
      s);

  workload::exponential_data const data;
  workload::exponential_residuals const residuals{data};
  jacobians(
      "exponential fit, Jacobian, 3 inputs, 250", residuals, residuals.start(),
      [&residuals](auto const& x) {
        std::array<double, workload::exponential_residuals::outputs> r;
        std::array<decltype(r), 3> columns;
        residuals.jacobian(x, r, columns);
        bench::touch(r);
        bench::touch(columns);
      },
      s);
  workload::exponential_cost const cost{data};
  gradients(
      "exponential fit, gradient of the cost", cost, cost.start(),
      [&cost](auto const& x, auto& g) { return cost.gradient(x, g); }, s);
}
