#pragma once

// How often a call takes memory from the heap, and how much in all. Counted where all of it passes, in malloc, which
// Eigen calls too; where malloc is not ours (sanitizers have their own, and other systems than glibc) in operator new,
// so that Eigen's is not seen. The counting itself is in counted_allocations.hpp.

#include <atomic>
#include <cstddef>
#include <duet/core/config.hpp>
#include <new>

#if defined(__GLIBC__) && !DUET_SANITIZED
#define DUET_TEST_COUNTS_MALLOC 1
#else
#define DUET_TEST_COUNTS_MALLOC 0
#endif

namespace duet_test {

extern std::atomic<std::size_t> allocations, allocated_bytes;

template <class Call>
std::size_t allocations_of(Call const& call) {
  std::size_t const before = allocations;
  call();
  return allocations - before;
}
template <class Call>
std::size_t allocated_bytes_of(Call const& call) {
  std::size_t const before = allocated_bytes;
  call();
  return allocated_bytes - before;
}

}  // namespace duet_test
