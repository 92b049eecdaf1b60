#include <duet/linalg/product.hpp>

#include "oracle.hpp"

using namespace linalg_test;

namespace {

Index n, m;

}  // namespace

TEST_CASE("product, quadratic_form and trace agree with differences in 50 digits") {
  for (Index const size : {1, 4, 20}) {
    n = size, m = size == 4 ? 3 : size;
    samples random(static_cast<unsigned>(n));
    check_against_differences(
        [](auto const& x) {
          reader read(x);
          auto const a = read(n, n), b = read(n, m);
          auto const v = read(n);
          auto const c = duet::product(a, b);
          return std::decay_t<decltype(x[0])>(weighted(c) + duet::quadratic_form(v, a) * duet::trace(a));
        },
        [](auto const& x) {
          reader read(x);
          auto const a = read(n, n), b = read(n, m);
          auto const v = read(n);
          matrix<big> c = matrix<big>::Zero(n, m);
          big form = 0, trace = 0;
          for (Index i = 0; i < n; ++i) {
            for (Index k = 0; k < n; ++k) {
              for (Index j = 0; j < m; ++j) c(i, j) += a(i, k) * b(k, j);
              form += v[i] * a(i, k) * v[k];
            }
            trace += a(i, i);
          }
          return big(weighted(c) + form * trace);
        },
        joined({random.matrix(n, n), random.matrix(n, m), random.vector(n)}));
  }
  CHECK_THROWS_WITH(duet::product(MatrixXd(2, 3), MatrixXd(2, 3)), duet_test::contains("2 x 3"));
  CHECK_THROWS_AS(duet::quadratic_form(VectorXd(2), MatrixXd(3, 3)), std::invalid_argument);
  CHECK_THROWS_AS(duet::trace(MatrixXd(3, 2)), std::invalid_argument);
  CHECK(duet::quadratic_form(VectorXd(0), MatrixXd(0, 0)) == 0);
}
