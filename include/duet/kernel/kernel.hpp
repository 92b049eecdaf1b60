#pragma once

// kernel(f): a function that is traced while the program compiles, and put on the tape as one entry: its local
// Jacobian, by straight-line code, or its inputs alone, from which the sweep computes it again.

#include <duet/driver/preaccumulate.hpp>
#include <duet/symbolic/replay.hpp>
#include <duet/symbolic/variable.hpp>

namespace duet {

// What a kernel was called with: numbers one by one, or a shape of them whose size is static.
template <class... X>
inline constexpr bool is_one_container = false;
template <class X>
inline constexpr bool is_one_container<X> = shaped<plain_t<X>> && !number_entry<plain_t<X>>;

template <class... X>
struct kernel_inputs {
  static constexpr std::size_t count = sizeof...(X);
  using scalar = symbolic::argument_scalar_t<plain_t<X>...>;
  template <class T, class Read>
  static DUET_INLINE std::array<T, count> read(Read const& read, X const&... x) {
    return {read(scalar(x))...};
  }
};
template <class X>
  requires is_one_container<X>
struct kernel_inputs<X> {
  static constexpr std::size_t count = static_size_of<X>;
  using scalar = entry_t<X>;
  template <class T, class Read>
  static DUET_INLINE std::array<T, count> read(Read const& read, X const& given) {
    auto const& x = duet::plain(given);
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return std::array<T, count>{read(shape<plain_t<X>>::entry(x, I))...};
    }(std::make_index_sequence<count>{});
  }
};

// The node of a kernel whose Jacobian is computed again. Payload: the inputs' indices, then their values.
template <class T, class Graph>
struct recomputed_kernel {
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs;
  static constexpr std::size_t bytes = inputs * (sizeof(tape_index) + packed<T>::bytes);

  static void write(std::byte* payload, std::array<T, inputs> const& values,
                    std::array<tape_index, inputs> const& indices) {
    for (std::size_t i = 0; i < inputs; ++i) {
      set_payload_entry(payload, i, indices[i]);
      set_payload_entry(payload + inputs * sizeof(tape_index), i, values[i]);
    }
  }

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    std::array<T, inputs> values;
    for (std::size_t i = 0; i < inputs; ++i) values[i] = payload_entry<T>(payload + inputs * sizeof(tape_index), i);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      std::array<T, outputs> seeds;
      bool any = false;
      for (std::size_t o = 0; o < outputs; ++o) {
        seeds[o] = adjoints[(node - outputs + o) * lanes + lane];
        any = any || !duet::vanishes(seeds[o]);
      }
      if (!any) continue;
      auto const row = symbolic::value_and_vjp(Graph(), seeds, values).gradient;
      // Passive inputs add to a number that nobody reads. Behind branches the compiler would compute each entry of the
      // row only where it is wanted, and keep its operands in memory till then.
      T unread(0);
      for (std::size_t i = 0; i < inputs; ++i) {
        tape_index const at = payload_entry<tape_index>(payload, i);
        *(at != 0 ? adjoints + at * lanes + lane : &unread) += row[i];
      }
    }
  }
};

// The same where the tape keeps the inputs (batch/value_tape.hpp), and with them what took long to compute.
template <class T, class Graph>
struct replayed_kernel {
  using name = typename Graph::name;
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs, kept = symbolic::kept_count<name>;
  // kept_number(k) is what was kept.
  template <class Kept>
  [[nodiscard]] static DUET_INLINE auto pull_back(std::array<T, inputs> const& values,
                                                  std::array<T, outputs> const& seeds, Kept const& kept_number) {
    return symbolic::replayed_vjp(Graph(), seeds, values, kept_number);
  }
};

template <class F>
class traced_kernel {
 public:
  // f(x...) in the scalar of the arguments.
  template <class... X>
  [[nodiscard]] auto operator()(X const&... x) const {
    using inputs = kernel_inputs<X...>;
    static_assert(inputs::count != dynamic,
                  "duet::kernel: the number of inputs must be known when compiling: call it with numbers one by one, a "
                  "std::array, or an Eigen vector of static size");
    if constexpr (inputs::count != dynamic) {
      using S = typename inputs::scalar;
      using Graph = decltype(symbolic::expression<inputs::count>(F{}));
      static_assert(Graph::list.columns <= 0, "duet::kernel needs f to return a number or a std::array of numbers");
      if constexpr (!is_recorded<S>) {
        return Graph()(inputs::template read<S>([](S const& e) DUET_INLINE_LAMBDA { return e; }, x...));
      } else {
        using T = typename S::value_type;
        auto const values = inputs::template read<T>([](S const& e) DUET_INLINE_LAMBDA { return e.value(); }, x...);
        auto const indices =
            inputs::template read<tape_index>([](S const& e) DUET_INLINE_LAMBDA { return e.index(); }, x...);
        return record<S, Graph>(values, indices);
      }
    }
  }

