#include "catch.hpp"

#include <cmath>
#include <duet/duet.hpp>
#include <functional>

#include "oracle.hpp"

namespace {

using duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd, Eigen::Index;

// x1 x2 + exp(x1 x2) - sin x2
constexpr auto f = [](auto const& x) {
  using std::exp, std::sin;
  return x[0] * x[1] + exp(x[0] * x[1]) - sin(x[1]);
};
Eigen::Vector2d slope_of_f(double a, double b) {
  double const e = std::exp(a * b);
  return {b + b * e, a + a * e - std::cos(b)};
}

// sum_i sin(x_i) x_{i+1}, any number of inputs; the last enters only the first term's neighbour.
constexpr auto chain = [](auto const& x) {
  using std::sin;
  using S = std::decay_t<decltype(x[0])>;
  S sum(0);
  for (decltype(x.size()) i = 0; i + 1 < x.size(); ++i) sum += sin(x[i]) * x[i + 1];
  return sum;
};
VectorXd slope_of_chain(VectorXd const& x) {
  VectorXd g = VectorXd::Zero(x.size());
  for (Index i = 0; i + 1 < x.size(); ++i) {
    g[i] += std::cos(x[i]) * x[i + 1];
    g[i + 1] += std::sin(x[i]);
  }
  return g;
}

struct model {
  double scale;
  template <class X>
  auto energy(X const& x) const {
    return scale * x[0] * x[0] * x[1];
  }
  template <class X>
  auto operator()(X const& x) const {
    return energy(x);
  }
};

template <class X>
auto scaled_energy(double scale, X const& x) {
  return scale * x[0] * x[1];
}

}  // namespace

TEST_CASE("gradients come in the shape of the input") {
  double const a = 0.7, b = -1.3;
  Eigen::Vector2d const expected = slope_of_f(a, b), at(a, b);
  auto const fixed = duet::gradient(f, at);
  static_assert(std::is_same_v<decltype(fixed), Eigen::Vector2d const>);
  CHECK(near(fixed, expected));
  CHECK(near(duet::gradient(f, VectorXd(at)), VectorXd(expected)));
  static_assert(std::is_same_v<decltype(duet::gradient(f, at.transpose())), Eigen::RowVector2d>);
  CHECK(near(duet::gradient(f, at.transpose()), expected.transpose().eval()));
  static_assert(std::is_same_v<decltype(duet::gradient(f, at.array())), Eigen::Array2d>);
  VectorXd const longer = VectorXd::Constant(4, b);
  CHECK(near(duet::gradient(f, longer.head(2)), slope_of_f(b, b)));
  CHECK(near(duet::gradient(f, Eigen::Map<VectorXd const>(at.data(), 2)), expected));
  CHECK(near(duet::gradient(f, VectorXd::Ones(2)), slope_of_f(1, 1)));
  std::array<double, 2> const array = duet::gradient(f, std::array{a, b});
  CHECK(array[1] == Approx(expected[1]));
  std::vector<double> const vector = duet::gradient(f, std::vector{a, b});
  CHECK(vector.size() == 2);
  CHECK(vector[0] == Approx(expected[0]));

  Eigen::Matrix2d A;  // d det(A) / dA is the matrix of cofactors
  A << 1, 2, 3, 5;
  auto const determinant = [](auto const& M) { return M(0, 0) * M(1, 1) - M(0, 1) * M(1, 0); };
  Eigen::Matrix2d cofactors;
  cofactors << 5, -3, -2, 1;
  CHECK(near(duet::gradient(determinant, A), cofactors));
  CHECK(near(duet::gradient(duet::reverse, determinant, Eigen::Matrix<double, 2, 2, Eigen::RowMajor>(A)), cofactors));
}

TEST_CASE("gradients of single and extended precision stay in it") {
  std::array<float, 2> const single = duet::gradient(f, std::array{0.7f, -1.3f});
  CHECK(single[0] == Approx(slope_of_f(0.7, -1.3)[0]).epsilon(1e-6));
  auto const extended = duet::gradient([](auto const& x) { return exp(x[0]) * x[1]; }, std::array{1.0L, 3.0L});
  CHECK(std::abs(extended[0] - 3 * std::exp(1.0L)) < 1e-18L);
  auto const recorded =
      duet::gradient(duet::reverse, [](auto const& x) { return exp(x[0]) * x[1]; }, std::array{1.0L, 3.0L});
  CHECK(std::abs(recorded[0] - 3 * std::exp(1.0L)) < 1e-18L);
}

TEST_CASE("forward, reverse and automatic gradients agree with the calculus at every size") {
  for (Index n : {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64, 65, 70, 71, 100, 300}) {
    VectorXd const x = random_vector(n, static_cast<unsigned>(n)), expected = slope_of_chain(x);
    double const value = chain(x);
    auto const forward = duet::value_and_gradient(duet::forward, chain, x);
    auto const reverse = duet::value_and_gradient(duet::reverse, chain, x);
    auto const automatic = duet::value_and_gradient(chain, x);
    INFO("n = " << n);
    CHECK(near(forward.gradient, expected));
    CHECK(near(reverse.gradient, expected));
    CHECK(near(automatic.gradient, expected));
    CHECK(forward.value == Approx(value).margin(1e-14));
    CHECK(reverse.value == Approx(value).margin(1e-14));
    CHECK(automatic.value == Approx(value).margin(1e-14));
  }
}

