// The workloads of the reverse mode that are small or elementwise: the value is
// double's, and forward, reverse, the adjoint written by hand and differences
// in long double agree; so do several outputs swept side by side.

#include "catch.hpp"
#include "workload/determinant.hpp"
#include "workload/log_sum_exp.hpp"
#include "workload/lstm.hpp"
#include "workload/polynomial.hpp"
#include "workload_checks.hpp"

#include <duet/driver/product.hpp>
#include <duet/reverse/recording.hpp>
#include <numeric>

using namespace workload_checks;

TEMPLATE_TEST_CASE_SIG("The gradient of a determinant expanded into minors agrees in all ways", "", ((size_t N), N), 4,
                       6) {
  workload::determinant<N> const f;
  auto const x = f.start();
  auto by_hand = x;
  double const value = f.gradient(x, by_hand);
  check_differences(f, x, value, by_hand, first(x.size()));
  check_mode(duet::reverse, f, x, by_hand);
  check_directions(f, x, by_hand);
  check_rows(f, x, by_hand);
  if constexpr (N == 4) check_mode(duet::forward, f, x, by_hand);
}

TEST_CASE("The gradient of a singular determinant is that of its minors") {
  workload::determinant<4> const f;
  auto x = f.start();
  for (size_t j = 0; j < 4; ++j) x[4 + j] = 2 * x[j];
  auto by_hand = x;
  REQUIRE(std::abs(f.gradient(x, by_hand)) <= 1e-14);
  for (size_t i = 0; i < x.size(); ++i)
    require_close(static_cast<double>(difference(f, x, i)), by_hand[i], largest(by_hand), 1e-9);
  auto const result = duet::value_and_gradient(duet::reverse, f, x);
  for (size_t i = 0; i < x.size(); ++i) require_close(result.gradient[i], by_hand[i], largest(by_hand), 1e-12);
}

TEST_CASE("The gradient of the least squares of a polynomial agrees in all ways") {
  workload::polynomial const f{GENERATE(size_t{64}, size_t{61}, size_t{3})};
  auto by_hand = f.start();
  double const value = f.gradient(f.start(), by_hand);
  check_gradient(f, f.start(), value, by_hand, first(f.inputs));
  check_rows(f, f.start(), by_hand);
}

TEST_CASE("The gradient of a logarithm of a sum of exponentials agrees in all ways") {
  workload::log_sum_exp const f{GENERATE(size_t{1000}, size_t{53}, size_t{5})};
  auto const x = f.start();
  std::vector<double> by_hand;
  double const value = f.gradient(x, by_hand);
  check_differences(f, x, value, by_hand, {0, 1, f.inputs / 2, f.inputs - 1});
  check_mode(duet::reverse, f, x, by_hand);
  check_directions(f, x, by_hand);
  check_rows(f, x, by_hand);
  REQUIRE(std::abs(std::accumulate(by_hand.begin(), by_hand.end(), -1.0)) <= 1e-14);
}

TEST_CASE("The gradient of the loss of a recurrent network agrees in all ways") {
  workload::lstm const f{GENERATE(size_t{2}, size_t{12})};
  auto const w = f.start();
  std::vector<double> by_hand;
  std::vector<workload::lstm::step_values> kept;
  double const value = f.gradient(w, by_hand, kept);
  check_differences(f, w, value, by_hand, first(f.inputs));
  check_mode(duet::reverse, f, w, by_hand);
  check_directions(f, w, by_hand);
  check_rows(f, w, by_hand);
}
