#pragma once

// The SIMD batches that lanes are made of.

#if !__has_include(<xsimd/xsimd.hpp>)
#error \
    "duet: lanes need the headers of xsimd: install libxsimd-dev (Debian), xsimd (Conan, vcpkg), or put them on the path"
#endif

// g++ 12 warns of every use of an AVX-512 intrinsic that leaves lanes undefined (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
