#pragma once

// The tape of lanes. A partial of lanes is as large as a cache line, and W evaluations share one recording: so the tape
// keeps the value of each entry, the indices of a statement's operands and what statement it was, and the sweep works
// the partials out again, W at a time. The sweep reads 64 bytes a statement where recorded partials would take that
// much an operand.
//
//   record   values of passive operands, constants, indices of the operands in order (0: passive), kind of statement

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
  [[nodiscard]] DUET_INLINE T value(std::size_t k, tape_index i) const {
    return i != 0 ? values[i] : passive_value(k);
  }
  [[nodiscard]] DUET_INLINE std::size_t passive_before(std::size_t k) const {
    std::size_t count = 0;
    for (std::size_t j = 0; j < k; ++j) count += index(j) == 0;
    return count;
  }

 private:
  // They lie before the constants, the first one last.
  [[nodiscard]] DUET_COLD T passive_value(std::size_t k) const {
    return packed<T>::read(constants - (passive_before(k) + 1) * packed<T>::bytes);
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
  static DUET_INLINE std::byte const* begin(operands_read<T> const& read) {
    return read.constants - read.passive_before(leaves) * packed<T>::bytes;
  }
  static std::byte const* skip(std::byte const* end) { return begin(operands_before(end, nullptr)); }

  static std::byte const* pull_back(std::byte const* end, T* adjoints, std::size_t rows, T const* values, tape_index n,
                                    bool& damped) {
    auto const read = operands_before(end, values);
    auto const x = rebuilt<X, 0, 0>::from(read, known_value<T>{values[n]});
    auto const c = duet::coefficients<care::bare>(x, one{});
    bool careful = damped;
    if constexpr (has_infinite_slope<X>) careful = careful || !duet::coefficients_are_finite(x, c);
    if (careful) [[unlikely]] {
      damped = true;
      pull_back_damped(end, adjoints, rows, values, n);
    } else if (rows == 1) {
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
    } else {
      T const* const seeds = adjoints + n * rows;
      duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) {
        T const partial = duet::number<T>(coefficient);
        T* const targets = adjoints + l.index * rows;
        for (std::size_t r = 0; r < rows; ++r) targets[r] += partial * seeds[r];
      });
    }
    return begin(read);
  }

 private:
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

// A node with several outputs, entries in a row of which the statement is the last: Node::pull_back(inputs, seeds) gives
// what each input's adjoint gains. Record: padding, values of passive inputs, indices.
template <class T, class Node>
struct statement_of_node {
  static constexpr std::size_t inputs = Node::inputs, outputs = Node::outputs,
                               index_bytes = inputs * sizeof(tape_index);
  // The tape counts on a record of four bytes an entry.
  static constexpr std::size_t padding =
      outputs * sizeof(tape_index) > index_bytes ? outputs * sizeof(tape_index) - index_bytes : 0;

  static DUET_INLINE operands_read<T> operands_before(std::byte const* end, T const* values) {
    return {end - index_bytes, end - index_bytes, values};
  }
  static DUET_INLINE std::byte const* begin(operands_read<T> const& read) {
    return read.constants - read.passive_before(inputs) * packed<T>::bytes - padding;
  }
  static std::byte const* skip(std::byte const* end) { return begin(operands_before(end, nullptr)); }

  static std::byte const* pull_back(std::byte const* end, T* adjoints, std::size_t rows, T const* values, tape_index n,
                                    bool&) {
    auto const read = operands_before(end, values);
    T const* const seeds = adjoints + (n + 1 - outputs) * rows;
    std::array<tape_index, inputs> places;
    for (std::size_t i = 0; i < inputs; ++i) places[i] = read.index(i);
    for (std::size_t r = 0; r < rows; ++r) {
      auto const gains = [&]<std::size_t... I, std::size_t... O>(std::index_sequence<I...>, std::index_sequence<O...>)
                             DUET_INLINE_LAMBDA {
        return Node::pull_back({read.value(I, places[I])...}, {seeds[O * rows + r]...});
      }(std::make_index_sequence<inputs>{}, std::make_index_sequence<outputs>{});
      for (std::size_t i = 0; i < inputs; ++i) adjoints[places[i] * rows + r] += gains[i];
    }
    return begin(read);
  }
};

