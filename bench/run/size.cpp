// From which number of inputs on does reverse mode win? The gradient of Rosenbrock's function in both modes.

#include <benchmark/benchmark.h>

#include <duet/duet.hpp>
#include <vector>

namespace {

constexpr auto rosenbrock = [](auto const& x) {
  typename std::decay_t<decltype(x)>::value_type sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    auto const a = x[i + 1] - x[i] * x[i];
    auto const b = 1 - x[i];
    sum += 100 * (a * a) + b * b;
  }
  return sum;
};

template <class Mode>
void gradient(benchmark::State& state, Mode mode) {
  std::vector<double> x(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.5 + 0.001 * static_cast<double>(i);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(duet::gradient(mode, rosenbrock, x));
  state.SetComplexityN(state.range(0));
}

BENCHMARK_CAPTURE(gradient, forward, duet::forward)->RangeMultiplier(2)->Range(2, 512);
BENCHMARK_CAPTURE(gradient, reverse, duet::reverse)->RangeMultiplier(2)->Range(2, 512);

}  // namespace
