#pragma once

// What a reverse sweep over a graph's list does, as far as it is known while the program compiles: along which operands
// derivatives flow, which operations an output needs, which contribution to an adjoint is the first.

#include <array>
#include <bit>
#include <cstdint>
#include <duet/symbolic/evaluate.hpp>

namespace duet::symbolic {

// The types of a rule's partials at numbers of types X... and its value of type Y.
template <class Rule, class Y, class... X>
struct partial_types {
  using first = decltype(Rule::first(std::declval<X const&>()..., std::declval<Y const&>()));
  template <std::size_t K>
  static constexpr auto pick() {
    if constexpr (sizeof...(X) == 1)
      return std::type_identity<evaluated_t<first>>{};
    else
      return std::type_identity<evaluated_t<decltype(duet::get<K>(std::declval<first const&>()))>>{};
  }
  template <std::size_t K>
  using at = std::remove_cvref_t<typename decltype(pick<K>())::type>;
};

// The type of the local partial K of the operation I at numbers of type T; zero where nothing moves.
template <class Name, class T, int I, int K>
[[nodiscard]] consteval auto local_partial_type() {
  constexpr auto const& list = Name::list;
  constexpr operation o = list.operations[I];
  if constexpr (o.type != kind::active || K >= o.rule->arity) {
    return std::type_identity<duet::zero>{};
  } else if constexpr (list.operations[o.operands[K]].type != kind::active) {
    return std::type_identity<duet::zero>{};
  } else if constexpr (o.rule->written == notation::choice) {
    return std::type_identity<duet::one>{};
  } else {
    using P = typename numbers_of<T>::passive;
    constexpr auto is_active = [](int k) { return list.operations[k].type == kind::active; };
    using rule = rule_of<o.rule>;
    using A = std::conditional_t<is_active(o.operands[0]), T, P>;
    if constexpr (o.rule->arity == 1) {
      return std::type_identity<typename partial_types<rule, T, A>::template at<K>>{};
    } else {
      using B = std::conditional_t<is_active(o.operands[1]), T, P>;
      if constexpr (o.rule->arity == 2) {
        return std::type_identity<typename partial_types<rule, T, A, B>::template at<K>>{};
      } else {
        using C = std::conditional_t<is_active(o.operands[2]), T, P>;
        return std::type_identity<typename partial_types<rule, T, A, B, C>::template at<K>>{};
      }
    }
  }
}
template <class Name, class T, int I, int K>
using local_partial_t = typename decltype(local_partial_type<Name, T, I, K>())::type;

// Along which operands derivatives flow.
template <class Name, class T>
inline constexpr auto flow = []<std::size_t... I>(std::index_sequence<I...>) {
  using row = std::array<bool, most_operands>;
  return std::array<row, sizeof...(I)>{
      row{!std::same_as<local_partial_t<Name, T, static_cast<int>(I), 0>, duet::zero>,
          !std::same_as<local_partial_t<Name, T, static_cast<int>(I), 1>, duet::zero>,
          !std::same_as<local_partial_t<Name, T, static_cast<int>(I), 2>, duet::zero>}...};
}(std::make_index_sequence<static_cast<std::size_t>(Name::list.size)>{});

inline constexpr int all_outputs = -1;

// What the sweep from one output, or from all together, touches.
template <int Size>
struct sweep_plan {
  bool needed[Size]{};
  bool is_first[Size][most_operands]{};
  bool leads_to_input[Size]{};
};
template <class Name, class T, int Output>
inline constexpr auto plan = [] {
  constexpr auto const& list = Name::list;
  constexpr int size = list.size;
  sweep_plan<size> result;
  bool set[size]{};
  for (int o = 0; o < list.output_count; ++o)
    if (Output == all_outputs || o == Output) {
      result.needed[list.outputs[o]] = list.operations[list.outputs[o]].type == kind::active;
      set[list.outputs[o]] = true;
    }
  for (int i = size; i-- > 0;)
    if (result.needed[i])
      for (int k = 0; k < most_operands; ++k)
        if (flow<Name, T>[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)]) {
          int const operand = list.operations[i].operands[k];
          result.needed[operand] = true;
          result.is_first[i][k] = !set[operand];
          set[operand] = true;
        }
  return result;
}();

template <class Name>
inline constexpr bool has_infinite_slope = [] {
  for (auto const& o : Name::list.operations)
    if (o.rule->infinite_slope) return true;
  return false;
}();

// Along which operands derivatives flow unchanged, or negated.
template <class Name, class T>
inline constexpr auto unit_flow = []<std::size_t... I>(std::index_sequence<I...>) {
  constexpr auto is_unit = []<class Partial>(std::type_identity<Partial>) {
    return std::same_as<Partial, duet::one> || std::same_as<Partial, duet::minus_one>;
  };
  using row = std::array<bool, most_operands>;
  return std::array<row, sizeof...(I)>{
      row{is_unit(std::type_identity<local_partial_t<Name, T, static_cast<int>(I), 0>>{}),
          is_unit(std::type_identity<local_partial_t<Name, T, static_cast<int>(I), 1>>{}),
          is_unit(std::type_identity<local_partial_t<Name, T, static_cast<int>(I), 2>>{})}...};
}(std::make_index_sequence<static_cast<std::size_t>(Name::list.size)>{});

