#pragma once

// The reverse sweep: one switch with an unrolled case for each shape of statement. Descriptor bytes lie apart from the
// records they describe, so that finding the next record does not wait for this one.

#include <cstdint>
#include <cstring>
#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>

namespace duet {

using tape_index = std::uint32_t;

// A statement's descriptor: bits 0-2 the number g of general partials, bits 3-5 the number u of unit partials, bit 7
// the carry: the left-hand side adds to the statement before it. Bit 6 marks the two that are not of that form.
namespace descriptor {
inline constexpr std::uint8_t input = 0, external = 64, long_statement = 127, carry = 128;
inline constexpr std::size_t most_arguments = 7;
}  // namespace descriptor

// In the index of a unit argument the highest bit says that the partial is minus one.
inline constexpr tape_index minus_bit = 0x8000'0000u;
inline constexpr tape_index last_index = minus_bit - 1;

inline constexpr bool unroll_sweep = !DUET_SANITIZED;

// Adjoints of 8 outputs side by side: on AVX-512 one vector, one cache line.
inline constexpr std::size_t adjoint_lanes = 8;
template <class T>
using lane_adjoint = blocks<T, adjoint_lanes>;

// adjoint += partial * x
template <bool Damped, class T>
DUET_INLINE void add_product(T& adjoint, T const& partial, T const& x) {
  if constexpr (Damped)
    adjoint = T(adjoint + duet::damped_product(partial, x));
  else
    adjoint += partial * x;
}
template <bool Damped, class T>
DUET_INLINE void add_product(lane_adjoint<T>& adjoint, T const& partial, lane_adjoint<T> const& x) {
  lane_adjoint<T>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if constexpr (!Damped)
      adjoint[j] += partial * x[j];
    else if constexpr (lane_adjoint<T>::shape::lanes == 1)
      adjoint[j] = T(adjoint[j] + duet::damped_product(partial, x[j]));
    else
      for (std::size_t l = 0; l < lane_adjoint<T>::shape::lanes; ++l)
        adjoint[j][l] += duet::damped_product(partial, T(x[j][l]));
  });
}

// adjoint += x or -= x. For plain numbers by a table of signs: a branch or a sign flipped in integer registers would
// lie on the sweep's longest chain.
template <class T>
DUET_INLINE void add_unit(T& adjoint, bool negative, T const& x) {
  if constexpr (std::is_arithmetic_v<T>) {
    static constexpr T sign[2] = {1, -1};
    adjoint += sign[negative] * x;
  } else if (negative) {
    adjoint -= x;
  } else {
    adjoint += x;
  }
}
template <class T>
DUET_INLINE void add_unit(lane_adjoint<T>& adjoint, bool negative, lane_adjoint<T> const& x) {
  lane_adjoint<T>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if (negative)
      adjoint[j] -= x[j];
    else
      adjoint[j] += x[j];
  });
}

[[nodiscard]] inline bool is_long(std::uint8_t code) {
  return (code | descriptor::carry) == (descriptor::carry | descriptor::long_statement);
}

// A recording as the sweep reads it, from the end.
struct sweep_cursor {
  std::byte const* record;
  std::uint8_t const* descriptors;
  std::byte const* counts;

  // Over the record of a statement.
  template <class T>
  void skip(std::uint8_t code) {
    std::size_t g = code & 7u, u = code >> 3 & 7u;
    if (code == descriptor::external) return;
    if (is_long(code)) {
      std::uint64_t both;
      counts -= sizeof both;
      std::memcpy(&both, counts, sizeof both);
      g = both & 0xffff'ffffu;
      u = both >> 32;
    }
    record -= (sizeof(T) + sizeof(tape_index)) * g + sizeof(tape_index) * u;
  }
};

template <class T>
[[nodiscard]] DUET_INLINE bool is_zero(T const& x) {
  return duet::vanishes(x);
}
template <class T>
[[nodiscard]] DUET_INLINE bool is_zero(lane_adjoint<T> const& x) {
  bool zero = true;
  lane_adjoint<T>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if constexpr (lane_adjoint<T>::shape::lanes == 1)
      zero = zero && duet::vanishes(x[j]);
    else
      for (std::size_t l = 0; l < lane_adjoint<T>::shape::lanes; ++l) zero &= x[j][l] == 0;
  });
  return zero;
}

template <class T, class Adjoint, bool Damped>
struct sweep {
  static constexpr std::size_t argument_bytes = sizeof(T) + sizeof(tape_index);
  // Plain numbers alone gain from straight-line code for each shape; the rest prefers small code.
  static constexpr bool unroll = unroll_sweep && !Damped && std::is_arithmetic_v<Adjoint>;

  template <class Value>
  static DUET_INLINE Value load(std::byte const* from) {
    Value value;
    std::memcpy(static_cast<void*>(&value), from, sizeof value);
    return value;
  }

