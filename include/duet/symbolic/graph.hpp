#pragma once

// A graph: an expression whose structure is its type, and whose numbers typed by the caller are its members. It takes
// the functions and operators of duet, which give graphs, and is a callable (evaluate.hpp).

#include <duet/symbolic/tracer.hpp>

namespace duet::symbolic {

// What was built, before it becomes a type: the operations that the outputs need, in the order of a depth-first walk,
// so that graphs built in different ways are equal; and which slots of the builder those of the graph were.
struct draft {
  std::vector<operation> operations;
  std::vector<int> outputs, slots;
  int inputs = 0, columns = -1;
};

[[nodiscard]] constexpr draft finished(builder& b, std::vector<term> const& outputs, int columns) {
  draft result;
  result.columns = columns;
  std::vector<int> places;
  for (auto const& output : outputs) result.outputs.push_back(b.place(output));
  places.assign(static_cast<std::size_t>(b.size()), -1);
  std::vector<int> open;
  for (int& output : result.outputs) {
    open.push_back(output);
    while (!open.empty()) {
      int const i = open.back();
      if (places[static_cast<std::size_t>(i)] >= 0) {
        open.pop_back();
        continue;
      }
      operation o = b[i];
      bool ready = true;
      for (int k = most_operands; k-- > 0;)
        if (o.operands[k] >= 0 && places[static_cast<std::size_t>(o.operands[k])] < 0) {
          open.push_back(o.operands[k]);
          ready = false;
        }
      if (!ready) continue;
      open.pop_back();
      for (int& operand : o.operands)
        if (operand >= 0) operand = places[static_cast<std::size_t>(operand)];
      if (o.is(key_of<slot_rule>)) {
        result.slots.push_back(static_cast<int>(o.payload));
        o.payload = result.slots.size() - 1;
      } else if (o.is(key_of<input_rule>) && static_cast<int>(o.payload) >= result.inputs) {
        result.inputs = static_cast<int>(o.payload) + 1;
      }
      places[static_cast<std::size_t>(i)] = static_cast<int>(result.operations.size());
      result.operations.push_back(o);
    }
    output = places[static_cast<std::size_t>(output)];
  }
  return result;
}

// A recipe says by its static function made() how to build a draft. It runs twice, first to learn the sizes.
template <class Recipe>
struct resolved {
  static constexpr std::array<int, 3> sizes = [] {
    draft const d = Recipe::made();
    return std::array{static_cast<int>(d.operations.size()), static_cast<int>(d.outputs.size()),
                      static_cast<int>(d.slots.size())};
  }();
  struct both {
    operation_list<sizes[0], sizes[1]> list;
    std::array<int, static_cast<std::size_t>(sizes[2])> slots{};
  };
  static constexpr both all = [] {
    draft const d = Recipe::made();
    both result{};
    for (std::size_t i = 0; i < d.operations.size(); ++i) result.list.operations[i] = d.operations[i];
    for (std::size_t i = 0; i < d.outputs.size(); ++i) result.list.outputs[i] = d.outputs[i];
    for (std::size_t i = 0; i < d.slots.size(); ++i) result.slots[i] = d.slots[i];
    result.list.inputs = d.inputs;
    result.list.slots = static_cast<int>(d.slots.size());
    result.list.columns = d.columns;
    return result;
  }();
  static constexpr auto const& list = all.list;
};

// The list as the type's name: equal graphs are equal types. Longer graphs are named by how they were built, since
// every function of a graph would carry the whole list in its name.
inline constexpr int longest_named_graph = 64;
template <auto List>
struct canonical {
  static constexpr auto list = List;
};

template <class Recipe>
struct name_of_graph {
  using type = resolved<Recipe>;
};
template <class Recipe>
  requires(resolved<Recipe>::sizes[0] <= longest_named_graph)
struct name_of_graph<Recipe> {
  using type = canonical<resolved<Recipe>::list>;
};

// The scalar that graphs count as in the concepts of duet.
struct formula;

template <class Name>
class graph : public duet::math_operand {
 public:
  using name = Name;
  using scalar = formula;
  using value_type = double;
  static constexpr auto const& list = Name::list;
  static constexpr int inputs = list.inputs;
  static constexpr int outputs = list.output_count;
  static constexpr bool is_condition = list.operations[list.outputs[0]].rule->is_condition;
  using numbers = std::array<double, static_cast<std::size_t>(list.slots)>;

  constexpr graph()
    requires(list.slots == 0)
  = default;
  constexpr explicit graph(numbers const& constants) : constants_(constants) {}

  // The numbers of its slots.
  [[nodiscard]] constexpr numbers const& constants() const { return constants_; }

  // f(a, b, ...), or f(x) with x a container of the inputs: each operation once. T is double for integers, and the
  // scalar with derivatives if one is given (evaluate.hpp). More numbers than the graph has inputs may be given.
  template <class... X>
    requires(sizeof...(X) > 0)
  [[nodiscard]] DUET_INLINE constexpr auto operator()(X const&... x) const;

  // Where a bool is wanted of a condition.
  template <class B>
    requires(std::same_as<B, bool> && is_condition)
  constexpr operator B() const {  // NOLINT
    return condition(term{nullptr, 0, 0});
  }

 private:
  [[no_unique_address]] numbers constants_{};
};

template <class X>
inline constexpr bool is_graph = false;
template <class Name>
inline constexpr bool is_graph<graph<Name>> = true;
template <class X>
concept any_graph = is_graph<std::remove_cvref_t<X>>;
template <class X>
concept condition_graph = any_graph<X> && std::remove_cvref_t<X>::is_condition;
// One number.
template <class X>
concept scalar_graph = any_graph<X> && std::remove_cvref_t<X>::list.columns == -1 && !condition_graph<X>;

}  // namespace duet::symbolic

