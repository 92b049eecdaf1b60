// Sums over data of a kernel: its own gradient in place of forward mode, with the same numbers.

#include "catch.hpp"

#include <cstring>
#include <duet/batch/sum_over.hpp>
#include <duet/batch/value_tape.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/kernel/kernel.hpp>

namespace {

// A decaying oscillation, and its misses.
auto const square = [](auto const& p, auto const& shift, auto const& datum) {
  using std::exp, std::sin;
  auto const miss = p[0] * exp(-p[1] * datum[0]) * sin(p[2] * datum[0] + shift) - datum[1];
  return miss * miss;
};
// The same in a form that is no kernel.
auto const by_hand = [](auto const& p, auto const& shift, auto const& datum) {
  auto const& [t, y] = datum;
  using std::exp, std::sin;
  auto const miss = p[0] * exp(-p[1] * t) * sin(p[2] * t + shift) - y;
  return std::decay_t<decltype(p[0])>(miss * miss);
};

struct series {
  std::vector<double> t, y;
  explicit series(std::size_t n) : t(n), y(n) {
    for (std::size_t i = 0; i < n; ++i) {
      t[i] = 0.01 * static_cast<double>(i);
      y[i] = std::sin(5 * t[i]) + 0.1 * std::cos(17.0 * static_cast<double>(i));
    }
  }
  [[nodiscard]] auto columns() const { return std::pair<std::vector<double> const&, std::vector<double> const&>(t, y); }
};

auto const as_function = [](auto sum) {
  return [sum](auto const& x) {
    using T = std::decay_t<decltype(x[0])>;
    return sum(std::array<T, 3>{x[0], x[1], x[2]}, T(x[3] * x[0]));
  };
};

}  // namespace

TEST_CASE("A sum of kernels over data has the derivatives of the sum of functions") {
  series const data(GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{8}, std::size_t{21}, std::size_t{1003}));
  auto const kernels = as_function(duet::sum_over(data.columns(), duet::kernel(square)));
  auto const plain = as_function(duet::sum_over(data.columns(), by_hand).scalar());
  Eigen::Vector4d const x(1.2, 0.3, 4.5, 0.1);
  auto const close = [](auto const& a, auto const& b) { return (a - b).norm() <= 1e-12 * (1 + b.norm()); };
  REQUIRE(kernels(x) == Approx(plain(x)).epsilon(1e-13));
  auto const expected = duet::gradient(duet::forward, plain, x);
  REQUIRE(close(duet::gradient(duet::reverse, kernels, x), expected));
  REQUIRE(close(duet::gradient(duet::forward, kernels, x), expected));
  REQUIRE(close(duet::hessian(duet::reverse, kernels, x), duet::hessian(duet::forward, plain, x)));
}

TEST_CASE("A sum of kernels is the same bits on any number of threads") {
  series const data(5003);
  Eigen::Vector4d const x(1.2, 0.3, 4.5, 0.1);
  auto const sum = duet::sum_over(data.columns(), duet::kernel(square));
  Eigen::Vector4d const one = duet::gradient(duet::reverse, as_function(sum), x);
  for (std::size_t threads : {2u, 3u, 7u}) {
    Eigen::Vector4d const several = duet::gradient(duet::reverse, as_function(sum.threads(threads)), x);
    REQUIRE(std::memcmp(one.data(), several.data(), sizeof one) == 0);
  }
}

TEST_CASE("A sum of kernels is one statement of those parameters that are on the tape") {
  series const data(100);
  duet::tape<> t;
  duet::recording const scope(t);
  using V = duet::var<>;
  std::array<V, 3> const p{t.independent(1.2), 0.3, t.independent(4.5)};
  V const y = duet::sum_over(data.columns(), duet::kernel(square))(p, V(0.1));
  REQUIRE(t.statistics().statements == 1);
  t.reverse(y);
  auto const expected = duet::gradient(
      duet::forward,
      [&](auto const& x) {
        using T = std::decay_t<decltype(x[0])>;
        return duet::sum_over(data.columns(), by_hand).scalar()(std::array<T, 3>{x[0], T(0.3), x[1]}, T(0.1));
      },
      Eigen::Vector2d(1.2, 4.5));
  REQUIRE(t.adjoint(p[0]) == Approx(expected[0]).epsilon(1e-12));
  REQUIRE(t.adjoint(p[2]) == Approx(expected[1]).epsilon(1e-12));
}

TEST_CASE("A sum of kernels lets zero win over the infinite slope of a single term") {
  auto const root = [](auto const& p, auto const& t) {
    using std::sqrt;
    return p[0] * sqrt(p[1] * t);
  };
  std::size_t const zero_at = GENERATE(std::size_t{3}, std::size_t{1030}, std::size_t{2002});  // 2002: one by one
  std::vector<double> data(2003);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = i == zero_at ? 0.0 : 0.01 * static_cast<double>(i + 1);
  std::array<double, 2> const x{1.5, 0.7};
  double by_scale = 0;
  for (double const each : data) by_scale += std::sqrt(x[1] * each);
  duet::tape<> t;
  duet::recording const scope(t);
  std::array<duet::var<>, 2> const p{t.independent(x[0]), t.independent(x[1])};
  auto const y = duet::sum_over(data, duet::kernel(root))(p);
  REQUIRE(t.statistics().statements == 1);  // the terms themselves are not recorded
  t.reverse(y);
  REQUIRE(y.value() == Approx(x[0] * by_scale).epsilon(1e-12));
  REQUIRE(t.adjoint(p[0]) == Approx(by_scale).epsilon(1e-12));
  REQUIRE(t.adjoint(p[1]) == Approx(x[0] * by_scale / (2 * x[1])).epsilon(1e-12));
}

TEST_CASE("A sum of kernels tells an infinite slope from one that is not there") {
  auto const root = [](auto const& p, auto const& t) {
    using std::sqrt;
    return p[0] * sqrt(p[1] - t);
  };
  std::vector<double> data(21, 0.25);
  data[GENERATE(std::size_t{2}, std::size_t{20})] = 0.75;
  auto const slope = duet::gradient(duet::forward, duet::sum_over(data, duet::kernel(root)), std::array{1.5, 0.75});
  REQUIRE(slope[0] == Approx(20 * std::sqrt(0.5)));
  REQUIRE(slope[1] == std::numeric_limits<double>::infinity());
}
