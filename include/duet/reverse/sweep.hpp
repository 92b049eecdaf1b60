#pragma once

// The reverse sweep: one switch with an unrolled case for each shape of statement. Descriptor bytes lie apart from the
// records they describe, so that finding the next record does not wait for this one.

#include <array>
#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/reverse/checked.hpp>
#include <duet/reverse/cursor.hpp>
#include <functional>
#include <numeric>

namespace duet {

// Adjoints of several outputs side by side: 8 are one vector on AVX-512, one cache line.
template <class T, std::size_t Lanes>
using lane_adjoint = blocks<T, Lanes>;

template <class Adjoint>
inline constexpr std::size_t adjoint_lane_count = 1;
template <class T, std::size_t Lanes>
inline constexpr std::size_t adjoint_lane_count<blocks<T, Lanes>> = Lanes;

// adjoint += partial * x
template <bool Damped, class T>
DUET_INLINE void add_product(T& adjoint, T const& partial, T const& x) {
  if constexpr (Damped)
    adjoint = T(adjoint + duet::damped_product(partial, x));
  else
    adjoint += partial * x;
}
template <bool Damped, class T, std::size_t Lanes>
DUET_INLINE void add_product(blocks<T, Lanes>& adjoint, T const& partial, blocks<T, Lanes> const& x) {
  using lanes = blocks<T, Lanes>;
  lanes::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if constexpr (!Damped)
      adjoint[j] += partial * x[j];
    else if constexpr (lanes::shape::lanes == 1)
      adjoint[j] = T(adjoint[j] + duet::damped_product(partial, x[j]));
    else
      for (std::size_t l = 0; l < lanes::shape::lanes; ++l) adjoint[j][l] += duet::damped_product(partial, T(x[j][l]));
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
template <class T, std::size_t Lanes>
DUET_INLINE void add_unit(blocks<T, Lanes>& adjoint, bool negative, blocks<T, Lanes> const& x) {
  blocks<T, Lanes>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if (negative)
      adjoint[j] -= x[j];
    else
      adjoint[j] += x[j];
  });
}

template <class T>
[[nodiscard]] DUET_INLINE bool is_zero(T const& x) {
  return duet::vanishes(x);
}
template <class T, std::size_t Lanes>
[[nodiscard]] DUET_INLINE bool is_zero(blocks<T, Lanes> const& x) {
  using lanes = blocks<T, Lanes>;
  constexpr std::size_t width = lanes::shape::lanes;
  if constexpr (width == 1) {
    bool zero = true;
    lanes::for_each_block([&](auto j) DUET_INLINE_LAMBDA { zero = zero && duet::vanishes(x[j]); });
    return zero;
  } else {
    lane_mask<T, width> moving{};
    lanes::for_each_block([&](auto j) DUET_INLINE_LAMBDA { moving |= x[j] != 0; });
    return !any_lane<width>(moving);
  }
}

// Damped: zero wins over an infinite partial. Sparse: statements whose adjoint is zero are passed over.
template <class T, class Adjoint, bool Damped, bool Sparse>
struct sweep {
  // Straight-line code for each shape gains most for plain numbers; for duals it took the compiler a minute.
  static constexpr bool unroll =
      DUET_TAPE_UNROLLED && !Damped && !Sparse && std::is_arithmetic_v<Adjoint> && !checked::enabled;

  // Statements `newest` down to `oldest`, newest first. external(adjoints, cursor) runs an external node and may move
  // both.
  template <class External>
  static DUET_INLINE void run(sweep_cursor const& from, Adjoint* adjoints, tape_index newest, tape_index oldest,
                              External const& external) {
    if (newest < oldest) return;
    if constexpr (unroll)
      run_unrolled(from, adjoints, newest, oldest, external);
    else
      run_plain(from, adjoints, newest, oldest, external);
  }

 private:
  static DUET_INLINE tape_index index_at(std::byte const* indices, std::size_t j) {
    return packed<tape_index>::read(indices + sizeof(tape_index) * j);
  }
  static DUET_INLINE T partial_at(std::byte const* record, std::size_t j) {
    return packed<T>::read(record + packed<T>::bytes * j);
  }