  // One record of g general and u unit arguments that ends at `record`; unit arguments first, they wait for x alone.
  static DUET_INLINE void statement(std::byte const*& record, std::size_t g, std::size_t u, Adjoint* adjoints,
                                    Adjoint const& x) {
    record -= argument_bytes * g + sizeof(tape_index) * u;
    std::byte const* const indices = record + sizeof(T) * g;
    for (std::size_t j = u; j-- > 0;) {
      auto const i = load<tape_index>(indices + sizeof(tape_index) * (g + j));
      add_unit(adjoints[i & last_index], (i & minus_bit) != 0, x);
    }
    for (std::size_t j = g; j-- > 0;)
      add_product<Damped>(adjoints[load<tape_index>(indices + sizeof(tape_index) * j)], load<T>(record + sizeof(T) * j),
                          x);
  }
  template <std::size_t G, std::size_t U>
  static DUET_INLINE void unrolled(std::byte const*& record, Adjoint* adjoints, Adjoint const& x) {
    record -= argument_bytes * G + sizeof(tape_index) * U;
    std::byte const* const here = record;
    std::byte const* const indices = here + sizeof(T) * G;
    [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      (..., [&](tape_index i) DUET_INLINE_LAMBDA {
        add_unit(adjoints[i & last_index], (i & minus_bit) != 0, x);
      }(load<tape_index>(indices + sizeof(tape_index) * (G + U - 1 - J))));
    }(std::make_index_sequence<U>{});
    [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      (..., add_product<Damped>(adjoints[load<tape_index>(indices + sizeof(tape_index) * (G - 1 - J))],
                                load<T>(here + sizeof(T) * (G - 1 - J)), x));
    }(std::make_index_sequence<G>{});
  }

  static DUET_INLINE void long_statement(sweep_cursor& at, Adjoint* adjoints, Adjoint const& x) {
    at.counts -= sizeof(std::uint64_t);
    auto const counts = load<std::uint64_t>(at.counts);
    statement(at.record, counts & 0xffff'ffffu, counts >> 32, adjoints, x);
  }

  // Statements `newest` down to 1, newest first. external(adjoints, cursor) runs an external node and may move both.
  template <class External>
  static void run(sweep_cursor at, Adjoint* adjoints, tape_index newest, External const& external) {
    if (newest == 0) return;
    if constexpr (unroll)
      run_unrolled(at, adjoints, newest, external);
    else
      run_plain(at, adjoints, newest, external);
  }

 private:
  template <class External>
  static void run_plain(sweep_cursor at, Adjoint* adjoints, tape_index newest, External const& external) {
    for (tape_index n = newest; n > 0; --n) {
      std::uint8_t const code = at.descriptors[n];
      Adjoint const x = adjoints[n];
      if (code == descriptor::external) {
        external(adjoints, at);
      } else if (is_zero(x)) {  // most statements, when each output has a part of the recording to itself
        at.template skip<T>(code);
      } else {
        if (is_long(code))
          long_statement(at, adjoints, x);
        else
          statement(at.record, code & 7u, code >> 3 & 7u, adjoints, x);
        if ((code & descriptor::carry) != 0) add_unit(adjoints[n - 1], false, x);
      }
    }
  }

  template <class External>
  static void run_unrolled(sweep_cursor at, Adjoint* adjoints, tape_index newest, External const& external) {
    tape_index n = newest;
    Adjoint x = adjoints[n];
    for (;;) {
      // A case for each (g, u), without and with the carry; the macros live for this switch alone.
#define DUET_CASE(G, U)                     \
  case G | U << 3:                          \
    unrolled<G, U>(at.record, adjoints, x); \
    break;                                  \
  case descriptor::carry | G | U << 3:      \
    unrolled<G, U>(at.record, adjoints, x); \
    goto carried;
#define DUET_CASES(U) \
  DUET_CASE(0, U)     \
  DUET_CASE(1, U) DUET_CASE(2, U) DUET_CASE(3, U) DUET_CASE(4, U) DUET_CASE(5, U) DUET_CASE(6, U) DUET_CASE(7, U)
      switch (at.descriptors[n]) {
        DUET_CASES(0)
        DUET_CASES(1)
        DUET_CASES(2)
        DUET_CASES(3)
        DUET_CASES(4)
        DUET_CASES(5)
        DUET_CASES(6)
        DUET_CASES(7)
        case descriptor::external:
          external(adjoints, at);
          break;
        case descriptor::long_statement:
          long_statement(at, adjoints, x);
          break;
        case descriptor::carry | descriptor::long_statement:
          long_statement(at, adjoints, x);
          goto carried;
        default:
          __builtin_unreachable();
      }
#undef DUET_CASES
#undef DUET_CASE
      if (--n == 0) return;
      x = adjoints[n];
      continue;
    carried:
      --n;
      add_unit(adjoints[n], false, x);
      x = adjoints[n];
    }
  }
};

}  // namespace duet
