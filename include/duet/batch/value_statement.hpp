#pragma once

// The statements of the tape of lanes: what is kept of one, and how the sweep works its partials out again.

#include <duet/batch/lanes_math.hpp>
#include <duet/reverse/tape.hpp>

namespace duet {

template <class T, std::size_t W>
inline constexpr bool keeps_values<lanes<T, W>> = true;

// What the sweep does for one kind of statement. Both begin at the end of the record and return its beginning.
template <class T>
struct value_statement {
  // Adds to the operands' adjoints what that of entry n asks for; adjoints are `rows` numbers an entry. `damped`: zero
  // wins over an infinite partial, from the first one that is met onwards.
  std::byte const* (*pull_back)(std::byte const* end, T* adjoints, std::size_t rows, T const* values, tape_index n,
                                bool& damped);
  std::byte const* (*skip)(std::byte const* end);
};

namespace value_detail {

// How many active leaves stand below X, and how many bytes its constants take.
template <class X>
struct extent {
  static constexpr std::size_t leaves = 1, constant_bytes = 0;
};
template <class C>
struct extent<passive<C>> {
  static constexpr std::size_t leaves = 0, constant_bytes = packed<C>::bytes;
};
template <class Rule, class... X>
struct extent<expression<Rule, X...>> {
  static constexpr std::size_t leaves = (std::size_t{0} + ... + extent<X>::leaves),
                               constant_bytes = (std::size_t{0} + ... + extent<X>::constant_bytes);
};

template <class X, class LeafVisit, class ConstantVisit>
DUET_INLINE void visit_operands(X const& x, LeafVisit const& leaf_visit, ConstantVisit const& constant_visit) {
  if constexpr (is_passive_operand<X>)
    constant_visit(x.number);
  else if constexpr (is_expression<X>)
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      (visit_operands(x.template operand<I>(), leaf_visit, constant_visit), ...);
    }(std::make_index_sequence<X::arity>{});
  else
    leaf_visit(x);
}

// A record's constants and indices, and the values of the operands.
template <class T>
struct operands_read {
  std::byte const* constants;
  std::byte const* indices;
  T const* values;

  [[nodiscard]] DUET_INLINE tape_index index(std::size_t k) const {
    return packed<tape_index>::read(indices + k * sizeof(tape_index));
  }
  // A choice of places: chosen by value it would go through memory.
  [[nodiscard]] DUET_INLINE T value(std::size_t k, tape_index i) const {
    return packed<T>::read(i != 0 ? reinterpret_cast<std::byte const*>(values + i)
                                  : passive_place(constants, indices, k));
  }
  [[nodiscard]] DUET_INLINE std::size_t passive_before(std::size_t k) const {
    std::size_t count = 0;
    for (std::size_t j = 0; j < k; ++j) count += index(j) == 0;
    return count;
  }

 private:
  // They lie before the constants, the first one last.
  [[nodiscard]] DUET_COLD static std::byte const* passive_place(std::byte const* constants, std::byte const* indices,
                                                                std::size_t k) {
    return constants - (operands_read{constants, indices, nullptr}.passive_before(k) + 1) * packed<T>::bytes;
  }
};

// X again, its leaves from the Leaf-th on and its constants from a byte on.
template <class X, std::size_t Leaf, std::size_t Constant>
struct rebuilt {
  template <class T>
  static DUET_INLINE X from(operands_read<T> const& read) {
    tape_index const i = read.index(Leaf);
    return X(read.value(Leaf, i), i);
  }
};
template <class C, std::size_t Leaf, std::size_t Constant>
struct rebuilt<passive<C>, Leaf, Constant> {
  template <class T>
  static DUET_INLINE passive<C> from(operands_read<T> const& read) {
    return {packed<C>::read(read.constants + Constant)};
  }
};
template <class Rule, class... X, std::size_t Leaf, std::size_t Constant>
struct rebuilt<expression<Rule, X...>, Leaf, Constant> {
  using node = expression<Rule, X...>;
  template <std::size_t I>
  static consteval std::array<std::size_t, 2> place() {
    std::size_t const leaves[] = {extent<X>::leaves...}, bytes[] = {extent<X>::constant_bytes...};
    std::array<std::size_t, 2> at{Leaf, Constant};
    for (std::size_t k = 0; k < I; ++k) {
      at[0] += leaves[k];
      at[1] += bytes[k];
    }
    return at;
  }
  template <class T, class... Known>
  static DUET_INLINE node from(operands_read<T> const& read, Known const&... known) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return node(std::type_identity<typename node::scalar>{}, known...,
                  rebuilt<X, place<I>()[0], place<I>()[1]>::from(read)...);
    }(std::index_sequence_for<X...>{});
  }
};

