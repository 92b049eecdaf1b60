#include "catch.hpp"

#include <duet/driver/sparse.hpp>
#include <duet/math/math.hpp>

#include "driver/allocations.hpp"
#include "workload/arrow.hpp"
#include "workload/broyden.hpp"
#include "workload/brusselator_plane.hpp"
#include "workload/chained_wood.hpp"

namespace {

using Eigen::VectorXd;

// prepare(k) prepares for a problem of size 4^k and calls it twice; it returns the entries. All bytes that are asked
// for, given back or not, are counted: over the entries they stay the same where memory is linear in these. Vectors
// grow by doubling, which is why sizes are powers of two apart.
template <class Prepare>
void check_memory(char const* what, Prepare const& prepare, double most_per_entry) {
  std::array<double, 3> per_entry{};
  for (std::size_t k = 0; k < per_entry.size(); ++k) {
    double entries = 0;
    auto const bytes = duet_test::allocated_bytes_of([&] { entries = static_cast<double>(prepare(k)); });
    per_entry[k] = static_cast<double>(bytes) / entries;
  }
  INFO(what << ": " << per_entry[0] << ", " << per_entry[1] << ", " << per_entry[2] << " bytes an entry");
  CHECK(per_entry[0] > 0);
  CHECK(per_entry[2] <= 1.1 * per_entry[1]);
  CHECK(per_entry[2] <= most_per_entry);
}

Eigen::Index called_twice(auto prepared, VectorXd const& x) {
  (void)prepared(x);
  return prepared(x).nonZeros();
}

}  // namespace

TEST_CASE("memory for a sparse Jacobian is linear in its entries") {
  auto const jacobian = [](auto const& f, VectorXd const& x) {
    return called_twice(duet::prepare_sparse_jacobian(f, x), x);
  };
  check_memory(
      "tridiagonal",
      [&](std::size_t k) { return jacobian(workload::broyden{}, workload::broyden::start(1024 << (2 * k))); }, 350);
  check_memory(
      "Brusselator",
      [&](std::size_t k) {
        workload::brusselator_plane f;
        f.cells = 16 << k;
        return jacobian(f, f.start());
      },
      450);
  check_memory(
      "arrow",
      [&](std::size_t k) { return jacobian(workload::arrow_residuals{}, workload::arrow_start(1024 << (2 * k))); },
      900);
}

TEST_CASE("memory for a sparse Hessian is linear in its entries") {
  auto const hessian = [](auto const& f, VectorXd const& x) {
    return called_twice(duet::prepare_sparse_hessian(duet::reverse, f, x), x);
  };
  check_memory(
      "chained",
      [&](std::size_t k) { return hessian(workload::chained_wood{}, workload::chained_wood::start(1024 << (2 * k))); },
      900);
  check_memory(
      "arrow", [&](std::size_t k) { return hessian(workload::arrow_sum{}, workload::arrow_start(1024 << (2 * k))); },
      900);
}
