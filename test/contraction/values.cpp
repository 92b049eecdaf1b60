// Values in every mode against those of double, where the processor can fuse a product with a sum. Compiled twice:
// without fusing (-ffp-contract=off) they are the same bit by bit; with it (-ffp-contract=fast, DUET_FUSED=1) both are
// within the running error bound of the function, which holds for any way to fuse.

#include "catch.hpp"

#include <cstring>
#include <duet/duet.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/kernel/kernel.hpp>
#include <duet/symbolic.hpp>
#include <random>

namespace {

using std::size_t;
constexpr size_t inputs = 4;
template <class T>
using numbers = std::array<T, inputs>;

// A number and a bound of the rounding errors behind it (Higham, Accuracy and Stability of Numerical Algorithms, 3.3).
struct bounded {
  double value, error = 0;

  bounded(double x) : value(x) {}  // NOLINT: implicit as in double
  bounded(double x, double e) : value(x), error(e + std::abs(x) * unit) {}

  // Twice the rounding of one operation, for functions of the library are not rounded exactly.
  static constexpr double unit = 2.3e-16;

  friend bounded operator+(bounded a, bounded b) { return {a.value + b.value, a.error + b.error}; }
  friend bounded operator-(bounded a, bounded b) { return {a.value - b.value, a.error + b.error}; }
  friend bounded operator-(bounded a) { return {-a.value, a.error}; }
  friend bounded operator*(bounded a, bounded b) {
    return {a.value * b.value, std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error};
  }
  friend bounded operator/(bounded a, bounded b) {
    double const y = a.value / b.value, least = std::abs(b.value) - b.error;
    return {y, (a.error + std::abs(y) * b.error) / least};
  }
  friend bounded& operator+=(bounded& a, bounded b) { return a = a + b; }
  friend bounded sin(bounded a) { return {std::sin(a.value), a.error}; }
  friend bounded exp(bounded a) { return {std::exp(a.value), std::exp(a.value) * std::expm1(a.error)}; }
  friend bounded sqrt(bounded a) { return {std::sqrt(a.value), a.error / std::sqrt(a.value)}; }
  friend bounded tanh(bounded a) { return {std::tanh(a.value), a.error}; }
};

// Functions with products inside sums, in one statement and over several.
auto const product_and_sum = [](auto const& x) { return x[0] * x[1] + x[2]; };
auto const cancelling = [](auto const& x) { return x[0] * x[1] - x[2] * x[3] + (x[0] - x[1] * x[2]) * x[3]; };
auto const polynomial = [](auto const& x) {
  using T = std::decay_t<decltype(x[0])>;
  T y = x[0];
  for (size_t i = 0; i < 8; ++i) y = y * (x[1] * 0.75) + x[i % inputs] * 0.3 - 0.1;
  return y;
};
auto const accumulating = [](auto const& x) {
  using T = std::decay_t<decltype(x[0])>;
  T y(0.0);
  for (size_t i = 0; i < inputs; ++i) y += x[i] * x[(i + 1) % inputs];
  y += 2.0 * x[0] * x[0];
  return T(y * y + x[3] * y);
};
auto const transcendental = [](auto const& x) {
  using std::exp, std::sin, std::sqrt, std::tanh;
  return sin(x[0] * x[1] + x[2]) * exp(x[3] * x[0] - 1.0) + sqrt(1.0 + x[1] * x[1] + x[2] * x[2]) / (3.0 + x[3]) -
         tanh(x[0] * x[2] - x[1]) * x[3];
};

double fused_or_not(double a, double b) { return a * b - 1.0; }

struct check {
  char const* name;
  size_t different = 0;

  void operator()(char const* mode, double got, double plain, double bound) {
    INFO(name << " by " << mode);
#if DUET_FUSED
    CHECK(std::abs(got - plain) <= 2 * bound);  // each is within the bound of the exact value
    different += got != plain;
#else
    static_cast<void>(bound);
    CHECK(std::memcmp(&got, &plain, sizeof got) == 0);
#endif
  }
};

template <class S, class F, class Independent>
double value_by(F const& f, numbers<double> const& at, Independent const& independent) {
  numbers<S> x;
  for (size_t i = 0; i < inputs; ++i) x[i] = independent(at[i], i);
  return duet::value(S(f(x)));
}

template <class S, class F>
double value_on_tape(F const& f, numbers<double> const& at) {
  static duet::tape<S> tape;
  tape.clear();
  duet::recording const scope(tape);
  return value_by<duet::var<S>>(f, at, [](double x, size_t) { return tape.independent(S(x)); });
}

template <class F>
size_t check_in_every_mode(char const* name, F const& f) {
  check same{name};
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-2, 2);
  for (int trial = 0; trial < 200; ++trial) {
    numbers<double> at;
    for (double& x : at) x = uniform(random);
    double const plain = f(at);
    double const bound = bounded(f(numbers<bounded>{at[0], at[1], at[2], at[3]})).error;
    auto const first = [&]<size_t N>(std::integral_constant<size_t, N>) {
      using S = duet::dual<double, N>;
      return value_by<S>(f, at, [](double x, size_t i) { return i < N ? S::independent(x, i) : S(x); });
    };
    same("dual of 1", first(std::integral_constant<size_t, 1>()), plain, bound);
    same("dual of 4", first(std::integral_constant<size_t, 4>()), plain, bound);
    using dynamic = duet::dual<double, duet::dynamic>;
    same("dynamic dual",
         value_by<dynamic>(f, at, [](double x, size_t i) { return dynamic::independent(x, i, inputs); }), plain, bound);
    using second = duet::hyperdual<double, inputs>;
    same("hyperdual", value_by<second>(f, at, [](double x, size_t i) { return second::independent(x, i); }), plain,
         bound);
    using series = duet::taylor<double, 3>;
    same("series", value_by<series>(f, at, [](double x, size_t) { return series::independent(x); }), plain, bound);
    using inner = duet::dual<double, 2>;
    using nested = duet::dual<inner, 2>;
    same("dual of dual", value_by<nested>(f, at, [](double x, size_t i) { return nested::independent(x, i % 2); }),
         plain, bound);
    same("tape", value_on_tape<double>(f, at), plain, bound);
    same("forward over reverse", value_on_tape<inner>(f, at), plain, bound);
    same("symbolic", duet::symbolic::expression<inputs>(f)(at), plain, bound);
    same("kernel", duet::kernel(f)(at), plain, bound);
    Eigen::Vector4d const point(at[0], at[1], at[2], at[3]);
    same("driver, forward", duet::value_and_gradient(duet::forward, f, point).value, plain, bound);
    same("driver, reverse", duet::value_and_gradient(duet::reverse, f, point).value, plain, bound);
  }
  return same.different;
}

}  // namespace

TEST_CASE("Values in every mode are those of double") {
  double volatile const a = 1 + 0x1p-30, b = 1 - 0x1p-30;
  CHECK((fused_or_not(a, b) != 0) == (DUET_FUSED == 1));  // the flag does what it is for
  size_t different = 0;
  different += check_in_every_mode("a product and a sum", product_and_sum);
  different += check_in_every_mode("sums that cancel", cancelling);
  different += check_in_every_mode("a polynomial", polynomial);
  different += check_in_every_mode("a sum in a loop", accumulating);
  different += check_in_every_mode("transcendental functions", transcendental);
  INFO(different << " values differ from those of double");
  CHECK((different != 0) == (DUET_FUSED == 1));
}
