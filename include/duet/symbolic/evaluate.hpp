#pragma once

// Evaluation of a graph: its list expands to straight-line code, an operation after the other, with every subscript a
// constant, so that numbers stay in registers and nothing is allocated.

#include <duet/core/error.hpp>
#include <duet/symbolic/variable.hpp>
#include <memory>

namespace duet::symbolic {

// Room for a number that is written before it is read.
template <class T>
union uninitialized {
  T number;
  constexpr uninitialized() {}  // NOLINT
};
template <class T>
inline constexpr bool is_cheap_to_set =
    std::is_trivially_default_constructible_v<T> || !std::is_trivially_destructible_v<T>;

template <class T, int N>
class cells {
  using cell = std::conditional_t<is_cheap_to_set<T>, T, uninitialized<T>>;

 public:
  constexpr cells() {}  // NOLINT: not set
  template <class X>
  DUET_INLINE constexpr void set(int i, X const& x) {
    if constexpr (is_cheap_to_set<T>)
      cells_[i] = static_cast<T>(x);
    else
      std::construct_at(&cells_[i].number, x);
  }
  [[nodiscard]] DUET_INLINE constexpr T const& operator[](int i) const {
    if constexpr (is_cheap_to_set<T>)
      return cells_[i];
    else
      return cells_[i].number;
  }

 private:
  cell cells_[N];
};

// The numbers of an evaluation: active, passive (P) and conditions.
template <class T>
struct numbers_of {
  using passive = passive_of_t<T>;
  using condition = bool;
};
template <>
struct numbers_of<symbol> {
  using passive = parameter;
  using condition = symbolic::condition;
};

// Where inputs come from may know results of operations too: knows(i), result(i).
template <class Entry, int I>
inline constexpr bool knows = [] {
  if constexpr (requires { Entry::knows(I); })
    return Entry::knows(I);
  else
    return false;
}();

template <class Name, class T, class Constants>
class evaluation {
 public:
  static constexpr auto const& list = Name::list;
  using P = typename numbers_of<T>::passive;
  using C = typename numbers_of<T>::condition;

  DUET_INLINE constexpr explicit evaluation(Constants const& constants) : constants_(constants) {}

  // Everything, from the inputs entry(i).
  template <class Entry>
  DUET_INLINE constexpr void run(Entry const& entry) {
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      // Not a fold: clang nests at most 256 of its operands.
      [[maybe_unused]] int const done[] = {(step<static_cast<int>(I)>(entry), 0)...};
    }(std::make_index_sequence<static_cast<std::size_t>(list.size)>{});
  }

  template <int I>
  [[nodiscard]] DUET_INLINE constexpr decltype(auto) number_at() const {
    constexpr operation o = list.operations[I];
    if constexpr (o.is(key_of<literal_rule>))
      return static_cast<P>(o.literal());
    else if constexpr (o.is(key_of<slot_rule>))
      return static_cast<P>(constants_[o.payload]);
    else if constexpr (o.type == kind::condition)
      return (conditions_[I]);
    else if constexpr (o.type == kind::passive)
      return (passive_[I]);
    else
      return (active_[I]);
  }

 private:
  template <int I, class Entry>
  DUET_INLINE constexpr void step(Entry const& entry) {
    constexpr operation o = list.operations[I];
    if constexpr (knows<Entry, I>) {
      active_.set(I, entry.result(std::integral_constant<int, I>{}));
    } else if constexpr (o.is(key_of<input_rule>)) {
      active_.set(I, static_cast<T>(entry(std::integral_constant<std::size_t, o.payload>{})));
    } else if constexpr (o.rule->written == notation::choice) {
      if constexpr (o.type == kind::passive)
        passive_.set(
            I, chosen<P>(o.rule, number_at<o.operands[0]>(), number_at<o.operands[1]>(), number_at<o.operands[2]>()));
      else
        active_.set(
            I, chosen<T>(o.rule, number_at<o.operands[0]>(), number_at<o.operands[1]>(), number_at<o.operands[2]>()));
    } else if constexpr (o.rule->arity > 0) {
      // Written out for each number of operands: every further function here costs seconds of compilation in graphs
      // of a thousand operations.
      using rule = rule_of<o.rule>;
      if constexpr (o.type == kind::condition && o.rule->arity == 1)
        conditions_.set(I, rule::value(number_at<o.operands[0]>()));
      else if constexpr (o.type == kind::condition)
        conditions_.set(I, rule::value(number_at<o.operands[0]>(), number_at<o.operands[1]>()));
      else if constexpr (o.rule->arity == 1)
        set<I>(value_of<rule>(number_at<o.operands[0]>()));
      else if constexpr (o.rule->arity == 2)
        set<I>(value_of<rule>(number_at<o.operands[0]>(), number_at<o.operands[1]>()));
      else
        set<I>(value_of<rule>(number_at<o.operands[0]>(), number_at<o.operands[1]>(), number_at<o.operands[2]>()));
    }
  }
  template <int I, class X>
  DUET_INLINE constexpr void set(X const& x) {
    if constexpr (list.operations[I].type == kind::passive)
      passive_.set(I, x);
    else
      active_.set(I, x);
  }

  template <class Rule, class... X>
  [[nodiscard]] DUET_INLINE static constexpr auto value_of(X const&... x) {
    if constexpr ((active<X> || ...))
      return duet::apply(Rule{}, x...);
    else
      return Rule::value(x...);
  }
  template <class R, class A, class B>
  [[nodiscard]] DUET_INLINE static constexpr R chosen(rule_key rule, C const& c, A const& a, B const& b) {
    if constexpr (traced_scalar<R>)
      return R(symbolic::select_by(rule, c, a, b));
    else
      return c ? static_cast<R>(a) : static_cast<R>(b);
  }