// A statement whose right-hand side is X.
template <class T, class X>
struct statement_of {
  static constexpr std::size_t leaves = extent<X>::leaves, constant_bytes = extent<X>::constant_bytes,
                               fixed_bytes = constant_bytes + leaves * sizeof(tape_index);

  static DUET_INLINE operands_read<T> operands_before(std::byte const* end, T const* values) {
    return {end - fixed_bytes, end - leaves * sizeof(tape_index), values};
  }
  // By a branch: the next statement would wait for a sum.
  static DUET_INLINE std::byte const* begin(operands_read<T> const& read) {
    bool const any_passive = [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      return ((read.index(K) == 0) | ...);
    }(std::make_index_sequence<leaves>{});
    return any_passive ? before_passive(read.constants, read.indices) : read.constants;
  }
  static std::byte const* skip(std::byte const* end) { return begin(operands_before(end, nullptr)); }

  static std::byte const* pull_back(std::byte const* end, T* adjoints, std::size_t rows, T const* values, tape_index n,
                                    bool& damped) {
    if (rows != 1) return pull_back_rows(end, adjoints, rows, values, n, damped);
    return pull_back_by(end, adjoints, 1, values, n, damped, [&](auto const& x, auto const& c) DUET_INLINE_LAMBDA {
      T const seed = adjoints[n];
      duet::for_each_leaf(x, c, [&]<class K>(K const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
        T& target = adjoints[l.index];
        if constexpr (std::is_same_v<K, one>)
          target += seed;
        else if constexpr (std::is_same_v<K, minus_one>)
          target -= seed;
        else
          target += T(coefficient) * seed;
      });
    });
  }

 private:
  // Out of the way of the other, whose partials stay in registers.
  [[gnu::noinline]] static std::byte const* pull_back_rows(std::byte const* end, T* adjoints, std::size_t rows,
                                                           T const* values, tape_index n, bool& damped) {
    return pull_back_by(end, adjoints, rows, values, n, damped, [&](auto const& x, auto const& c) DUET_INLINE_LAMBDA {
      T const* const seeds = adjoints + n * rows;
      duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) {
        T const partial = duet::number<T>(coefficient);
        T* const targets = adjoints + l.index * rows;
        for (std::size_t r = 0; r < rows; ++r) targets[r] += partial * seeds[r];
      });
    });
  }
  // By add(x, c) with the right-hand side and its coefficients, unless one of them may be infinite.
  template <class Add>
  static DUET_INLINE std::byte const* pull_back_by(std::byte const* end, T* adjoints, std::size_t rows, T const* values,
                                                   tape_index n, bool& damped, Add const& add) {
    auto const read = operands_before(end, values);
    auto const x = rebuilt<X, 0, 0>::from(read, known_value<T>{values[n]});
    auto const c = duet::coefficients<care::bare>(x, one{});
    bool careful = damped;
    if constexpr (has_infinite_slope<X>) careful = careful || !duet::coefficients_are_finite(x, c);
    if (careful) [[unlikely]] {
      damped = true;
      pull_back_damped(end, adjoints, rows, values, n);
    } else {
      add(x, c);
    }
    return begin(read);
  }
  DUET_COLD static std::byte const* before_passive(std::byte const* constants, std::byte const* indices) {
    return constants - operands_read<T>{constants, indices, nullptr}.passive_before(leaves) * packed<T>::bytes;
  }
  DUET_COLD static void pull_back_damped(std::byte const* end, T* adjoints, std::size_t rows, T const* values,
                                         tape_index n) {
    auto const x = rebuilt<X, 0, 0>::from(operands_before(end, values), known_value<T>{values[n]});
    T const* const seeds = adjoints + n * rows;
    duet::for_each_leaf(x, duet::coefficients<care::damped>(x, one{}), [&](auto const& coefficient, auto const& l) {
      if (l.index == 0) return;
      T const partial = duet::number<T>(coefficient);
      T* const targets = adjoints + l.index * rows;
      for (std::size_t r = 0; r < rows; ++r) duet::add_product<true>(targets[r], partial, seeds[r]);
    });
  }
};

// A statement whose partials were worked out elsewhere. Record: partials, indices, their number.
template <class T>
struct statement_of_partials {
  static DUET_INLINE std::byte const* begin(std::byte const* end, std::uint64_t& count) {
    end -= sizeof count;
    count = packed<std::uint64_t>::read(end);
    return end - count * (packed<T>::bytes + sizeof(tape_index));
  }
  static std::byte const* skip(std::byte const* end) {
    std::uint64_t count;
    return begin(end, count);
  }
  static std::byte const* pull_back(std::byte const* end, T* adjoints, std::size_t rows, T const*, tape_index n,
                                    bool& damped) {
    std::uint64_t count;
    std::byte const* const record = begin(end, count);
    std::byte const* const indices = record + count * packed<T>::bytes;
    for (std::size_t j = 0; j < count; ++j) {
      T const partial = packed<T>::read(record + j * packed<T>::bytes);
      T* const targets = adjoints + packed<tape_index>::read(indices + j * sizeof(tape_index)) * rows;
      damped = damped || !duet::all_finite(partial);
      for (std::size_t r = 0; r < rows; ++r)
        if (damped)
          duet::add_product<true>(targets[r], partial, adjoints[n * rows + r]);
        else
          targets[r] += partial * adjoints[n * rows + r];
    }
    return record;
  }
};

