// The laws of calculus as properties of random functions, in every mode: each side of a law is differentiated by the
// same mode. What the laws leave open, such as derivatives that are all zero, is settled by differences in long double.

#include "catch.hpp"

#include <Eigen/Dense>
#include <duet/eigen/traits.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <random>

namespace {

using std::size_t;

template <int M, int N>
using matrix = Eigen::Matrix<double, M, N>;
template <size_t N>
using point = std::array<double, N>;

constexpr int draws = 40;
constexpr double tight = 1e-12;

template <class A, class B>
void require_equal(A const& a, B const& b, double tolerance = tight) {
  CAPTURE(a, b);
  REQUIRE((a - b).cwiseAbs().maxCoeff() <= tolerance * (1 + a.cwiseAbs().maxCoeff() + b.cwiseAbs().maxCoeff()));
}

// ---- modes: the Jacobian of f from std::array<S, N> to std::array<S, M>, the Hessian of its first output ----

template <size_t M, size_t N, class Entry>
matrix<M, N> filled(Entry const& entry) {
  matrix<M, N> result;
  for (int i = 0; i < result.rows(); ++i)
    for (int j = 0; j < result.cols(); ++j) result(i, j) = entry(static_cast<size_t>(i), static_cast<size_t>(j));
  return result;
}

template <class S, size_t N, class Seed>
std::array<S, N> seeded(point<N> const& x, Seed const& seed) {
  std::array<S, N> result{};
  for (size_t i = 0; i < N; ++i) result[i] = seed(x[i], i);
  return result;
}

// One width for points of all sizes: each mode then compiles its scalars once.
constexpr size_t width = 4;

template <class S, size_t N>
std::array<S, N> independent(point<N> const& x) {
  return seeded<S>(x, [](double value, size_t i) { return S::independent(value, i); });
}

template <class Y>
constexpr size_t length = std::tuple_size_v<std::remove_cvref_t<Y>>;

struct by_dual {
  template <class F, size_t N>
  static auto jacobian(F const& f, point<N> const& x) {
    auto const y = f(independent<duet::dual<double, width>>(x));
    return filled<length<decltype(y)>, N>([&](size_t i, size_t j) { return y[i].partial(j); });
  }
  template <class F, size_t N>
  static auto hessian(F const& f, point<N> const& x) {
    using inner = duet::dual<double, width>;
    auto const y = f(seeded<duet::dual<inner, width>>(x, [](double value, size_t i) {
      return duet::dual<inner, width>::independent(inner::independent(value, i), i);
    }));
    return filled<N, N>([&](size_t i, size_t j) { return y[0].partial(i).partial(j); });
  }
};

struct by_dynamic_dual {
  using scalar = duet::dual<double, duet::dynamic>;
  template <class F, size_t N>
  static auto jacobian(F const& f, point<N> const& x) {
    auto const y = f(seeded<scalar>(x, [](double value, size_t i) { return scalar::independent(value, i, N); }));
    return filled<length<decltype(y)>, N>([&](size_t i, size_t j) { return y[i].partial(j); });
  }
  template <class F, size_t N>
  static auto hessian(F const& f, point<N> const& x) {
    using outer = duet::dual<scalar, duet::dynamic>;
    auto const y = f(seeded<outer>(
        x, [](double value, size_t i) { return outer::independent(scalar::independent(value, i, N), i, N); }));
    return filled<N, N>([&](size_t i, size_t j) { return y[0].partial(i).partial(j); });
  }
};

struct by_tape {
  template <class F, size_t N>
  static auto jacobian(F const& f, point<N> const& x) {
    duet::tape<> tape;
    duet::recording const scope(tape);
    auto const inputs = seeded<duet::var<>>(x, [&](double value, size_t) { return tape.independent(value); });
    auto const y = f(inputs);
    matrix<length<decltype(y)>, N> result;
    for (size_t i = 0; i < y.size(); ++i) {
      tape.reverse(y[i]);
      for (size_t j = 0; j < N; ++j) result(static_cast<int>(i), static_cast<int>(j)) = tape.adjoint(inputs[j]);
    }
    return result;
  }
  template <class F, size_t N>
  static auto hessian(F const& f, point<N> const& x) {
    using inner = duet::dual<double, width>;
    duet::tape<inner> tape;
    duet::recording const scope(tape);
    auto const inputs = seeded<duet::var<inner>>(
        x, [&](double value, size_t i) { return tape.independent(inner::independent(value, i)); });
    auto const y = f(inputs);
    tape.reverse(y[0]);
    return filled<N, N>([&](size_t i, size_t j) { return tape.adjoint(inputs[i]).partial(j); });
  }
};

struct by_hyperdual {
  template <class F, size_t N>
  static auto jacobian(F const& f, point<N> const& x) {
    auto const y = f(independent<duet::hyperdual<double, width>>(x));
    return filled<length<decltype(y)>, N>([&](size_t i, size_t j) { return y[i].partial(j); });
  }
  template <class F, size_t N>
  static auto hessian(F const& f, point<N> const& x) {
    auto const y = f(independent<duet::hyperdual<double, width>>(x));
    return filled<N, N>([&](size_t i, size_t j) { return y[0].second(i, j); });
  }
};

// Along lines: x + t v.
struct by_taylor {
  template <size_t K, class F, size_t N>
  static auto along(F const& f, point<N> const& x, point<N> const& v) {
    using S = duet::taylor<double, K>;
    return f(seeded<S>(x, [&](double value, size_t i) {
      S s(value);
      s.set_coefficient(1, v[i]);
      return s;
    }));
  }
  template <size_t N>
  static point<N> unit(size_t j, size_t k) {
    point<N> v{};
    v[j] = v[k] = 1;
    return v;
  }
  template <class F, size_t N>
  static auto jacobian(F const& f, point<N> const& x) {
    return filled<length<decltype(f(x))>, N>(
        [&](size_t i, size_t j) { return along<2>(f, x, unit<N>(j, j))[i].coefficient(1); });
  }
  template <class F, size_t N>
  static auto hessian(F const& f, point<N> const& x) {
    auto const second = [&](size_t j, size_t k) { return along<2>(f, x, unit<N>(j, k))[0].derivative(2); };
    return filled<N, N>(
        [&](size_t j, size_t k) { return j == k ? second(j, j) : (second(j, k) - second(j, j) - second(k, k)) / 2; });
  }
};

// ---- random smooth functions of bounded slope, from N numbers to M ----

struct random_numbers {
  std::mt19937 engine;
  double operator()() { return 2 * static_cast<double>(engine()) / 4294967295.0 - 1; }
  size_t below(size_t n) { return engine() % n; }
  template <size_t N>
  point<N> draw() {
    point<N> x{};
    for (double& e : x) e = (*this)();
    return x;
  }
};

struct step {
  size_t kind, a, b, to;
  double c;
};

template <class S>
void execute(std::vector<step> const& steps, S* r) {
  using std::atan, std::cos, std::exp, std::log, std::pow, std::sin, std::sqrt, std::tanh;
  for (step const& s : steps) {
    S const a = r[s.a], b = r[s.b];
    S& to = r[s.to];
    switch (s.kind) {
      case 0:
        to = sin(a * b) + s.c * b;
        break;
      case 1:
        to = tanh(a - s.c) * b;
        break;
      case 2:
        to = a / (2 + b * b);
        break;
      case 3:
        to = a + s.c * b;
        break;
      case 4:
        to = exp(-a * a) * (b + s.c);
        break;
      case 5:
        to = log(2 + a * a + s.c) - atan(b);
        break;
      case 6:
        to += cos(a) * sqrt(1 + b * b);
        break;
      default:
        to = pow(1 + a * a, 0.3 * s.c) + b;
    }
  }
}

template <size_t N, size_t M>
struct random_function {
  static constexpr size_t registers = std::max(N, M) + 1;
  std::vector<step> steps;