 private:
  // Arguments that the operations of a graph would store as statements.
  template <class Graph>
  static constexpr std::size_t stored_arguments = [] {
    std::size_t count = 0;
    for (auto const& o : Graph::list.operations)
      for (int k = 0; k < o.rule->arity && o.type == symbolic::kind::active; ++k)
        count += Graph::list.operations[o.operands[k]].type == symbolic::kind::active;
    return count;
  }();

  template <class V, class Graph, class T, std::size_t N>
  static DUET_INLINE auto record(std::array<T, N> const& values, std::array<tape_index, N> const& indices) {
    constexpr std::size_t outputs = Graph::outputs, used = Graph::inputs;
    constexpr bool is_vector = Graph::list.columns == 0;
    auto const as_variables = [&](auto const& y, auto const& index) DUET_INLINE_LAMBDA {
      if constexpr (is_vector)
        return [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
          return std::array<V, outputs>{V::recorded(y[O], index(O))...};
        }(std::make_index_sequence<outputs>{});
      else
        return V::recorded(y, index(0));
    };
    if constexpr (keeps_values<T>) {
      using node = replayed_kernel<T, Graph>;
      std::array<T, node::kept> kept;
      auto const y = symbolic::value_and_costly(
          Graph(), values, [&](std::size_t k, T const& number) DUET_INLINE_LAMBDA { kept[k] = number; });
      tape_index const first = statement_writer<T>::template write_node<node>(
          [&](std::size_t i) DUET_INLINE_LAMBDA -> T const& { return values[i]; },
          [&](std::size_t i) DUET_INLINE_LAMBDA { return indices[i]; },
          [&](std::size_t k) DUET_INLINE_LAMBDA -> T const& { return kept[k]; });
      // By a branch for all of them: what the compiler chooses one by one it keeps in memory.
      if (first == 0) return as_variables(y, [](std::size_t) DUET_INLINE_LAMBDA { return tape_index{0}; });
      return as_variables(y, [&](std::size_t o) DUET_INLINE_LAMBDA { return first + static_cast<tape_index>(o); });
    } else if constexpr (!is_vector && used < stored_arguments<Graph>) {
      auto const y = symbolic::value_and_gradient(Graph(), values);
      segment_row<T> statement;
      for (std::size_t i = 0; i < used; ++i) statement.add(y.gradient[i], indices[i]);
      return V::recorded(y.value, statement.finish());
    } else {
      using node = recomputed_kernel<T, Graph>;
      auto const y = Graph()(values);
      tape_index any = 0, first = 0;
      for (tape_index const i : indices) any |= i;
      if (any != 0) {
        tape<T>& on = recording_tape<T>();
        std::array<T, used> kept;
        std::array<tape_index, used> places;
        std::copy_n(values.begin(), used, kept.begin());
        std::copy_n(indices.begin(), used, places.begin());
        node::write(on.array_room(node::bytes, outputs), kept, places);
        first = on.template array<node>(node::bytes, outputs, true);
      }
      return as_variables(y, [&](std::size_t o) { return any == 0 ? 0 : first + static_cast<tape_index>(o); });
    }
  }
};

// f as a callable whose derivatives are straight-line code, written while the program compiles. f is a function without
// captures of N numbers, or of one std::array of N, constexpr with all that it calls; it returns a number or a
// std::array of numbers. A branch that depends on a value does not compile: select(condition, a, b) takes both ways,
// duet::preaccumulate runs the one taken. With numbers, duals and all others it evaluates f, common subexpressions
// once. Called with variables it is one entry of the tape. For one output that is a statement with its partials, if
// they are fewer than the arguments that f's operations would store. Otherwise it is a node that keeps the inputs, and
// the sweep computes the partials again: one evaluation and one sweep through f for all outputs together, where a
// stored Jacobian takes a sweep for each (measured on a Runge-Kutta step of 6 inputs and 3 outputs: 2.3 times as long).
// Nothing is allocated.
template <class F>
[[nodiscard]] constexpr traced_kernel<std::remove_cvref_t<F>> kernel(F const&) {
  static_assert(symbolic::traceable<F>,
                "duet::kernel needs a function without captures, since it is traced while the program compiles; pass "
                "what it captures as further arguments");
  return {};
}

}  // namespace duet