template <class T, class Statement>
inline constexpr value_statement<T> statement_table{&Statement::pull_back, &Statement::skip};

inline constexpr std::uint8_t statement_code = 1;

}  // namespace value_detail

template <class Number, std::size_t W>
class statement_writer<lanes<Number, W>> : record_room<lanes<Number, W>> {
  using T = lanes<Number, W>;
  using record_room<T>::room;
  using kind = value_statement<T> const*;

 public:
  static constexpr std::size_t most_leaves = 128;
  static constexpr std::size_t most_bytes = 2 * most_leaves * (packed<T>::bytes + sizeof(tape_index));

  // Records x, and its value; 0 if it is passive.
  template <std::uint8_t Carry, class X>
  static DUET_INLINE tape_index write(X const& x, one) {
    static_assert(Carry == 0);
    using statement = value_detail::statement_of<T, X>;
    using coefficients = decltype(duet::coefficients<care::bare>(x, one{}));
    static_assert(statement::leaves * (packed<T>::bytes + sizeof(tape_index)) + statement::constant_bytes + sizeof(kind) <
                  most_bytes);
    if constexpr (duet::leaf_count<X, coefficients>() == 0) {
      return 0;
    } else {
      write_head<T>& head = room();
      std::byte* at = head.record;
      std::size_t const index = head.next;
      auto const put = [&](auto const& number) DUET_INLINE_LAMBDA {
        packed<std::remove_cvref_t<decltype(number)>>::write(at, number);
        at += packed<std::remove_cvref_t<decltype(number)>>::bytes;
      };
      auto const nothing = [](auto const&) DUET_INLINE_LAMBDA {};
      bool any_passive = false;
      value_detail::visit_operands(
          x, [&](auto const& l) DUET_INLINE_LAMBDA { any_passive = any_passive || l.index == 0; }, nothing);
      if (any_passive) [[unlikely]]
        at = put_passive(at, X(x));  // a copy, so that x itself stays in registers
      value_detail::visit_operands(x, nothing, put);
      value_detail::visit_operands(x, [&](auto const& l) DUET_INLINE_LAMBDA { put(l.index); }, nothing);
      put(kind{&value_detail::statement_table<T, statement>});
      head.record = at;
      return finish(head, index, x.value());
    }
  }

  // Of arguments worked out elsewhere, most_leaves at most; the value is that of the variable made of it.
  static tape_index write_arguments(T const* partials, tape_index const* indices, std::size_t count) {
    tape_index any = 0;
    for (std::size_t j = 0; j < count; ++j) any |= indices[j];
    if (any == 0) return 0;
    write_head<T>& head = room();
    for (std::size_t j = 0; j < count; ++j) {
      packed<T>::write(head.record + packed<T>::bytes * j, partials[j]);
      packed<tape_index>::write(head.record + packed<T>::bytes * count + sizeof(tape_index) * j, indices[j]);
    }
    head.record += (packed<T>::bytes + sizeof(tape_index)) * count;
    packed<std::uint64_t>::write(head.record, count);
    packed<kind>::write(head.record + sizeof(std::uint64_t),
                        &value_detail::statement_table<T, value_detail::statement_of_partials<T>>);
    head.record += sizeof(std::uint64_t) + sizeof(kind);
    return finish(head, head.next, T(0));
  }

