#include "catch.hpp"

#include <duet/driver/sparse_hessian.hpp>
#include <duet/math/math.hpp>

#include "functions.hpp"

namespace {

using D = duet::dual<double, 2>;
using duet_test::column, duet_test::moving_point;

}  // namespace

TEST_CASE("a sparse Hessian at duals carries their derivatives, directly, by substitution and by hyper-duals") {
  auto const f = [](auto const& x) {
    duet_test::scalar_in<decltype(x)> sum = 0.0;
    for (Eigen::Index i = 0; i + 1 < x.size(); ++i) sum += x[i] * x[i] * x[i + 1];
    return sum;
  };
  column<D> const x = moving_point(24);
  duet::sparse_options const substitution{.recovery = duet::recovery::substitution};
  for (auto const& hessian : {duet::sparse_hessian(duet::reverse, f, x), duet::sparse_hessian(duet::forward, f, x),
                              duet::sparse_hessian(duet::reverse, f, x, substitution)})
    for (Eigen::Index i = 0; i + 1 < 24; ++i) {
      D const diagonal = hessian.coeff(i, i), beside = hessian.coeff(i + 1, i);  // 2 x[i + 1] and 2 x[i]
      CHECK(diagonal.value() == Approx(2 * x[i + 1].value()));
      CHECK(diagonal.partial(1) == Approx(2 * double(i + 1)));
      CHECK(beside.value() == Approx(2 * x[i].value()));
      CHECK(beside.partial(0) == Approx(2));
      CHECK(beside.partial(1) == Approx(2 * double(i)).margin(1e-14));
    }
}
