// Every workload of the benches: its value is double's to the last bit, and forward, reverse, the derivatives written
// by hand and differences in long double agree. Nothing is timed that is not checked here; where one workload comes in
// many sizes Duet's derivatives are checked in some of them, and in all by bench/rival before it runs.

#include "catch.hpp"
#include "workload/brusselator.hpp"
#include "workload/chain.hpp"
#include "workload/exponential_fit.hpp"
#include "workload/helmholtz.hpp"
#include "workload/lorenz.hpp"
#include "workload/perceptron.hpp"
#include "workload/reprojection.hpp"
#include "workload/rosenbrock.hpp"
#include "workload/tetrahedron.hpp"
#include "workload_checks.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>

using namespace workload_checks;

namespace {

// A mixed central difference of the second order, extrapolated in the same way.
template <class F, class X>
long double second_difference(F const& f, X const& x, size_t i, size_t j) {
  auto const curvature = [&](long double h) {
    auto const at = [&](long double a, long double b) {
      auto moved = in_long_double(x);
      moved[i] += a;
      moved[j] += b;
      return f(moved);
    };
    return (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h);
  };
  long double const h = 2e-4L;
  return (4 * curvature(h / 2) - curvature(h)) / 3;
}

// By hand against differences, and Duet's against that by hand unless it is too long to compile.
template <bool WithDuet = true, class F, size_t N>
void check_hessian(F const& f, std::array<double, N> const& x) {
  std::array<double, N> gradient;
  std::array<std::array<double, N>, N> by_hand;
  double const plain = f(x), value = f.hessian(x, gradient, by_hand);
  require_close(value, plain, std::abs(plain), 1e-13);
  auto separate = gradient;
  f.gradient(x, separate);
  for (size_t i = 0; i < N; ++i) require_close(gradient[i], separate[i], largest(separate), 1e-13);
  double scale = 0;
  for (auto const& row : by_hand) scale = std::max(scale, largest(row));
  for (size_t i = 0; i < N; ++i)
    for (size_t j = 0; j < N; ++j) {
      CAPTURE(i, j);
      require_close(static_cast<double>(second_difference(f, x, i, j)), by_hand[i][j], scale, 1e-8);
    }
  if constexpr (WithDuet) {
    auto const duet = duet::value_gradient_hessian(duet::forward, f, x);
    require_close(duet.value, plain, std::abs(plain), same_value);
    for (size_t i = 0; i < N; ++i) {
      require_close(duet.gradient[i], gradient[i], largest(gradient), 1e-12);
      for (size_t j = 0; j < N; ++j) {
        CAPTURE(i, j);
        require_close(duet.hessian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)), by_hand[i][j], scale,
                      1e-12);
      }
    }
  }
}

// By rows if there is one for each output, else by columns.
template <class F>
double entry(F const&, std::array<std::array<double, F::inputs>, F::outputs> const& rows, size_t i, size_t j) {
  return rows[i][j];
}
template <class F>
  requires(F::inputs != F::outputs)
double entry(F const&, std::array<std::array<double, F::outputs>, F::inputs> const& columns, size_t i, size_t j) {
  return columns[j][i];
}

