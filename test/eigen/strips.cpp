// Expressions of arrays longer than a strip, against the same function coefficient by coefficient.

#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/product.hpp>
#include <duet/eigen/elementwise.hpp>
#include <random>

namespace {

using array = Eigen::ArrayXd;

array random_array(Eigen::Index size, unsigned seed) {
  std::mt19937 bits(seed);
  std::uniform_real_distribution<double> within(0.2, 1.7);
  return array::NullaryExpr(size, [&] { return within(bits); });
}

// Every functor that strips know, and one that they do not (atan): a vector of the size of x.
struct whole {
  template <class X>
  auto operator()(X const& x) const {
    using plain = typename X::PlainObject;
    auto const n = x.size() / 2;
    auto const a = x.head(n), b = x.tail(n);
    plain y = (a * b - a / b).tanh() + 2.0 * a.square() + (3.0 - b).abs2() / 4.0;
    y += a.exp() * b.log() - a.sqrt();
    y -= (a(0) + b).sin() * (-a.reverse()).cos();
    y *= 1.0 + 0.5 * b;
    y /= a + y.atan().square();
    return y;
  }
};
struct one_by_one {
  template <class X>
  auto operator()(X const& x) const {
    using plain = typename X::PlainObject;
    auto const n = x.size() / 2;
    plain y(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      auto const a = x(i), b = x(n + i), c = x(n - 1 - i);
      auto t = a;
      t = tanh(a * b - a / b) + 2.0 * a * a + (3.0 - b) * (3.0 - b) / 4.0;
      t += exp(a) * log(b) - sqrt(a);
      t -= sin(x(0) + b) * cos(-c);
      t *= 1.0 + 0.5 * b;
      auto const bend = atan(t);
      t /= a + bend * bend;
      y(i) = t;
    }
    return y;
  }
};

}  // namespace

TEST_CASE("Strips: expressions have the derivatives of their coefficients, whatever the length") {
  for (Eigen::Index const n : {9, 63, 64, 65, 128, 200}) {
    INFO("n = " << n);
    array const x = random_array(2 * n, static_cast<unsigned>(n)), w = random_array(n, 7);
    auto const together = duet::vjp(duet::reverse, whole(), x, w);
    auto const apart = duet::vjp(duet::reverse, one_by_one(), x, w);
    CHECK((together - apart).abs().maxCoeff() <= 1e-12 * (1 + apart.abs().maxCoeff()));
    CHECK((whole()(x) - one_by_one()(x)).abs().maxCoeff() <= 1e-13);
  }
}

TEST_CASE("Strips: parts of matrices, by rows and by columns, and sums of them") {
  using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  auto const f = [](auto const& x) {
    auto const n = x.rows();
    auto const inner = x.block(1, 1, n - 2, n - 2).array();
    auto const left = x.block(1, 0, n - 2, n - 2).array();
    auto const across = x.transpose().block(1, 1, n - 2, n - 2).array();
    auto const even =
        Eigen::Map<typename std::remove_cvref_t<decltype(x)>::PlainObject const, 0, Eigen::InnerStride<2>>(
            x.data(), n / 2, n, Eigen::InnerStride<2>());
    return (inner * left - 0.5 * across * inner(3, 2)).sum() + even.array().square().sum() +
           (x.row(0).array() * x.col(1).transpose().array()).sum();
  };
  auto const g = [](auto const& x) {
    using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
    auto const n = x.rows();
    S sum(0);
    for (Eigen::Index j = 0; j < n; ++j)
      for (Eigen::Index i = 0; i < n; ++i) {
        if (i > 0 && j > 0 && i < n - 1 && j < n - 1) sum += x(i, j) * x(i, j - 1) - 0.5 * x(j, i) * x(4, 3);
        if ((j * n + i) % 2 == 0) sum += x.data()[j * n + i] * x.data()[j * n + i];
        if (i == 0) sum += x(0, j) * x(j, 1);
      }
    return sum;
  };
  Eigen::MatrixXd const x = random_array(70 * 70, 3).reshaped(70, 70);
  CHECK((duet::gradient(duet::reverse, f, x) - duet::gradient(duet::reverse, g, x)).norm() <= 1e-11);
  by_rows const r = x;
  CHECK((duet::gradient(duet::reverse, f, r) - duet::gradient(duet::reverse, g, r)).norm() <= 1e-11);
}

TEST_CASE("Strips: where a slope is infinite what does not move stays") {
  array x = array::LinSpaced(100, 1, 2);
  x(70) = 0;
  auto const g = duet::gradient(duet::reverse, [](auto const& v) { return (v.square().sqrt() + v).sum(); }, x);
  CHECK(g(70) == 1.0);  // sqrt(x^2) has the derivative 0 at 0
  CHECK(g(69) == 2.0);
}

TEST_CASE("Strips: passive operands record nothing, and an update of passive entries by active ones does") {
  duet::tape<> t;
  duet::recording const scope(t);
  using active = Eigen::Array<duet::var<>, Eigen::Dynamic, 1>;
  active const numbers = array::LinSpaced(80, 1, 2).cast<duet::var<>>();
  active y = numbers * numbers + 1.0;
  CHECK(t.statistics().arrays == 0);
  CHECK(y(79).index() == 0);
  CHECK(y(79).value() == 5.0);
  duet::var<> const x = t.independent(3.0);
  y += x * numbers;
  CHECK(t.statistics().arrays == 1);
  t.reverse(y(79));
  CHECK(t.adjoint(x) == 2.0);
  CHECK(y(79).value() == 11.0);
}