  template <class External>
  static void run_plain(sweep_cursor const& from, Adjoint* adjoints, tape_index newest, tape_index oldest,
                        External const& external) {
    sweep_cursor at = from;
    tape_index n = newest;
    Adjoint x = adjoints[n];
    for (;;) {
      std::uint8_t const code = at.descriptors[n];
      bool carried = false;
      if constexpr (checked::enabled) checked::sweeping<T>::adjoint(n, x, false);
      if (code == descriptor::external) {
        external(adjoints, at);
      } else if (code == descriptor::array) {
        array(at, adjoints, n);
      } else {
        auto const shape = at.read(code);
        at.record -= shape.template bytes<T>();
        // Most statements, when each output has a part of the recording to itself.
        if (!Sparse || !is_zero(x)) {
          any_arguments(at.record, shape, adjoints, x);
          if (shape.named != shape.g) {
            Adjoint passed = adjoints[n - 1];
            add_product<Damped>(passed, partial_at(at.record, shape.named), x);
            x = passed;
            carried = true;
          } else if ((code & descriptor::carry) != 0) {
            add_unit(x, false, adjoints[n - 1]);
            carried = true;
          }
          if constexpr (checked::enabled) {
            std::byte const* const indices = at.record + packed<T>::bytes * shape.g;
            for (std::size_t j = 0; j < shape.named + shape.u; ++j)
              checked::sweeping<T>::adjoint(n, adjoints[index_at(indices, j) & last_index], true);
            if (carried) checked::sweeping<T>::adjoint(n, x, true);
          }
        }
      }
      --n;
      if (carried)
        adjoints[n] = x;
      else
        x = adjoints[n];
      if (n < oldest) return;
    }
  }

  // The arguments that have an index; unit arguments first, they wait for x alone.
  static DUET_INLINE void any_arguments(std::byte const* record, sweep_cursor::statement const& shape,
                                        Adjoint* adjoints, Adjoint const& x) {
    std::byte const* const indices = record + packed<T>::bytes * shape.g;
    for (std::size_t j = shape.named + shape.u; j-- > shape.named;) {
      tape_index const i = index_at(indices, j);
      add_unit(adjoints[i & last_index], (i & minus_bit) != 0, x);
    }
    for (std::size_t j = shape.named; j-- > 0;)
      add_product<Damped>(adjoints[index_at(indices, j)], partial_at(record, j), x);
  }
  static void array(sweep_cursor& at, Adjoint* adjoints, tape_index n) {
    static_assert(sizeof(Adjoint) == adjoint_lane_count<Adjoint> * sizeof(T));
    auto const& kernel = at.template read_array<T>();
    (Damped ? kernel.damped : kernel.plain)(at.nodes, reinterpret_cast<T*>(adjoints), adjoint_lane_count<Adjoint>, n);
  }
  static void long_statement(sweep_cursor& at, Adjoint* adjoints, Adjoint x) {
    auto const shape = at.read(descriptor::long_statement);
    at.record -= shape.template bytes<T>();
    any_arguments(at.record, shape, adjoints, x);
  }

  // The same for G general and U unit arguments, known when compiling.
  template <std::size_t G, std::size_t U, bool Predecessor>
  static DUET_INLINE void arguments(std::byte const*& record, Adjoint* adjoints, Adjoint const& x) {
    constexpr std::size_t partials = G + Predecessor;
    record -= packed<T>::bytes * partials + sizeof(tape_index) * (G + U);
    std::byte const* const here = record;
    std::byte const* const indices = here + packed<T>::bytes * partials;
    [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      (..., [&](tape_index i) DUET_INLINE_LAMBDA {
        add_unit(adjoints[i & last_index], (i & minus_bit) != 0, x);
      }(index_at(indices, G + U - 1 - J)));
    }(std::make_index_sequence<U>{});
    [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      (..., add_product<Damped>(adjoints[index_at(indices, G - 1 - J)], partial_at(here, G - 1 - J), x));
    }(std::make_index_sequence<G>{});
  }
  template <std::size_t G>
  static DUET_INLINE T last_partial(std::byte const* record) {
    return partial_at(record, G - 1);
  }

  // The newest entry up to n that is no input, or oldest - 1. Inputs and the outputs of array nodes come in long rows.
  static tape_index before_inputs(std::uint8_t const* descriptors, tape_index n, tape_index oldest) {
    static_assert(descriptor::input == 0);
    for (std::array<std::uint64_t, 8> codes; n >= oldest + 63; n -= 64) {
      std::memcpy(&codes, descriptors + n - 63, sizeof codes);
      if (std::accumulate(codes.begin(), codes.end(), std::uint64_t{0}, std::bit_or<>()) != 0) break;
    }
    for (std::uint64_t codes; n >= oldest + 7; n -= 8) {
      std::memcpy(&codes, descriptors + n - 7, sizeof codes);
      if (codes != 0) break;
    }
    while (n >= oldest && descriptors[n] == descriptor::input) --n;
    return n;
  }

