#include "catch.hpp"

#include <cstdlib>
#include <duet/driver/sparse.hpp>
#include <duet/math/math.hpp>

#include "driver/allocations.hpp"

// As in test/driver/allocation.cpp: every folder of tests is a program of its own.
std::atomic<std::size_t> duet_test::allocations{0};

#if DUET_TEST_COUNTS_MALLOC

// The library's own are called in turn.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT: glibc's name
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) noexcept {
  duet_test::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  duet_test::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}
}

#else

namespace {

void* counted(std::size_t size, std::size_t alignment) {
  duet_test::allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, 16); }
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
  try {
    return counted(size, 16);
  } catch (std::bad_alloc const&) {
    return nullptr;
  }
}
void operator delete(void* memory, std::nothrow_t const&) noexcept { std::free(memory); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif

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
