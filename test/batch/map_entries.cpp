// Functions of the entries of arrays: the numbers and derivatives of the loop, with one node on the tape.

#include "catch.hpp"

#include <duet/batch/map_entries.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/reverse/recording.hpp>

namespace {

using duet::map_entries, duet::sum_entries, duet::tape, duet::var, duet::recording;

auto const formula = []<class T>(T const& a, T const& b, T const& c) {
  using std::exp, std::sin;
  return a * exp(-b) + sin(c * a);
};
auto const pair_of_formulas = []<class T>(T const& a, T const& b) {
  using std::sqrt;
  T const root = sqrt(a * a + b);
  return std::array<T, 2>{T(root * b), T(a - root)};
};

double at(std::size_t k) { return std::sin(0.3 + 1.7 * static_cast<double>(k)); }

// Entry k of an array, or a number.
auto entry(auto const& x, std::size_t k) {
  if constexpr (requires { x.size(); })
    return x[static_cast<decltype(x.size())>(k)];
  else
    return x;
}

}  // namespace

TEST_CASE("map_entries has the numbers and derivatives of a loop, whatever the size and where variables are") {
  auto const n = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{14}, std::size_t{33});
  tape<> t;
  recording const scope(t);
  std::vector<var<>> a(n), b(2 * n);
  Eigen::ArrayXd c(static_cast<Eigen::Index>(n));
  for (auto& e : a) e = t.independent(at(static_cast<std::size_t>(&e - a.data())));
  for (std::size_t k = 0; k < 2 * n; ++k) b[k] = t.independent(0.5 + at(k) * at(k));
  for (std::size_t k = 0; k < n; ++k) c(static_cast<Eigen::Index>(k)) = at(3 * k);
  var<> const one = t.independent(0.4);
  // Side by side, one in two, the same for all, some passive, in an order of their own.
  std::vector<var<>> in_order(a), shuffled(n), mixed(n);
  for (std::size_t k = 0; k < n; ++k) {
    shuffled[k] = a[(5 * k + 3) % n];
    mixed[k] = k % 3 == 0 ? var<>(0.7) : b[k];
  }
  Eigen::Map<Eigen::ArrayX<var<>> const, 0, Eigen::InnerStride<2>> const every_other(b.data(), c.size());

  auto const require_loop = [&](auto const& y, auto const& x0, auto const& x1, auto const& x2) {
    REQUIRE(static_cast<std::size_t>(y.size()) == n);
    for (std::size_t k = 0; k < n; ++k) {
      CAPTURE(n, k);
      auto const& [p, q, r] = std::tuple(var<>(entry(x0, k)), var<>(entry(x1, k)), var<>(entry(x2, k)));
      var<> const expected = formula(p, q, r);
      var<> const given = entry(y, k);
      REQUIRE(given.value() == Approx(expected.value()).epsilon(1e-14));
      std::vector<double> gradient;
      t.reverse(expected);
      for (std::size_t i = 1; i <= 3 * n + 1; ++i) gradient.push_back(t.adjoints()[i]);
      t.reverse(given);
      for (std::size_t i = 1; i <= 3 * n + 1; ++i)
        REQUIRE(t.adjoints()[i] == Approx(gradient[i - 1]).epsilon(1e-13).margin(1e-14));
    }
  };
  auto const arrays = t.statistics().arrays;
  auto const statements = t.statistics().statements;
  auto const y = map_entries(formula, in_order, every_other, one);
  REQUIRE(t.statistics().arrays == arrays + 1);
  REQUIRE(t.statistics().statements == statements);
  require_loop(y, in_order, every_other, one);
  require_loop(map_entries(formula, shuffled, c, mixed), shuffled, c, mixed);
  require_loop(map_entries(formula, in_order, 0.25, in_order), in_order, 0.25, in_order);

  // All at once: seeds of every output, and rows side by side.
  var<> const sum = sum_entries(formula, shuffled, c, mixed);
  var<> expected = 0;
  for (auto const& e : map_entries(formula, shuffled, c, mixed)) expected += e;
  REQUIRE(sum.value() == Approx(expected.value()).epsilon(1e-14));
  t.reverse(expected);
  std::vector<double> const gradient(t.adjoints().begin() + 1, t.adjoints().begin() + 1 + static_cast<long>(3 * n));
  t.reverse(sum);
  for (std::size_t i = 0; i < 3 * n; ++i)
    REQUIRE(t.adjoints()[i + 1] == Approx(gradient[i]).epsilon(1e-13).margin(1e-14));
  std::array const outputs{sum, y[0]};
  t.reverse_rows(std::span<var<> const>(outputs), [&](std::size_t row, auto const& adjoint) {
    if (row == 0)
      for (std::size_t i = 0; i < n; ++i) REQUIRE(adjoint(a[i]) == Approx(gradient[i]).epsilon(1e-13).margin(1e-14));
  });
}

