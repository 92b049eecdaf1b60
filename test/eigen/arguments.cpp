// Argument lists as shapes.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <memory>

using Eigen::MatrixXd, Eigen::Vector2d, Eigen::VectorXd;

namespace {

// Neither copied without being seen nor assigned.
struct data {
  int* copies;
  explicit data(int& count) : copies(&count) {}
  data(data const& other) : copies(other.copies) { ++*copies; }
  data& operator=(data const&) = delete;
};

}  // namespace

TEST_CASE("arguments: active ones are counted in order, constants are not", "[arguments]") {
  auto const x = duet::args(1.0, duet::constant(std::string("text")), Vector2d(2, 3), duet::constant(7), 4.0);
  using X = std::decay_t<decltype(x)>;
  static_assert(duet::static_size_of<X> == 4);
  CHECK(duet::size_of(x) == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(duet::shape<X>::entry(x, i) == static_cast<double>(i) + 1);
  static_assert(std::is_same_v<duet::differentiated_t<X>, std::tuple<double, Vector2d, double>>);
  CHECK(duet::differentiated(x) == std::tuple(1.0, Vector2d(2, 3), 4.0));
}

TEST_CASE("arguments: Eigen expressions are evaluated, views copied", "[arguments]") {
  MatrixXd A = MatrixXd::Identity(2, 2);
  auto const x = duet::args(2 * A, A.row(0), duet::constant(A + A));
  A.setZero();
  CHECK(std::get<0>(x.each)(1, 1) == 2);
  CHECK(std::get<1>(x.each)(0, 0) == 1);
  static_assert(std::is_same_v<std::decay_t<decltype(std::get<2>(x.each).value())>, MatrixXd>);
  CHECK(std::get<2>(x.each).value()(0, 0) == 2);
}

TEST_CASE("arguments: f gets a constant as it was given, and no copies are made of it", "[arguments]") {
  int copies = 0;
  auto const x = duet::args(duet::constant(data(copies)), VectorXd(VectorXd::Ones(40)));
  int const given = copies;
  auto const f = [&](data const& d, auto const& v) {
    CHECK(d.copies == &copies);
    return v.squaredNorm();
  };
  auto const [g] = duet::gradient(duet::forward, f, x);
  CHECK(g == VectorXd::Constant(40, 2));
  CHECK(std::get<0>(duet::gradient(duet::reverse, f, x)) == g);
  CHECK(copies == given);
  auto prepared = duet::prepare_gradient(duet::reverse, f, x);
  int const kept = copies;
  CHECK(std::get<0>(prepared(x).gradient) == g);
  CHECK(std::get<0>(prepared(x).gradient) == g);
  CHECK(copies == kept);
}

TEST_CASE("arguments: a function that names its scalars", "[arguments]") {
  using S = duet::var<double>;
  double (*const plain)(double, double) = [](double a, double b) { return a * b; };
  static_assert(!duet::takes<decltype(plain), duet::arguments<S, S>>);
  struct form {
    S operator()(double k, Eigen::Matrix<S, 2, 1> const& x) const { return k * x[0] * x[1]; }
  };
  auto const [g] = duet::gradient(duet::reverse, form{}, duet::args(duet::constant(3.0), Vector2d(4, 5)));
  CHECK(g == Vector2d(15, 12));
  struct of_doubles {
    double operator()(double k, Vector2d const& x) const { return k * x[0]; }
  };
  static_assert(!duet::takes<of_doubles, duet::arguments<duet::constant_argument<double>, Eigen::Matrix<S, 2, 1>>>);
}

TEST_CASE("arguments: a derivative in one number among constants", "[arguments]") {
  auto const f = [](auto const& t, int n) { return pow(t, n); };
  auto const x = duet::args(2.0, duet::constant(4));
  CHECK(duet::derivative(f, x) == Approx(32));
  CHECK(duet::derivative(duet::reverse, f, x) == Approx(32));
  CHECK(duet::derivatives<3>(f, x)[3] == Approx(48));
}
