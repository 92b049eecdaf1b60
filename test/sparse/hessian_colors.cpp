#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "functions.hpp"

namespace {

using duet::recovery;
using duet_test::arrow_sum;
using Eigen::VectorXd;

}  // namespace

TEST_CASE("known numbers of colours") {
  VectorXd const x = VectorXd::LinSpaced(200, -1, 1);
  auto const chained = [](auto const& v) {
    duet_test::scalar_in<decltype(v)> f = 0.0;
    for (Eigen::Index i = 0; i + 1 < v.size(); ++i) f += exp(v[i] * v[i + 1]) + v[i] * v[i];
    return f;
  };
  CHECK(duet::prepare_sparse_hessian(chained, x).colors() == 3);
  CHECK(duet::prepare_sparse_hessian(chained, x, {.recovery = recovery::substitution}).colors() == 2);
  CHECK(duet::prepare_sparse_hessian(arrow_sum, x).colors() == 2);
  auto const separable = [](auto const& v) {
    duet_test::scalar_in<decltype(v)> f = 0.0;
    for (Eigen::Index i = 0; i < v.size(); ++i) f += sin(v[i]);
    return f;
  };
  auto const prepared = duet::prepare_sparse_hessian(separable, x);
  CHECK(prepared.colors() == 1);
  CHECK(prepared.explain() == "reverse, over duals: 200 entries in 1 colour of a star colouring (order: natural)");
}