  explicit random_function(random_numbers& random) {
    for (size_t i = 0; i < registers; ++i) steps.push_back({3, i % N, random.below(N), i, random()});
    for (int i = 0; i < 12; ++i)
      steps.push_back(
          {random.below(8), random.below(registers), random.below(registers), random.below(registers), random()});
  }

  template <class S>
  std::array<S, M> operator()(std::array<S, N> const& x) const {
    std::array<S, registers> r{};
    for (size_t i = 0; i < registers; ++i) r[i] = x[i % N] * (1.0 + static_cast<double>(i) / 8);
    execute(steps, r.data());
    std::array<S, M> y{};
    for (size_t i = 0; i < M; ++i) y[i] = r[i] + 0.25 * r[registers - 1];
    return y;
  }
};

template <size_t N>
using scalar_function = random_function<N, 1>;

template <size_t M, size_t N, class F>
matrix<M, N> differences(F const& f, point<N> const& x) {
  auto const at = [&](size_t j, long double h) {
    std::array<long double, N> moved{};
    std::copy(x.begin(), x.end(), moved.begin());
    moved[j] += h;
    return f(moved);
  };
  return filled<M, N>([&](size_t i, size_t j) {
    auto const slope = [&](long double h) { return (at(j, h)[i] - at(j, -h)[i]) / (2 * h); };
    return static_cast<double>((4 * slope(5e-5L) - slope(1e-4L)) / 3);
  });
}

// f and g put together.
template <class F, class G, class Combine>
auto combined(F const& f, G const& g, Combine const& combine) {
  return [=](auto const& x) {
    using S = std::remove_cvref_t<decltype(x[0])>;
    return std::array<S, 1>{S(combine(f(x)[0], g(x)[0]))};
  };
}
template <class Outer, class Inner>
auto composed(Outer const& outer, Inner const& inner) {
  return [=](auto const& x) { return outer(inner(x)); };
}

double number(std::array<double, 1> const& y) { return y[0]; }

}  // namespace

