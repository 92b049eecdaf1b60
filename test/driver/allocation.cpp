#include "catch.hpp"

#include <boost/hana/define_struct.hpp>
#include <duet/driver/derivatives.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>

#include "counted_allocations.hpp"

namespace {

using duet_test::allocations_of;

constexpr auto product = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S p(1);
  for (auto const& e : x) p *= e;
  return p;
};
constexpr auto residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return std::array<S, 3>{x[0] * x[1], x[1] - 1.0, x[0] - 2.0};
};
// Of one field that allocates, with something carried along.
template <class S>
struct observed {
  BOOST_HANA_DEFINE_STRUCT(observed<S>, (std::vector<S>, x), (std::shared_ptr<int>, note));
};
constexpr auto wave = [](auto const& t) { return exp(2 * t) * asin(t) * tgamma(1 + t) + pow(t, 2.5) * sqrt(t); };

}  // namespace

TEST_CASE("allocations are seen, whoever makes them") {
  static double* volatile kept = nullptr;  // what nobody looks at need not be allocated
  CHECK(allocations_of([] { kept = new double(1); }) > 0);
  delete kept;
#if DUET_TEST_COUNTS_MALLOC
  CHECK(allocations_of([] { Eigen::VectorXd::Ones(50).eval(); }) > 0);
#endif
}

TEST_CASE("forward mode with static sizes allocates nothing") {
  std::array const x{0.3, 0.7, 1.1};
  std::array<double, 50> longer{};
  longer.fill(0.9);
  double sum = 0;
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, longer)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, Eigen::Vector3d(1, 2, 3))[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::jacobian(residuals, x)(0, 0); }) == 0);
  CHECK(allocations_of([&] { sum += duet::gauss_newton(residuals, x).hessian(0, 0); }) == 0);
  CHECK(allocations_of([&] { sum += duet::vjp(residuals, x, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::jvp(residuals, x, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::derivatives<6>(wave, 0.4)[6]; }) == 0);
  CHECK(sum == Approx(sum));
}

TEST_CASE("a second recording reuses the tape of the first") {
  std::array<double, 50> x{};
  x.fill(0.9);
  double sum = duet::gradient(duet::reverse, product, x)[0];
  CHECK(allocations_of([&] { sum += duet::gradient(duet::reverse, product, x)[0]; }) == 0);
}

TEST_CASE("inputs of sizes known at run time are made in memory that the thread keeps") {
  Eigen::VectorXd const x = Eigen::VectorXd::Constant(50, 0.9);
  std::vector<double> const longer(70, 1.1);
  auto const check = [](auto mode) {
    return [mode](auto const& at) {
      double sum = duet::gradient(mode, product, at)[0];
      CHECK(allocations_of([&] { sum += duet::gradient(mode, product, at)[0]; }) <= 1);  // the gradient
      CHECK(sum == Approx(sum));
    };
  };
  check(duet::forward)(x);
  check(duet::reverse)(x);
  check(duet::forward)(longer);
  check(duet::reverse)(longer);
}

TEST_CASE("what a struct carries is not kept by the thread") {
  observed<double> const p{{0.3, 0.7}, std::make_shared<int>(3)};
  auto const f = [](auto const& q) { return q.x[0] * q.x[1] + 0.0 * *q.note; };
  CHECK(duet::gradient(duet::forward, f, p).x[0] == 0.7);
  CHECK(duet::gradient(duet::reverse, f, p).x[1] == 0.3);
  CHECK(p.note.use_count() == 1);
}
