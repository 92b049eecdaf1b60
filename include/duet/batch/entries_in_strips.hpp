#pragma once

// A kernel at each coefficient of arrays as one node of the tape: it keeps the values that the partials need, and the
// sweep goes through them in loops over neighbours, which the compiler turns into vectors.

#include <duet/eigen/strip_node.hpp>
#include <duet/symbolic/sweep.hpp>
#include <tuple>

namespace duet {

inline constexpr std::size_t kernel_width = 8;  // coefficients side by side

// ---- arguments ----

// An argument as its strips are read: an array, or a number that is the same for all coefficients.
template <class V, class X>
struct coefficient_stream {
  using T = typename V::value_type;
  static constexpr bool is_array = false;

  explicit coefficient_stream(X const& x) {
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
struct coefficient_stream<V, X> {
  using T = typename V::value_type;
  static constexpr bool is_array = true, is_active = std::is_same_v<typename X::Scalar, V>;
  // An operation that is not in memory yet is evaluated, and recorded, first.
  using object = std::conditional_t<strip_tree<V, X>::operations == 0, X, typename X::PlainObject>;
  using evaluated = std::conditional_t<std::is_same_v<object, X>, X const&, object>;

  explicit coefficient_stream(X const& x) : array(x), strip(array) {}
  coefficient_stream(coefficient_stream const&) = delete;

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
struct coefficient_header {
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
    if (count == kernel_width && run_.step == 1 && lanes == 1 && run_.count >= count) [[likely]] {
      T* const to = adjoints + run_.first;
      T sums[kernel_width];  // x and the adjoints might be the same, as far as the compiler knows
      for (std::size_t l = 0; l < kernel_width; ++l) sums[l] = to[l] + x[l];
      for (std::size_t l = 0; l < kernel_width; ++l) to[l] = sums[l];
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
struct coefficient_kernel {
  using name = typename Graph::name;
  static constexpr std::size_t inputs = Graph::inputs, outputs = Graph::outputs, width = kernel_width;
  using header = coefficient_header<T, inputs>;
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
    T sums[inputs][width]{};
    T seeds[outputs][width], values[inputs][width], rows[inputs][width];
    for (std::size_t i = 0; i < inputs; ++i) std::fill_n(values[i], width, h.inputs[i].value);

    for (std::size_t k = 0; k < h.count; k += width) {
      std::size_t const count = std::min(width, h.count - k);
      if (count == width && lanes == 1) {
        for (std::size_t o = 0; o < outputs; ++o)
          for (std::size_t l = 0; l < width; ++l) seeds[o][l] = from[o * h.count + k + l];
      } else {
        for (std::size_t o = 0; o < outputs; ++o)
          for (std::size_t l = 0; l < width; ++l) seeds[o][l] = l < count ? from[(o * h.count + k + l) * lanes] : T(0);
      }
      each_input([&](auto i) DUET_INLINE_LAMBDA {
        if constexpr (is_read<i()>)
          if (h.inputs[i()].values != 0)
            std::memcpy(values[i()], payload + h.inputs[i()].values + k * sizeof(T), width * sizeof(T));
      });
      pull_width(seeds, values, rows);
      each_input([&](auto i) DUET_INLINE_LAMBDA {
        if (arrays[i()].active())
          arrays[i()].add(adjoints, lanes, rows[i()], count);
        else
          for (std::size_t l = 0; l < width; ++l) sums[i()][l] += rows[i()][l];
      });
    }
    for (std::size_t i = 0; i < inputs; ++i)
      if (h.inputs[i].index != 0)
        for (std::size_t l = 0; l < width; ++l) adjoints[h.inputs[i].index * lanes] += sums[i][l];
  }

  // Where all seeds of a coefficient are zero so are its rows, whatever the partials.
  static DUET_INLINE void pull_width(T const (&seeds)[outputs][width], T const (&values)[inputs][width],
                                     T (&rows)[inputs][width]) {
    for (std::size_t l = 0; l < width; ++l) {
      auto const row = symbolic::value_and_vjp(Graph(), each<outputs>([&](auto o) { return seeds[o()][l]; }),
                                               each<inputs>([&](auto i) {
                                                 if constexpr (is_read<i()>)
                                                   return values[i()][l];
                                                 else
                                                   return T(0);
                                               }))
                           .gradient;
      bool const asked = [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
        return ((seeds[O][l] != 0) | ...);
      }(std::make_index_sequence<outputs>{});
      each_input([&](auto i) DUET_INLINE_LAMBDA { rows[i()][l] = asked ? row[i()] : T(0); });
    }
  }

  template <std::size_t N, class Entry>
  static DUET_INLINE std::array<T, N> each(Entry const& entry) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return std::array<T, N>{entry(block_index<I>{})...};
    }(std::make_index_sequence<N>{});
  }
  template <class Visit>
  static DUET_INLINE void each_input(Visit const& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>)
        DUET_INLINE_LAMBDA { (visit(block_index<I>{}), ...); }(std::make_index_sequence<inputs>{});
  }
};

// ---- recording ----

// The array of V in the shape of X.
template <class V, class X>
using array_like = Eigen::Array<V, X::RowsAtCompileTime, X::ColsAtCompileTime, X::PlainObject::Options,
                                X::MaxRowsAtCompileTime, X::MaxColsAtCompileTime>;

// The first array among the arguments, which says the shape.
template <class X, class... More>
[[nodiscard]] constexpr auto const& first_array(X const& x, More const&... more) {
  if constexpr (eigen_dense<X>)
    return x;
  else
    return duet::first_array(more...);
}

// Throws std::invalid_argument if one of the arrays has another shape than the first.
template <class First, class... X>
void require_one_shape(First const& first, X const&... x) {
  auto const sizes = [](auto const& a) { return std::to_string(a.rows()) + " x " + std::to_string(a.cols()); };
  std::size_t number = 0;
  auto const require = [&](auto const& each) {
    ++number;
    if constexpr (eigen_dense<std::remove_cvref_t<decltype(each)>>)
      if (each.rows() != first.rows() || each.cols() != first.cols())
        throw std::invalid_argument("duet::kernel: argument " + std::to_string(number) + " of each is " + sizes(each) +
                                    " (expected " + sizes(first) + ", as the first array)");
  };
  (require(x), ...);
}

// Variables that are recorded by numbers of the machine, with their partials.
template <class S>
inline constexpr bool is_strip_scalar = false;
template <class S>
  requires is_recorded<S>
inline constexpr bool is_strip_scalar<S> = std::is_floating_point_v<typename S::value_type>;

template <class S, class X>
[[nodiscard]] DUET_INLINE S coefficient_at(X const& x, Eigen::Index i, Eigen::Index j) {
  if constexpr (eigen_dense<X>)
    return S(x.coeff(i, j));
  else
    return S(x);
}

// Evaluates the kernel strip by strip into arrays of its own, and records the node.
template <class V, class Graph, class... X>
class coefficient_recorder {
  using T = typename V::value_type;
  using node = coefficient_kernel<T, Graph>;
  using header = typename node::header;
  static constexpr std::size_t inputs = sizeof...(X), outputs = Graph::outputs, width = kernel_width;
  using first_type = std::remove_cvref_t<decltype(duet::first_array(std::declval<X const&>()...))>;
  static constexpr bool by_rows = first_type::IsRowMajor;

