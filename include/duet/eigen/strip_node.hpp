#pragma once

// The array node of an expression that was evaluated strip by strip. Where its arrays lie it keeps as runs, each of
// indices in equal steps: a column, a broadcast scalar, a replicated vector.

#include <algorithm>
#include <bit>
#include <duet/eigen/strip.hpp>
#include <duet/reverse/recording.hpp>

namespace duet {

// ---- runs ----

// Writes the runs of an array whose indices are given strip by strip.
class run_writer {
 public:
  explicit run_writer(std::byte* at = nullptr) : at_(at), end_(at) {}

  // At most so many runs: within a strip each but the last has two indices at least.
  [[nodiscard]] static std::size_t most(std::size_t indices, std::size_t strips) { return indices / 2 + strips + 1; }

  // A run, or where it has no entries indices of any kind.
  DUET_INLINE void add(array_run const& run, tape_index const* indices, std::size_t count) {
    if (run.count != 0)
      append(run);
    else
      add_irregular(indices, count);
  }
  [[nodiscard]] bool active() const { return any_ != 0; }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] std::byte const* data() const { return at_; }

 private:
  // Whether the next indices are those that follow a run.
  static DUET_INLINE bool goes_on(array_run const& run, tape_index const* indices, std::size_t count) {
    tape_index irregular = 0;
    for (std::size_t k = 0; k < count; ++k) irregular |= indices[k] ^ run(run.count + k);
    return irregular == 0;
  }
  void add_irregular(tape_index const* indices, std::size_t count) {
    for (std::size_t k = 0; k < count;) {
      array_run run{indices[k], k + 1 < count ? indices[k + 1] - indices[k] : 0, 1};
      while (k + run.count + 8 <= count && goes_on(run, indices + k + run.count, 8)) run.count += 8;
      while (k + run.count < count && goes_on(run, indices + k + run.count, 1)) ++run.count;
      k += run.count;
      append(run);
    }
  }
  // Joins the run to the last one if it goes on like it.
  DUET_INLINE void append(array_run const& run) {
    any_ |= run.first | run.step;
    if (end_ != at_) {
      array_run last = payload_entry<array_run>(end_ - sizeof(array_run), 0);
      if (last.count == 1 && (run.count == 1 || run.first - last.first == run.step)) last.step = run.first - last.first;
      if (run.first == last(last.count) && (run.count == 1 || run.step == last.step)) {
        last.count += run.count;
        set_payload_entry(end_ - sizeof(array_run), 0, last);
        return;
      }
    }
    set_payload_entry(end_, 0, run);
    end_ += sizeof run;
  }

  std::byte *at_, *end_;
  tape_index any_ = 0;
};

// ---- the node ----

// Payload: the header, the partials of the arrays that have one for each coefficient, and the runs.
template <class T, std::size_t Arrays>
struct strip_header {
  struct array {
    std::uint64_t partials = 0;  // where in the payload; 0: `uniform` is the one of all
    std::uint64_t runs = 0, run_count = 0;
    T uniform{};
  };
  std::size_t count = 0;  // of coefficients
  std::array<array, Arrays> arrays;
};

// Sums of eight at a time, so that the compiler adds them side by side.
template <class T, class Term>
[[nodiscard]] DUET_INLINE T sum_of(std::size_t count, Term const& term) {
  constexpr std::size_t width = 8;
  T sums[width];
  for (T& s : sums) s = -T(0);  // which added to any number is that number, zeros with their sign
  std::size_t k = 0;
  for (; k + width <= count; k += width)
    for (std::size_t l = 0; l < width; ++l) sums[l] += term(k + l);
  for (; k < count; ++k) sums[0] += term(k);
  for (std::size_t l = 1; l < width; ++l) sums[0] += sums[l];
  return sums[0];
}

