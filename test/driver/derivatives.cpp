#include "catch.hpp"

#include <duet/driver/derivative.hpp>
#include <duet/driver/derivatives.hpp>
#include <duet/driver/gradient.hpp>

// The first K derivatives of a function of one number: shapes, modes, levels, and one evaluation.

namespace {

constexpr auto wave = [](auto const& t) { return exp(2 * t) * sin(t); };

// d^k/dt^k exp(2 t) sin(t) = Im (2 + i)^k exp((2 + i) t), in long double.
long double wave_derivative(int k, long double t) {
  long double re = 1, im = 0;
  for (int i = 0; i < k; ++i) {
    long double const next = 2 * re - im;
    im = re + 2 * im;
    re = next;
  }
  return std::exp(2 * t) * (re * std::sin(t) + im * std::cos(t));
}

}  // namespace

TEST_CASE("derivatives gives the value and all derivatives up to the order asked for") {
  std::array<double, 11> const d = duet::derivatives<10>(wave, 0.4);
  for (int k = 0; k <= 10; ++k)
    CHECK(d[static_cast<std::size_t>(k)] == Approx(static_cast<double>(wave_derivative(k, 0.4L))).epsilon(1e-13));
  CHECK(d[0] == wave(0.4));  // bit for bit
  CHECK(duet::derivatives<0>(wave, 0.4) == std::array{wave(0.4)});
  CHECK(duet::derivatives<20>(wave, 0.4)[20] == Approx(static_cast<double>(wave_derivative(20, 0.4L))).epsilon(1e-12));
  CHECK(duet::derivatives<3>(duet::forward, wave, 0.4) == duet::derivatives<3>(wave, 0.4));
  CHECK(duet::derivatives<1>(wave, 0.4)[1] == Approx(duet::derivative(wave, 0.4)).epsilon(1e-15));
}

TEST_CASE("each derivative has the shape of the output") {
  auto const fixed = duet::derivatives<2>(
      [](auto const& t) {
        using S = std::decay_t<decltype(t)>;
        return Eigen::Matrix<S, 2, 2>{{t, t * t}, {S(1), 1 / t}};
      },
      2.0);
  STATIC_REQUIRE(std::is_same_v<decltype(fixed), std::array<Eigen::Matrix2d, 3> const>);
  CHECK(fixed[0] == Eigen::Matrix2d{{2, 4}, {1, 0.5}});
  CHECK(fixed[1] == Eigen::Matrix2d{{1, 4}, {0, -0.25}});
  CHECK(fixed[2] == Eigen::Matrix2d{{0, 2}, {0, 0.25}});

  auto const array = duet::derivatives<0>([](auto const& t) { return std::array{t, t * t}; }, 3.0);
  STATIC_REQUIRE(std::is_same_v<decltype(array), std::array<std::array<double, 2>, 1> const>);
  CHECK(array[0] == std::array{3.0, 9.0});

  auto const list =
      duet::derivatives<3>([](auto const& t) { return std::vector<std::decay_t<decltype(t)>>{t * t * t, t}; }, 2.0f);
  STATIC_REQUIRE(std::is_same_v<decltype(list), std::array<std::vector<float>, 4> const>);
  CHECK(list[2] == std::vector<float>{12, 0});

  auto const dynamic = duet::derivatives<1>(
      [](auto const& t) -> Eigen::VectorX<std::decay_t<decltype(t)>> {
        return Eigen::VectorX<std::decay_t<decltype(t)>>::Constant(3, t * t);
      },
      2.0);
  CHECK(dynamic[1] == Eigen::Vector3d::Constant(4));

  CHECK(duet::derivatives<2>([](auto const&) { return 4; }, 1.0) == std::array{4.0, 0.0, 0.0});
  CHECK(duet::derivatives<1>(wave, 0.4L)[1] == Approx(static_cast<double>(wave_derivative(1, 0.4L))).epsilon(1e-18));
}

TEST_CASE("f is evaluated once") {
  int calls = 0;
  auto const counted = [&](auto const& t) {
    ++calls;
    return wave(t);
  };
  (void)duet::derivatives<6>(counted, 0.4);
  CHECK(calls == 1);
}

TEST_CASE("derivatives inside derivatives do not mix their levels") {
  // t d^2/du^2 (u^3 t) at u = t is 6 t^3.
  auto const inner = [](auto const& t) {
    return duet::derivatives<2>([&t](auto const& u) { return u * u * u * t; }, t)[2] * t;
  };
  CHECK(duet::derivatives<3>(inner, 2.0) == std::array{48.0, 72.0, 72.0, 36.0});
  CHECK(duet::derivative(inner, 2.0) == 72);
  CHECK(duet::derivative(duet::reverse, inner, 2.0) == 72);
  auto const of_derivative = [](auto const& t) {
    return duet::derivative([&t](auto const& u) { return u * u * u * t; }, t);
  };
  CHECK(duet::derivatives<2>(of_derivative, 2.0)[2] == 36);  // of 3 t^3
}