 public:
  using results = std::array<array_like<V, first_type>, outputs>;

  explicit coefficient_recorder(X const&... x) : streams_(x...) {
    auto const& like = duet::first_array(x...);
    rows_ = like.rows();
    columns_ = like.cols();
    count_ = static_cast<std::size_t>(like.size());
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
      return coefficient_stream<V, std::tuple_element_t<I, std::tuple<X...>>>::is_array && node::template is_read<I>;
    else
      return false;
  }();
  // Where the values of array i are in the payload, and after those of all the runs; whole widths are read there, and
  // written from anywhere on.
  [[nodiscard]] std::size_t place(std::size_t i) const {
    std::size_t const padded = count_ + width;
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
        for (std::size_t k = 0; k < length_; k += width)  // room is there for whole widths
          for (std::size_t l = 0; l < width; ++l) to[k + l] = stream(k + l);
      }
    }
  }

  // The outputs at the loaded strip, the first of which has this index.
  DUET_INLINE void evaluate_strip(tape_index index) {
    for (std::size_t k = 0; k < length_; k += width) {
      T values[outputs][width];
      for (std::size_t l = 0; l < width; ++l) {
        auto const y = std::apply([&](auto const&... stream)
                                      DUET_INLINE_LAMBDA { return Graph()(std::array<T, inputs>{stream(k + l)...}); },
                                  streams_);
        for (std::size_t o = 0; o < outputs; ++o) values[o][l] = output(y, o);
      }
      std::size_t const count = std::min(width, length_ - k);
      for (std::size_t o = 0; o < outputs; ++o) {
        V* const to = results_[o].data() + done_ + k;
        auto const at = static_cast<tape_index>(o * count_ + k) + index;
        if (count == width)
          for (std::size_t l = 0; l < width; ++l) to[l] = V::recorded(values[o][l], at + static_cast<tape_index>(l));
        else
          for (std::size_t l = 0; l < count; ++l) to[l] = V::recorded(values[o][l], at + static_cast<tape_index>(l));
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

  std::tuple<coefficient_stream<V, X>...> streams_;  // first: it records the expressions among the arguments
  tape<T>& tape_ = recording_tape<T>();
  Eigen::Index rows_, columns_;
  std::size_t count_, done_ = 0, length_ = 0;
  std::byte* payload_ = nullptr;
  std::array<run_writer, inputs> runs_;
  results results_;
};

// An array as Eigen evaluates it, where a segment is a block; a number.
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) array_or_number(X const& x) {
  if constexpr (eigen_dense<X>)
    return x.derived();
  else
    return duet::plain(x);
}

// The kernel of a graph at each coefficient of x..., some of which are arrays; one(numbers) is the kernel at numbers.
template <class Graph, class S, class One, class... X>
[[nodiscard]] auto at_each_coefficient(One const& one, X const&... x) {
  auto const& like = duet::first_array(x...);
  duet::require_one_shape(like, x...);
  using array = array_like<S, std::remove_cvref_t<decltype(like)>>;
  auto all = [&] {
    if constexpr (is_strip_scalar<S>) {
      return coefficient_recorder<S, Graph, X...>(x...).record();
    } else {
      std::array<array, Graph::outputs> y;
      for (auto& each : y) each.resize(like.rows(), like.cols());
      for (Eigen::Index j = 0; j < like.cols(); ++j)
        for (Eigen::Index i = 0; i < like.rows(); ++i) {
          auto const at = one(std::array<S, sizeof...(X)>{duet::coefficient_at<S>(x, i, j)...});
          for (std::size_t o = 0; o < Graph::outputs; ++o)
            if constexpr (Graph::list.columns == 0)
              y[o](i, j) = at[o];
            else
              y[o](i, j) = at;
        }
      return y;
    }
  }();
  if constexpr (Graph::list.columns == 0)
    return all;
  else
    return array(std::move(all[0]));
}

}  // namespace duet
