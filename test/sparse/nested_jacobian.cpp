#include "catch.hpp"

#include <duet/driver/derivative.hpp>
#include <duet/driver/sparse_jacobian.hpp>
#include <duet/math/math.hpp>

#include "functions.hpp"

namespace {

using D = duet::dual<double, 2>;
using duet_test::column, duet_test::moving_point;

}  // namespace

TEST_CASE("a sparse Jacobian at duals carries their derivatives, by columns and by rows") {
  column<D> const x = moving_point(20);
  duet::sparse_options const checked{.check = true};
  for (auto const& jacobian : {duet::sparse_jacobian(duet::forward, duet_test::broyden, x, checked),
                               duet::sparse_jacobian(duet::reverse, duet_test::broyden, x, checked)}) {
    CHECK(jacobian.nonZeros() == 58);
    for (Eigen::Index i = 0; i < 20; ++i) {
      D const slope = jacobian.coeff(i, i);  // 3 - 4 x
      CHECK(slope.value() == Approx(3 - 4 * x[i].value()));
      CHECK(slope.partial(0) == Approx(-4));
      CHECK(slope.partial(1) == Approx(-4 * double(i)));
      if (i > 0) CHECK(D(jacobian.coeff(i, i - 1)).value() == -1);
    }
  }
}

TEST_CASE("an entry of a sparse Jacobian is differentiated in what the function captures") {
  auto const entry = [](auto const& t) {
    using T = std::decay_t<decltype(t)>;
    auto const f = [&t](auto const& v) {
      using S = duet_test::scalar_in<decltype(v)>;
      return std::vector<S>{S(v[0] * v[0] * t), S(v[1] * t)};
    };
    return T(duet::sparse_jacobian(duet::forward, f, column<T>(column<T>::Constant(2, t))).coeff(0, 0));
  };
  CHECK(duet::derivative(entry, 1.5) == Approx(6));  // of 2 t^2
}
