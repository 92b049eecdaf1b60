#pragma once

// The hot path of recording: where the next statement goes, and how an expression becomes a record. A statement keeps
// its leaves' indices and partials and nothing else:
//
//   record        g partials, their g indices, then u indices of partials that are one or minus one (packed)
//   descriptor    one byte with g and u; its position is the index of the left-hand side
//
// Leaves that name the same variable are merged where the compiler sees it; a statement without active leaves is not
// recorded. An argument that is the statement just before has no index: the descriptor says so, and the sweep hands its
// adjoint on in a register instead of through memory, which is what its longest chains consist of.

#include <duet/core/error.hpp>
#include <duet/expression/deferred.hpp>
#include <duet/reverse/kept_values.hpp>
#include <duet/reverse/sweep.hpp>

namespace duet {

template <class T>
class tape;
template <class T, class Tag>
class var;

// What a thread needs to record. Plain data in the thread's own block: reading it costs nothing. While a tape records,
// this is the only up-to-date copy.
template <class T>
struct write_head {
  std::byte* record = nullptr;          // the next record
  std::byte* limit = nullptr;           // from here on make_room() runs first
  std::uint8_t* descriptors = nullptr;  // that of index 0
  std::byte* counts = nullptr;          // the next entry for a long statement
  tape<T>* owner = nullptr;
  std::size_t next = 1;            // the index of the next descriptor
  bool infinite_partials = false;  // some partial is infinite or NaN: the sweep lets zero win over it
  [[no_unique_address]] kept_values<T> values{};
};

[[noreturn]] DUET_COLD inline void throw_not_recording() {
  throw error(
      "duet: a variable of a tape was used while this thread records nowhere; keep a duet::recording of its tape alive "
      "around the computation");
}

// Where this thread records; without an owner nowhere. `recording` sets it.
template <class T>
DUET_TLS_MODEL inline constinit thread_local write_head<T> active_head{};

template <class T, class Tag>
  requires std::is_arithmetic_v<T>
inline constexpr bool has_outlined_statements<var<T, Tag>> = DUET_OUTLINED_STATEMENTS;

// A variable inside an expression.
template <class T, class Tag>
struct leaf<var<T, Tag>> {
  using scalar = var<T, Tag>;
  using value_type = T;

  T number;
  tape_index index;
  [[no_unique_address]] checked::stamp stamp;

  DUET_INLINE constexpr explicit leaf(scalar const& x) : number(x.value()), index(x.place()), stamp(x.stamp()) {}
  DUET_INLINE constexpr leaf(T const& n, tape_index i) : number(n), index(i), stamp() {}
  DUET_INLINE constexpr leaf(leaf const& other) : number(other.number), index(other.index), stamp(other.stamp) {}
  constexpr leaf& operator=(leaf const&) = default;

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return number; }

  static constexpr std::size_t parts = 2;
  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr auto part() const {
    if constexpr (K == 0)
      return number;
    else
      return index;
  }
};

// All indices of the leaves that matter or-ed: zero if x is passive.
template <class X>
[[nodiscard]] DUET_INLINE constexpr tape_index any_index(X const& x) {
  if constexpr (is_passive_operand<X>) {
    return 0;
  } else if constexpr (is_expression<X>) {
    auto const below = [&]<std::size_t I>(block_index<I>) DUET_INLINE_LAMBDA -> tape_index {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(x.template partial<I>())>, zero>)
        return 0;
      else
        return duet::any_index(x.template operand<I>());
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>)
               DUET_INLINE_LAMBDA { return (below(block_index<I>{}) | ...); }(std::make_index_sequence<X::arity>{});
  } else {
    return x.index;
  }
}

// One argument of a statement while it is being written.
template <class T>
struct argument {
  T partial;
  tape_index index;
  int unit;  // 1 or -1 if the partial is known to be that, else 0
  bool merged;
};

// This thread's head, with room for a statement. Throws duet::error if it records nowhere.
template <class T>
class record_room {
 protected:
  static DUET_INLINE write_head<T>& room() {
    write_head<T>& head = active_head<T>;
    if (head.record >= head.limit) [[unlikely]]
      make_room(head);
    return head;
  }

 private:
  DUET_COLD static void make_room(write_head<T>& head) {
    if (head.owner == nullptr) throw_not_recording();
    head.owner->make_room();
  }
};

template <class T>
class statement_writer : record_room<T> {
  using record_room<T>::room;

 public:
  static constexpr std::size_t most_leaves = 128;
  static constexpr std::size_t partial_bytes = packed<T>::bytes;
  static constexpr std::size_t most_bytes = most_leaves * (partial_bytes + sizeof(tape_index));

