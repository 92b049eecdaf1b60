#pragma once

// The few macros of Duet, and none elsewhere but the cases of one switch (reverse/sweep.hpp). Hot paths must be inlined
// whole: without always_inline recording a statement was measured up to 10 times slower. Sanitizers put a branch behind
// every access; inlining and unrolling those by the thousand takes the compiler minutes, so they get plain functions
// and the plain sweep, which tests hold against the unrolled one.

#include <duet/core/version.hpp>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DUET_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer) || __has_feature(thread_sanitizer)
#define DUET_SANITIZED 1
#endif
#endif
#if !defined(DUET_SANITIZED)
#define DUET_SANITIZED 0
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#define DUET_INLINE __forceinline
#define DUET_INLINE_LAMBDA
#define DUET_COLD __declspec(noinline)
#define DUET_APART __declspec(noinline)
#elif DUET_SANITIZED || (defined(__GNUC__) && !defined(__OPTIMIZE__))
#define DUET_INLINE inline
#define DUET_INLINE_LAMBDA
#define DUET_COLD __attribute__((noinline, cold))
#define DUET_APART __attribute__((noinline))
#else
#define DUET_INLINE __attribute__((always_inline)) inline
#define DUET_INLINE_LAMBDA __attribute__((always_inline))
#define DUET_COLD __attribute__((noinline, cold))
#define DUET_APART __attribute__((noinline))
#endif

// Everything that this function calls is inlined into it, as far as the compiler can (g++ only, which otherwise keeps a
// large function apart though it is called once).
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) && !DUET_SANITIZED
#define DUET_FLATTEN __attribute__((flatten, noinline, noclone))
#elif defined(__clang__) && defined(__OPTIMIZE__) && !DUET_SANITIZED
#define DUET_FLATTEN __attribute__((flatten))
#else
#define DUET_FLATTEN
#endif

// In a function: its callers take it that the function changes any memory. Otherwise they keep what they have loaded
// from one call to the next, of thousands of calls more than they have registers.
#if defined(__GNUC__)
#define DUET_OPAQUE() __asm__ volatile("" : : : "memory")
#else
#define DUET_OPAQUE() static_cast<void>(0)
#endif

// The thread-local state of Duet is plain data in the static block of its module: reading it costs one instruction. In
// code for executables that is what compilers do by themselves; asked for it there, g++ 12 loads the offset into a
// vector register now and then, which the linker rejects.
#if defined(__ELF__) && defined(__PIC__) && !defined(__PIE__)
#define DUET_TLS_MODEL __attribute__((tls_model("initial-exec")))
#else
#define DUET_TLS_MODEL
#endif

#if defined(__GNUC__) && !defined(__clang__)
// g++ folds the comparison of two indices loaded from one place after inlining; clang folds it too late.
#define DUET_KNOWN_EQUAL(a, b) (__builtin_constant_p((a) == (b)) && (a) == (b))
#else
#define DUET_KNOWN_EQUAL(a, b) false
#endif

// True if the compiler has worked out the value of x, after inlining.
#if defined(__GNUC__)
#define DUET_KNOWN(x) __builtin_constant_p(x)
#else
#define DUET_KNOWN(x) false
#endif

// A hint that memory at p will be written soon.
#if defined(__GNUC__)
#define DUET_PREFETCH_WRITE(p) __builtin_prefetch(p, 1)
#else
#define DUET_PREFETCH_WRITE(p) static_cast<void>(p)
#endif

// Partials and adjoint lanes lie in vectors of the compiler's (GNU vector extensions); with 0 in plain numbers, as
// where it has none. The same in all translation units of a program.
#if !defined(DUET_VECTORS)
#if defined(__GNUC__)
#define DUET_VECTORS 1
#else
#define DUET_VECTORS 0
#endif
#endif