// A node with several outputs, entries in a row of which the statement is the last: Node::pull_back(inputs, seeds,
// kept) gives what each input's adjoint gains. Record: padding, values of passive inputs, numbers that the node keeps,
// indices.
template <class T, class Node>
struct statement_of_node {
  static constexpr std::size_t inputs = Node::inputs, outputs = Node::outputs,
                               index_bytes = inputs * sizeof(tape_index), kept_bytes = Node::kept * packed<T>::bytes;
  // The tape counts on a record of four bytes an entry.
  static constexpr std::size_t padding = outputs * sizeof(tape_index) > index_bytes + kept_bytes
                                             ? outputs * sizeof(tape_index) - index_bytes - kept_bytes
                                             : 0;

  // The indices of the inputs, and where their values are.
  struct located {
    std::array<tape_index, inputs> places;
    std::array<std::byte const*, inputs> values;
    std::byte const* begin;  // of the record

    DUET_INLINE located(std::byte const* end, T const* all) : begin(end - index_bytes - kept_bytes) {
      std::byte const* const indices = end - index_bytes;
      [&]<std::size_t... I>(std::index_sequence<I...>)
          DUET_INLINE_LAMBDA { (locate<inputs - 1 - I>(indices, all), ...); }(std::make_index_sequence<inputs>{});
      begin -= padding;
    }

   private:
    template <std::size_t I>
    DUET_INLINE void locate(std::byte const* indices, T const* all) {
      tape_index const i = packed<tape_index>::read(indices + I * sizeof(tape_index));
      bool const passive = i == 0;
      begin -= passive ? packed<T>::bytes : 0;
      places[I] = i;
      values[I] = passive ? begin : reinterpret_cast<std::byte const*>(all + i);
    }
  };
  static std::byte const* skip(std::byte const* end) { return located(end, nullptr).begin; }

  static std::byte const* pull_back(std::byte const* end, T* adjoints, std::size_t rows, T const* values, tape_index n,
                                    bool&) {
    located const from(end, values);
    if (rows == 1)
      pull_back_row(from, end, adjoints, 1, 0, n);
    else
      pull_back_rows(located(end, values), end, adjoints, rows, n);
    return from.begin;
  }

 private:
  static DUET_INLINE void pull_back_row(located const& from, std::byte const* end, T* adjoints, std::size_t rows,
                                        std::size_t r, tape_index n) {
    std::byte const* const kept = end - index_bytes - kept_bytes;
    T const* const seeds = adjoints + (n + 1 - outputs) * rows + r;
    auto const gains = [&]<std::size_t... I, std::size_t... O>(std::index_sequence<I...>,
                                                               std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      return Node::pull_back({packed<T>::read(from.values[I])...}, {seeds[O * rows]...},
                             [&](std::size_t k)
                                 DUET_INLINE_LAMBDA { return packed<T>::read(kept + k * packed<T>::bytes); });
    }(std::make_index_sequence<inputs>{}, std::make_index_sequence<outputs>{});
    // What passive inputs gain nobody reads; it goes where nothing waits for it.
    alignas(T) std::byte unread[inputs * packed<T>::bytes];
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      auto const add = [&](std::size_t i) DUET_INLINE_LAMBDA {
        T* const target = adjoints + from.places[i] * rows + r;
        packed<T>::write(from.places[i] != 0 ? reinterpret_cast<std::byte*>(target) : unread + i * packed<T>::bytes,
                         *target + gains[i]);
      };
      (add(I), ...);
    }(std::make_index_sequence<inputs>{});
  }
  // Out of the way of the other: with their number known there is no arithmetic on addresses.
  [[gnu::noinline]] static void pull_back_rows(located const& given, std::byte const* end, T* adjoints,
                                               std::size_t rows, tape_index n) {
    located const from = given;
    for (std::size_t r = 0; r < rows; ++r) pull_back_row(from, end, adjoints, rows, r, n);
  }
};

template <class T, class Statement>
inline constexpr value_statement<T> statement_table{&Statement::pull_back, &Statement::skip};

inline constexpr std::uint8_t statement_code = 1;

}  // namespace value_detail

}  // namespace duet