// One output for each coefficient, or one for their sum.
template <class T, std::size_t Arrays, bool Sum>
struct strip_kernel {
  using header = strip_header<T, Arrays>;

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    header h;
    std::memcpy(static_cast<void*>(&h), payload, sizeof h);
    T const* const outputs = adjoints + (node - (Sum ? 1 : h.count)) * lanes;
    for (auto const& a : h.arrays) {
      std::size_t k = 0;
      for (std::size_t r = 0; r < a.run_count; ++r) {
        auto const run = payload_entry<array_run>(payload + a.runs, r);
        T const* const from = outputs + (Sum ? 0 : k * lanes);
        if (!run.active()) {
        } else if (a.partials == 0) {
          pull_run<Damped>(run, adjoints, lanes, from, [x = a.uniform](std::size_t) DUET_INLINE_LAMBDA { return x; });
        } else {
          std::byte const* const partials = payload + a.partials + k * sizeof(T);
          pull_run<Damped>(run, adjoints, lanes, from,
                           [partials](std::size_t l) DUET_INLINE_LAMBDA { return payload_entry<T>(partials, l); });
        }
        k += run.count;
      }
    }
  }

 private:
  template <bool Damped, class Partial>
  static DUET_INLINE void pull_run(array_run const& run, T* adjoints, std::size_t lanes, T const* outputs,
                                   Partial const& partial) {
    std::size_t const count = run.count;
    if (Damped || lanes != 1) {
      for (std::size_t k = 0; k < count; ++k)
        add_products<Damped>(adjoints + run(k) * lanes, partial(k), outputs + (Sum ? 0 : k * lanes), lanes);
      return;
    }
    T* __restrict const inputs = adjoints + run.first;  // always before the outputs
    T const* __restrict const from = outputs;
    T const sum_adjoint = *from;
    auto const term = [&](std::size_t k) DUET_INLINE_LAMBDA { return T(partial(k) * (Sum ? sum_adjoint : from[k])); };
    if (run.step == 1) {
      for (std::size_t k = 0; k < count; ++k) inputs[k] += term(k);
    } else if (run.step == 0) {
      *inputs += sum_of<T>(count, term);
    } else {
      for (std::size_t k = 0; k < count; ++k) adjoints[run(k)] += term(k);
    }
  }
};

// ---- recording ----

// visit(outer, inner, count) for the strips of an array in the order of its coefficients.
template <bool ByRows, class Visit>
DUET_INLINE void for_each_strip(Eigen::Index rows, Eigen::Index columns, Visit const& visit) {
  Eigen::Index const outer = ByRows ? rows : columns, inner = ByRows ? columns : rows;
  for (Eigen::Index o = 0; o < outer; ++o)
    for (Eigen::Index i = 0; i < inner; i += strip_size)
      visit(o, i, std::min(strip_size, static_cast<std::size_t>(inner - i)));
}

// Evaluates X where its node will stay, and behind that its values: the target, which X may read, is written when it is
// known that the partials are finite. The others follow the convention that zero wins over infinity, which duals know.
template <class V, class X, bool Sum>
class strip_recorder {
 public:
  using T = typename V::value_type;

  explicit strip_recorder(X const& x)
      : tree_(x), rows_(x.rows()), columns_(x.cols()), count_(static_cast<std::size_t>(x.size())) {
    auto const outer = static_cast<std::size_t>(by_rows ? rows_ : columns_);
    std::size_t const runs = run_writer::most(count_, outer + count_ / strip_size) * sizeof(array_run);
    payload_ = tape_.array_room(place(arrays + !Sum) + arrays * runs, outputs());
    for (std::size_t a = 0; a < arrays; ++a) runs_[a] = run_writer(payload_ + place(arrays + !Sum) + a * runs);
    for_each_strip<by_rows>(rows_, columns_, [&](auto o, auto i, std::size_t count) DUET_INLINE_LAMBDA {
      length_ = count;
      tree_.template load<by_rows>(o, i, count);
      tree_.template pull<0>(one{}, *this);
      if constexpr (Sum) {
        sum_ += sum_of<T>(count, tree_);
      } else {
        T* __restrict const to = numbers(arrays) + done_;
        for (std::size_t k = 0; k < count; ++k) to[k] = tree_(k);
      }
      done_ += count;
    });
  }

  [[nodiscard]] bool finite() const { return seen_ >> 63 == 0; }