  // Of a node: value(i) and index(i) are those of input i. Returns the index of the first output, of which the caller
  // makes variables by var::recorded(); 0 if all inputs are passive.
  template <class Node, class Value, class Index>
  static DUET_INLINE tape_index write_node(Value const& value, Index const& index) {
    using statement = value_detail::statement_of_node<T, Node>;
    static_assert(statement::inputs <= most_leaves && statement::padding < most_bytes / 2);
    tape_index any = 0;
    bool any_passive = false;
    for (std::size_t i = 0; i < Node::inputs; ++i) {
      any |= index(i);
      any_passive = any_passive || index(i) == 0;
    }
    if (any == 0) return 0;
    write_head<T>& head = room();
    std::byte* at = head.record + statement::padding;
    if (any_passive) [[unlikely]]
      for (std::size_t i = Node::inputs; i-- > 0;)
        if (index(i) == 0) {
          packed<T>::write(at, T(value(i)));
          at += packed<T>::bytes;
        }
    for (std::size_t i = 0; i < Node::inputs; ++i)
      packed<tape_index>::write(at + i * sizeof(tape_index), index(i));
    at += statement::index_bytes;
    packed<kind>::write(at, &value_detail::statement_table<T, statement>);
    std::uint8_t* const descriptors = head.descriptors + head.next;
    for (std::size_t o = 0; o + 1 < Node::outputs; ++o) descriptors[o] = descriptor::input;
    descriptors[Node::outputs - 1] = value_detail::statement_code;
    head.record = at + sizeof(kind);
    return static_cast<tape_index>(std::exchange(head.next, head.next + Node::outputs));
  }

 private:
  static DUET_INLINE tape_index finish(write_head<T>& head, std::size_t index, T const& value) {
    head.values.keep(index, value);
    head.descriptors[index] = value_detail::statement_code;
    head.next = index + 1;
    return static_cast<tape_index>(index);
  }
  // The last operand first.
  template <class X>
  DUET_COLD static std::byte* put_passive(std::byte* at, X const& x) {
    T numbers[most_leaves];
    std::size_t count = 0;
    value_detail::visit_operands(
        x, [&](auto const& l) { if (l.index == 0) numbers[count++] = l.number; }, [](auto const&) {});
    while (count-- > 0) {
      packed<T>::write(at, numbers[count]);
      at += packed<T>::bytes;
    }
    return at;
  }
};

template <class Number, std::size_t W, class Adjoint, bool Damped, bool Sparse>
struct sweep<lanes<Number, W>, Adjoint, Damped, Sparse> {
  using T = lanes<Number, W>;

  template <class External>
  static void run(sweep_cursor at, Adjoint* adjoints, tape_index newest, tape_index oldest, External const& external) {
    constexpr std::size_t rows = adjoint_lane_count<Adjoint>;
    static_assert(sizeof(Adjoint) == rows * sizeof(T));
    bool damped = Damped;
    for (tape_index n = newest; n >= oldest; --n) {
      std::uint8_t const code = at.descriptors[n];
      if (code == value_detail::statement_code) {
        std::byte const* const end = at.record - sizeof(value_statement<T> const*);
        auto const* const kind = packed<value_statement<T> const*>::read(end);
        if (Sparse && is_zero(adjoints[n]))
          at.record = kind->skip(end);
        else
          at.record = kind->pull_back(end, reinterpret_cast<T*>(adjoints), rows, static_cast<T const*>(at.values), n,
                                      damped);
      } else if (code == descriptor::array) {
        auto const& kernel = at.template read_array<T>();
        (damped ? kernel.damped : kernel.plain)(at.nodes, reinterpret_cast<T*>(adjoints), rows, n);
      } else if (code == descriptor::external) {
        external(adjoints, at);
      }
    }
  }
};

template <class Number, std::size_t W>
struct statement_skip<lanes<Number, W>> {
  static void over(sweep_cursor& at, std::uint8_t code) {
    using T = lanes<Number, W>;
    if (code != value_detail::statement_code) return;
    std::byte const* const end = at.record - sizeof(value_statement<T> const*);
    at.record = packed<value_statement<T> const*>::read(end)->skip(end);
  }
};

}  // namespace duet
