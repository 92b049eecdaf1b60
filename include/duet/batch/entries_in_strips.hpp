#pragma once

// map_entries() over large arrays of Eigen's, blocks of fields among them, for functions of a few operations: the node
// keeps the values that partials need, and the sweep works them out again in lanes. That is less memory than partials:
// a stencil of two fields has 20 a point, and needs six values.

#include <duet/batch/lanes_math.hpp>
#include <duet/batch/lanes_select.hpp>
#include <duet/eigen/lift.hpp>
#include <duet/eigen/strip_node.hpp>
#include <duet/symbolic/sweep.hpp>
#include <tuple>

namespace duet::entries_detail {

inline constexpr std::size_t group = lanes<double>::size();  // entries side by side

// ---- arguments ----

// An argument as its strips are read: an array, or a number that is the same for all coefficients.
template <class V, class X>
struct entry_stream {
  using T = typename V::value_type;
  static constexpr bool is_array = false;

  explicit entry_stream(X const& x) {
    if constexpr (std::is_same_v<X, V>) {
      value = x.value();
      index = x.index();
    } else {
      value = static_cast<T>(x);
    }
  }
  template <bool>
  DUET_INLINE void load(Eigen::Index, Eigen::Index, std::size_t) {}
  DUET_INLINE T operator()(std::size_t) const { return value; }

  T value;
  tape_index index = 0;
};
template <class V, eigen_dense X>
struct entry_stream<V, X> {
  using T = typename V::value_type;
  static constexpr bool is_array = true, is_active = std::is_same_v<typename X::Scalar, V>;
  // An operation that is not in memory yet is evaluated, and recorded, first.
  using object = std::conditional_t<strip_tree<V, X>::operations == 0, X, typename X::PlainObject>;
  using evaluated = std::conditional_t<std::is_same_v<object, X>, X const&, object>;

  explicit entry_stream(X const& x) : array(x), strip(array) {}
  entry_stream(entry_stream const&) = delete;

  template <bool ByRows>
  DUET_INLINE void load(Eigen::Index outer, Eigen::Index inner, std::size_t count) {
    strip.template load<ByRows>(outer, inner, count);
  }
  DUET_INLINE T operator()(std::size_t k) const { return static_cast<T>(strip(k)); }

  evaluated array;
  strip_tree<V, object> strip;
};

// ---- the node ----

// Payload: the header, the values of the arrays that partials read, and the runs of the active ones.
template <class T, std::size_t Inputs>
struct strip_entries_header {
  struct input {
    T value{};                 // of a number
    tape_index index = 0;      // of a number that is active
    std::uint64_t values = 0;  // of an array: where in the payload
    std::uint64_t runs = 0, run_count = 0;
  };
  std::size_t count = 0;  // of coefficients
  std::array<input, Inputs> inputs;
};

// Goes along the runs of an array, adding to its adjoints.
template <class T>
class run_reader {
 public:
  run_reader() = default;
  run_reader(std::byte const* runs, std::size_t count) : at_(runs), left_(count) { next(); }

  [[nodiscard]] bool active() const { return at_ != nullptr; }

  // Numbers for the next `count` coefficients, with the adjoints of an entry `lanes` apart.
  DUET_INLINE void add(T* adjoints, std::size_t lanes, T const* x, std::size_t count) {
    if (count == group && run_.step == 1 && lanes == 1 && run_.count >= count) [[likely]] {
      T* const to = adjoints + run_.first;
      T sums[group];  // x and the adjoints might be the same, as far as the compiler knows
      for (std::size_t l = 0; l < group; ++l) sums[l] = to[l] + x[l];
      for (std::size_t l = 0; l < group; ++l) to[l] = sums[l];
      skip(count);
    } else {
      add_slowly(adjoints, lanes, x, count);
    }
  }

 private:
  DUET_COLD void add_slowly(T* adjoints, std::size_t lanes, T const* x, std::size_t count) {
    while (count > 0) {
      std::size_t const n = std::min<std::size_t>(count, run_.count);
      if (run_.active())
        for (std::size_t l = 0; l < n; ++l) adjoints[run_(l) * lanes] += x[l];
      x += n;
      count -= n;
      skip(n);
    }
  }
  DUET_INLINE void skip(std::size_t count) {
    run_.first += static_cast<tape_index>(count) * run_.step;
    run_.count -= static_cast<tape_index>(count);
    if (run_.count == 0) next();
  }
  DUET_INLINE void next() {
    if (left_ == 0) return;
    run_ = payload_entry<array_run>(at_, 0);
    at_ += sizeof(array_run);
    --left_;
  }

  std::byte const* at_ = nullptr;
  std::size_t left_ = 0;
  array_run run_{};
};

// Node - outputs * count + o * count + k is output o at coefficient k.
template <class T, class Graph>
struct strip_entries_node {
  using name = typename Graph::name;
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs;
  using E = lanes<T, group>;
  using header = strip_entries_header<T, inputs>;
  template <std::size_t I>
  static constexpr bool is_read = symbolic::read_inputs<name, T>[I];

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    header h;
    std::memcpy(static_cast<void*>(&h), payload, sizeof h);
    T const* const from = adjoints + (node - outputs * h.count) * lanes;
    for (std::size_t lane = 0; lane < lanes; ++lane) pull_lane(payload, h, adjoints + lane, lanes, from + lane);
  }