TEMPLATE_TEST_CASE_SIG("static sizes of every kind of chunk give the same gradient", "", ((int N), N), 0, 1, 5, 32, 33,
                       70, 150) {
  VectorXd const x = random_vector(N, 11);
  std::array<double, N> array{};
  std::copy(x.begin(), x.end(), array.begin());
  auto const forward = duet::gradient(duet::forward, chain, array), automatic = duet::gradient(chain, array);
  CHECK(near(VectorXd(Eigen::Map<VectorXd const>(forward.data(), N)), slope_of_chain(x)));
  CHECK(near(VectorXd(Eigen::Map<VectorXd const>(automatic.data(), N)), slope_of_chain(x)));
}

TEST_CASE("callables of every kind are differentiated") {
  Eigen::Vector2d const x(2, 3);
  model const m{0.5};
  CHECK(duet::gradient(m, x)[0] == 6);
  CHECK(duet::gradient(model{0.5}, x)[1] == 2);
  CHECK(duet::gradient([&m](auto const& v) { return m.energy(v); }, x)[1] == 2);
  CHECK(duet::gradient([](auto v) { return v[0] * v[1]; }, x)[0] == 3);
  CHECK(duet::gradient(std::bind_front([](double s, auto const& v) { return scaled_energy(s, v); }, 10.0), x)[0] == 30);
  int calls = 0;
  CHECK(duet::gradient([calls](auto const& v) mutable { return ++calls == 1 ? v[0] * v[0] : v[0] * v[1]; }, x)[0] == 4);
  auto const with_matrix = []<class S>(Eigen::Matrix<S, 2, 1> const& v) { return v.dot(v); };
  CHECK(duet::gradient(with_matrix, x)[1] == 6);
}

TEST_CASE("what does not depend on an input has no slope in it") {
  Eigen::Vector3d const x(2, 3, 4);
  auto const constant = [](auto const&) { return 4.0; };
  auto const integer = [](auto const&) { return 4; };
  auto const middle = [](auto const& v) { return v[1]; };
  auto const passive = [](auto const& v) { return std::decay_t<decltype(v[0])>(2.0); };
  CHECK(duet::gradient(constant, x).isZero());
  CHECK(duet::gradient(duet::reverse, constant, x).isZero());
  CHECK(duet::value_and_gradient(integer, x).value == 4.0);
  CHECK(duet::gradient(middle, x) == Eigen::Vector3d(0, 1, 0));
  CHECK(duet::gradient(duet::reverse, middle, x) == Eigen::Vector3d(0, 1, 0));
  CHECK(duet::gradient(duet::reverse, passive, x).isZero());
}

TEST_CASE("a function of no inputs is still evaluated") {
  auto const constant = [](auto const&) { return 4.0; };
  CHECK(duet::value_and_gradient(constant, VectorXd(0)).value == 4);
  CHECK(duet::value_and_gradient(duet::reverse, constant, VectorXd(0)).value == 4);
  CHECK(duet::value_and_gradient(constant, std::vector<double>{}).gradient.empty());
  CHECK(duet::value_and_gradient(constant, std::array<double, 0>{}).value == 4);
}

TEST_CASE("results that are expressions are evaluated before their operands go") {
  auto const returns_expression = [](auto const& v) {
    auto const local = v[0] * v[1];
    return local * local + v[0];
  };
  CHECK(duet::gradient(returns_expression, Eigen::Vector2d(2, 3))[0] == 2 * 2 * 9 + 1);
  CHECK(duet::gradient(duet::reverse, returns_expression, Eigen::Vector2d(2, 3))[1] == 2 * 3 * 4);
}

TEST_CASE("a driver leaves the recording around it alone") {
  duet::tape<> tape;
  duet::recording scope(tape);
  duet::var<> const x = tape.independent(2.0), square = x * x;
  auto const before = tape.statistics().statements;
  CHECK(near(duet::gradient(duet::reverse, chain, random_vector(90, 1)), slope_of_chain(random_vector(90, 1))));
  CHECK(tape.statistics().statements == before);
  duet::var<> const cube = square * x;
  tape.reverse(cube);
  CHECK(tape.adjoint(x) == 12);
}

TEST_CASE("a driver inside the function that a driver records has a tape of its own") {
  VectorXd const fixed = random_vector(5, 2);
  auto const outer = [&](auto const& x) { return x[0] * duet::gradient(duet::reverse, chain, fixed)[1] * x[1]; };
  double const inner = slope_of_chain(fixed)[1];
  CHECK(duet::gradient(duet::reverse, outer, Eigen::Vector2d(2, 3))[0] == Approx(3 * inner));
}

TEST_CASE("a function that throws leaves the drivers usable") {
  auto const throws = [](auto const& x) {
    auto y = x[0] * x[1];
    if (x[0] > 1) throw std::domain_error("too large");
    return y;
  };
  CHECK_THROWS_AS(duet::gradient(duet::reverse, throws, Eigen::Vector2d(2, 3)), std::domain_error);
  CHECK(duet::gradient(duet::reverse, throws, Eigen::Vector2d(0.5, 3))[0] == 3);
}
