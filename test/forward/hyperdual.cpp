#include "catch.hpp"

#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <duet/forward/hyperdual.hpp>
#include <duet/math/math.hpp>
#include <random>
#include <type_traits>
#include <vector>

namespace {

using duet::hyperdual;
using big = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>>;

static_assert(std::is_trivially_copyable_v<hyperdual<double, 1>>);
static_assert(std::is_trivially_copyable_v<hyperdual<double, 12>>);
static_assert(std::is_convertible_v<double, hyperdual<double, 3>>);
static_assert(!std::is_convertible_v<hyperdual<double, 3>, double>);
static_assert(duet::active_scalar<hyperdual<float, 5>>);

template <class S, std::size_t N>
std::array<S, N> variables(std::array<double, N> const& x) {
  std::array<S, N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = S::independent(typename S::value_type(x[i]), i);
  return result;
}

// The ternary rules; numbers of 60 digits lack them.
template <class S>
S ternary(S const& a, S const& b, S const& c) {
  if constexpr (duet::active_scalar<S>)
    return hypot(a, b, c) + fma(a, c, b);
  else
    return sqrt(a * a + b * b + c * c) + a * c + b;
}

// All kinds of statements: linear, products, quotients, unary, binary and ternary rules, sums in place, aliases.
template <class S, std::size_t N>
S mixture(std::array<S, N> const& x) {
  S sum = 0;
  for (std::size_t i = 0; i < N; ++i) {
    S const& next = x[(i + 1) % N];
    S const curved = next - x[i] * x[i];
    sum += curved * curved * exp(x[i]) + pow(next, 3) / (1 + x[i] * x[i]);
    sum -= sin(x[i]) * x[0];
  }
  S product = sum * sum + x[0] * sum;
  S rest = product / 4 - sum;
  rest *= x[0];
  rest = rest * rest + rest;
  return log(1 + rest * rest) + atan2(sum, product) + ternary<S>(rest, x[0], sum) * product;
}

// Second differences with 60 digits: of the value alone, so that nothing of Duet's derivatives is in them.
template <std::size_t N>
big second_difference(std::array<double, N> const& at, std::size_t i, std::size_t j) {
  big const h = 1e-15;
  auto const f = [&](int di, int dj) {
    std::array<big, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = at[k];
    x[i] += di * h;
    x[j] += dj * h;
    return mixture(x);
  };
  return (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * h * h);
}

template <std::size_t N>
void compare_with_differences() {
  std::mt19937 random(N);
  std::uniform_real_distribution<double> uniform(0.4, 1.1);
  std::array<double, N> at;
  for (double& x : at) x = uniform(random);
  auto const y = mixture(variables<hyperdual<double, N>>(at));
  auto const first = mixture(variables<duet::dual<double, N>>(at));
  CHECK(y.value() == first.value());
  double largest = 0;
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j) largest = std::max(largest, std::abs(y.second(i, j)));
  for (std::size_t i = 0; i < N; ++i) {
    CHECK(y.partial(i) == Approx(first.partial(i)).epsilon(1e-12));
    for (std::size_t j : {std::size_t{0}, i, N - 1}) {
      CHECK(y.second(i, j) == y.second(j, i));
      CHECK(std::abs(y.second(i, j) - static_cast<double>(second_difference(at, i, j))) <= 1e-11 * largest);
    }
  }
}

// sum (x_{i+1} - x_i^2)^2: three diagonals, and nothing beside them.
template <class T, std::size_t N>
void check_three_diagonals() {
  using H = hyperdual<T, N>;
  std::vector<H> x;
  for (std::size_t i = 0; i < N; ++i) x.push_back(H::independent(T(0.25) * static_cast<T>(i % 7) - T(0.5), i));
  H sum = 0;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    H const valley = x[i + 1] - x[i] * x[i];
    sum += valley * valley;
  }
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j) {
      T const a = x[i].value();
      T expected = 0;
      if (i == j) expected = (i == 0 ? 0 : 2) + (i + 1 < N ? 12 * a * a - 4 * x[i + 1].value() : 0);
      if (i + 1 == j) expected = -4 * a;
      if (j + 1 == i) expected = -4 * x[j].value();
      CHECK(sum.second(i, j) == expected);  // of binary fractions: exact
    }
}

// Statements at random on a few variables, of which most depend on few inputs: assigned, added to, kept by auto, set to
// inputs and constants.
template <class S, std::size_t N>
S random_program(std::array<S, N> const& x, unsigned seed) {
  std::mt19937 random(seed);
  std::array<S, 5> v{x[1], x[0], x[N - 1], x[N / 2], S(0.7)};
  auto const pick = [&]() -> S& { return v[random() % v.size()]; };
  for (int step = 0; step < 40; ++step) {
    S &a = pick(), &b = pick(), &c = pick();
    switch (random() % 9) {
      case 0:
        a = x[random() % N];
        break;
      case 1:
        a = b * c;
        break;
      case 2:
        a += sin(b) * c;
        break;
      case 3:
        a -= 0.5 * b;
        break;
      case 4:
        a = b - c * x[random() % N] + 0.25;
        break;
      case 5:
        a *= cos(c);
        break;
      case 6:
        a = atan(b);
        break;
      case 7:
        a = 0.3;
        break;
      default: {
        auto const kept = b * c + sin(a);
        b = x[random() % N];
        a = kept - b;
      }
    }
    a = sin(a);
  }
  return v[0] + v[1] * v[2] + v[3] * v[4];
}

}  // namespace

