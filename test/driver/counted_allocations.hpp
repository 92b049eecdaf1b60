#pragma once

// The counting behind allocations.hpp, for the whole program: one file of it includes this.

#include <cstdlib>

#include "allocations.hpp"

std::atomic<std::size_t> duet_test::allocations{0}, duet_test::allocated_bytes{0};

namespace {

void count_allocation(std::size_t size) {
  duet_test::allocations.fetch_add(1, std::memory_order_relaxed);
  duet_test::allocated_bytes.fetch_add(size, std::memory_order_relaxed);
}

}  // namespace

#if DUET_TEST_COUNTS_MALLOC

// The library's own are called in turn.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT: glibc's name
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) noexcept {
  count_allocation(size);
  return __libc_malloc(size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count_allocation(size);
  return __libc_memalign(alignment, size);
}
}

#else

namespace {

void* counted(std::size_t size, std::size_t alignment) {
  count_allocation(size);
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
void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
  try {
    return counted(size, static_cast<std::size_t>(alignment));
  } catch (std::bad_alloc const&) {
    return nullptr;
  }
}
void operator delete(void* memory, std::align_val_t, std::nothrow_t const&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
