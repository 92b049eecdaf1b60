#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"
#include "patterns.hpp"

namespace {

using duet::recovery;
using duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("random symmetric patterns are recovered directly and by substitution") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    int const n = 10 + 7 * static_cast<int>(seed);
    INFO("seed " << seed);
    duet_test::random_pairs const f{duet_test::square(n, duet_test::random_places(n, n, 3 * n, seed)).symmetrized()};
    VectorXd const x = random_vector(n, seed);
    MatrixXd const expected = duet::hessian(f, x);
    auto direct = duet::prepare_sparse_hessian(duet::reverse, f, x);
    CHECK(direct.plan().pattern() == f.pattern);
    CHECK(near(MatrixXd(direct.check(x)), expected));
    duet::sparse_options const substitution{.recovery = recovery::substitution};
    auto by_substitution = duet::prepare_sparse_hessian(duet::reverse, f, x, substitution);
    CHECK(by_substitution.colors() <= direct.colors());
    CHECK(near(MatrixXd(by_substitution.check(x)), expected, 1e-11));
    CHECK(near(MatrixXd(duet::prepare_sparse_hessian(duet::forward, f, x).check(x)), expected));
  }
}

TEST_CASE("a dense Hessian, one of a linear function, and one without inputs") {
  auto const dense = [](auto const& x) { return exp(0.1 * x.squaredNorm()) + x[0]; };
  VectorXd const x = random_vector(30, 9);
  CHECK(near(MatrixXd(duet::sparse_hessian(dense, x)), duet::hessian(dense, x), 1e-12));
  auto const linear = [](auto const& v) { return 2.0 * v[0] - v[1]; };
  auto prepared = duet::prepare_sparse_hessian(linear, x);
  CHECK(prepared(x).nonZeros() == 0);
  CHECK(prepared.value() == Approx(linear(x)));
  CHECK(near(prepared.gradient(), duet::gradient(linear, x)));
  auto const constant = [](auto const&) { return 2.0; };
  CHECK(duet::sparse_hessian(constant, VectorXd(0)).nonZeros() == 0);
  CHECK(duet::sparse_hessian(duet::reverse, constant, VectorXd(0)).rows() == 0);
  CHECK(duet::sparse_hessian(duet::reverse, constant, x).nonZeros() == 0);
}
