#pragma once

// kernel(f): a function that is traced while the program compiles, and put on the tape as one entry: its local
// Jacobian, by straight-line code, or its inputs alone, from which the sweep computes it again.

#include <duet/driver/preaccumulate.hpp>
#include <duet/symbolic/replay.hpp>
#include <duet/symbolic/variable.hpp>

namespace duet {

// How many numbers an argument of a kernel is, in a shape whose size is static; 0: it is a number.
template <class X>
inline constexpr std::size_t kernel_argument_size = 0;
template <class X>
  requires(shaped<plain_t<X>> && !number_entry<plain_t<X>>)
inline constexpr std::size_t kernel_argument_size<X> = static_size_of<X>;
template <class X>
struct kernel_argument_scalar {
  using type = plain_t<X>;
};
template <class X>
  requires(kernel_argument_size<X> != 0)
struct kernel_argument_scalar<X> {
  using type = entry_t<X>;
};

// What a kernel was called with: numbers and shapes of them, one after another.
template <class... X>
struct kernel_inputs {
  static constexpr std::array sizes{kernel_argument_size<X>...};
  static constexpr std::size_t count = [] {
    std::size_t sum = 0;
    for (std::size_t const size : sizes) {
      if (size == dynamic) return dynamic;
      sum += size == 0 ? 1 : size;
    }
    return sum;
  }();
  static constexpr bool are_shapes_among_others = sizeof...(X) > 1 && ((kernel_argument_size<X> != 0) || ...);
  using scalar = symbolic::argument_scalar_t<typename kernel_argument_scalar<X>::type...>;

  template <class F>
  static constexpr auto traced() {
    if constexpr (are_shapes_among_others)
      return symbolic::graph_by<symbolic::arguments_recipe<F, kernel_argument_size<X>...>>();
    else
      return symbolic::expression<count>(F{});
  }
  // use(x...) with all numbers, one by one where they are few: an array of them would be written to memory.
  template <class Use>
  static DUET_INLINE decltype(auto) given_to(Use const& use, X const&... x) {
    if constexpr (count <= most_one_by_one)
      return one_by_one(std::make_index_sequence<count>{}, use, duet::plain(x)...);
    else
      return use(read<scalar>([](scalar const& e) DUET_INLINE_LAMBDA { return e; }, x...));
  }
  // read(x) of all numbers.
  template <class T, class Read>
  static DUET_INLINE std::array<T, count> read(Read const& read, X const&... x) {
    return from<T>(read, duet::plain(x)...);
  }

 private:
  struct place {
    std::size_t argument, entry;
  };
  static constexpr place place_of(std::size_t k) {
    std::size_t a = 0;
    for (; k >= std::max(sizes[a], std::size_t{1}); ++a) k -= std::max(sizes[a], std::size_t{1});
    return {a, k};
  }
  template <class T, class Read, class... Plain>
  static DUET_INLINE std::array<T, count> from(Read const& read, Plain const&... x) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      return std::array<T, count>{read(scalar(number_at<K>(x...)))...};
    }(std::make_index_sequence<count>{});
  }
  static constexpr std::size_t most_one_by_one = 32;
  template <std::size_t... K, class Use, class... Plain>
  static DUET_INLINE decltype(auto) one_by_one(std::index_sequence<K...>, Use const& use, Plain const&... x) {
    return use(number_at<K>(x...)...);
  }
  template <std::size_t K, class... Plain>
  static DUET_INLINE decltype(auto) number_at(Plain const&... x) {
    constexpr place at = place_of(K);
    auto const& argument = symbolic::nth<at.argument>(x...);
    if constexpr (sizes[at.argument] == 0)
      return (argument);
    else
      return shape<std::remove_cvref_t<decltype(argument)>>::entry(argument, block_index<at.entry>{});
  }
};

// The node of a kernel whose Jacobian is computed again. Payload: the inputs' indices, then their values.
template <class T, class Graph>
struct recomputed_kernel {
  using number = T;
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs;
  static constexpr std::size_t bytes = inputs * (sizeof(tape_index) + packed<T>::bytes);

