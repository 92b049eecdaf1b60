// Boost.Math's root finders with Duet's derivatives, and its quadrature and bracketing on Duet's scalars.

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/trapezoidal.hpp>
#include <boost/math/tools/roots.hpp>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/interop/boost_math.hpp>
#include <duet/linalg/implicit.hpp>

namespace {

using Eigen::Vector2d;

TEST_CASE("Boost.Math finds roots by Newton's and Halley's method with Duet's derivatives", "[interop]") {
  auto const f = [](auto const& x) { return x * x * x - 2.0; };
  REQUIRE(boost::math::tools::newton_raphson_iterate(duet::with_slopes<1>(f), 1.0, 0.0, 2.0, 50) ==
          Approx(std::cbrt(2.0)));
  REQUIRE(boost::math::tools::halley_iterate(duet::with_slopes<2>(f), 1.0, 0.0, 2.0, 50) == Approx(std::cbrt(2.0)));
}

TEST_CASE("Boost.Math brackets a root, and implicit_solution differentiates it", "[interop]") {
  // x exp(x) = p is Lambert's W: W' = 1 / (exp(W) (1 + W))
  auto const lambert = [](auto const& p) {
    auto const f = [](auto const& x, auto const& q) {
      using std::exp;
      return x * exp(x) - q;
    };
    std::uintmax_t most = 60;
    auto const [low, high] = boost::math::tools::toms748_solve([&](double x) { return f(x, duet::value(p)); }, 0.0, 4.0,
                                                               boost::math::tools::eps_tolerance<double>(52), most);
    return duet::implicit_solution(f, (low + high) / 2, p);
  };
  double const w = lambert(3.0);
  REQUIRE(w * std::exp(w) == Approx(3));
  REQUIRE(duet::derivative(duet::forward, lambert, 3.0) == Approx(1 / (std::exp(w) * (1 + w))));
  REQUIRE(duet::gradient(duet::reverse, lambert, 3.0) == Approx(1 / (std::exp(w) * (1 + w))));
}

// int_a^2 exp(-p x) dx = (exp(-p a) - exp(-2 p)) / p
template <class Rule>
auto integral(Rule rule) {
  return [rule](auto const& in) {
    using S = std::decay_t<decltype(in[0])>;
    return rule(
        [&](S const& x) -> S {
          using std::exp;
          return exp(-in[1] * x);
        },
        S(in[0]), S(2.0));
  };
}

TEST_CASE("Boost.Math integrates in Duet's scalars, limits and parameters at once", "[interop]") {
  auto const closed = [](auto const& in) {
    using std::exp;
    using S = std::decay_t<decltype(in[0])>;
    return S((exp(-in[1] * in[0]) - exp(-2 * in[1])) / in[1]);
  };
  Vector2d const at(0.5, 1.3);
  Vector2d const expected = duet::gradient(closed, at);
  auto const kronrod = integral([](auto const& f, auto const& a, auto const& b) {
    using S = std::decay_t<decltype(a)>;
    return boost::math::quadrature::gauss_kronrod<S, 15>::integrate(f, a, b, 5, S(1e-12));
  });
  auto const trapezoidal = integral([](auto const& f, auto const& a, auto const& b) {
    using S = std::decay_t<decltype(a)>;
    return boost::math::quadrature::trapezoidal(f, a, b, S(1e-6), 20);
  });
  REQUIRE((duet::gradient(duet::forward, kronrod, at) - expected).norm() <= 1e-12);
  REQUIRE((duet::gradient(duet::reverse, kronrod, at) - expected).norm() <= 1e-12);
  REQUIRE((duet::gradient(duet::forward, trapezoidal, at) - expected).norm() <= 1e-5);
}

}  // namespace
