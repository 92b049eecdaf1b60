#include "catch.hpp"

#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"

namespace {

using duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("points and results of any shape") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::vector<S>{x[0] * x[1], S(2.0), sin(x[2])};
  };
  std::array const a{1.0, 2.0, 3.0};
  MatrixXd expected(3, 3);
  expected << 2, 1, 0, 0, 0, 0, 0, 0, std::cos(3.0);
  CHECK(near(MatrixXd(duet::sparse_jacobian(f, a)), expected));
  CHECK(near(MatrixXd(duet::sparse_jacobian(duet::reverse, f, a)), expected));
  CHECK(near(MatrixXd(duet::sparse_jacobian(f, std::vector{1.0, 2.0, 3.0})), expected));
  CHECK(duet::jacobian_sparsity(f, a).nonZeros() == 3);
  auto const single = duet::sparse_jacobian(f, std::array{1.0F, 2.0F, 3.0F});
  STATIC_REQUIRE(std::is_same_v<decltype(single), Eigen::SparseMatrix<float> const>);
  CHECK(near(MatrixXd(single.cast<double>()), expected, 1e-6));
  CHECK(duet::sparse_jacobian([](auto const& t) { return t * t; }, 3.0).coeff(0, 0) == 6);
}

TEST_CASE("a result that does not depend on the point") {
  auto const constants = [](auto const&) { return std::vector<double>{1, 2}; };
  Eigen::VectorXd const x = random_vector(3, 1);
  auto prepared = duet::prepare_sparse_jacobian(constants, x);
  CHECK(prepared.check(x).nonZeros() == 0);
  CHECK(prepared.jacobian().rows() == 2);
  CHECK(prepared.value() == std::vector<double>{1, 2});
  CHECK(duet::sparse_jacobian(duet::reverse, constants, x).nonZeros() == 0);
}

TEST_CASE("a function whose duals leave the cache goes in narrow passes") {
  auto const band = [](auto const& x) {
    auto const n = x.size();
    duet_test::column<duet_test::scalar_in<decltype(x)>> r(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      r[i] = x[i] * x[i];
      for (Eigen::Index k = 1; k <= 3; ++k) {
        if (i >= k) r[i] += static_cast<double>(k) * x[i - k];
        if (i + k < n) r[i] += x[i + k] * x[i];
      }
    }
    return r;
  };
  VectorXd const x = random_vector(90'000, 8);
  auto by_columns = duet::prepare_sparse_jacobian(duet::forward, band, x);
  auto by_rows = duet::prepare_sparse_jacobian(duet::reverse, band, x);
  CHECK(by_columns.colors() == 7);
  CHECK(by_columns.passes() == 2);
  CHECK(duet::prepare_sparse_jacobian(duet::forward, band, VectorXd(x.head(9000))).passes() == 1);
  double const difference = (by_columns.check(x) - by_rows.check(x)).norm();
  CHECK(difference <= 1e-14 * by_rows.jacobian().norm());
  CHECK(near(by_columns.value(), band(x)));
}