TEMPLATE_TEST_CASE("Jacobians and Hessians of random functions are those of differences", "", by_dual, by_dynamic_dual,
                   by_tape, by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(1)};
  for (int n = 0; n < draws; ++n) {
    random_function<3, 2> const f(random);
    auto const x = random.draw<3>();
    require_equal(TestType::jacobian(f, x), differences<2>(f, x), 1e-9);
    auto const gradient = [&](auto const& at) {
      using S = std::remove_cvref_t<decltype(at[0])>;
      std::array<duet::dual<S, 3>, 3> seeds{};
      for (size_t i = 0; i < 3; ++i) seeds[i] = duet::dual<S, 3>::independent(at[i], i);
      auto const y = f(seeds)[0];
      return std::array<S, 3>{y.partial(0), y.partial(1), y.partial(2)};
    };
    require_equal(TestType::hessian(f, x), differences<3>(gradient, x), 1e-8);
  }
}

TEMPLATE_TEST_CASE("Sums, multiples, products and quotients obey their rules", "", by_dual, by_dynamic_dual, by_tape,
                   by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(2)};
  for (int n = 0; n < draws; ++n) {
    scalar_function<3> const f(random), g(random);
    auto const x = random.draw<3>();
    double const a = random(), b = random(), y = number(f(x)), z = number(g(x));
    auto const df = TestType::jacobian(f, x), dg = TestType::jacobian(g, x);
    auto const rule = [&](auto const& combine) { return TestType::jacobian(combined(f, g, combine), x); };
    require_equal(rule([=](auto const& u, auto const& v) { return a * u + b * v; }), a * df + b * dg);
    require_equal(rule([](auto const& u, auto const& v) { return u - v; }), df - dg);
    require_equal(rule([](auto const& u, auto const& v) { return u * v; }), z * df + y * dg);
    double const w = 2 + z * z;  // no zero divisor
    require_equal(rule([](auto const& u, auto const& v) { return u / (2 + v * v); }),
                  (w * df - y * 2 * z * dg) / (w * w));
    require_equal(rule([](auto const& u, auto const& v) { return 1 / (2 + v * v) + 0 * u; }), -2 * z * dg / (w * w));
  }
}

