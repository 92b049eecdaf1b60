#pragma once

// What f(A x + b) has at x, by the chain rule, for the function of cyclic.hpp.

#include "catch.hpp"

#include <duet/driver/affine.hpp>

#include "cyclic.hpp"

namespace duet_test {

inline Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns, unsigned seed) {
  return random_vector(rows * columns, seed).reshaped(rows, columns);
}

struct expected {
  double value;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
};
inline expected derivatives_of_cyclic_at(Eigen::MatrixXd const& A, Eigen::VectorXd const& b, Eigen::VectorXd const& x) {
  Eigen::VectorXd const y = A * x + b;
  return {cyclic(y), A.transpose() * gradient_of_cyclic(y), A.transpose() * hessian_of_cyclic(y) * A};
}

template <class Mode, class Map, class X>
void check_mode(Mode mode, Map const& map, X const& x, expected const& e, double tolerance = 1e-13) {
  auto const all = duet::value_gradient_hessian(mode, cyclic, map, x);
  STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(all.gradient)>, X>);
  CHECK(static_cast<double>(all.value) == Approx(e.value).epsilon(tolerance));
  CHECK(near_to(flat(all.gradient), e.gradient, tolerance));
  CHECK(near_to(all.hessian.template cast<double>(), e.hessian, tolerance));
  CHECK(all.hessian == all.hessian.transpose());
}

}  // namespace duet_test
