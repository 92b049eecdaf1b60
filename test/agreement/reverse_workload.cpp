// Every workload of bench/run/reverse: the value is double's to the last bit, and the adjoint written by hand, forward
// and reverse mode, sweeps of several outputs side by side and differences in long double agree.

#include "catch.hpp"
#include "workload/burgers.hpp"
#include "workload/chain.hpp"
#include "workload/lax_wendroff.hpp"
#include "workload/libor.hpp"
#include "workload/lorenz.hpp"
#include "workload/mixture.hpp"
#include "workload/perceptron.hpp"
#include "workload_checks.hpp"

#include <duet/driver/product.hpp>
#include <duet/reverse/recording.hpp>

using namespace workload_checks;

namespace {

using duet::tape, duet::var, duet::recording;

// All ways for a size that forward mode can bear.
template <class F, class X>
void check_all(F const& f, X const& x, double value, X const& by_hand, std::vector<size_t> const& inputs) {
  check_gradient(f, x, value, by_hand, inputs);
  check_rows(f, x, by_hand);
}

// Reverse mode, and forward along directions: for the sizes that are timed.
template <class F, class X>
void check_large(F const& f, X const& x, double value, X const& by_hand, std::vector<size_t> const& inputs) {
  check_differences(f, x, value, by_hand, inputs);
  check_mode(duet::reverse, f, x, by_hand);
  check_directions(f, x, by_hand);
}

}  // namespace

TEST_CASE("Burgers' equations have the adjoint written by hand") {
  SECTION("on a small grid, in all inputs") {
    workload::burgers const f{.n = 7, .steps = 4};
    auto const x = f.start();
    std::vector<double> by_hand;
    workload::burgers::memory memory;
    double const value = f.gradient(x, by_hand, memory);
    check_all(f, x, value, by_hand, first(f.inputs()));
  }
  SECTION("on the grid that is timed") {
    workload::burgers const f;
    auto const x = f.start();
    std::vector<double> by_hand;
    workload::burgers::memory memory;
    double const value = f.gradient(x, by_hand, memory);
    size_t const centre = f.n * f.n / 2 + f.n / 2;
    check_large(f, x, value, by_hand, {0, 1, f.n, centre, f.points() + centre, f.inputs() - 2});
    double const again = f.gradient(x, by_hand, memory);
    REQUIRE(again == value);
    check_directions(f, x, by_hand);
  }
}

TEST_CASE("The advection of Lax and Wendroff has the adjoint written by hand") {
  auto const odd_steps = GENERATE(true, false);
  workload::lax_wendroff const f{.points = 12, .steps = odd_steps ? size_t{9} : size_t{30}};
  auto const x = f.start();
  std::vector<double> by_hand, kept;
  double const value = f.gradient(x, by_hand, kept);
  check_all(f, x, value, by_hand, first(f.points));

  workload::lax_wendroff const timed;
  auto const start = timed.start();
  double const timed_value = timed.gradient(start, by_hand, kept);
  check_large(timed, start, timed_value, by_hand, {0, 1, 50, 98, 99});
}

TEST_CASE("The likelihood of a mixture of Gaussians has the gradient written by hand") {
  SECTION("few, in all parameters") {
    workload::mixture<3> const f(4, 27);
    auto const x = f.start();
    std::vector<double> by_hand;
    workload::mixture<3>::memory memory;
    double const value = f.gradient(x, by_hand, memory);
    check_all(f, x, value, by_hand, first(f.inputs()));
  }
  SECTION("in the sizes that are timed") {
    auto const components = GENERATE(10, 25);
    workload::mixture<> const f(static_cast<size_t>(components));
    auto const x = f.start();
    std::vector<double> by_hand;
    workload::mixture<>::memory memory;
    double const value = f.gradient(x, by_hand, memory);
    size_t const factors = f.k * 11;
    check_large(f, x, value, by_hand, {0, f.k - 1, f.k, factors - 1, factors, factors + 10, f.inputs() - 1});
  }
}

TEST_CASE("A portfolio of swaptions has the adjoint written by hand") {
  workload::libor const f(6);
  auto const x = f.start();
  auto by_hand = x;
  workload::libor::memory memory;
  double const value = f.gradient(x, by_hand, memory);
  check_all(f, x, value, by_hand, first(f.inputs));
}

TEST_CASE("Paths recorded one by one have the gradient of their average") {
  workload::libor const f(20);
  auto const x = f.start();
  auto by_hand = x;
  workload::libor::memory memory;
  double const value = f.gradient(x, by_hand, memory);

  tape<> t;
  recording const scope(t);
  auto const in = independents(t, x);
  auto const empty = t.position();
  double sum = 0;
  workload::libor::point total = {};
  for (size_t index = 0; index < f.paths(); ++index) {
    t.rewind(empty);
    var<> const y = f.path(in, index);
    t.reverse(y);
    sum += y.value();
    for (size_t i = 0; i < f.inputs; ++i) total[i] += t.adjoint(in[i]);
  }
  double const paths = static_cast<double>(f.paths());
  require_close(sum / paths, value, std::abs(value), 1e-13);
  for (size_t i = 0; i < f.inputs; ++i) require_close(total[i] / paths, by_hand[i], largest(by_hand), 1e-12);
}

TEST_CASE("A chain, a trajectory and a perceptron are swept for several outputs at once") {
  workload::chain const chain{300};
  auto chain_gradient = chain.start();
  std::vector<workload::chain::step_values> steps;
  chain.gradient(chain.start(), chain_gradient, steps);
  check_rows(chain, chain.start(), chain_gradient);

  workload::lorenz const lorenz{.steps = 200};
  auto lorenz_gradient = lorenz.start();
  std::vector<std::array<double, 3>> states;
  lorenz.gradient(lorenz.start(), lorenz_gradient, states);
  check_rows(lorenz, lorenz.start(), lorenz_gradient);

  workload::perceptron const network;
  std::vector<double> weights_gradient;
  network.gradient(network.start(), weights_gradient);
  check_rows(network, network.start(), weights_gradient);
  check_directions(network, network.start(), weights_gradient);
}
