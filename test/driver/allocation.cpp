#include "catch.hpp"

#include <cstdlib>
#include <duet/driver/derivatives.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/math/math.hpp>

#include "allocations.hpp"

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

constexpr auto product = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  S p(1);
  for (auto const& e : x) p *= e;
  return p;
};
constexpr auto residuals = [](auto const& x) {
  using S = std::decay_t<decltype(x[0])>;
  return std::array<S, 3>{x[0] * x[1], x[1] - 1.0, x[0] - 2.0};
};
constexpr auto wave = [](auto const& t) { return exp(2 * t) * asin(t) * tgamma(1 + t) + pow(t, 2.5) * sqrt(t); };

}  // namespace

TEST_CASE("allocations are seen, whoever makes them") {
  static double* volatile kept = nullptr;  // what nobody looks at need not be allocated
  CHECK(allocations_of([] { kept = new double(1); }) > 0);
  delete kept;
#if DUET_TEST_COUNTS_MALLOC
  CHECK(allocations_of([] { Eigen::VectorXd::Ones(50).eval(); }) > 0);
#endif
}

TEST_CASE("forward mode with static sizes allocates nothing") {
  std::array const x{0.3, 0.7, 1.1};
  std::array<double, 50> longer{};
  longer.fill(0.9);
  double sum = 0;
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, longer)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::gradient(duet::forward, product, Eigen::Vector3d(1, 2, 3))[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::jacobian(residuals, x)(0, 0); }) == 0);
  CHECK(allocations_of([&] { sum += duet::gauss_newton(residuals, x).hessian(0, 0); }) == 0);
  CHECK(allocations_of([&] { sum += duet::vjp(residuals, x, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::jvp(residuals, x, x)[0]; }) == 0);
  CHECK(allocations_of([&] { sum += duet::derivatives<6>(wave, 0.4)[6]; }) == 0);
  CHECK(sum == Approx(sum));
}

TEST_CASE("a second recording reuses the tape of the first") {
  std::array<double, 50> x{};
  x.fill(0.9);
  double sum = duet::gradient(duet::reverse, product, x)[0];
  CHECK(allocations_of([&] { sum += duet::gradient(duet::reverse, product, x)[0]; }) == 0);
}