  static DUET_INLINE void write(std::byte* payload, std::array<T, inputs> const& values,
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

// The node of a kernel of several outputs whose Jacobian is stored. Payload: its rows, then the inputs' indices.
template <class T, class Graph>
struct stored_kernel {
  using number = T;
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs, partials = inputs * outputs;
  static constexpr std::size_t jacobian_bytes = partials * packed<T>::bytes,
                               bytes = jacobian_bytes + inputs * sizeof(tape_index);

  template <class Rows>
  static DUET_INLINE void write(std::byte* payload, Rows const& rows, std::array<tape_index, inputs> const& indices) {
    for (std::size_t o = 0; o < outputs; ++o)
      for (std::size_t i = 0; i < inputs; ++i) set_payload_entry(payload, o * inputs + i, rows[o][i]);
    for (std::size_t i = 0; i < inputs; ++i) set_payload_entry(payload + jacobian_bytes, i, indices[i]);
  }

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    if (lanes == 1) return pull_back_lane<Damped>(payload, adjoints, 1, node);
    for (std::size_t lane = 0; lane < lanes; ++lane) pull_back_lane<Damped>(payload, adjoints + lane, lanes, node);
  }

 private:
  template <bool Damped>
  static DUET_INLINE void pull_back_lane(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    std::array<T, outputs> seeds;
    for (std::size_t o = 0; o < outputs; ++o) seeds[o] = adjoints[(node - outputs + o) * lanes];
    for (std::size_t i = 0; i < inputs; ++i) {
      T gain(0);
      for (std::size_t o = 0; o < outputs; ++o)
        add_product<Damped>(gain, payload_entry<T>(payload, o * inputs + i), seeds[o]);
      adjoints[payload_entry<tape_index>(payload + jacobian_bytes, i) * lanes] += gain;
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
  [[nodiscard]] DUET_INLINE auto operator()(X const&... x) const {
    using inputs = kernel_inputs<X...>;
    static_assert(inputs::count != dynamic,
                  "duet::kernel: the number of inputs must be known when compiling: call it with numbers one by one, "
                  "std::arrays, or Eigen vectors of static size");
    if constexpr (inputs::count != dynamic) {
      using S = typename inputs::scalar;
      using Graph = decltype(inputs::template traced<F>());
      static_assert(Graph::list.columns <= 0, "duet::kernel needs f to return a number or a std::array of numbers");
      if constexpr (!is_recorded<S>) {
        return inputs::given_to([](auto const&... number) DUET_INLINE_LAMBDA { return Graph()(number...); }, x...);
      } else {
        using T = typename S::value_type;
        auto const values = inputs::template read<T>([](S const& e) DUET_INLINE_LAMBDA { return e.value(); }, x...);
        auto const indices =
            inputs::template read<tape_index>([](S const& e) DUET_INLINE_LAMBDA { return e.index(); }, x...);
        if constexpr (Graph::list.size <= most_inlined_operations)
          return record<S, Graph>(values, indices);
        else
          return record_apart<S, Graph>(values, indices);
      }
    }
  }

  // {value, gradient} of an f with one output, in all numbers of the arguments. By care::bare some entry is infinite or
  // NaN where zero had to win over infinity; else the gradient is the same.
  template <care Care = care::damped, class... X>
  [[nodiscard]] DUET_INLINE auto value_and_gradient(X const&... x) const {
    using inputs = kernel_inputs<X...>;
    return inputs::given_to(
        [](auto const&... number)
            DUET_INLINE_LAMBDA { return symbolic::value_and_gradient<Care>(inputs::template traced<F>(), number...); },
        x...);
  }

 private:
  // Inlined, what one kernel gives the next stays in registers (a tenth of a Runge-Kutta step); larger ones would be
  // compiled again wherever they are called.
  static constexpr int most_inlined_operations = 256;
  // Arguments that the operations of a graph would store as statements.
  template <class Graph>
  static constexpr std::size_t stored_arguments = [] {
    std::size_t count = 0;
    for (auto const& o : Graph::list.operations)
      for (int k = 0; k < o.rule->arity && o.type == symbolic::kind::active; ++k)
        count += Graph::list.operations[o.operands[k]].type == symbolic::kind::active;
    return count;
  }();

  // The local Jacobian is less than what it replaces; several rows only where they are worked out side by side.
  template <class T, class Graph>
  static constexpr bool is_stored = Graph::inputs * Graph::outputs < stored_arguments<Graph> &&
                                    (Graph::outputs == 1 || symbolic::rows_fit_vectors<T, Graph::outputs>);

  // The index of its first output; 0 if all inputs are passive.
  template <class Node, bool MayBeInfinite, class Content, std::size_t N>
  static DUET_INLINE tape_index as_node(std::array<tape_index, N> const& indices, Content const& content) {
    tape_index any = 0;
    for (tape_index const i : indices) any |= i;
    if (any == 0) return 0;
    using T = typename Node::number;
    tape<T>& on = recording_tape<T>();
    std::byte* const to = on.array_room(Node::bytes, Node::outputs);
    Node::write(to, content, indices);
    bool finite = true;
    if constexpr (MayBeInfinite) finite = duet::payload_is_finite<T>(to, Node::partials);
    return on.template array<Node>(Node::bytes, Node::outputs, finite);
  }

  template <class V, class Graph, class T, std::size_t N>
  [[gnu::noinline]] static auto record_apart(std::array<T, N> const& values, std::array<tape_index, N> const& indices) {
    return record<V, Graph>(values, indices);
  }
  template <class V, class Graph, class T, std::size_t N>
  static DUET_INLINE auto record(std::array<T, N> const& values, std::array<tape_index, N> const& indices) {
    constexpr std::size_t outputs = Graph::outputs;
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
    } else if constexpr (!is_vector && is_stored<T, Graph>) {
      auto const y = symbolic::value_and_gradient(Graph(), values);
      return V::recorded(
          y.value, duet::segment_statement<symbolic::has_infinite_slope<typename Graph::name>>(y.gradient, indices));
    } else if constexpr (is_stored<T, Graph>) {
      auto const y = symbolic::value_and_jacobian(Graph(), values);
      tape_index const first =
          as_node<stored_kernel<T, Graph>, symbolic::has_infinite_slope<typename Graph::name>>(indices, y.jacobian);
      return as_variables(y.value, [&](std::size_t o) { return first == 0 ? 0 : first + static_cast<tape_index>(o); });
    } else {
      auto const y = Graph()(values);
      tape_index const first = as_node<recomputed_kernel<T, Graph>, false>(indices, values);
      return as_variables(y, [&](std::size_t o) { return first == 0 ? 0 : first + static_cast<tape_index>(o); });
    }
  }
};

// f as a callable whose derivatives are straight-line code, written while the program compiles. f is a function without
// captures, constexpr with all that it calls, of numbers and std::arrays of them (in the place of every shape of a
// static size that the kernel is called with); it returns a number or a std::array of numbers. A branch that depends on
// a value does not compile: select(condition, a, b) takes both ways, duet::preaccumulate runs the one taken. With
// numbers, duals and all others it evaluates f, common subexpressions once. Called with variables it is one entry of
// the tape: a statement with its partials, or a node with the Jacobian of several outputs, if these are fewer than the
// arguments that f's operations would store. Otherwise it is a node that keeps the inputs, and the sweep evaluates f
// and sweeps through it again; so it is for several outputs of duals, whose rows are not worked out side by side. (A
// Runge-Kutta step of 6 inputs and 3 outputs: stored 0.95 of the time of an adjoint by hand, computed again 1.00,
// stored by a sweep for each output 1.08.) Nothing is allocated.
template <class F>
[[nodiscard]] constexpr traced_kernel<std::remove_cvref_t<F>> kernel(F const&) {
  static_assert(symbolic::traceable<F>,
                "duet::kernel needs a function without captures, since it is traced while the program compiles; pass "
                "what it captures as further arguments");
  return {};
}

}  // namespace duet
