// Kernels: the same numbers as the function, in every mode, with one entry of the tape.

#include "catch.hpp"
#include "workload/traceable.hpp"

#include <duet/duet.hpp>
#include <duet/kernel/kernel.hpp>
#include <duet/symbolic.hpp>

namespace {

using duet::kernel, duet::tape, duet::var, duet::recording;

// Two inputs, many operations: the gradient is stored.
auto const long_formula = [](auto const& a, auto const& b) {
  using std::exp, std::sin, std::sqrt, std::log;
  auto const u = a * b + sin(a);
  auto const v = exp(-u * u) + sqrt(b * b + 1.0);
  return u * v + log(v) * a;
};
// As many inputs and outputs, few operations: the inputs are stored.
auto const short_formula = [](auto const& x) {
  using T = std::decay_t<decltype(x[0])>;
  return std::array<T, 3>{T(x[0] * x[1] + x[2] * x[3]), T(x[1] * x[2]), T(x[3] * x[3] - x[0])};
};

// Two inputs and outputs, many operations: the Jacobian is stored.
auto const pair_of_formulas = []<class T>(T const& a, T const& b) {
  using std::exp, std::sin, std::sqrt;
  T const u = exp(a * b) + sin(b);
  return std::array<T, 2>{T(u * a + sqrt(a)), T(u * u - b * u * a)};
};

template <class F, class G>
void require_same(F const& f, G const& g, Eigen::Vector2d const& x) {
  auto const close = [](auto const& a, auto const& b) { return (a - b).norm() <= 1e-13 * (1 + b.norm()); };
  REQUIRE(f(x) == Approx(g(x)).epsilon(1e-15));
  REQUIRE(close(duet::gradient(duet::reverse, f, x), duet::gradient(duet::forward, g, x)));
  REQUIRE(close(duet::gradient(duet::forward, f, x), duet::gradient(duet::forward, g, x)));
  REQUIRE(close(duet::hessian(duet::reverse, f, x), duet::hessian(duet::forward, g, x)));
  REQUIRE(close(duet::hessian(duet::forward, f, x), duet::hessian(duet::forward, g, x)));
}

}  // namespace

TEST_CASE("A kernel is the function in every mode and order") {
  auto const plain = [](auto const& x) {
    using T = std::decay_t<decltype(x[0])>;
    T const y = long_formula(x[0], x[1]);
    return T(y * y + long_formula(x[1], T(x[0] * y)));
  };
  auto const with_kernel = [](auto const& x) {
    using T = std::decay_t<decltype(x[0])>;
    constexpr auto k = kernel(long_formula);
    T const y = k(x[0], x[1]);
    return T(y * y + k(x[1], x[0] * y));
  };
  require_same(with_kernel, plain, {0.7, 0.4});
}

TEST_CASE("A kernel with several outputs is the function in every mode and order") {
  auto const of = [](auto const& f) {
    return [f](auto const& x) {
      using T = std::decay_t<decltype(x[0])>;
      auto const y = f(std::array<T, 4>{x[0], x[1], T(x[0] * x[1]), T(2.0)});
      auto const z = f(std::array<T, 4>{y[0], y[1], y[2], x[0]});
      return T(z[0] * z[1] - z[2]);
    };
  };
  require_same(of(kernel(short_formula)), of(short_formula), {0.7, 0.4});
}

TEST_CASE("A kernel with a stored Jacobian is the function in every mode and order") {
  auto const of = [](auto const& f) {
    return [f](auto const& x) {
      using T = std::decay_t<decltype(x[0])>;
      auto const y = f(x[0], x[1]);
      auto const z = f(y[0], T(0.3));
      return T(z[0] * z[1] - y[1]);
    };
  };
  require_same(of(kernel(pair_of_formulas)), of(pair_of_formulas), {0.7, 0.4});
}

TEST_CASE("A kernel takes shapes of numbers beside numbers") {
  // Traced with std::arrays in the place of all shapes.
  constexpr auto k = kernel([](auto const& a, auto const& scale, auto const& b) {
    using std::exp;
    return exp(a[0] * b[2]) * scale + a[1] * b[0] * b[1];
  });
  auto const f = [=](auto const& x) {
    using T = typename std::decay_t<decltype(x)>::Scalar;
    return k(Eigen::Matrix<T, 2, 1>(x[0], x[1]), T(x[0] * x[1]), std::array<T, 3>{x[1], T(x[0] + 1), T(0.5)});
  };
  auto const plain = [](auto const& x) {
    using std::exp;
    return exp(x[0] * 0.5) * x[0] * x[1] + x[1] * x[1] * (x[0] + 1);
  };
  require_same(f, plain, {0.7, 0.4});
  auto const [value, gradient] = k.value_and_gradient(std::array{0.7, 0.4}, 2.0, std::array{3.0, 5.0, 0.5});
  REQUIRE(value == Approx(std::exp(0.35) * 2 + 6).epsilon(1e-15));
  REQUIRE(gradient.size() == 6);
  REQUIRE(gradient[2] == Approx(std::exp(0.35)).epsilon(1e-15));
  REQUIRE(gradient[4] == Approx(1.2).epsilon(1e-15));
}