template <class Jacobian, class F>
void check_jacobian(F const& f, typename F::point const& x) {
  Jacobian by_hand;
  auto const value = f.jacobian(x, by_hand);
  auto const plain = f(x);
  auto const forward = duet::value_and_jacobian(duet::forward, f, x);
  auto const reverse = duet::value_and_jacobian(duet::reverse, f, x);
  double const size = largest(plain);
  for (size_t i = 0; i < f.outputs; ++i) {
    require_close(value[i], plain[i], size, 1e-13);
    require_close(forward.value[i], plain[i], size, same_value);
    require_close(reverse.value[i], plain[i], size, same_value);
  }
  double scale = 0;
  for (auto const& line : by_hand) scale = std::max(scale, largest(line));
  for (size_t j = 0; j < f.inputs; ++j) {
    // Where a branch is taken, differences of the whole function are of it, too.
    auto const slope = difference(f, x, j);
    for (size_t i = 0; i < f.outputs; ++i) {
      CAPTURE(i, j);
      auto const row = static_cast<Eigen::Index>(i), column = static_cast<Eigen::Index>(j);
      double const expected = entry(f, by_hand, i, j);
      require_close(forward.jacobian(row, column), expected, scale, 1e-13);
      require_close(reverse.jacobian(row, column), expected, scale, 1e-13);
      require_close(static_cast<double>(slope[i]), expected, scale, 1e-9);
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("Rosenbrock's gradient and Hessian by hand are those of the function", "", ((size_t N), N), 4, 8,
                       16, 30) {
  workload::rosenbrock const f;
  auto const x = f.start<N>();
  auto by_hand = x;
  double const value = f.gradient(x, by_hand);
  check_differences(f, x, value, by_hand, first(N));
  if constexpr (N == 8 || N == 30) check_mode(duet::forward, f, x, by_hand);
  if constexpr (N == 8) check_mode(duet::reverse, f, x, by_hand);
  check_hessian<N == 8>(f, x);
}

TEMPLATE_TEST_CASE_SIG("The gradient and the Hessian of Helmholtz' energy by hand are those of the function", "",
                       ((size_t N), N), 4, 8, 10, 16, 30, 32) {
  workload::helmholtz<N> const f;
  auto const x = f.start();
  auto by_hand = x;
  double const value = f.gradient(x, by_hand);
  check_differences(f, x, value, by_hand, first(N));
  if constexpr (N == 4 || N == 10) check_mode(duet::forward, f, x, by_hand);
  if constexpr (N == 4) check_mode(duet::reverse, f, x, by_hand);
  check_hessian<N == 4>(f, x);
}

TEST_CASE("The gradient and the Hessian of a tetrahedron's energy agree in all ways") {
  workload::tetrahedron const f;
  auto by_hand = f.start();
  double const value = f.gradient(f.start(), by_hand);
  check_gradient(f, f.start(), value, by_hand, first(12));
  check_hessian(f, f.start());
}

TEST_CASE("The Jacobian of a reprojection agrees in all ways, without rotation too") {
  bool const turned = GENERATE(true, false);
  workload::reprojection const f;
  auto x = f.start();
  if (!turned) x[0] = x[1] = x[2] = 0;
  check_jacobian<workload::reprojection::jacobian_rows>(f, x);
}

TEST_CASE("The Jacobian of the Brusselator's rates agrees in all ways") {
  workload::brusselator const f;
  check_jacobian<workload::brusselator::jacobian_rows>(f, f.start());
}

TEST_CASE("The Jacobian of a small network agrees in all ways") {
  workload::network<16, 32, 32, 8> const wide;
  check_jacobian<decltype(wide)::jacobian_columns>(wide, wide.start());
  workload::network<8, 16, 16, 4> const narrow;
  check_jacobian<decltype(narrow)::jacobian_columns>(narrow, narrow.start());
}

TEST_CASE("The Jacobian of the residuals of an exponential fit agrees in all ways") {
  workload::exponential_data const data;
  workload::exponential_residuals const f{data};
  check_jacobian<workload::exponential_residuals::jacobian_columns>(f, f.start());
}

TEST_CASE("The gradient of the cost of an exponential fit agrees in all ways") {
  workload::exponential_data const data;
  workload::exponential_cost const f{data};
  auto by_hand = f.start();
  double const value = f.gradient(f.start(), by_hand);
  check_gradient(f, f.start(), value, by_hand, first(3));
}

TEST_CASE("The gradient of a chain of statements agrees in all ways") {
  workload::chain const f{300};
  auto by_hand = f.start();
  std::vector<workload::chain::step_values> kept;
  double const value = f.gradient(f.start(), by_hand, kept);
  check_gradient(f, f.start(), value, by_hand, first(4));
}

TEST_CASE("The gradient of a Lorenz trajectory agrees in all ways") {
  workload::lorenz const f;
  auto by_hand = f.start();
  std::vector<std::array<double, 3>> states;
  double const value = f.gradient(f.start(), by_hand, states);
  check_gradient(f, f.start(), value, by_hand, first(6));
}

TEST_CASE("The gradient of a perceptron agrees in all ways") {
  workload::perceptron const f;
  auto const w = f.start();
  std::vector<double> by_hand;
  double const value = f.gradient(w, by_hand);
  check_differences(f, w, value, by_hand, {0, 31, 1000, f.second, f.second + 777, f.third - 1, f.third, f.inputs - 1});
  check_mode(duet::reverse, f, w, by_hand);
}