  // Statements of at most so many leaves look for the statement before among them: a comparison and a copy of the
  // writing code a leaf, and the more arguments the less their adjoints wait for one another.
  static constexpr std::size_t most_compared_leaves = DUET_TAPE_PREDECESSOR ? 4 : 0;

  // Records seed * x and returns its index: 0 if x is passive. `carry` adds the statement before it.
  template <std::uint8_t Carry, class X, class Seed>
  static DUET_INLINE tape_index write(X const& x, Seed seed) {
    if constexpr (checked::enabled) {
      auto& checks = room().owner->checks();
      checks.arguments(x);
      tape_index const index = write_statement<Carry>(x, seed);
      checks.recorded(index, x);
      return index;
    } else {
      return write_statement<Carry>(x, seed);
    }
  }

  // The same for arguments worked out elsewhere, most_leaves at most. Throws duet::error if this thread records nowhere
  // though one of them is on a tape.
  static tape_index write_arguments(T const* partials, tape_index const* indices, std::size_t count) {
    tape_index any = 0;
    for (std::size_t j = 0; j < count; ++j) any |= indices[j];
    if (any == 0) return 0;
    write_head<T>& head = room();
    for (std::size_t j = 0; j < count; ++j) head.infinite_partials |= !duet::all_finite(partials[j]);
    return store_general(head, partials, indices, count, 0);
  }
  // The same for a number of arguments known while compiling, passive ones as they are. Unless `MayBeInfinite` all
  // partials are finite.
  template <bool MayBeInfinite, std::size_t N>
  static DUET_INLINE tape_index write_row(std::array<T, N> const& partials, std::array<tape_index, N> const& indices) {
    static_assert(N <= most_leaves);
    tape_index any = 0;
    for (tape_index const i : indices) any |= i;
    if (any == 0) return 0;
    write_head<T>& head = room();
    if constexpr (MayBeInfinite)
      for (std::size_t j = 0; j < N; ++j) head.infinite_partials |= indices[j] != 0 && !duet::all_finite(partials[j]);
    return store_general(head, partials.data(), indices.data(), N, 0);
  }

 private:
  template <std::uint8_t Carry, class X, class Seed>
  static DUET_INLINE tape_index write_statement(X const& x, Seed seed) {
    auto c = duet::coefficients<care::bare>(x, seed);
    constexpr std::size_t leaves = leaf_count_of<decltype(c)>;
    static_assert(leaves <= most_leaves);
    if constexpr (leaves == 0) {
      return 0;
    } else {
      if constexpr (has_infinite_slope<X>)
        if (!duet::coefficients_are_finite(x, c)) [[unlikely]]
          return write_damped(X(x), seed, Carry);
      argument<T> arguments[leaves];
      std::size_t k = 0;
      duet::for_each_leaf(x, c, [&]<class K>(K const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
        if constexpr (constant_number<K> && DUET_TAPE_UNIT_PARTIALS)
          arguments[k] = {T(K::number), l.index, K::number, false};
        else
          arguments[k] = {duet::number<T>(coefficient), l.index, 0, false};
        ++k;
      });
      merge(arguments, std::make_index_sequence<leaves>{});
      return store<Carry>(arguments, std::make_index_sequence<leaves>{});
    }
  }

  // The indices were loaded before anything is stored, so two leaves of one variable are one value to the compiler, and
  // counts and positions below stay constants.
  template <std::size_t N, std::size_t... J>
  static DUET_INLINE void merge(argument<T> (&arguments)[N], std::index_sequence<J...>) {
    (merge_into_earlier<J>(arguments, std::make_index_sequence<J>{}), ...);
  }
  template <std::size_t J, std::size_t N, std::size_t... K>
  static DUET_INLINE void merge_into_earlier(argument<T> (&arguments)[N], std::index_sequence<K...>) {
    (merge_pair(arguments[J], arguments[K]), ...);
  }
  static DUET_INLINE void merge_pair(argument<T>& later, argument<T>& earlier) {
    if (DUET_TAPE_MERGE && !later.merged && !earlier.merged && DUET_KNOWN_EQUAL(later.index, earlier.index)) {
      earlier.partial += later.partial;
      earlier.unit = 0;
      later.merged = true;
    }
  }

  template <class Value>
  static DUET_INLINE void put(std::byte* to, Value const& value) {
    packed<Value>::write(to, value);
  }

  static constexpr std::size_t nobody = most_leaves;

