// with_derivative against Duet's own functions of the same name, whose derivatives are rules of their own, and user
// rules through apply: in every mode and order.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/forward/with_derivative.hpp>
#include <duet/sparse.hpp>
#include <duet/symbolic.hpp>

namespace {

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

// A function of a library: it takes double.
double library_softplus(double x) { return std::log1p(std::exp(x)); }

constexpr auto softplus = duet::with_derivative([](double x) { return library_softplus(x); },
                                                [](auto const& x) {
                                                  using std::exp;
                                                  return 1.0 / (1.0 + exp(-x));
                                                });
// Nothing but functions of double, up to the third order.
constexpr auto sine =
    duet::with_derivative([](double x) { return std::sin(x); }, [](double x) { return std::cos(x); },
                          [](double x) { return -std::sin(x); }, [](double x) { return -std::cos(x); });
constexpr auto length = duet::with_derivative([](double a, double b) { return std::hypot(a, b); },
                                              [](auto const& a, auto const& b) {
                                                using std::hypot;
                                                auto const h = duet::evaluated(hypot(a, b));
                                                return duet::partials{duet::evaluated(a / h), duet::evaluated(b / h)};
                                              });

auto const given = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return S(softplus(x[0] * x[1]) * sine(x[1]) + length(x[0], 2 * x[1]) + length(x[0], 3));
};
auto const same = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  using std::sin, std::hypot;
  return S(duet::softplus(x[0] * x[1]) * sin(x[1]) + hypot(x[0], 2 * x[1]) + hypot(x[0], 3));
};
Vector2d const point(0.7, -0.4);

template <class A, class B>
void require_same(A const& a, B const& b, double tolerance = 1e-13) {
  REQUIRE((a - b).cwiseAbs().maxCoeff() <= tolerance);
}

TEST_CASE("with_derivative is a function of plain numbers", "[with_derivative]") {
  REQUIRE(softplus(0.3) == std::log1p(std::exp(0.3)));
  REQUIRE(softplus(1) == std::log1p(std::exp(1.0)));
  STATIC_REQUIRE(std::is_same_v<decltype(softplus(1.0f)), float>);
  STATIC_REQUIRE(std::is_same_v<decltype(length(1, 2.0f)), double>);
  REQUIRE(given(point) == Approx(same(point)).epsilon(1e-15));
}

TEST_CASE("with_derivative gives gradient and Hessian in both modes", "[with_derivative]") {
  require_same(duet::gradient(duet::forward, given, point), duet::gradient(same, point));
  require_same(duet::gradient(duet::reverse, given, point), duet::gradient(same, point));
  MatrixXd const expected = duet::hessian(same, point);
  require_same(MatrixXd(duet::hessian(duet::forward, given, point)), expected);
  require_same(MatrixXd(duet::hessian(duet::reverse, given, point)), expected);
}

TEST_CASE("with_derivative is differentiated to high orders", "[with_derivative]") {
  auto const along = [](auto const& f) {
    return duet::derivatives<5>([f](auto const& t) { return f(std::array{t * 1.0, t * t - 0.6}); }, 0.8);
  };
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return S(softplus(x[0] * x[1]) + length(x[0], x[1]));
  };
  auto const g = [](auto const& x) {
    using std::hypot;
    using S = std::decay_t<decltype(x[0])>;
    return S(duet::softplus(x[0] * x[1]) + hypot(x[0], x[1]));
  };
  auto const got = along(f), expected = along(g);
  for (std::size_t k = 0; k <= 5; ++k) REQUIRE(got[k] == Approx(expected[k]).epsilon(1e-12));
}

TEST_CASE("with_derivative of double alone goes as far as its derivatives", "[with_derivative]") {
  auto const third = duet::derivatives<3>([](auto const& t) { return sine(t); }, 0.5);
  REQUIRE(third[3] == Approx(-std::cos(0.5)));
  double const nested = duet::derivative(
      [](auto const& t) { return duet::derivative([](auto const& s) { return sine(s * s); }, t); }, 0.5);
  REQUIRE(nested == Approx(2 * std::cos(0.25) - 4 * 0.25 * std::sin(0.25)));
}

TEST_CASE("with_derivative is traced for sparsity and into formulas", "[with_derivative]") {
  auto const f = [](auto const& x) {
    using V = std::decay_t<decltype(x)>;
    V y = x;
    for (Eigen::Index i = 0; i < x.size(); ++i) y[i] = softplus(x[i]);
    return y;
  };
  VectorXd const x = VectorXd::LinSpaced(5, -1, 1);
  auto const sparse = duet::sparse_jacobian(f, x);
  REQUIRE(sparse.nonZeros() == 5);
  REQUIRE(sparse.coeff(4, 4) == Approx(1 / (1 + std::exp(-1.0))));
  auto const sum = [](auto const& v) { return std::decay_t<decltype(v[0])>(softplus(v[0]) + softplus(v[1] * v[2])); };
  Eigen::Vector3d const at(0.2, -0.3, 0.5);
  MatrixXd const h = duet::sparse_hessian(sum, at);
  require_same(h, MatrixXd(duet::hessian(sum, at)));
  REQUIRE(h(0, 1) == 0);

  auto const graph = duet::symbolic::expression<1>([](auto const& v) {
    return duet::with_derivative([](auto const& u) { return u * u * u; }, [](auto const& u) { return 3 * u * u; })(v);
  });
  auto const both = duet::symbolic::value_and_gradient(graph, 2.0);
  REQUIRE(both.value == 8);
  REQUIRE(both.gradient[0] == 12);
}

// A rule in the caller's own hands.
struct soft_sign {
  static constexpr std::string_view name = "soft_sign";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;
  static constexpr auto value(auto const& x) {
    using std::sqrt;
    return x / sqrt(1 + x * x);
  }
  static constexpr auto first(auto const& x, auto const&) {
    using std::sqrt;
    return 1 / ((1 + x * x) * sqrt(1 + x * x));
  }
  static constexpr auto second(auto const& x, auto const&, auto const& dy) { return -3 * x * dy / (1 + x * x); }
};

TEST_CASE("with_derivative or apply(rule{}, x): a rule of one's own goes through every mode", "[with_derivative]") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return S(duet::apply(soft_sign{}, x[0] * x[1]) * x[0]);
  };
  auto const g = [](auto const& x) {
    using std::sqrt;
    using S = std::decay_t<decltype(x[0])>;
    S const u = x[0] * x[1];
    return S(u / sqrt(1 + u * u) * x[0]);
  };
  require_same(duet::gradient(duet::forward, f, point), duet::gradient(g, point));
  require_same(duet::gradient(duet::reverse, f, point), duet::gradient(g, point));
  MatrixXd const expected = duet::hessian(g, point);
  require_same(MatrixXd(duet::hessian(duet::forward, f, point)), expected);
  require_same(MatrixXd(duet::hessian(duet::reverse, f, point)), expected);
  require_same(duet::hvp(duet::reverse, f, point, Vector2d(1, 2)), expected * Vector2d(1, 2));
  auto const along = [](auto const& h) {
    return duet::derivatives<4>([h](auto const& t) { return h(std::array{t * 1.0, t * t}); }, 0.8);
  };
  auto const got = along(f), by_parts = along(g);
  for (std::size_t k = 0; k <= 4; ++k) REQUIRE(got[k] == Approx(by_parts[k]).epsilon(1e-12));
}

}  // namespace