TEST_CASE("map_entries with several outputs, in every scalar") {
  Eigen::VectorXd x(9);
  for (Eigen::Index i = 0; i < x.size(); ++i) x[i] = at(static_cast<std::size_t>(i));
  auto const by_entries = [](auto const& in) {
    auto const y = map_entries(pair_of_formulas, in, 1.5);
    auto const [first, second] = sum_entries(pair_of_formulas, y[0], in.cwiseAbs2());
    return first * second + y[1][3];
  };
  auto const by_loop = [](auto const& in) {
    using T = typename std::decay_t<decltype(in)>::Scalar;
    std::array<T, 2> sums{T(0), T(0)};
    T fourth = 0;
    for (Eigen::Index k = 0; k < in.size(); ++k) {
      auto const y = pair_of_formulas(in[k], T(1.5));
      if (k == 3) fourth = y[1];
      auto const z = pair_of_formulas(y[0], T(in[k] * in[k]));
      sums[0] += z[0];
      sums[1] += z[1];
    }
    return T(sums[0] * sums[1] + fourth);
  };
  REQUIRE(by_entries(x) == Approx(by_loop(x)).epsilon(1e-14));
  auto const close = [](auto const& a, auto const& b) { return (a - b).norm() <= 1e-12 * (1 + b.norm()); };
  auto const expected = duet::gradient(duet::forward, by_loop, x);
  REQUIRE(close(duet::gradient(duet::reverse, by_entries, x), expected));
  REQUIRE(close(duet::gradient(duet::forward, by_entries, x), expected));
  REQUIRE(close(duet::hessian(duet::reverse, by_entries, x), duet::hessian(duet::forward, by_loop, x)));
}

TEST_CASE("map_entries keeps the shape of the first array, and goes by columns") {
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> a;
  a << 1, 2, 3, 4, 5, 6;
  Eigen::Matrix<double, 2, 3> const b = 10 * a;
  auto const product = []<class T>(T const& x, T const& y) { return x * y; };
  REQUIRE(map_entries(product, a, b) == 10 * a.cwiseProduct(a));
  REQUIRE(map_entries(product, b.transpose(), a.transpose()) == 10 * a.cwiseProduct(a).transpose());
  REQUIRE(map_entries(product, 2, std::array{1.0, 3.0}) == std::array{2.0, 6.0});
  REQUIRE(sum_entries(product, std::vector<double>(), 2) == 0);
  REQUIRE(map_entries(product, Eigen::ArrayXd(), 2).size() == 0);
  REQUIRE_THROWS_WITH(map_entries(product, std::vector<double>(3), std::vector<double>(4)),
                      "duet::map_entries: argument 1 has 4 entries, expected 3 (as the first array)");
}

TEST_CASE("map_entries with an infinite slope leaves alone what does not move") {
  auto const root = []<class T>(T const& x, T const& y) {
    using std::sqrt;
    return std::array<T, 2>{T(sqrt(x)), T(x * y)};
  };
  tape<> t;
  recording const scope(t);
  std::array<var<>, 3> x, y;
  t.independents(std::array{4.0, 0.0, 9.0}, x);
  t.independents(std::array{1.0, 2.0, 3.0}, y);
  auto const [roots, products] = map_entries(root, x, y);
  t.reverse(roots[1]);
  REQUIRE(t.adjoint(x[1]) == std::numeric_limits<double>::infinity());
  REQUIRE(t.adjoint(x[0]) == 0);
  REQUIRE(t.adjoint(y[1]) == 0);
  t.reverse(var<>(products[1] + roots[2]));
  REQUIRE(t.adjoint(x[1]) == 2);
  REQUIRE(t.adjoint(y[1]) == 0);
  REQUIRE(t.adjoint(x[2]) == Approx(1.0 / 6).epsilon(1e-15));
}