  template <std::uint8_t Carry, std::size_t N, std::size_t... J>
  static DUET_INLINE tape_index store(argument<T> const (&arguments)[N], std::index_sequence<J...> all) {
    write_head<T>& head = room();
    if constexpr (Carry == 0 && N <= most_compared_leaves) {
      auto const newest = static_cast<tape_index>(head.next - 1);
      tape_index at = 0;
      bool const alone = (0 + ... + !arguments[J].merged) == 1;
      bool const found = (... || [&]() DUET_INLINE_LAMBDA {
        argument<T> const& a = arguments[J];
        if (a.merged || a.unit < 0 || a.index != newest) return false;
        if (a.unit != 0 && alone) return false;  // every statement has a record: that is what make_room() counts on
        at = a.unit == 0 ? store_at<descriptor::predecessor, J>(head, arguments, all)
                         : store_at<descriptor::carry, J>(head, arguments, all);
        return true;
      }());
      if (found) return at;
    }
    return store_at<Carry, nobody>(head, arguments, all);
  }

  // The arguments without Left, which is the statement before: with Flags `carry` as a unit argument, with
  // `predecessor` as a general one, whose partial comes last.
  template <std::uint8_t Flags, std::size_t Left, std::size_t N, std::size_t... J>
  static DUET_INLINE tape_index store_at(write_head<T>& head, argument<T> const (&arguments)[N],
                                         std::index_sequence<J...>) {
    // Read before anything is stored, which for all the compiler knows changes them.
    std::byte* const record = head.record;
    std::size_t const index = head.next;
    std::uint8_t* const descriptors = head.descriptors;
    if constexpr (DUET_TAPE_PREFETCH) DUET_PREFETCH_WRITE(record + 4096);  // the stream runs ahead of the cache
    std::size_t g = 0, i = 0, u = 0;
    auto const general = [&](std::size_t j)
                             DUET_INLINE_LAMBDA { return j != Left && !arguments[j].merged && arguments[j].unit == 0; };
    auto const unit = [&](std::size_t j)
                          DUET_INLINE_LAMBDA { return j != Left && !arguments[j].merged && arguments[j].unit != 0; };
    ((general(J) ? put(record + partial_bytes * g++, arguments[J].partial) : void()), ...);
    if constexpr (Flags == descriptor::predecessor) put(record + partial_bytes * g++, arguments[Left].partial);
    std::byte* const indices = record + partial_bytes * g;
    ((general(J) ? put(indices + sizeof(tape_index) * i++, arguments[J].index) : void()), ...);
    ((unit(J) ? put(indices + sizeof(tape_index) * (i + u++),
                    arguments[J].index | (arguments[J].unit < 0 ? minus_bit : tape_index{0}))
              : void()),
     ...);
    head.record = indices + sizeof(tape_index) * (i + u);
    describe(head, descriptors[index], g, u, Flags);
    head.next = index + 1;
    return static_cast<tape_index>(index);
  }

  static DUET_INLINE void describe(write_head<T>& head, std::uint8_t& target, std::size_t g, std::size_t u,
                                   std::uint8_t flags) {
    if (g <= descriptor::most_arguments && u <= descriptor::most_arguments && g + u < 2 * descriptor::most_arguments) {
      target = static_cast<std::uint8_t>(flags | g | u << 3);
    } else {
      target = flags | descriptor::long_statement;
      put(head.counts, std::uint64_t{g} | std::uint64_t{u} << 32);
      head.counts += sizeof(std::uint64_t);
    }
  }

  // Where a partial is infinite or NaN: coefficients in which zero wins, passive leaves left out.
  template <class X, class Seed>
  DUET_COLD static tape_index write_damped(X const& x, Seed seed, std::uint8_t carry) {
    auto c = duet::coefficients<care::damped>(x, seed);
    write_head<T>& head = room();
    T partials[most_leaves];
    tape_index indices[most_leaves];
    std::size_t g = 0;
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) {
      if (l.index == 0) return;
      partials[g] = number<T>(coefficient);
      indices[g++] = l.index;
    });
    head.infinite_partials = true;
    return store_general(head, partials, indices, g, carry);
  }

  // A number of general arguments known at run time.
  static DUET_INLINE tape_index store_general(write_head<T>& head, T const* partials, tape_index const* indices,
                                              std::size_t g, std::uint8_t flags) {
    for (std::size_t j = 0; j < g; ++j) put(head.record + partial_bytes * j, partials[j]);
    for (std::size_t j = 0; j < g; ++j) put(head.record + partial_bytes * g + sizeof(tape_index) * j, indices[j]);
    head.record += (partial_bytes + sizeof(tape_index)) * g;
    describe(head, head.descriptors[head.next], g, 0, flags);
    return static_cast<tape_index>(head.next++);
  }
};

}  // namespace duet
