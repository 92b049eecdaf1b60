#include "oracle.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/linalg/determinant.hpp>
#include <duet/linalg/solve.hpp>

using namespace linalg_test;

namespace {

Index n;
matrix<big> square(vector<big> const& x) { return reader(x)(n, n); }
big log_abs(big const& x) { return log(abs(x)); }

}  // namespace

TEST_CASE("determinant agrees with differences in 50 digits") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    check_against_differences([](auto const& x) { return duet::determinant(reader(x)(n, n)); },
                              [](auto const& x) { return eliminate(square(x), {n, 0}).determinant; },
                              joined({samples(static_cast<unsigned>(n)).regular(n) / 2.0}));
  }
}

TEST_CASE("log_determinant agrees with differences in 50 digits, where the determinant is negative too") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    MatrixXd a = samples(static_cast<unsigned>(n)).regular(n);
    a.row(0) *= -1;
    check_against_differences([](auto const& x) { return duet::log_determinant(reader(x)(n, n)); },
                              [](auto const& x) { return log_abs(eliminate(square(x), {n, 0}).determinant); },
                              joined({a}));
  }
}

TEST_CASE("inverse agrees with differences in 50 digits") {
  for (Index const size : {1, 2, 5, 20}) {
    n = size;
    check_against_differences(
        [](auto const& x) { return weighted(duet::inverse(reader(x)(n, n))); },
        [](auto const& x) { return weighted(eliminate(square(x), MatrixXd::Identity(n, n).cast<big>()).solution); },
        joined({samples(static_cast<unsigned>(n)).regular(n)}));
  }
}