// Along which operands derivatives flow with a partial that is known while the program compiles.
template <class Name, class T>
inline constexpr auto constant_flow = []<std::size_t... I>(std::index_sequence<I...>) {
  using row = std::array<bool, most_operands>;
  return std::array<row, sizeof...(I)>{row{constant_number<local_partial_t<Name, T, static_cast<int>(I), 0>>,
                                           constant_number<local_partial_t<Name, T, static_cast<int>(I), 1>>,
                                           constant_number<local_partial_t<Name, T, static_cast<int>(I), 2>>}...};
}(std::make_index_sequence<static_cast<std::size_t>(Name::list.size)>{});

// Whether the partial of an operation by its operand `by` needs the value of the operand `other`.
[[nodiscard]] constexpr bool partial_reads(operation const& o, int by, int other) {
  if (o.rule->written == notation::choice) return other == 0;
  if (o.is(key_of<rules::multiply>)) return other != by;
  if (o.is(key_of<rules::divide>)) return by == 1 || other == 1;
  return true;
}
// The inputs whose values a sweep from all outputs needs; that of a linear function needs none.
template <class Name, class T>
inline constexpr auto read_inputs = [] {
  constexpr auto const& list = Name::list;
  constexpr auto size = static_cast<std::size_t>(list.size);
  bool read[size]{};
  for (std::size_t i = 0; i < size; ++i) {
    operation const& o = list.operations[i];
    if (!plan<Name, T, all_outputs>.needed[i]) continue;
    for (int by = 0; by < o.rule->arity; ++by) {
      auto const k = static_cast<std::size_t>(by);
      bool const is_choice = o.rule->written == notation::choice;
      if (!flow<Name, T>[i][k] || (constant_flow<Name, T>[i][k] && !is_choice)) continue;
      for (int other = 0; other < o.rule->arity; ++other)
        if (symbolic::partial_reads(o, by, other)) read[o.operands[other]] = true;
    }
  }
  std::array<bool, static_cast<std::size_t>(list.inputs)> result{};
  for (std::size_t i = size; i-- > 0;) {
    operation const& o = list.operations[i];
    if (!read[i]) continue;
    for (int k = 0; k < o.rule->arity; ++k) read[o.operands[k]] = true;
    if (o.is(key_of<input_rule>)) result[o.payload] = true;
  }
  return result;
}();

// The inputs whose adjoints show it if one of all inputs is infinite or NaN. An adjoint is the sum of the terms that
// reach it with partials of one or minus one; an input whose terms are all among another's is not asked: what a
// difference of points brings is in the adjoints of both. (A sum of finite terms may overflow: then the damped row,
// which is the same, is computed in vain.) From 64 inputs on all are asked.
template <class Name, class T, int Output>
inline constexpr std::uint64_t telling_bits = [] {
  constexpr auto const& list = Name::list;
  constexpr auto size = static_cast<std::size_t>(list.size), count = static_cast<std::size_t>(list.inputs);
  std::uint64_t summed[size]{}, telling = 0, told_by[64]{};  // summed: the inputs whose adjoints this one is part of
  auto const add_term = [&](std::uint64_t of) {
    for (std::size_t i = 0; i < count; ++i)
      if ((of >> i & 1) != 0) told_by[i] &= of;
  };
  for (auto& all : told_by) all = ~std::uint64_t{0};
  for (std::size_t i = 0; i < size; ++i) {
    operation const& o = list.operations[i];
    if (!plan<Name, T, Output>.needed[i]) continue;
    if (o.is(key_of<input_rule>)) telling |= summed[i] = std::uint64_t{1} << o.payload;
    for (std::size_t k = 0; k < most_operands; ++k) {
      if (!flow<Name, T>[i][k]) continue;
      std::uint64_t const of = summed[o.operands[k]];
      if (unit_flow<Name, T>[i][k] && o.rule->written != notation::choice)
        summed[i] |= of;
      else
        add_term(of);
    }
  }
  for (int const output : list.outputs) add_term(summed[output]);
  for (std::size_t a = 0; a < count; ++a)
    if ((telling >> a & 1) != 0 && (told_by[a] & telling & ~(std::uint64_t{1} << a)) != 0)
      telling &= ~(std::uint64_t{1} << a);
  return telling;
}();
template <class Name, class T, int Output>
inline constexpr auto telling_inputs = [] {
  if constexpr (Name::list.inputs < 64) {
    constexpr std::uint64_t bits = telling_bits<Name, T, Output>;
    std::array<std::size_t, static_cast<std::size_t>(std::popcount(bits))> result{};
    for (std::size_t i = 0, next = 0; next < result.size(); ++i)
      if ((bits >> i & 1) != 0) result[next++] = i;
    return result;
  } else {
    std::array<std::size_t, static_cast<std::size_t>(Name::list.inputs)> result{};
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = i;
    return result;
  }
}();

}  // namespace duet::symbolic