  template <class External>
  static void run_unrolled(sweep_cursor const& from, Adjoint* adjoints, tape_index newest, tape_index oldest,
                           External const& external) {
    sweep_cursor at = from;
    // What every statement needs is in variables of their own whose address nobody takes: as parts of the cursor g++
    // keeps them in memory, or packed into a vector register from which each statement has to take them.
    std::byte const* record = at.record;
    std::uint8_t const* descriptors = at.descriptors;
    tape_index n = newest;
    Adjoint x = adjoints[n];
    for (;;) {
      // A case for each (g, u), without and with the carry, and with a predecessor; the macros live for this switch
      // alone.
#define DUET_CASE(G, U)                                           \
  case G | U << 3:                                                \
    arguments<G, U, false>(record, adjoints, x);                  \
    break;                                                        \
  case descriptor::carry | G | U << 3:                            \
    do {                                                          \
      arguments<G, U, false>(record, adjoints, x);                \
      --n;                                                        \
      x += adjoints[n];                                           \
      adjoints[n] = x;                                            \
      if (n < oldest) return;                                     \
    } while (descriptors[n] == (descriptor::carry | G | U << 3)); \
    continue;
#define DUET_PREDECESSOR_CASE(G, U)                 \
  case descriptor::predecessor | G | U << 3:        \
    arguments<G - 1, U, true>(record, adjoints, x); \
    x *= last_partial<G>(record);                   \
    goto carried;
#define DUET_CASES(U) DUET_CASE(1, U) DUET_CASE(2, U) DUET_CASE(3, U) DUET_CASE(4, U) DUET_CASE(5, U) DUET_CASE(6, U)
#define DUET_PREDECESSOR_CASES(U) \
  DUET_PREDECESSOR_CASE(1, U)     \
  DUET_PREDECESSOR_CASE(2, U) DUET_PREDECESSOR_CASE(3, U) DUET_PREDECESSOR_CASE(4, U)
      // clang-format off
      switch (descriptors[n]) {
        case descriptor::input:
          n = before_inputs(descriptors, n, oldest);
          if (n < oldest) return;
          x = adjoints[n];
          continue;
        DUET_CASE(0, 1) DUET_CASE(0, 2) DUET_CASE(0, 3) DUET_CASE(0, 4) DUET_CASE(0, 5) DUET_CASE(0, 6) DUET_CASE(0, 7)
        DUET_CASES(0) DUET_CASES(1) DUET_CASES(2) DUET_CASES(3) DUET_CASES(4) DUET_CASES(5) DUET_CASES(6) DUET_CASES(7)
        DUET_CASE(7, 0) DUET_CASE(7, 1) DUET_CASE(7, 2) DUET_CASE(7, 3) DUET_CASE(7, 4) DUET_CASE(7, 5) DUET_CASE(7, 6)
        DUET_PREDECESSOR_CASES(0) DUET_PREDECESSOR_CASES(1) DUET_PREDECESSOR_CASES(2) DUET_PREDECESSOR_CASES(3)
        case descriptor::external: {
          Adjoint* data = adjoints;
          at.record = record;
          external(data, at);
          record = at.record;
          descriptors = at.descriptors;
          adjoints = data;
          break;
        }
        case descriptor::array:
          array(at, adjoints, n);
          break;
        case descriptor::long_statement:
          at.record = record;
          long_statement(at, adjoints, x);
          record = at.record;
          break;
        case descriptor::carry | descriptor::long_statement:
          at.record = record;
          long_statement(at, adjoints, x);
          record = at.record;
          goto carried;
        default:
          __builtin_unreachable();
      }
        // clang-format on
#undef DUET_PREDECESSOR_CASES
#undef DUET_CASES
#undef DUET_PREDECESSOR_CASE
#undef DUET_CASE
      if (--n < oldest) return;
      x = adjoints[n];
      continue;
    carried:
      // The statement before gets x; what it has already was there before this one, so nothing waits for it.
      --n;
      x += adjoints[n];
      adjoints[n] = x;
      if (n < oldest) return;
    }
  }
};

}  // namespace duet
