// The structural form of every workload: the value is close to that of the scalar form, the gradient is the one written
// by hand, and forward mode along a direction agrees with it.

#include "catch.hpp"
#include "workload/structural.hpp"
#include "workload_checks.hpp"

#include <duet/forward/dual.hpp>
#include <duet/reverse/recording.hpp>

using namespace workload_checks;

namespace {

// The inputs as scalars S, made one by one. Without a tag, unlike those of the drivers: that is what all workloads
// share when they are compiled.
template <class S, size_t N>
std::array<S, N> lifted(std::array<double, N> const&, auto const& make) {
  std::array<S, N> result;
  for (size_t i = 0; i < N; ++i) result[i] = make(i);
  return result;
}
template <class S>
std::vector<S> lifted(std::vector<double> const& x, auto const& make) {
  std::vector<S> result;
  for (size_t i = 0; i < x.size(); ++i) result.push_back(make(i));
  return result;
}

template <class Scalar, class F, class X>
void check(F const& f, X const& x, X const& by_hand) {
  double const value = static_cast<Scalar const&>(f)(x), size = std::abs(value);
  require_close(f(x), value, size, 1e-13);

  duet::tape<> t;
  duet::recording const scope(t);
  auto const in = lifted<duet::var<>>(x, [&](size_t i) { return t.independent(x[i]); });
  duet::var<> const y = f(in);
  t.reverse(y);
  require_close(y.value(), value, size, 1e-13);
  for (size_t i = 0; i < x.size(); ++i) {
    CAPTURE(i);
    require_close(t.adjoint(in[i]), by_hand[i], largest(by_hand), 1e-12);
  }

  double expected = 0, scale = 0;
  duet::dual<> const forward = f(lifted<duet::dual<>>(x, [&](size_t i) {
    duet::dual<> result(x[i]);
    result.set_partial(0, std::cos(0.3 + 2.4 * static_cast<double>(i)));
    expected += result.partial(0) * by_hand[i];
    scale += std::abs(result.partial(0) * by_hand[i]);
    return result;
  }));
  require_close(forward.value(), value, size, 1e-13);
  require_close(forward.partial(0), expected, scale, 1e-12);
}

// The memory is what the gradient by hand keeps.
template <class Scalar, class F, class... Memory>
void check_by_hand(F const& f, Memory&&... memory) {
  auto const x = f.start();
  auto by_hand = x;
  f.gradient(x, by_hand, memory...);
  check<Scalar>(f, x, by_hand);
}

}  // namespace

TEST_CASE("A chain in preaccumulated steps is the chain") {
  workload::structural::chain const f{{GENERATE(size_t{1}, size_t{64}, size_t{101})}};
  check_by_hand<workload::chain>(f, std::vector<workload::chain::step_values>());
}

TEST_CASE("Lorenz' equations in preaccumulated steps have the same solution") {
  workload::structural::lorenz const f{{.steps = GENERATE(size_t{1}, size_t{64}, size_t{101})}};
  check_by_hand<workload::lorenz>(f, std::vector<std::array<double, 3>>());
}

TEST_CASE("Burgers' equations on whole fields have the same solution") {
  workload::structural::burgers const f{{.n = 9, .steps = 5}};
  check_by_hand<workload::burgers>(f, workload::burgers::memory());
}

TEST_CASE("Advection of whole vectors is advection") {
  workload::structural::lax_wendroff const f{{.points = 30, .steps = 40}};
  check_by_hand<workload::lax_wendroff>(f, std::vector<double>());
}

TEST_CASE("Swaptions on paths side by side have the same value") {
  workload::structural::libor const f(GENERATE(size_t{1}, size_t{18}));
  check_by_hand<workload::libor>(f, workload::libor::memory());
}

TEST_CASE("A perceptron of matrices is the perceptron") {
  check_by_hand<workload::perceptron>(workload::structural::perceptron());
}

TEST_CASE("The likelihood of a mixture in matrices is its likelihood") {
  workload::structural::mixture<4> const f(3, 27);
  check_by_hand<workload::mixture<4>>(f, workload::mixture<4>::memory());
}

TEST_CASE("A recurrent network of arrays is the network") {
  workload::structural::lstm const f(6);
  check_by_hand<workload::lstm>(f, std::vector<workload::lstm::step_values>());
}

TEST_CASE("The logarithm of a sum of exponentials of an array is that of its entries") {
  workload::structural::log_sum_exp const f{{.inputs = GENERATE(size_t{5}, size_t{53})}};
  check_by_hand<workload::log_sum_exp>(f);
}

TEST_CASE("A determinant by minors of three rows is the determinant") {
  check_by_hand<workload::determinant<6>>(workload::structural::determinant());
}

TEST_CASE("A polynomial preaccumulated is the polynomial") {
  workload::structural::polynomial const f(GENERATE(size_t{3}, size_t{61}));
  check_by_hand<workload::polynomial>(f);
}