TEMPLATE_TEST_CASE("Second derivatives are symmetric and obey the rules of sums and products", "", by_dual,
                   by_dynamic_dual, by_tape, by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(3)};
  for (int n = 0; n < draws; ++n) {
    scalar_function<3> const f(random), g(random);
    auto const x = random.draw<3>();
    double const a = random(), y = number(f(x)), z = number(g(x));
    auto const df = by_dual::jacobian(f, x), dg = by_dual::jacobian(g, x);
    auto const Hf = TestType::hessian(f, x), Hg = TestType::hessian(g, x);
    require_equal(Hf, Hf.transpose());
    auto const rule = [&](auto const& combine) { return TestType::hessian(combined(f, g, combine), x); };
    require_equal(rule([=](auto const& u, auto const& v) { return a * u - v; }), a * Hf - Hg);
    require_equal(rule([](auto const& u, auto const& v) { return u * v; }),
                  z * Hf + y * Hg + df.transpose() * dg + dg.transpose() * df);
    require_equal(rule([](auto const& u, auto const&) {
                    using std::sin;
                    return sin(u);
                  }),
                  std::cos(y) * Hf - std::sin(y) * df.transpose() * df);
  }
}

TEMPLATE_TEST_CASE("The chain rule holds along curves x(t) and on surfaces x(s, t)", "", by_dual, by_dynamic_dual,
                   by_tape, by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(4)};
  for (int n = 0; n < draws; ++n) {
    scalar_function<3> const f(random);
    random_function<1, 3> const curve(random);
    point<1> const t = random.draw<1>();
    auto const velocity = TestType::jacobian(curve, t);
    require_equal(TestType::jacobian(composed(f, curve), t), TestType::jacobian(f, curve(t)) * velocity);

    random_function<2, 3> const surface(random);
    point<2> const st = random.draw<2>();
    auto const slope = TestType::jacobian(f, surface(st));
    auto const tangents = TestType::jacobian(surface, st);
    auto const result = TestType::jacobian(composed(f, surface), st);
    for (int k = 0; k < 2; ++k)  // df/ds = sum over i of df/dx_i dx_i/ds, and so for t
      require_equal(result.col(k), slope * tangents.col(k));
  }
}

TEMPLATE_TEST_CASE("The Jacobian of a composition is the product of the Jacobians, however it is bracketed", "",
                   by_dual, by_dynamic_dual, by_tape, by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(5)};
  for (int n = 0; n < draws; ++n) {
    random_function<3, 4> const f(random);
    random_function<4, 2> const g(random);
    random_function<2, 3> const h(random);
    auto const x = random.draw<3>();
    auto const y = f(x);
    auto const z = g(y);
    auto const Jf = TestType::jacobian(f, x);
    auto const Jg = TestType::jacobian(g, y);
    auto const Jh = TestType::jacobian(h, z);
    require_equal(TestType::jacobian(composed(g, f), x), Jg * Jf);
    require_equal(TestType::jacobian(composed(h, composed(g, f)), x), (Jh * Jg) * Jf);
    require_equal(TestType::jacobian(composed(composed(h, g), f), x), Jh * (Jg * Jf));
  }
}