 private:
  static void pull_lane(std::byte const* payload, header const& h, T* adjoints, std::size_t lanes, T const* from) {
    std::array<run_reader<T>, inputs> arrays;
    for (std::size_t i = 0; i < inputs; ++i)
      if (h.inputs[i].run_count != 0) arrays[i] = {payload + h.inputs[i].runs, h.inputs[i].run_count};
    T sums[inputs][group]{};
    T seeds[outputs][group], values[inputs][group], rows[inputs][group];
    for (std::size_t i = 0; i < inputs; ++i) std::fill_n(values[i], group, h.inputs[i].value);

    for (std::size_t k = 0; k < h.count; k += group) {
      std::size_t const count = std::min(group, h.count - k);
      if (count == group && lanes == 1) {
        for (std::size_t o = 0; o < outputs; ++o)
          for (std::size_t l = 0; l < group; ++l) seeds[o][l] = from[o * h.count + k + l];
      } else {
        for (std::size_t o = 0; o < outputs; ++o)
          for (std::size_t l = 0; l < group; ++l) seeds[o][l] = l < count ? from[(o * h.count + k + l) * lanes] : T(0);
      }
      each_input([&](auto i) DUET_INLINE_LAMBDA {
        if constexpr (is_read<i()>)
          if (h.inputs[i()].values != 0)
            std::memcpy(values[i()], payload + h.inputs[i()].values + k * sizeof(T), group * sizeof(T));
      });
      pull_group(seeds, values, rows);
      each_input([&](auto i) DUET_INLINE_LAMBDA {
        if (arrays[i()].active())
          arrays[i()].add(adjoints, lanes, rows[i()], count);
        else
          for (std::size_t l = 0; l < group; ++l) sums[i()][l] += rows[i()][l];
      });
    }
    for (std::size_t i = 0; i < inputs; ++i)
      if (h.inputs[i].index != 0)
        for (std::size_t l = 0; l < group; ++l) adjoints[h.inputs[i].index * lanes] += sums[i][l];
  }

  // Where all seeds of an entry are zero so are its rows, whatever the partials.
  static DUET_INLINE void pull_group(T const (&seeds)[outputs][group], T const (&values)[inputs][group],
                                     T (&rows)[inputs][group]) {
    auto const asking = each<outputs>([&](auto o) DUET_INLINE_LAMBDA { return E::load(seeds[o()]); });
    auto const row = symbolic::value_and_vjp(Graph(), asking, each<inputs>([&](auto i) DUET_INLINE_LAMBDA {
                                               if constexpr (is_read<i()>)
                                                 return E::load(values[i()]);
                                               else
                                                 return E(0);
                                             }))
                         .gradient;
    auto const asked = [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      return ((asking[O] != E(0)) || ...);
    }(std::make_index_sequence<outputs>{});
    each_input([&](auto i) DUET_INLINE_LAMBDA { E(select(asked, row[i()], E(0))).store(rows[i()]); });
  }

  template <std::size_t N, class Entry>
  static DUET_INLINE std::array<E, N> each(Entry const& entry) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return std::array<E, N>{entry(block_index<I>{})...};
    }(std::make_index_sequence<N>{});
  }
  template <class Visit>
  static DUET_INLINE void each_input(Visit const& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>)
        DUET_INLINE_LAMBDA { (visit(block_index<I>{}), ...); }(std::make_index_sequence<inputs>{});
  }
};

// ---- recording ----

// Evaluates f's graph strip by strip into arrays of its own, and records the node. X...: numbers, and arrays of one
// shape as Eigen evaluates them, the first of type First.
template <class V, class Graph, class First, class... X>
class strip_entries {
  using T = typename V::value_type;
  using node = strip_entries_node<T, Graph>;
  using header = typename node::header;
  static constexpr std::size_t inputs = sizeof...(X), outputs = Graph::outputs;
  static constexpr bool by_rows = First::IsRowMajor;

 public:
  using results = std::array<lifted_t<First, V>, outputs>;

  strip_entries(First const& like, X const&... x)
      : streams_(x...), rows_(like.rows()), columns_(like.cols()), count_(static_cast<std::size_t>(like.size())) {
    for (auto& y : results_) y.resize(rows_, columns_);
  }

