#pragma once

// The tape of lanes. A partial of lanes is as large as a cache line, and W evaluations share one recording: so the tape
// keeps the value of each entry, the indices of a statement's operands and what statement it was, and the sweep works
// the partials out again, W at a time. The sweep reads 64 bytes a statement where recorded partials would take that
// much an operand.
//
//   record   values of passive operands, constants, indices of the operands in order (0: passive), kind of statement

#include <duet/batch/value_statement.hpp>

namespace duet {

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
    static_assert(statement::leaves * (packed<T>::bytes + sizeof(tape_index)) + statement::constant_bytes +
                      sizeof(kind) <
                  most_bytes);
    if constexpr (leaf_count_of<coefficients> == 0) {
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

  // Of a node: value(i) and index(i) are those of input i, kept(k) a number that it wants to find in the sweep. Returns
  // the index of the first output, of which the caller makes variables by var::recorded(); 0 if all inputs are passive.
  template <class Node, class Value, class Index, class Kept>
  static DUET_INLINE tape_index write_node(Value const& value, Index const& index, Kept const& kept) {
    using statement = value_detail::statement_of_node<T, Node>;
    static_assert(statement::inputs <= most_leaves &&
                  statement::padding + statement::kept_bytes + sizeof(kind) +
                          statement::inputs * (packed<T>::bytes + sizeof(tape_index)) <
                      most_bytes);
    constexpr auto each_input = std::make_index_sequence<Node::inputs>{};
    tape_index const any = [&]<std::size_t... I>(std::index_sequence<I...>)
                               DUET_INLINE_LAMBDA { return (index(I) | ...); }(each_input);
    if (any == 0) return 0;
    write_head<T>& head = room();
    std::byte* at = head.record + statement::padding;
    auto const put = [&](auto const& number) DUET_INLINE_LAMBDA {
      packed<std::remove_cvref_t<decltype(number)>>::write(at, number);
      at += packed<std::remove_cvref_t<decltype(number)>>::bytes;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      auto const put_passive = [&](std::size_t i) DUET_INLINE_LAMBDA {
        if (index(i) == 0) put(T(value(i)));
      };
      (put_passive(I), ...);
    }(each_input);
    [&]<std::size_t... K>(std::index_sequence<K...>)
        DUET_INLINE_LAMBDA { (put(kept(K)), ...); }(std::make_index_sequence<Node::kept>{});
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA { (put(index(I)), ...); }(each_input);
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
        x,
        [&](auto const& l) {
          if (l.index == 0) numbers[count++] = l.number;
        },
        [](auto const&) {});
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
          at.record =
              kind->pull_back(end, reinterpret_cast<T*>(adjoints), rows, static_cast<T const*>(at.values), n, damped);
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