TEMPLATE_TEST_CASE("The Hessian of a composition follows the chain rule of second order", "", by_dual, by_dynamic_dual,
                   by_tape, by_hyperdual, by_taylor) {
  random_numbers random{std::mt19937(6)};
  for (int n = 0; n < draws; ++n) {
    random_function<3, 2> const inner(random);
    scalar_function<2> const outer(random);
    auto const x = random.draw<3>();
    auto const y = inner(x);
    auto const J = by_dual::jacobian(inner, x);
    auto const slope = by_dual::jacobian(outer, y);
    auto const second = [&](auto const& at) {
      auto const u = inner(at);
      return std::array<std::remove_cvref_t<decltype(u[0])>, 1>{u[1]};
    };
    matrix<3, 3> const expected = J.transpose() * TestType::hessian(outer, y) * J +
                                  slope(0) * TestType::hessian(inner, x) + slope(1) * TestType::hessian(second, x);
    require_equal(TestType::hessian(composed(outer, inner), x), expected);
  }
}

// ---- inverse functions ----

namespace {

template <class F>
auto on_arrays(F const& f) {
  return [f](auto const& x) {
    using S = std::remove_cvref_t<decltype(x[0])>;
    return std::array<S, 1>{S(f(x[0]))};
  };
}

// Calls visit(name, f, g, x) for pairs of inverse functions and points of f.
template <class Visit>
void for_each_inverse(Visit const& visit) {
  using duet::sigmoid;
  using std::asin, std::asinh, std::atan, std::cbrt, std::exp, std::log, std::pow, std::sin, std::sinh, std::sqrt,
      std::tan;
  auto const at = [&](char const* name, auto const& f, auto const& g, std::vector<double> const& points) {
    for (double x : points) visit(name, on_arrays(f), on_arrays(g), x);
  };
  at("log exp", [](auto const& x) { return exp(x); }, [](auto const& x) { return log(x); }, {-2, 0, 1.5});
  at("exp log", [](auto const& x) { return log(x); }, [](auto const& x) { return exp(x); }, {0.1, 1, 7});
  at("asin sin", [](auto const& x) { return sin(x); }, [](auto const& x) { return asin(x); }, {-1, 0, 0.7});
  at("atan tan", [](auto const& x) { return tan(x); }, [](auto const& x) { return atan(x); }, {-1.2, 0, 1});
  at("asinh sinh", [](auto const& x) { return sinh(x); }, [](auto const& x) { return asinh(x); }, {-2, 0, 1});
  at("sqrt square", [](auto const& x) { return x * x; }, [](auto const& x) { return sqrt(x); }, {0.3, 1, 40});
  at("cbrt cube", [](auto const& x) { return x * x * x; }, [](auto const& x) { return cbrt(x); }, {-2, 0.3, 5});
  at("pow pow", [](auto const& x) { return pow(x, 2.5); }, [](auto const& x) { return pow(x, 0.4); }, {0.4, 1, 3});
  at(
      "logit sigmoid", [](auto const& x) { return sigmoid(x); }, [](auto const& x) { return log(x / (1 - x)); },
      {-3, 0, 2});
}

}  // namespace

TEMPLATE_TEST_CASE("The slope of an inverse function is the inverse of the slope", "", by_dual, by_dynamic_dual,
                   by_tape, by_hyperdual, by_taylor) {
  for_each_inverse([](std::string const& name, auto const& f, auto const& g, double at) {
    CAPTURE(name, at);
    point<1> const x{at};
    auto const y = f(x);
    double const slope = TestType::jacobian(f, x)(0), back = TestType::jacobian(g, y)(0);
    REQUIRE(slope * back == Approx(1).epsilon(1e-12));
    // g'' = -f'' / f'^3
    double const second = TestType::hessian(f, x)(0) / (slope * slope * slope);
    REQUIRE(TestType::hessian(g, y)(0) == Approx(-second).epsilon(1e-11).margin(1e-11));
  });
}