// Checked mode (core/checked.hpp): every variable, statement and sweep is looked at. A program is compiled with
// -DDUET_CHECKED as a whole or not at all; what follows has the linker refuse anything else, since a thread_local
// variable and a plain one of the same name do not meet (lld lets them; there the program ends as it starts).
#if defined(DUET_CHECKED)
#undef DUET_CHECKED
#define DUET_CHECKED 1
#define DUET_UNIT_STORAGE thread_local
#else
#define DUET_CHECKED 0
#define DUET_UNIT_STORAGE
#endif
#if defined(__ELF__)
namespace duet {
[[gnu::used]] inline DUET_UNIT_STORAGE char define_DUET_CHECKED_in_all_translation_units_or_in_none = 0;
#if !DUET_CHECKED
[[gnu::used]] inline char unchecked_translation_unit = 0;
#endif
}  // namespace duet
#elif defined(_MSC_VER)
#if DUET_CHECKED
#pragma detect_mismatch("DUET_CHECKED", "1")
#else
#pragma detect_mismatch("DUET_CHECKED", "0")
#endif
#endif
#undef DUET_UNIT_STORAGE

// Address space can be reserved without memory behind it.
#if defined(__unix__) || defined(__APPLE__)
#define DUET_HAS_MMAP 1
#else
#define DUET_HAS_MMAP 0
#endif

// For generated code, functions of hundreds of statements and more: each statement of var and dual on plain numbers is
// a call of a function for statements of its kind, which takes leaves by value. Compile time and code size then grow
// with the number of statements and no faster. Values are the same bit by bit, and so are derivatives as far as nobody
// makes use of knowing that two leaves are one variable, which such a function does not: var as with DUET_TAPE_MERGE=0,
// dual but for the rounding of x * f(x). Checked mode looks at statements where they stand and leaves them there. The
// same in all translation units of a program.
#if !defined(DUET_OUTLINED_STATEMENTS) || DUET_CHECKED
#undef DUET_OUTLINED_STATEMENTS
#define DUET_OUTLINED_STATEMENTS 0
#endif

// The optimisations of the tape, one switch each, for measuring what they are worth and for porting; the same in all
// translation units of a program. DUET_TAPE_PLAIN=1 turns all off that are not set by themselves; tests hold the two
// against each other.
#if !defined(DUET_TAPE_PLAIN)
#define DUET_TAPE_PLAIN 0
#endif
#if !defined(DUET_TAPE_UNIT_PARTIALS)  // partials of one and minus one are not stored
#define DUET_TAPE_UNIT_PARTIALS !DUET_TAPE_PLAIN
#endif
#if !defined(DUET_TAPE_MERGE)  // leaves that name one variable become one argument
#define DUET_TAPE_MERGE (!DUET_TAPE_PLAIN && !DUET_OUTLINED_STATEMENTS)
#endif
#if !defined(DUET_TAPE_CARRY)  // y += e without y as an argument where y is the newest statement
#define DUET_TAPE_CARRY !DUET_TAPE_PLAIN
#endif
#if !defined(DUET_TAPE_PREDECESSOR)  // an argument that is the newest statement has no index
#define DUET_TAPE_PREDECESSOR !DUET_TAPE_PLAIN
#endif
#if !defined(DUET_TAPE_PREFETCH)  // the record path asks for memory ahead
#define DUET_TAPE_PREFETCH !DUET_TAPE_PLAIN
#endif
#if !defined(DUET_TAPE_RESERVE)  // streams in reserved address space; else on the heap, growing
#define DUET_TAPE_RESERVE (!DUET_TAPE_PLAIN && DUET_HAS_MMAP)
#endif
#if !defined(DUET_TAPE_HUGE_PAGES)  // and in huge pages where the system has them
#define DUET_TAPE_HUGE_PAGES !DUET_TAPE_PLAIN
#endif
#if !defined(DUET_TAPE_UNROLLED)  // the sweep of plain numbers has a case for each shape of statement
#define DUET_TAPE_UNROLLED (!DUET_TAPE_PLAIN && !DUET_SANITIZED)
#endif
#if !defined(DUET_TAPE_FLUSH)  // denormals count as zero during a sweep
#define DUET_TAPE_FLUSH !DUET_TAPE_PLAIN
#endif