namespace duet {
template <>
inline constexpr bool is_active_scalar<symbolic::formula> = true;
template <>
inline constexpr bool is_eager<symbolic::formula> = true;
template <class Name>
  requires symbolic::scalar_graph<symbolic::graph<Name>>
inline constexpr bool is_expression<symbolic::graph<Name>> = true;
}  // namespace duet

namespace duet::symbolic {

// The graph that a recipe makes, with the numbers of its parts.
template <class Recipe, class... Part>
[[nodiscard]] constexpr auto graph_by(Part const&... parts) {
  using made = resolved<Recipe>;
  using result = graph<typename name_of_graph<Recipe>::type>;
  if constexpr (made::sizes[2] == 0) {
    return result();
  } else {
    constexpr std::size_t count = [] {
      if constexpr (sizeof...(Part) == 0)
        return std::size_t{0};
      else
        return (std::tuple_size_v<Part> + ...);
    }();
    std::array<double, count> all{};
    std::size_t next = 0;
    (
        [&] {
          for (double const number : parts) all[next++] = number;
        }(),
        ...);
    typename result::numbers chosen{};
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = all[static_cast<std::size_t>(made::all.slots[i])];
    return result(chosen);
  }
}

// An operand of an operation on graphs: a graph, or a number, which becomes a slot.
template <class X>
struct part {
  static constexpr int slots = 1;
  static constexpr term placed(builder& b, int first_slot) { return b.slot(first_slot); }
  static constexpr std::array<double, 1> numbers(X const& x) { return {static_cast<double>(x)}; }
};
template <class Name>
struct part<graph<Name>> {
  static constexpr int slots = Name::list.slots;
  static constexpr term placed(builder& b, int first_slot) {
    auto const places = b.import(Name::list, first_slot);
    return b.at(places[static_cast<std::size_t>(Name::list.outputs[0])]);
  }
  static constexpr auto const& numbers(graph<Name> const& g) { return g.constants(); }
};

template <class Combine, class... X>
struct combination {
  static constexpr draft made() {
    builder b;
    int next = 0;
    auto const placed = [&]<class Y>(std::type_identity<Y>) {
      term const t = part<Y>::placed(b, next);
      next += part<Y>::slots;
      return t;
    };
    term const terms[] = {placed(std::type_identity<X>{})...};
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return finished(b, {Combine::of(terms[I]...)}, -1);
    }(std::index_sequence_for<X...>{});
  }
};

template <class Combine, class... X>
[[nodiscard]] constexpr auto combined(X const&... x) {
  return symbolic::graph_by<combination<Combine, X...>>(part<X>::numbers(x)...);
}

template <class Rule>
struct by_rule {
  template <class... Term>
  static constexpr term of(Term const&... x) {
    return symbolic::applied(Rule{}, x...);
  }
};
template <class Relation>
struct by_relation {
  static constexpr term of(term const& a, term const& b) { return symbolic::related(Relation{}, a, b).as_term(); }
};
struct by_choice {
  static constexpr term of(term const& c, term const& a, term const& b) {
    return symbolic::select(condition(c), symbol(a), symbol(b)).as_term();
  }
};
template <class Relation>
struct by_logic {
  static constexpr term of(term const& a) { return (!condition(a)).as_term(); }
  static constexpr term of(term const& a, term const& b) {
    if constexpr (std::same_as<Relation, operations::both>)
      return (condition(a) && condition(b)).as_term();
    else
      return (condition(a) || condition(b)).as_term();
  }
};

struct formula {
  using value_type = double;
  using tag = void;
  using scalar = formula;

  template <class Rule, class... X>
  [[nodiscard]] static constexpr auto applied(Rule, X const&... x) {
    return symbolic::combined<by_rule<Rule>>(x...);
  }
};

// Comparisons of graphs are graphs too.
template <class A, class B>
concept graph_comparable = comparable<A, B> && std::same_as<result_scalar_t<A, B>, formula>;

template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator<(A const& a, B const& b) {
  return symbolic::combined<by_relation<operations::less>>(a, b);
}
template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator<=(A const& a, B const& b) {
  return symbolic::combined<by_relation<operations::less_equal>>(a, b);
}
template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator>(A const& a, B const& b) {
  return symbolic::combined<by_relation<operations::less>>(b, a);
}
template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator>=(A const& a, B const& b) {
  return symbolic::combined<by_relation<operations::less_equal>>(b, a);
}
template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator==(A const& a, B const& b) {
  return symbolic::combined<by_relation<operations::equal>>(a, b);
}
template <class A, class B>
  requires comparable<A, B> && graph_comparable<A, B>
[[nodiscard]] constexpr auto operator!=(A const& a, B const& b) {
  return !(a == b);
}
template <condition_graph A>
[[nodiscard]] constexpr auto operator!(A const& a) {
  return symbolic::combined<by_logic<operations::negation>>(a);
}
template <condition_graph A, condition_graph B>
[[nodiscard]] constexpr auto operator&&(A const& a, B const& b) {
  return symbolic::combined<by_logic<operations::both>>(a, b);
}
template <condition_graph A, condition_graph B>
[[nodiscard]] constexpr auto operator||(A const& a, B const& b) {
  return symbolic::combined<by_logic<operations::either>>(a, b);
}

// condition ? a : b, both evaluated.
template <condition_graph C, class A, class B>
[[nodiscard]] constexpr auto select(C const& c, A const& a, B const& b) {
  return symbolic::combined<by_choice>(c, a, b);
}

}  // namespace duet::symbolic