  [[nodiscard]] results record() && {
    std::size_t const strips = static_cast<std::size_t>(by_rows ? rows_ : columns_) + count_ / strip_size;
    std::size_t const runs = run_writer::most(count_, strips) * sizeof(array_run);
    payload_ = tape_.array_room(place(inputs) + inputs * runs, outputs * count_);
    for (std::size_t i = 0; i < inputs; ++i) runs_[i] = run_writer(payload_ + place(inputs) + i * runs);
    tape_index const first = tape_.next_index();
    for_each_strip<by_rows>(rows_, columns_, [&](auto o, auto i, std::size_t count) DUET_INLINE_LAMBDA {
      length_ = count;
      each_stream([&](auto at, auto& stream) DUET_INLINE_LAMBDA {
        stream.template load<by_rows>(o, i, count);
        keep<at()>(stream);
      });
      evaluate_strip(first + static_cast<tape_index>(done_));
      done_ += count;
    });
    if (is_active())
      finish();
    else
      for (auto& y : results_)
        for (Eigen::Index k = 0; k < y.size(); ++k) y.data()[k] = V(y.data()[k].value());
    return std::move(results_);
  }

  // For the streams.
  template <std::size_t I, class P>
  DUET_INLINE void put(P const&, array_run const& run, tape_index const* indices) {
    runs_[I].add(run, indices, length_);
  }

 private:
  template <std::size_t I>
  static constexpr bool is_kept = [] {
    if constexpr (I < Graph::inputs)
      return entry_stream<V, std::tuple_element_t<I, std::tuple<X...>>>::is_array && node::template is_read<I>;
    else
      return false;
  }();
  // Where the values of array i are in the payload, and after those of all the runs; whole widths are read there, and
  // written from anywhere on.
  [[nodiscard]] std::size_t place(std::size_t i) const {
    std::size_t const padded = count_ + group;
    std::size_t before = 0;
    for (std::size_t k = 0; k < i; ++k) before += kept_[k];
    return sizeof(header) + before * padded * sizeof(T);
  }
  template <std::size_t I, class Stream>
  DUET_INLINE void keep(Stream const& stream) {
    if constexpr (Stream::is_array) {
      stream.strip.template pull<I>(one{}, *this);
      if constexpr (is_kept<I>) {
        T* __restrict const to = reinterpret_cast<T*>(payload_ + place(I)) + done_;
        for (std::size_t k = 0; k < length_; k += group)  // room is there for whole widths
          for (std::size_t l = 0; l < group; ++l) to[k + l] = stream(k + l);
      }
    }
  }

  // The outputs at the loaded strip, the first of which has this index.
  DUET_INLINE void evaluate_strip(tape_index index) {
    for (std::size_t k = 0; k < length_; k += group) {
      T values[outputs][group];
      for (std::size_t l = 0; l < group; ++l) {
        auto const y = std::apply([&](auto const&... stream)
                                      DUET_INLINE_LAMBDA { return Graph()(std::array<T, inputs>{stream(k + l)...}); },
                                  streams_);
        for (std::size_t o = 0; o < outputs; ++o) values[o][l] = output(y, o);
      }
      std::size_t const count = std::min(group, length_ - k);
      for (std::size_t o = 0; o < outputs; ++o) {
        auto const at = static_cast<tape_index>(o * count_ + k) + index;
        duet::join_variables(values[o], at, 1, count, results_[o].data() + done_ + k);
      }
    }
  }
  template <class Y>
  static DUET_INLINE T output(Y const& y, std::size_t o) {
    if constexpr (Graph::list.columns == 0)
      return y[o];
    else
      return y;
  }

  [[nodiscard]] bool is_active() {
    bool active = false;
    each_stream([&](auto i, auto const& stream) {
      if constexpr (std::remove_cvref_t<decltype(stream)>::is_array)
        active |= runs_[i()].active();
      else
        active |= stream.index != 0;
    });
    return active;
  }
  // Closes the gaps between the runs.
  void finish() {
    header h;
    h.count = count_;
    std::size_t at = place(inputs);
    each_stream([&](auto i, auto const& stream) {
      if constexpr (i() < Graph::inputs) {
        auto& input = h.inputs[i()];
        if constexpr (std::remove_cvref_t<decltype(stream)>::is_array) {
          if (is_kept<i()>) input.values = place(i());
          if (!runs_[i()].active()) return;
          std::memmove(payload_ + at, runs_[i()].data(), runs_[i()].bytes());
          input.runs = at;
          input.run_count = runs_[i()].bytes() / sizeof(array_run);
          at += runs_[i()].bytes();
        } else {
          input.value = stream.value;
          input.index = stream.index;
        }
      }
    });
    std::memcpy(payload_, static_cast<void const*>(&h), sizeof h);
    tape_.template array<node>(at, outputs * count_, true);
  }

  template <class Visit>
  DUET_INLINE void each_stream(Visit const& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>)
        DUET_INLINE_LAMBDA { (visit(block_index<I>{}, std::get<I>(streams_)), ...); }(std::index_sequence_for<X...>{});
  }
  static constexpr std::array<bool, inputs> kept_ = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<bool, inputs>{is_kept<I>...};
  }(std::index_sequence_for<X...>{});

  std::tuple<entry_stream<V, X>...> streams_;  // first: it records the expressions among the arguments
  tape<T>& tape_ = recording_tape<T>();
  Eigen::Index rows_, columns_;
  std::size_t count_, done_ = 0, length_ = 0;
  std::byte* payload_ = nullptr;
  std::array<run_writer, inputs> runs_;
  results results_;
};

}  // namespace duet::entries_detail
