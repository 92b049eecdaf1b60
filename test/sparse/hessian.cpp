#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "driver/oracle.hpp"
#include "functions.hpp"

namespace {

using duet::recovery;
using duet_test::chained_wood, duet_test::near, duet_test::random_vector;
using Eigen::MatrixXd, Eigen::VectorXd;

}  // namespace

TEST_CASE("the sparse Hessian is the dense one in every mode and by both recoveries") {
  for (int const n : {4, 16, 18, 50}) {
    INFO(n);
    VectorXd const x = random_vector(n, 1);
    MatrixXd const expected = duet::hessian(chained_wood, x);
    CHECK(near(MatrixXd(duet::sparse_hessian(chained_wood, x)), expected));
    CHECK(near(MatrixXd(duet::sparse_hessian(duet::forward, chained_wood, x)), expected));
    CHECK(near(MatrixXd(duet::sparse_hessian(duet::reverse, chained_wood, x)), expected));
    duet::sparse_options const substitution{.recovery = recovery::substitution};
    CHECK(near(MatrixXd(duet::sparse_hessian(duet::reverse, chained_wood, x, substitution)), expected));
  }
}

TEST_CASE("value and gradient come along") {
  VectorXd const x = random_vector(30, 2);
  for (auto const& all : {duet::value_gradient_sparse_hessian(duet::forward, chained_wood, x),
                          duet::value_gradient_sparse_hessian(duet::reverse, chained_wood, x)}) {
    CHECK(all.value == Approx(chained_wood(x)));
    CHECK(near(all.gradient, duet::gradient(chained_wood, x)));
    CHECK(MatrixXd(all.hessian) == MatrixXd(all.hessian).transpose());
  }
}