TEST_CASE("the gradient of a Taylor coefficient") {
  auto const third = [](auto const& p) {
    return duet::derivatives<3>([&p](auto const& t) { return p[0] * sin(p[1] * t); }, p[0] * 0.0 + 0.5)[3];
  };
  // -a b^3 cos(b / 2)
  Eigen::Vector2d const x(1.5, 0.7), g = duet::gradient(third, x);
  CHECK(g[0] == Approx(-0.343 * std::cos(0.35)).epsilon(1e-14));
  CHECK(g[1] == Approx(1.5 * (0.343 * 0.5 * std::sin(0.35) - 3 * 0.49 * std::cos(0.35))).epsilon(1e-14));
}

namespace {

// The derivatives of f from a series of which the compiler knows nothing.
template <std::size_t K, class F>
std::array<double, K + 1> opaque_derivatives(F const& f, double at) {
  using S = duet::taylor<double, K>;
  S t;
  for (std::size_t k = 0; k <= K; ++k) {
    double const volatile coefficient = k == 0 ? at : k == 1 ? 1 : 0;
    t.set_coefficient(k, +coefficient);
  }
  S const y = f(t);
  std::array<double, K + 1> result;
  for (std::size_t k = 0; k <= K; ++k) result[k] = y.derivative(k);
  return result;
}

template <class F>
void check_knowledge(char const* name, F const& f, std::initializer_list<double> points) {
  for (double const at : points) {
    auto const known = duet::derivatives<7>(f, at), unknown = opaque_derivatives<7>(f, at);
    for (std::size_t k = 0; k <= 7; ++k) {
      INFO(name << " at " << at << ", derivative " << k << ": " << known[k] << " and " << unknown[k]);
      bool const same = known[k] == unknown[k] || (std::isnan(known[k]) && std::isnan(unknown[k]));
      CHECK((same || std::abs(known[k] - unknown[k]) <= 1e-13 * (1 + std::abs(unknown[k]))));
    }
  }
}

}  // namespace

TEST_CASE("what the compiler knows of the point changes no derivative, not at singular points either") {
  check_knowledge("polynomial", [](auto const& t) { return (t * t + 1) * (t - 2) / 3 - square(t) * t; }, {0, 1, -2.5});
  check_knowledge("rational", [](auto const& t) { return (1 + t * t) / (t * t * t - 1) + 1 / (t * t); }, {0, 1, 0.5});
  check_knowledge("roots", [](auto const& t) { return sqrt(t * t) + sqrt(1 + t * t) * cbrt(t * t * t); }, {0, 1, -2});
  check_knowledge("root", [](auto const& t) { return sqrt(t) * t + sqrt(2 - t * t); }, {0, 0.5, 1});
  check_knowledge("powers", [](auto const& t) { return pow(t, 2.5) + pow(t * t, 3) + pow(1 + t, -2) + pow(t, 5); },
                  {0, 1, 0.3});
  check_knowledge("moving powers", [](auto const& t) { return pow(t, t * t) + pow(2 + t, t) + pow(2, t * t); },
                  {0, 1, 0.3});
  check_knowledge("logarithms", [](auto const& t) { return log(t) + xlogx(t * t) + xlogy(t, 1 + t) + log2(1 + t * t); },
                  {0, 1, 0.3});
  check_knowledge("exponentials", [](auto const& t) { return exp(-(t * t)) + expm1(t) + exp2(t * t) + sigmoid(-t); },
                  {0, 1, -30, 900});
  check_knowledge("circular", [](auto const& t) { return sin(3 * t) * cos(t * t) + tan(t) + sinh(t) - cosh(t * t); },
                  {0, 1, -0.7});
  check_knowledge("inverse", [](auto const& t) { return atan(t) + asin(t) * acos(t * t) + atan2(t, 1 - t); },
                  {0, 0.5, 1, -0.9});
  check_knowledge("lengths", [](auto const& t) { return hypot(t, t * t) + hypot(t, 1.0, 2 * t) + abs(t); }, {0, 1, -2});
  check_knowledge("nothing", [](auto const& t) { return 0 * t + exp(0 * t) * log(0 * t + 2) + sqrt(0 * t); }, {0, 1});
  check_knowledge("special", [](auto const& t) { return erf(t) * tgamma(1 + t) + lgamma(2 + t * t) + softplus(t); },
                  {0, 1, 0.3});
}
