// implicit_root: what its derivatives cost, the shapes it takes and what it refuses.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/linalg/implicit.hpp>

namespace {

using Eigen::Vector2d;
using Eigen::VectorXd;

// F counts its calls, by what they are made of.
struct counted {
  int* values;  // on plain numbers: the iterations
  int* derivatives;
  template <class Y, class P>
  auto operator()(Y const& y, P const& p) const {
    using R = std::common_type_t<std::decay_t<decltype(y[0])>, std::decay_t<decltype(p[0])>>;
    ++*(std::is_same_v<R, double> ? values : derivatives);
    Eigen::Matrix<R, Eigen::Dynamic, 1> r(y.size());
    for (Eigen::Index i = 0; i < y.size(); ++i)
      r[i] = y[i] * y[i] * y[i] + p[0] * y[(i + 1) % y.size()] - p[1] * double(i + 1);
    return r;
  }
};

TEST_CASE("implicit_root: what a derivative costs does not depend on the iterations", "[implicit]") {
  int values = 0, derivatives = 0;
  std::vector<int> recorded, iterated;
  std::vector<VectorXd> adjoints;
  for (double const start : {1.0, 30.0, 1e6}) {
    duet::tape<double> tape;
    duet::recording<double> const scope(tape);
    Eigen::Matrix<duet::var<>, Eigen::Dynamic, 1> p(2);
    p << tape.independent(0.5), tape.independent(2.0);
    // The root alone, and then with variables: what is more is the derivative's.
    values = derivatives = 0;
    VectorXd const y0 = VectorXd::Constant(4, start);
    (void)duet::implicit_root(counted{&values, &derivatives}, y0, Vector2d(0.5, 2.0));
    int const alone = derivatives;
    iterated.push_back(alone);
    derivatives = 0;
    auto const before = tape.position();
    auto const y = duet::implicit_root(counted{&values, &derivatives}, y0, p);
    recorded.push_back(static_cast<int>(tape.position().descriptors - before.descriptors));
    REQUIRE(derivatives - alone == 2);  // the Jacobian in y at the solution, and the residual recorded
    derivatives = values = 0;
    duet::var<> const sum = y.squaredNorm();
    tape.reverse(sum);
    REQUIRE((derivatives == 0 && values == 0));  // the sweep solves a linear system and calls nobody
    adjoints.push_back(Vector2d(tape.adjoint(p[0]), tape.adjoint(p[1])));
  }
  REQUIRE(iterated[0] < iterated[1]);
  REQUIRE(iterated[1] < iterated[2]);
  REQUIRE((recorded[0] == recorded[1] && recorded[1] == recorded[2]));
  REQUIRE((adjoints[0] - adjoints[2]).norm() <= 1e-13 * adjoints[0].norm());
}

TEST_CASE("implicit_root keeps shapes, takes several parameters and captures", "[implicit]") {
  double const shift = 0.25;
  auto const f = [&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    // y0 - a = 0, y0 y1 - b0 b1 = shift
    auto const y = duet::implicit_root(
        [&](auto const& unknown, auto const& given) {
          auto const& [a, b] = given;
          using R = std::common_type_t<std::decay_t<decltype(unknown[0])>, std::decay_t<decltype(a)>>;
          return std::array<R, 2>{R(unknown[0] - a), R(unknown[0] * unknown[1] - b[0] * b[1] - shift)};
        },
        std::array<double, 2>{1, 1}, std::tuple(S(x[0]), std::vector<S>{S(x[1]), S(x[0])}));
    STATIC_REQUIRE(std::is_same_v<std::remove_const_t<decltype(y)>, std::array<S, 2>>);
    return S(y[1] * y[1]);
  };
  auto const closed = [&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const y = x[1] + shift / x[0];
    return S(y * y);
  };
  Vector2d const at(0.7, 1.9);
  REQUIRE((duet::gradient(duet::forward, f, at) - duet::gradient(closed, at)).norm() <= 1e-13);
  REQUIRE((duet::gradient(duet::reverse, f, at) - duet::gradient(closed, at)).norm() <= 1e-13);
  REQUIRE((duet::hessian(duet::reverse, f, at) - duet::hessian(closed, at)).norm() <= 1e-12);
}

TEST_CASE("implicit_root says why there is none", "[implicit]") {
  auto const equation = [](auto const& y, auto const& p) { return y * y + p; };
  REQUIRE_THROWS_WITH(duet::implicit_root(equation, 0.9, 1.0),
                      duet_test::contains("duet::implicit_root: no convergence after"));
  REQUIRE_THROWS_WITH(duet::implicit_root(equation, 0.0, 1.0),
                      duet_test::contains("singular or not finite in iteration 1"));
  REQUIRE_THROWS_WITH(
      duet::implicit_root(equation, 1e9, -1.0, {.iterations = 3}),
      duet_test::contains("duet::implicit_root: no convergence after 3 iterations: the norm of F is 6.25e+16"));
  REQUIRE_THROWS_WITH(duet::derivative([&](auto const& p) { return duet::implicit_root(equation, 0.0, p); }, 0.0),
                      duet_test::contains("the Jacobian of F in y is singular at the solution"));
  auto const two = [](auto const& y, auto const&) { return std::array{y, y}; };
  REQUIRE_THROWS_WITH(duet::implicit_solution(two, 1.0, duet::dual<double>(1.0)),
                      duet_test::contains("the result of F(y, p) has 2 entries, expected 1"));
}

}  // namespace
