// Two threads record and sweep at the same time, each its own tape, and hand a recording over: for ThreadSanitizer.

#include <array>
#include <cstdio>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <thread>

namespace {

// y <- 0.5 y + x^2, from 1: dy/dx tends to 4 x.
duet::var<> record(duet::tape<>& t, double at, duet::var<>& x) {
  duet::recording const scope(t);
  x = t.independent(at);
  duet::var<> y = 1;
  for (int k = 0; k < 400; ++k) y = 0.5 * y + x * x;
  for (int k = 0; k < 30000; ++k) y += 0.0 * x * y;  // out of the first memory
  return y;
}

double slope(double at) {
  double worst = 0;
  duet::tape<> t;
  for (int round = 0; round < 5; ++round) {
    duet::var<> x;
    duet::var<> const y = record(t, at, x);
    t.reverse(y);
    worst = t.adjoint(x);
    std::array<duet::var<>, 3> const rows{y, x, y};
    t.reverse_rows(std::span<duet::var<> const>(rows), [&](std::size_t row, auto const& adjoint) {
      if (row == 2 && adjoint(x) != worst) worst = -1;
    });
    round % 2 == 0 ? t.clear() : t.shrink();
  }
  return worst;
}

}  // namespace

int main() {
  std::array<double, 2> slopes{};
  std::thread first([&] { slopes[0] = slope(1); }), second([&] { slopes[1] = slope(2); });
  first.join();
  second.join();

  duet::tape<> handed_over;
  duet::var<> x, y;
  std::thread([&] { y = record(handed_over, 3, x); }).join();
  handed_over.reverse(y);
  std::printf("%.10g %.10g %.10g\n", slopes[0], slopes[1], handed_over.adjoint(x));
  return std::abs(slopes[0] - 4) + std::abs(slopes[1] - 8) + std::abs(handed_over.adjoint(x) - 12) < 1e-9 ? 0 : 1;
}