TEST_CASE("rows of a Hessian that nothing reaches are zero") {
  duet::infinite_partials_met = false;  // by another test of this process
  check_three_diagonals<double, 9>();
  check_three_diagonals<double, 20>();
  check_three_diagonals<double, 64>();
  check_three_diagonals<double, 70>();
  check_three_diagonals<float, 37>();
}

TEST_CASE("random statements of hyper-duals agree with nested duals of one direction") {
  duet::infinite_partials_met = false;  // by another test of this process
  constexpr std::size_t n = 20;
  using H = hyperdual<double, n>;
  using D = duet::dual<duet::dual<double, 1>, 1>;
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::array<H, n> x;
    for (std::size_t i = 0; i < n; ++i) x[i] = H::independent(std::cos(static_cast<double>(i + seed)), i);
    H const y = random_program(x, seed);
    for (std::size_t i = 0; i < n; i += 1 + seed % 2)
      for (std::size_t j = i; j < n; ++j) {
        std::array<D, n> directed;
        for (std::size_t k = 0; k < n; ++k) {
          duet::dual<double, 1> inner(x[k].value());
          if (k == i) inner.set_partial(0, 1);
          directed[k] = inner;
          if (k == j) directed[k].set_partial(0, 1);
        }
        double const expected = random_program(directed, seed).partial(0).partial(0);
        if (std::abs(y.second(i, j) - expected) > 1e-12 * (1 + std::abs(expected)))
          FAIL("seed " << seed << ", entry (" << i << ", " << j << "): " << y.second(i, j) << ", not " << expected);
      }
  }
  SUCCEED();
}

TEST_CASE("a hyper-dual carries value, gradient and Hessian of a worked example") {
  using H = hyperdual<double, 2>;
  H const p = H::independent(3, 0), q = H::independent(0.5, 1);
  H const h = p * sin(q) + pow(p, 2) / q;
  CHECK(h.value() == 3 * std::sin(0.5) + 18);
  CHECK(h.partial(0) == Approx(std::sin(0.5) + 12));
  CHECK(h.partial(1) == Approx(3 * std::cos(0.5) - 36));
  CHECK(h.second(0, 0) == Approx(4));
  CHECK(h.second(0, 1) == Approx(std::cos(0.5) - 24));
  CHECK(h.second(1, 0) == h.second(0, 1));
  CHECK(h.second(1, 1) == Approx(-3 * std::sin(0.5) + 144));
}

TEST_CASE("hyper-duals of every width and layout agree with second differences of 60 digits") {
  compare_with_differences<1>();
  compare_with_differences<5>();
  compare_with_differences<18>();
}

TEST_CASE("an expression of hyper-duals kept by auto owns its operands") {
  auto const keep = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    using H = hyperdual<double, N>;
    H x = H::independent(3, 0);
    x = x * x;  // curved: its Hessian has to be kept too
    auto const square = [](auto v) { return v * v; };
    auto const expression = square(x) + x;
    x = 0;
    H const y = expression;
    CHECK(y.value() == 90);
    CHECK(y.partial(0) == 4 * 27 + 6);
    CHECK(y.second(0, 0) == 12 * 9 + 2);
  };
  keep(std::integral_constant<std::size_t, 1>{});
  keep(std::integral_constant<std::size_t, 20>{});
}

TEST_CASE("a hyper-dual may stand on both sides of an assignment") {
  auto const alias = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    using H = hyperdual<double, N>;
    H x = H::independent(2, N - 1);
    x = x * x + x;  // t^2 + t = 6
    CHECK(x.second(N - 1, N - 1) == 2);
    x += x * x;  // s + s^2
    CHECK(x.value() == 42);
    CHECK(x.partial(N - 1) == 5 * 13);
    CHECK(x.second(N - 1, N - 1) == 2 * 13 + 25 * 2);
    x -= x;
    CHECK(x.vanishes());
  };
  alias(std::integral_constant<std::size_t, 2>{});
  alias(std::integral_constant<std::size_t, 18>{});
}

TEST_CASE("linear statements of inputs have a Hessian of zero") {
  duet::infinite_partials_met = false;  // by another test of this process
  using H = hyperdual<double, 20>;
  H const x = H::independent(1, 3), y = H::independent(2, 19);
  H const z = 2 * x - y / 4 + 1;
  CHECK(z.partial(3) == 2);
  CHECK(z.partial(19) == -0.25);
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) CHECK(z.second(i, j) == 0);
  CHECK(z.hessian().flat());
  CHECK(!H(z * z).hessian().flat());
}

