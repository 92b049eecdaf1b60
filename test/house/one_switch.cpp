// Random programs with one optimisation of the tape turned off (DUET_TAPE_..., by CMakeLists.txt): adjoints are still
// differences of the values, in dense, sparse and staged sweeps. No forward mode here: this compiles once a switch.

#include <algorithm>
#include <cstdio>
#include <duet/reverse/recording.hpp>
#include <reverse/straight_line.hpp>

namespace {

constexpr std::size_t n = duet_test::straight_line_inputs;
int failures = 0;

void require_near(double got, double expected, char const* sweep, unsigned seed) {
  if (std::abs(got - expected) <= 1e-7 * (1 + std::abs(expected))) return;
  std::printf("%s, program %u: %.17g, expected %.17g\n", sweep, seed, got, expected);
  ++failures;
}

using point = std::array<long double, n>;
std::vector<long double> values(unsigned seed, point const& x) { return duet_test::straight_line(seed, 60, x); }

void check(unsigned seed) {
  auto const at = duet_test::straight_line_point(seed);
  std::array<std::vector<long double>, n> up, down;
  constexpr long double h = 1e-6L;
  for (std::size_t i = 0; i < n; ++i)
    for (int side : {1, -1}) {
      point x;
      std::copy(at.begin(), at.end(), x.begin());
      x[i] += side * h;
      (side == 1 ? up : down)[i] = values(seed, x);
    }
  duet::tape<> t;
  duet::recording const scope(t);
  std::array<duet::var<>, n> x;
  for (std::size_t i = 0; i < n; ++i) x[i] = t.independent(at[i]);
  duet::tape_position middle;
  auto const y = duet_test::straight_line(
      seed, 60, x, [&](double value) { return t.independent(value); },
      [&](std::size_t step) {
        if (step == 30) middle = t.position();
      });
  auto const require = [&](std::size_t k, char const* sweep) {
    for (std::size_t i = 0; i < n; ++i)
      require_near(t.adjoint(x[i]), static_cast<double>((up[i][k] - down[i][k]) / (2 * h)), sweep, seed);
  };
  for (std::size_t k = 0; k < y.size(); k += 7) {
    t.reverse(y[k]);
    require(k, "dense");
    t.reverse(y[k], duet::seeds::sparse);
    require(k, "sparse");
    t.seed(y[k], 1);
    t.reverse_to(middle);
    t.reverse();
    require(k, "in stages");
  }
  t.shrink();
}

// Beyond the first memory of a tape.
void check_long() {
  duet::tape<> t;
  duet::recording const scope(t);
  duet::var<> const x = t.independent(0.25);
  duet::var<> y = x;
  double slope = 1, value = 0.25;
  for (int i = 0; i < 30000; ++i) {
    slope = 0.5 * slope + std::cos(value) * slope * 0.25 + 1;
    value = 0.5 * value + 0.25 * std::sin(value) + 0.25;
    y = 0.5 * y + 0.25 * sin(y);
    y += x;
  }
  t.reverse(y);
  require_near(t.adjoint(x), slope, "long", 0);
}

}  // namespace

int main() {
  for (unsigned seed = 0; seed < 25; ++seed) check(seed);
  check_long();
  return failures == 0 ? 0 : 1;
}