  Constants const& constants_;
  cells<T, list.size> active_;
  cells<P, list.size> passive_;
  cells<C, list.size> conditions_;
};

// What a graph is called with: numbers one by one, or a container of them.
template <class X>
concept number_container = !active<X> && !std::is_arithmetic_v<X> && requires(X const& x) {
  x[0];
  x.size();
};

template <class... X>
struct argument_scalar {
  using type = promoted_t<X...>;
};
template <class... X>
  requires(active<X> || ...)
struct argument_scalar<X...> {
  using type = result_scalar_t<X...>;
};
template <class... X>
using argument_scalar_t = typename argument_scalar<X...>::type;
template <class X>
using container_scalar_t = argument_scalar_t<std::remove_cvref_t<decltype(std::declval<X const&>()[0])>>;

// y(o) for each output o, in the shape of the graph's result.
template <class Name, class Output>
[[nodiscard]] DUET_INLINE constexpr auto shaped_outputs(Output const& output) {
  constexpr auto const& list = Name::list;
  constexpr auto count = static_cast<std::size_t>(list.output_count);
  using T = decltype(output(std::integral_constant<int, 0>{}));
  if constexpr (list.columns < 0) {
    return output(std::integral_constant<int, 0>{});
  } else if constexpr (list.columns == 0) {
    return [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      return std::array<T, count>{output(std::integral_constant<int, static_cast<int>(O)>{})...};
    }(std::make_index_sequence<count>{});
  } else {
    constexpr auto columns = static_cast<std::size_t>(list.columns);
    std::array<std::array<T, columns>, count / columns> rows{};
    [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      ((rows[O / columns][O % columns] = output(std::integral_constant<int, static_cast<int>(O)>{})), ...);
    }(std::make_index_sequence<count>{});
    return rows;
  }
}

template <class T, class Name, class Constants, class Entry>
[[nodiscard]] DUET_INLINE constexpr auto evaluated_at(std::type_identity<graph<Name>>, Constants const& constants,
                                                      Entry const& entry) {
  constexpr auto const& list = Name::list;
  evaluation<Name, T, Constants> all(constants);
  all.run(entry);
  return symbolic::shaped_outputs<Name>([&]<int O>(std::integral_constant<int, O>) DUET_INLINE_LAMBDA {
    constexpr int place = list.outputs[O];
    if constexpr (list.operations[place].type == kind::condition)
      return typename evaluation<Name, T, Constants>::C(all.template number_at<place>());
    else
      return T(all.template number_at<place>());
  });
}

template <std::size_t I, class First, class... Rest>
[[nodiscard]] DUET_INLINE constexpr auto const& nth(First const& first, Rest const&... rest) {
  if constexpr (I == 0)
    return first;
  else
    return symbolic::nth<I - 1>(rest...);
}

// The entries of a container.
template <class X>
struct container_entries {
  X const& all;
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr decltype(auto) operator()(std::integral_constant<std::size_t, I>) const {
    return all[static_cast<std::remove_cvref_t<decltype(all.size())>>(I)];
  }
};

// Calls with(T, entry) for the arguments that a graph of `inputs` inputs was called with; entry(i) is the input i.
template <int Inputs, class With, class... X>
DUET_INLINE constexpr auto with_entries(With const& with, X const&... x) {
  if constexpr (sizeof...(X) == 1 && (number_container<X> && ...)) {
    auto const& only = (x, ...);
    using T = container_scalar_t<std::remove_cvref_t<decltype(only)>>;
    if (static_cast<int>(only.size()) < Inputs) [[unlikely]]
      throw_wrong_size("a duet::symbolic graph", "the container of inputs", static_cast<std::size_t>(only.size()),
                       static_cast<std::size_t>(Inputs), "one for each variable");
    return with(std::type_identity<T>{}, container_entries<std::remove_cvref_t<decltype(only)>>{only});
  } else {
    static_assert(static_cast<int>(sizeof...(X)) >= Inputs,
                  "duet::symbolic: a graph is called with a number for each of its variables, or with one container");
    return with(std::type_identity<argument_scalar_t<X...>>{},
                [&]<class I>(I) DUET_INLINE_LAMBDA -> decltype(auto) { return symbolic::nth<I::value>(x...); });
  }
}

// A graph whose inputs are graphs.
template <class Outer, class... X>
struct substitution {
  template <class... Term>
  static constexpr term of(Term const&... x) {
    std::array<symbol, sizeof...(X)> const inputs{symbol(x)...};
    std::array<double, 0> const none{};
    return symbolic::as_term(symbolic::evaluated_at<symbol>(std::type_identity<Outer>{}, none,
                                                            [&](auto i) { return inputs[decltype(i)::value]; }));
  }
};

template <class Name>
template <class... X>
  requires(sizeof...(X) > 0)
DUET_INLINE constexpr auto graph<Name>::operator()(X const&... x) const {
  if constexpr ((any_graph<X> || ...)) {
    static_assert(
        list.slots == 0 && list.columns == -1,
        "duet::symbolic: graphs can be put in place of the inputs of a graph of one output without numbers of "
        "its own; make it by expression<N>(f), whose numbers are part of its type");
    return symbolic::combined<substitution<graph, X...>>(x...);
  } else {
    return symbolic::with_entries<inputs>(
        [&]<class T>(std::type_identity<T>, auto const& entry)
            DUET_INLINE_LAMBDA { return symbolic::evaluated_at<T>(std::type_identity<graph>{}, constants_, entry); },
        x...);
  }
}

}  // namespace duet::symbolic
