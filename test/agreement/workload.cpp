// Every workload of the benches: its value is double's to the last bit, and forward, reverse, the derivative written by
// hand and differences in long double agree. Nothing is timed that is not checked here.

#include "catch.hpp"
#include "workload/chain.hpp"
#include "workload/exponential_fit.hpp"
#include "workload/lorenz.hpp"
#include "workload/perceptron.hpp"
#include "workload/reprojection.hpp"
#include "workload/rosenbrock.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>

namespace {

using std::size_t;

// Where the compiler may contract a * b + c, two texts of one formula need not round alike.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
constexpr double same_value = 1e-14;
#else
constexpr double same_value = 0;
#endif

void require_close(double a, double b, double scale, double bound) {
  CAPTURE(a, b, scale);
  REQUIRE(std::abs(a - b) <= bound * scale);
}

template <class Range>
double largest(Range const& range) {
  double result = 0;
  for (double x : range) result = std::max(result, std::abs(x));
  return result;
}

template <size_t N>
std::array<long double, N> in_long_double(std::array<double, N> const& x) {
  std::array<long double, N> result;
  std::copy(x.begin(), x.end(), result.begin());
  return result;
}
std::vector<long double> in_long_double(std::vector<double> const& x) { return {x.begin(), x.end()}; }

// Central differences with Richardson's extrapolation.
template <class F, class X>
auto difference(F const& f, X const& x, size_t i) {
  auto const slope = [&](long double h) {
    auto up = in_long_double(x), down = up;
    up[i] += h;
    down[i] -= h;
    auto y = f(up);
    auto const z = f(down);
    if constexpr (requires { y[0]; })
      for (size_t j = 0; j < y.size(); ++j) y[j] = (y[j] - z[j]) / (2 * h);
    else
      y = (y - z) / (2 * h);
    return y;
  };
  long double const h = 1e-4L * std::max(1.0L, std::abs(static_cast<long double>(x[i])));
  auto coarse = slope(h);
  auto const fine = slope(h / 2);
  if constexpr (requires { coarse[0]; })
    for (size_t j = 0; j < coarse.size(); ++j) coarse[j] = (4 * fine[j] - coarse[j]) / 3;
  else
    coarse = (4 * fine - coarse) / 3;
  return coarse;
}

template <class F, class X>
void check_gradient(F const& f, X const& x, double value, X const& by_hand, std::vector<size_t> const& differenced,
                    bool by_forward = true) {
  double const plain = f(x), scale = largest(by_hand);
  require_close(value, plain, std::abs(plain), 1e-13);
  auto const check = [&](auto const& result) {
    require_close(result.value, plain, std::abs(plain), same_value);
    for (size_t i = 0; i < x.size(); ++i) require_close(result.gradient[i], by_hand[i], scale, 1e-12);
  };
  check(duet::value_and_gradient(duet::reverse, f, x));
  if (by_forward) check(duet::value_and_gradient(duet::forward, f, x));
  for (size_t i : differenced) require_close(static_cast<double>(difference(f, x, i)), by_hand[i], scale, 1e-9);
}

std::vector<size_t> first(size_t n) {
  std::vector<size_t> result(n);
  for (size_t i = 0; i < n; ++i) result[i] = i;
  return result;
}

}  // namespace

TEST_CASE("Rosenbrock's gradient agrees in all ways") {
  auto const x = workload::rosenbrock::start();
  auto by_hand = x;
  double const value = workload::rosenbrock::gradient(x, by_hand);
  check_gradient(workload::rosenbrock{}, x, value, by_hand, first(x.size()));
}

TEST_CASE("The Jacobian of a reprojection agrees in all ways, without rotation too") {
  bool const turned = GENERATE(true, false);
  workload::reprojection const f;
  auto x = f.start();
  if (!turned) x[0] = x[1] = x[2] = 0;
  workload::reprojection::jacobian_rows rows;
  auto const value = f.jacobian(x, rows);
  auto const plain = f(x);
  auto const forward = duet::value_and_jacobian(duet::forward, f, x);
  auto const reverse = duet::value_and_jacobian(duet::reverse, f, x);
  for (size_t r = 0; r < 2; ++r) {
    require_close(value[r], plain[r], std::abs(plain[r]), 1e-12);
    require_close(forward.value[r], plain[r], std::abs(plain[r]), same_value);
    require_close(reverse.value[r], plain[r], std::abs(plain[r]), same_value);
  }
  double const scale = largest(rows[0]);
  for (size_t j = 0; j < x.size(); ++j) {
    // Without rotation the branch differentiated is the linear one; differences of the whole function are of it, too.
    auto const slope = difference(f, x, j);
    for (size_t r = 0; r < 2; ++r) {
      CAPTURE(r, j);
      auto const row = static_cast<Eigen::Index>(r), column = static_cast<Eigen::Index>(j);
      require_close(forward.jacobian(row, column), rows[r][j], scale, 1e-13);
      require_close(reverse.jacobian(row, column), rows[r][j], scale, 1e-13);
      require_close(static_cast<double>(slope[r]), rows[r][j], scale, 1e-9);
    }
  }
}

TEST_CASE("The Jacobian of the residuals of an exponential fit agrees in all ways") {
  workload::exponential_data const data;
  workload::exponential_residuals const f{data};
  auto const x = f.start();
  std::array<double, f.outputs> residuals;
  std::array<std::array<double, f.outputs>, 3> columns;
  f.jacobian(x, residuals, columns);
  auto const plain = f(x);
  auto const forward = duet::value_and_jacobian(duet::forward, f, x);
  auto const reverse = duet::value_and_jacobian(duet::reverse, f, x);
  for (size_t i = 0; i < f.outputs; ++i) {
    require_close(residuals[i], plain[i], 1, 1e-14);
    require_close(forward.value[i], plain[i], 1, same_value);
    require_close(reverse.value[i], plain[i], 1, same_value);
  }
  for (size_t j = 0; j < 3; ++j) {
    auto const slope = difference(f, x, j);
    for (size_t i = 0; i < f.outputs; ++i) {
      auto const row = static_cast<Eigen::Index>(i), column = static_cast<Eigen::Index>(j);
      require_close(forward.jacobian(row, column), columns[j][i], columns[j][i], 1e-14);
      require_close(reverse.jacobian(row, column), columns[j][i], columns[j][i], 1e-14);
      require_close(static_cast<double>(slope[i]), columns[j][i], std::max(1.0, columns[j][i]), 1e-10);
    }
  }
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
  check_gradient(f, w, value, by_hand, {0, 31, 1000, f.second, f.second + 777, f.third - 1, f.third, f.inputs - 1},
                 false);
}