TEST_CASE("A kernel with an infinite slope leaves alone what does not move") {
  tape<> t;
  recording const scope(t);
  var<> const a = t.independent(0.0), b = t.independent(0.4);
  auto const y = kernel(pair_of_formulas)(a, b);
  REQUIRE(t.statistics().arrays == 1);
  REQUIRE(t.statistics().statements == 0);
  t.reverse(y[0]);
  REQUIRE(t.adjoint(a) == std::numeric_limits<double>::infinity());
  REQUIRE(t.adjoint(b) == 0);
  // u u - b u a with u = 1 + sin b, where a = 0: 2 u du/da - b u, 2 u cos b
  double const u = 1 + std::sin(0.4);
  auto const require_second = [&](auto const& adjoint) {
    REQUIRE(adjoint(a) == Approx(2 * u * 0.4 - 0.4 * u).epsilon(1e-15));
    REQUIRE(adjoint(b) == Approx(2 * u * std::cos(0.4)).epsilon(1e-15));
  };
  t.reverse(y[1]);
  require_second([&](var<> const& x) { return t.adjoint(x); });
  t.reverse_rows(std::span<var<> const>(y), [&](std::size_t row, auto const& adjoint) {
    if (row == 1) require_second(adjoint);
  });
  // A passive input where the slope is infinite.
  auto const z = kernel(pair_of_formulas)(var<>(0.0), b);
  t.reverse(z[0]);
  REQUIRE(t.adjoint(b) == 0);
  REQUIRE(kernel(pair_of_formulas)(var<>(1.0), var<>(2.0))[1].index() == 0);
}

TEST_CASE("A kernel of more inputs than a statement takes is recorded in pieces") {
  constexpr std::size_t n = 150;
  auto const f = [](auto const& x) {
    using T = std::decay_t<decltype(x[0])>;
    T sum = x[0] * x[n - 1];
    for (std::size_t i = 1; i < n; ++i) sum = sum + x[i] * x[i - 1] * x[i];
    return sum;
  };
  std::array<double, n> x{};
  for (std::size_t i = 0; i < n; ++i) x[i] = std::sin(1 + static_cast<double>(i));
  auto const by_kernel = duet::gradient(duet::reverse, kernel(f), x), plain = duet::gradient(duet::reverse, f, x);
  for (std::size_t i = 0; i < n; ++i) REQUIRE(by_kernel[i] == Approx(plain[i]).epsilon(1e-14));
}

TEST_CASE("One statement an output, or one node that keeps its inputs, is on the tape") {
  tape<> t;
  recording const scope(t);
  var<> const a = t.independent(0.7), b = t.independent(0.4);
  auto const stored = kernel(long_formula)(a, b);
  REQUIRE(t.statistics().statements == 1);
  REQUIRE(t.statistics().arrays == 0);
  auto const kept = kernel(short_formula)(std::array<var<>, 4>{a, b, stored, a});
  REQUIRE(t.statistics().statements == 1);
  REQUIRE(t.statistics().arrays == 1);
  t.reverse(kept[0]);  // a b + y a
  REQUIRE(t.adjoint(stored) == 0.7);
  // Of all outputs side by side.
  std::array<var<>, 3> const rows{kept[2], kept[0], kept[1]};
  t.reverse_rows(std::span<var<> const>(rows), [&](std::size_t row, auto const& adjoint) {
    double const y = stored.value();
    REQUIRE(adjoint(stored) == (row == 0 ? 0 : row == 1 ? 0.7 : 0.4));
    t.reverse(rows[row]);
    REQUIRE(adjoint(a) == Approx(t.adjoint(a)).epsilon(1e-15));
    REQUIRE(adjoint(b) == Approx(t.adjoint(b)).epsilon(1e-15));
    static_cast<void>(y);
  });
  auto const constant = kernel(short_formula)(std::array<var<>, 4>{1.0, 2.0, 3.0, 4.0});
  REQUIRE(constant[0].index() == 0);
  REQUIRE(constant[0].value() == 14);
}

TEST_CASE("A Runge-Kutta step as a kernel has the derivatives of the loop") {
  workload::lorenz loop;
  loop.steps = 100;
  workload::lorenz_by<decltype(kernel(workload::lorenz_step{}))> const f{loop, {}};
  auto const x = loop.start();
  auto by_hand = x;
  std::vector<std::array<double, 3>> states;
  loop.gradient(x, by_hand, states);
  auto const g = duet::gradient(duet::reverse, f, x);
  for (std::size_t i = 0; i < 6; ++i) REQUIRE(g[i] == Approx(by_hand[i]).epsilon(1e-12));
}
