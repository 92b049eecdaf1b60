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