  template <class Target>
  void record(Target& target) {
    tape_index const first = active() ? tape_.next_index() : 0, step = active() ? 1 : 0;
    std::size_t done = 0;
    for_each_strip<by_rows>(rows_, columns_, [&](auto o, auto i, std::size_t count) DUET_INLINE_LAMBDA {
      T const* const x = numbers(arrays) + done;
      tape_index const i0 = first + static_cast<tape_index>(done) * step;
      done += count;
      if constexpr (has_data<Target>) {
        if (V* const to = neighbours<by_rows>(target, o, i)) {
          duet::join_variables(x, i0, step, count, to);
          return;
        }
      }
      for (std::size_t k = 0; k < count; ++k) {
        auto const at = i + static_cast<Eigen::Index>(k);
        target.coeffRef(by_rows ? o : at, by_rows ? at : o) = V::recorded(x[k], i0 + static_cast<tape_index>(k) * step);
      }
    });
    if (active()) finish();
  }
  [[nodiscard]] V record_sum() { return V::recorded(sum_, active() ? finish() : 0); }

  // For the tree.
  template <std::size_t A, class P>
  DUET_INLINE void put(P const& p, array_run const& run, tape_index const* indices) {
    runs_[A].add(run, indices, length_);
    stored_[A] = !is_uniform<P>;
    if constexpr (is_uniform<P>) {
      head_.arrays[A].uniform = partial_number<T>(p);
      seen_ |= top_bit_if_not_finite(head_.arrays[A].uniform);
    } else {
      T* __restrict const to = numbers(A) + done_;
      std::uint64_t seen = 0;
      for (std::size_t k = 0; k < length_; ++k) {
        T const x = p(k);
        to[k] = x;
        seen |= top_bit_if_not_finite(x);
      }
      seen_ |= seen;
    }
  }

 private:
  using source = strip_tree<V, X>;
  static constexpr std::size_t arrays = source::arrays;
  static constexpr bool by_rows = (Eigen::internal::traits<X>::Flags & Eigen::RowMajorBit) != 0;
  using header = strip_header<T, arrays>;

  [[nodiscard]] std::size_t outputs() const { return Sum ? 1 : count_; }
  // Where the numbers of array a are in the payload, and after those of all arrays the values.
  [[nodiscard]] std::size_t place(std::size_t a) const { return sizeof(header) + a * count_ * sizeof(T); }
  [[nodiscard]] DUET_INLINE T* numbers(std::size_t a) const { return reinterpret_cast<T*>(payload_ + place(a)); }
  [[nodiscard]] bool active() const {
    return std::any_of(runs_.begin(), runs_.end(), [](auto const& r) { return r.active(); });
  }

  // The exponent of infinities and NaN has all bits set.
  static DUET_INLINE std::uint64_t top_bit_if_not_finite(T const& x) {
    constexpr std::uint64_t unit = std::uint64_t{1} << 52;
    return (std::bit_cast<std::uint64_t>(x) & (0x7ff * unit)) + unit;
  }

  // Closes the gaps: uniform partials take no memory, nor do arrays of passive variables.
  tape_index finish() {
    std::size_t at = sizeof(header);
    head_.count = count_;
    for (std::size_t a = 0; a < arrays; ++a) {
      if (!stored_[a] || !runs_[a].active()) continue;
      if (at != place(a)) std::memmove(payload_ + at, payload_ + place(a), count_ * sizeof(T));
      head_.arrays[a].partials = at;
      at += count_ * sizeof(T);
    }
    for (std::size_t a = 0; a < arrays; ++a) {
      if (!runs_[a].active()) continue;
      std::memmove(payload_ + at, runs_[a].data(), runs_[a].bytes());
      head_.arrays[a].runs = at;
      head_.arrays[a].run_count = runs_[a].bytes() / sizeof(array_run);
      at += runs_[a].bytes();
    }
    std::memcpy(payload_, static_cast<void const*>(&head_), sizeof(header));
    return tape_.template array<strip_kernel<T, arrays, Sum>>(at, outputs(), true);
  }

  source tree_;  // first: it records the products in X
  tape<T>& tape_ = recording_tape<T>();
  Eigen::Index rows_, columns_;
  std::size_t count_, done_ = 0, length_ = 0;
  std::byte* payload_ = nullptr;
  std::array<run_writer, arrays> runs_;
  std::array<bool, arrays> stored_{};
  header head_;
  std::uint64_t seen_ = 0;
  T sum_ = -T(0);
};

}  // namespace duet
