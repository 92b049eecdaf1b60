#include "catch.hpp"

#include <duet/driver/sparse.hpp>
#include <duet/math/math.hpp>

#include "driver/counted_allocations.hpp"

namespace {

using duet_test::allocations_of;
using Eigen::VectorXd;

constexpr std::size_t size = 60;

// A ring with a dense first row; returns no memory of its own.
constexpr auto ring = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  std::array<S, size> r;
  r[0] = x[0];
  for (std::size_t i = 1; i < size; ++i) {
    auto const j = static_cast<Eigen::Index>(i);
    r[i] = x[j] * x[j - 1] - sin(x[0]);
    r[0] += x[j] * x[j];
  }
  return r;
};
constexpr auto chain = [](auto const& x) {
  std::decay_t<decltype(x[0])> f = 0.0;
  for (Eigen::Index i = 0; i + 1 < x.size(); ++i) f += sin(x[i]) * x[i + 1];
  return f;
};

// Of the second call and those after it, at other points too.
template <class Prepared>
std::size_t later_allocations(Prepared prepared) {
  VectorXd const x = VectorXd::LinSpaced(size, 0.1, 1), other = 2 * x;
  (void)prepared(x);
  return allocations_of([&] {
    (void)prepared(x);
    (void)prepared(other);
    (void)prepared(0.5 * other);
  });
}

}  // namespace

TEST_CASE("prepared sparse derivatives allocate nothing after the first call") {
  VectorXd const x = VectorXd::Ones(size);
  duet::sparse_options checked, substitution;
  checked.check = true;
  substitution.recovery = duet::recovery::substitution;
  CHECK(allocations_of([] { delete new std::vector<int>(7); }) > 0);
  CHECK(later_allocations(duet::prepare_sparse_jacobian(ring, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_jacobian(duet::forward, ring, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_jacobian(duet::reverse, ring, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_jacobian(ring, x, checked)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_gauss_newton(ring, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_hessian(duet::forward, chain, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_hessian(duet::reverse, chain, x)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_hessian(chain, x, checked)) == 0);
  CHECK(later_allocations(duet::prepare_sparse_hessian(chain, x, substitution)) == 0);
}