TEMPLATE_TEST_CASE("The Jacobian of an inverse map is the inverse of the Jacobian", "", by_dual, by_dynamic_dual,
                   by_tape, by_hyperdual, by_taylor) {
  auto const to_cartesian = [](auto const& polar) {
    using std::cos, std::sin;
    using S = std::remove_cvref_t<decltype(polar[0])>;
    return std::array<S, 2>{S(polar[0] * cos(polar[1])), S(polar[0] * sin(polar[1]))};
  };
  auto const to_polar = [](auto const& x) {
    using std::atan2, std::hypot;
    using S = std::remove_cvref_t<decltype(x[0])>;
    return std::array<S, 2>{S(hypot(x[0], x[1])), S(atan2(x[1], x[0]))};
  };
  random_numbers random{std::mt19937(7)};
  for (int n = 0; n < draws; ++n) {
    point<2> const polar{1.5 + random(), 3 * random()};
    require_equal(
        matrix<2, 2>(TestType::jacobian(to_cartesian, polar) * TestType::jacobian(to_polar, to_cartesian(polar))),
        matrix<2, 2>::Identity());
  }
}

// ---- higher orders ----

TEST_CASE("Products of series obey Leibniz' rule, quotients undo them") {
  constexpr size_t K = 8;
  constexpr std::array<std::array<double, K + 1>, K + 1> binomial = [] {
    std::array<std::array<double, K + 1>, K + 1> b{};
    for (size_t n = 0; n <= K; ++n)
      for (size_t k = 0; k <= n; ++k) b[n][k] = k == 0 || k == n ? 1 : b[n - 1][k - 1] + b[n - 1][k];
    return b;
  }();
  random_numbers random{std::mt19937(8)};
  for (int n = 0; n < draws; ++n) {
    scalar_function<1> const f(random), g(random);
    point<1> const x = random.draw<1>();
    auto const series = [&](auto const& h) { return by_taylor::along<K>(h, x, point<1>{1})[0]; };
    auto const u = series(f), v = series(g);
    auto const product = series(combined(f, g, [](auto const& a, auto const& b) { return a * b; }));
    for (size_t order = 0; order <= K; ++order) {
      double sum = 0, scale = 1;
      for (size_t k = 0; k <= order; ++k) {
        double const term = binomial[order][k] * u.derivative(k) * v.derivative(order - k);
        sum += term;
        scale += std::abs(term);
      }
      CAPTURE(order);
      REQUIRE(std::abs(product.derivative(order) - sum) <= tight * scale);
    }
    auto const undone =
        series(combined(f, g, [](auto const& a, auto const& b) { return a * (2 + b * b) / (2 + b * b); }));
    for (size_t k = 0; k <= K; ++k) {
      CAPTURE(k);
      double scale = 1;
      for (size_t j = 0; j <= k; ++j) scale += std::abs(u.coefficient(j));
      REQUIRE(std::abs(undone.coefficient(k) - u.coefficient(k)) <= 1e-10 * scale);
    }
  }
}

TEST_CASE("The higher derivatives of a function after its inverse are those of x") {
  for_each_inverse([](std::string const& name, auto const& f, auto const& g, double at) {
    CAPTURE(name, at);
    auto const y = by_taylor::along<8>(composed(g, f), point<1>{at}, point<1>{1})[0];
    REQUIRE(y.coefficient(0) == Approx(at).margin(1e-14));
    REQUIRE(y.coefficient(1) == Approx(1).epsilon(1e-11));
    auto const inner = by_taylor::along<8>(f, point<1>{at}, point<1>{1})[0];
    for (size_t k = 2; k <= 5; ++k) {
      CAPTURE(k);
      double scale = 1;  // what has to cancel: products of f's coefficients over its slope
      for (size_t j = 1; j <= k; ++j)
        scale += std::pow(std::abs(inner.coefficient(j) / inner.coefficient(1)),
                          static_cast<double>(k) / static_cast<double>(j));
      REQUIRE(std::abs(y.coefficient(k)) <= 1e-11 * scale * scale);
    }
  });
}

