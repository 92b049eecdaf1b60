// All scalars where a machine has less than ours: built without vector extensions and address space, and for other
// processors. Every derivative of a function is held against differences in long double.

#include <array>
#include <cmath>
#include <cstdio>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <vector>

namespace {

int failures = 0;

void require_near(double got, long double expected, double tolerance, char const* what, std::size_t n) {
  if (std::abs(got - static_cast<double>(expected)) <= tolerance * (1 + std::abs(static_cast<double>(expected))))
    return;
  std::printf("%s of %zu inputs: %.17g, expected %.17Lg\n", what, n, got, expected);
  ++failures;
}

// Products, compound assignments, long statements; every second input meets the next.
template <class S, std::size_t N>
S function(std::array<S, N> const& x) {
  using std::sin, std::sqrt;
  S y = 1;
  for (std::size_t i = 0; i < N; ++i) {
    S const& next = x[(i + 1) % N];
    S const product = x[i] * next + x[i] / (2 + next * next);
    y += product * sin(x[i]) - sqrt(1 + x[i] * x[i]);
    if (i % 2 == 0) y -= next;
  }
  return y;
}

template <std::size_t N>
std::array<double, N> point() {
  std::array<double, N> x;
  for (std::size_t i = 0; i < N; ++i) x[i] = 0.3 + 0.17 * static_cast<double>(i);
  return x;
}

// The function h_i steps along each input away from the point.
template <std::size_t N>
long double moved(std::array<long double, N> const& by) {
  std::array<long double, N> x;
  for (std::size_t i = 0; i < N; ++i) x[i] = point<N>()[i] + by[i];
  return function(x);
}
constexpr long double h = 1e-4L;
template <std::size_t N>
long double slope(std::size_t i) {
  std::array<long double, N> up{}, down{};
  up[i] = h;
  down[i] = -h;
  return (moved<N>(up) - moved<N>(down)) / (2 * h);
}
template <std::size_t N>
long double bend(std::size_t i, std::size_t j) {
  long double sum = 0;
  for (int a : {1, -1})
    for (int b : {1, -1}) {
      std::array<long double, N> by{};
      by[i] += a * h;
      by[j] += b * h;
      sum += a * b * moved<N>(by);
    }
  return sum / (4 * h * h);
}

template <class S>
S independent(typename S::value_type value, std::size_t i) {
  return S::independent(value, i);
}
template <class S, std::size_t N, class Input>
std::array<S, N> inputs(Input const& input) {
  std::array<S, N> x;
  for (std::size_t i = 0; i < N; ++i) x[i] = input(static_cast<typename S::value_type>(point<N>()[i]), i);
  return x;
}

template <std::size_t N>
void check() {
  using duet::dual, duet::hyperdual, duet::dynamic;
  auto const first = function(inputs<dual<double, N>, N>(independent<dual<double, N>>));
  auto const in_float = function(inputs<dual<float, N>, N>(independent<dual<float, N>>));
  auto const sized = function(inputs<dual<double, dynamic>, N>(
      [](double value, std::size_t i) { return dual<double, dynamic>::independent(value, i, N); }));
  auto const second = function(inputs<hyperdual<double, N>, N>(independent<hyperdual<double, N>>));

  duet::tape<> tape;
  duet::recording const scope(tape);
  auto const x = inputs<duet::var<>, N>([&](double value, std::size_t) { return tape.independent(value); });
  std::vector<duet::var<>> outputs;
  for (std::size_t k = 0; k < 11; ++k) outputs.push_back(static_cast<double>(k + 1) * function(x));
  std::vector<std::array<double, N>> rows;
  tape.reverse_rows(outputs, [&](std::size_t, auto const& adjoint) {
    rows.emplace_back();
    for (std::size_t i = 0; i < N; ++i) rows.back()[i] = adjoint(x[i]);
  });
  tape.reverse(outputs[0]);

  require_near(second.value(), moved<N>({}), 1e-14, "value", N);
  for (std::size_t i = 0; i < N; ++i) {
    long double const expected = slope<N>(i);
    require_near(first.partial(i), expected, 1e-7, "dual", N);
    require_near(static_cast<double>(in_float.partial(i)), expected, 1e-4, "dual of float", N);
    require_near(sized.partial(i), expected, 1e-7, "dual of a size known at run time", N);
    require_near(second.partial(i), expected, 1e-7, "hyperdual, gradient", N);
    require_near(tape.adjoint(x[i]), expected, 1e-7, "tape", N);
    for (std::size_t k = 0; k < rows.size(); ++k)
      require_near(rows[k][i], static_cast<long double>(k + 1) * expected, 1e-7, "tape, rows", N);
    for (std::size_t j = 0; j < N; ++j) require_near(second.second(i, j), bend<N>(i, j), 1e-6, "hyperdual, Hessian", N);
  }
}

// Forward over reverse.
template <std::size_t N>
void check_nested() {
  using duet::dual;
  duet::tape<dual<double, N>> outer;
  duet::recording const outer_scope(outer);
  auto const z = inputs<duet::var<dual<double, N>>, N>([&](dual<double, N> const& value, std::size_t i) {
    return outer.independent(dual<double, N>::independent(value.value(), i));
  });
  outer.reverse(function(z));
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j)
      require_near(outer.adjoint(z[i]).partial(j), bend<N>(i, j), 1e-6, "dual on a tape, Hessian", N);
}

// Beyond the first memory of a tape, with denormal adjoints: 0.97^n falls below the least normal number.
void check_long() {
  duet::tape<> tape;
  duet::recording const scope(tape);
  duet::var<> const x = tape.independent(1);
  duet::var<> y = x;
  for (int i = 0; i < 30000; ++i) y = 0.97 * y + x;
  tape.reverse(y);
  require_near(tape.adjoint(x), 1 / 0.03L, 1e-12, "long tape", 1);
}

// (2 + t)^5
void check_series() {
  auto const t = duet::taylor<double, 4>::independent(2);
  duet::taylor<double, 4> const y = t * t * pow(t, 3);
  constexpr std::array<int, 5> binomial{1, 5, 10, 10, 5};
  for (std::size_t k = 0; k <= 4; ++k)
    require_near(y.coefficient(k), binomial[k] * std::pow(2.0L, static_cast<int>(5 - k)), 1e-14, "taylor", k);
}

}  // namespace

int main() {
  check<5>();
  check_nested<2>();
  check_long();
  check_series();
  if (failures == 0) std::printf("All derivatives agree; vectors of %zu bytes.\n", duet::vector_bytes);
  return failures == 0 ? 0 : 1;
}
