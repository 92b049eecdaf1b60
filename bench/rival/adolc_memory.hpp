#pragma once

// What ADOL-C needs for its best times.

#include <cstdlib>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

// Large enough that no recording here goes to a file: operations, places, constants, values.
constexpr unsigned operations = 1U << 23U, places = 1U << 24U, constants = 1U << 22U, values = 1U << 23U;

// ADOL-C asks for buffers in every evaluation. Kept by malloc instead of given back to the system, they do not cost it
// half of its time.
[[maybe_unused]] bool const memory_is_kept = [] {
#if defined(__GLIBC__)
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
  return true;
}();

}  // namespace