TEST_CASE("A series along a composed curve has the derivatives of Faa di Bruno's formula") {
  random_numbers random{std::mt19937(9)};
  for (int n = 0; n < draws; ++n) {
    scalar_function<1> const f(random), g(random);
    point<1> const t = random.draw<1>();
    auto const u = by_taylor::along<8>(g, t, point<1>{1})[0];
    auto const v = by_taylor::along<8>(f, g(t), point<1>{1})[0];
    auto const y = by_taylor::along<8>(composed(f, g), t, point<1>{1})[0];
    double const g1 = u.derivative(1), g2 = u.derivative(2), g3 = u.derivative(3), g4 = u.derivative(4);
    double const f1 = v.derivative(1), f2 = v.derivative(2), f3 = v.derivative(3), f4 = v.derivative(4);
    auto const require_sum = [](double result, std::initializer_list<double> terms) {
      double sum = 0, scale = 1;
      for (double term : terms) {
        sum += term;
        scale += std::abs(term);
      }
      REQUIRE(std::abs(result - sum) <= tight * scale);
    };
    require_sum(y.derivative(1), {f1 * g1});
    require_sum(y.derivative(2), {f1 * g2, f2 * g1 * g1});
    require_sum(y.derivative(3), {f1 * g3, 3 * f2 * g1 * g2, f3 * g1 * g1 * g1});
    require_sum(y.derivative(4),
                {f1 * g4, 4 * f2 * g1 * g3, 3 * f2 * g2 * g2, 6 * f3 * g1 * g1 * g2, f4 * g1 * g1 * g1 * g1});
  }
}

// ---- cases of a textbook on vector calculus ----

TEMPLATE_TEST_CASE("A linear map is its own Jacobian, and a sum of squares has the gradient -2 e^T Phi", "", by_dual,
                   by_dynamic_dual, by_tape, by_hyperdual, by_taylor) {
  matrix<4, 3> A;
  A << 1, 2, 3, -4, 5, 6, 7, -8, 9, 0.5, 0.25, -0.125;
  auto const linear = [&](auto const& x) {
    using S = std::remove_cvref_t<decltype(x[0])>;
    std::array<S, 4> y{};
    for (int i = 0; i < 4; ++i) y[static_cast<size_t>(i)] = A(i, 0) * x[0] + A(i, 1) * x[1] + A(i, 2) * x[2];
    return y;
  };
  point<3> const theta{0.5, -2, 4};
  REQUIRE(TestType::jacobian(linear, theta) == A);

  point<4> const target{1, -1, 2, 0.5};
  auto const loss = [&](auto const& t) {
    using S = std::remove_cvref_t<decltype(t[0])>;
    auto const prediction = linear(t);
    S sum = 0;
    for (size_t i = 0; i < 4; ++i) {
      S const e = target[i] - prediction[i];
      sum += e * e;
    }
    return std::array<S, 1>{sum};
  };
  matrix<1, 4> e;
  auto const prediction = linear(theta);
  for (size_t i = 0; i < 4; ++i) e(static_cast<int>(i)) = target[i] - prediction[i];
  require_equal(TestType::jacobian(loss, theta), -2 * e * A);
  require_equal(TestType::hessian(loss, theta), 2 * A.transpose() * A);
}

TEMPLATE_TEST_CASE("sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2)) has the derivative of the book", "", by_dual,
                   by_dynamic_dual, by_tape, by_hyperdual, by_taylor) {
  auto const f = [](auto const& x) {
    using std::cos, std::exp, std::sqrt;
    using S = std::remove_cvref_t<decltype(x[0])>;
    S const a = x[0] * x[0], b = exp(a), c = a + b;
    return std::array<S, 1>{S(sqrt(c) + cos(c))};
  };
  for (double const x : {-1.3, -0.2, 0.0, 0.4, 1.1}) {
    double const c = x * x + std::exp(x * x);
    double const expected = 2 * x * (1 / (2 * std::sqrt(c)) - std::sin(c)) * (1 + std::exp(x * x));
    REQUIRE(TestType::jacobian(f, point<1>{x})(0) == Approx(expected).epsilon(1e-13).margin(1e-15));
  }
}