TEST_CASE("hyper-duals hold other numbers: float, long double, hyper-duals themselves") {
  using F = hyperdual<float, 2>;
  F const f = sqrt(F::independent(4.0f, 0));
  CHECK(f.second(0, 0) == Approx(-1.0f / 32));
  using L = hyperdual<long double, 3>;
  L const l = exp(L::independent(1.0L, 2));
  CHECK(std::abs(static_cast<double>(l.second(2, 2) - std::exp(1.0L))) < 1e-17);

  using H = hyperdual<double, 1>;
  using HH = hyperdual<H, 1>;  // four derivatives of x^5
  HH const x = HH::independent(H::independent(2, 0), 0);
  HH const y = x * x * x * x * x;
  CHECK(y.second(0, 0).value() == 20 * 8);
  CHECK(y.second(0, 0).partial(0) == 60 * 4);
  CHECK(y.second(0, 0).second(0, 0) == 120 * 2);
}

TEST_CASE("entries of a hyper-dual can be set, and indices are checked") {
  using H = hyperdual<double, 11>;
  H x = 1.5;
  x.set_partial(4, 2);
  x.set_second(9, 2, 7);
  CHECK(x.partial(4) == 2);
  CHECK(x.second(2, 9) == 7);
  CHECK(x.second(9, 2) == 7);
  CHECK(x.second(2, 2) == 0);
  CHECK_THROWS_WITH(x.partial(11), duet_test::contains("index 11 of a hyper-dual with 11 partials"));
  CHECK_THROWS_AS(x.second(0, 11), std::invalid_argument);
  CHECK_THROWS_AS(H::independent(1, 11), std::invalid_argument);
}

TEST_CASE("a Hessian is written out whole: of all rows, of some and of none") {
  auto const written = []<std::size_t N>(hyperdual<double, N> const& x) {
    std::vector<double> all(N * N + 1, -1);  // one beyond the end
    x.hessian().copy_to(all.data());
    bool same = all.back() == -1;
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j < N; ++j) same = same && all[i * N + j] == x.second(i, j);
    return same;
  };
  auto const write = [&]<std::size_t... N>(std::index_sequence<N...>) {
    auto const one = [&]<std::size_t M>(std::integral_constant<std::size_t, M>) {
      using H = hyperdual<double, M + 1>;
      H const first = H::independent(2, 0), last = H::independent(3, M);
      H const few = first * last * last;
      H all = few;
      for (std::size_t i = 0; i <= M; ++i)
        for (std::size_t j = i; j <= M; ++j) all.set_second(i, j, static_cast<double>(100 * i + j));
      CAPTURE(M + 1);
      CHECK(written(H(first - last)));
      CHECK(written(few));
      CHECK(few.second(M, M) == (M == 0 ? 2 * (2 + 3 + 3) : 2 * 2));  // of x (x + 1)^2, and of x y^2
      CHECK(written(all));
    };
    (one(std::integral_constant<std::size_t, N>{}), ...);
  };
  write(std::index_sequence<0, 1, 2, 3, 4, 6, 7, 8, 11, 14, 15, 16, 19, 23, 24, 31, 64>{});
}

TEST_CASE("entries that are set leave the others as they are, in registers and in memory") {
  auto const set = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    hyperdual<double, N> x = 1.5;
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = i; j < N; ++j) x.set_second(j, i, static_cast<double>(10 * i + j));
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j < N; ++j)
        CHECK(x.second(i, j) == static_cast<double>(10 * std::min(i, j) + std::max(i, j)));
  };
  set(std::integral_constant<std::size_t, 1>{});
  set(std::integral_constant<std::size_t, 2>{});
  set(std::integral_constant<std::size_t, 5>{});
  set(std::integral_constant<std::size_t, 18>{});
}

TEST_CASE("at awkward points what does not move stays, to second order") {
  auto const check = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    using H = hyperdual<double, N>;
    H const zero = H::independent(0, 0), x = H::independent(0.5, 0);
    H const root = sqrt(zero * zero);  // the slope of sqrt is infinite, the gradient of the square zero
    CHECK(root.value() == 0);
    CHECK(root.partial(0) == 0);
    H const constant = sqrt(x * 0.0);
    CHECK(constant.partial(0) == 0);
    CHECK(constant.second(0, 0) == 0);
    H const power = pow(zero, H(2.0));
    CHECK(power.partial(0) == 0);
    CHECK(power.second(0, 0) == 2);
    H const kink = abs(zero);
    CHECK(kink.partial(0) == 0);
    CHECK(kink.second(0, 0) == 0);
    H const steep = sqrt(zero) + x;
    CHECK(std::isinf(steep.partial(0)));
    for (std::size_t i = 1; i < N; ++i) {
      CHECK(steep.partial(i) == 0);
      CHECK(steep.second(i, i) == 0);
      CHECK(steep.second(0, i) == 0);
    }
    duet::infinite_partials_met = false;
  };
  check(std::integral_constant<std::size_t, 2>{});
  check(std::integral_constant<std::size_t, 20>{});
}
