#pragma once

// preaccumulate(f, inputs...): a segment of a recording with few inputs, differentiated forward and recorded as one
// statement for each of its outputs, however much it computes in between.

#include <duet/driver/passes.hpp>
#include <optional>
#include <tuple>

namespace duet {

// An argument whose entries are recorded.
template <class X>
concept recorded_input = point<X> && is_recorded<entry_t<X>>;

template <class... X>
struct recorded_scalar {
  using type = void;
};
template <class X, class... Rest>
struct recorded_scalar<X, Rest...> : recorded_scalar<Rest...> {};
template <recorded_input X, class... Rest>
struct recorded_scalar<X, Rest...> {
  using type = entry_t<X>;
};

// An expression of variables evaluated, which records; anything else as it is.
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) evaluated_input(X const& x) {
  if constexpr (recorded_input<X>)
    return duet::plain(x);
  else
    return (x);
}
template <class X>
using plain_or_same = typename std::conditional_t<recorded_input<X>, plain_of<X>, std::type_identity<X>>::type;

// An argument as a segment's function sees it, with scalars S for the recorded ones.
template <class X, class S>
struct replaced_input {
  using type = X const&;
};
template <recorded_input X, class S>
struct replaced_input<X, S> {
  using type = lifted_t<X, S>;
};

template <class X>
inline constexpr std::size_t recorded_entries = 0;
template <recorded_input X>
inline constexpr std::size_t recorded_entries<X> = static_size_of<X>;

// The arguments of a segment of var V, flattened and built again with another scalar.
template <class V, class... X>
class segment_inputs {
 public:
  using T = typename V::value_type;
  static constexpr bool is_static = ((recorded_entries<X> != dynamic) && ...);
  static constexpr std::size_t static_size = is_static ? (std::size_t{0} + ... + recorded_entries<X>) : dynamic;
  template <class E>
  using flat = typename std::conditional_t<is_static, std::type_identity<std::array<E, is_static ? static_size : 0>>,
                                           std::type_identity<std::vector<E>>>::type;

  explicit segment_inputs(X const&... x) : x_(duet::evaluated_input(x)...) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      std::size_t n = 0;
      ((first_[I] = n, n += size<X>(std::get<I>(x_))), ...);
      if constexpr (!is_static) {
        values_.resize(n);
        indices_.resize(n);
      }
      (read<X>(std::get<I>(x_), first_[I]), ...);
    }(std::index_sequence_for<X...>{});
  }

  [[nodiscard]] flat<T> const& values() const { return values_; }
  [[nodiscard]] flat<tape_index> const& indices() const { return indices_; }

  // f(x...) with the entries of `all` in the places of the recorded ones, evaluated while these live.
  template <class F, class All>
  [[nodiscard]] DUET_INLINE auto call(F& f, All const& all) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      using R = std::invoke_result_t<F&, decltype(replaced<X>(std::get<I>(x_), all, first_[I]))...>;
      return plain_t<R>(duet::plain(f(replaced<X>(std::get<I>(x_), all, first_[I])...)));
    }(std::index_sequence_for<X...>{});
  }

 private:
  template <class A>
  static std::size_t size(plain_or_same<A> const& x) {
    if constexpr (recorded_input<A>)
      return duet::size_of(x);
    else
      return 0;
  }
  template <class A>
  void read(plain_or_same<A> const& x, std::size_t first) {
    if constexpr (recorded_input<A>)
      for (std::size_t i = 0; i < duet::size_of(x); ++i) {
        auto const& e = shape<plain_t<A>>::entry(x, i);
        values_[first + i] = e.value();
        indices_[first + i] = e.index();
      }
  }
  template <class A, class All>
  static DUET_INLINE decltype(auto) replaced(plain_or_same<A> const& x, All const& all, std::size_t first) {
    if constexpr (recorded_input<A>) {
      using S = typename All::value_type;
      return shape<plain_t<A>>::template make<S>(x, [&](auto i) DUET_INLINE_LAMBDA { return all[first + i]; });
    } else {
      return (x);
    }
  }

  std::tuple<decltype(duet::evaluated_input(std::declval<X const&>()))...> x_;
  std::array<std::size_t, sizeof...(X)> first_;
  flat<T> values_;
  flat<tape_index> indices_;
};

// One statement with the partials of an output; those that are zero are left out.
template <class T>
class segment_row {
 public:
  DUET_INLINE void add(T const& partial, tape_index index) {
    if (index == 0 || duet::vanishes(partial)) return;
    if (count_ == statement_writer<T>::most_leaves) flush();
    partials_[count_] = partial;
    indices_[count_++] = index;
  }
  // The index of the left-hand side.
  [[nodiscard]] DUET_INLINE tape_index finish() {
    if (index_ == 0 || count_ > 1) flush();
    return index_;
  }

 private:
  // What is full goes on in the next statement, which takes this one's result.
  void flush() {
    index_ = statement_writer<T>::write_arguments(partials_.data(), indices_.data(), count_);
    partials_[0] = T(1);
    indices_[0] = index_;
    count_ = index_ == 0 ? 0 : 1;
  }
  std::array<T, statement_writer<T>::most_leaves> partials_;
  std::array<tape_index, statement_writer<T>::most_leaves> indices_;
  std::size_t count_ = 0;
  tape_index index_ = 0;
};

// A statement of a number of partials known while compiling: the index of its left-hand side. `MayBeInfinite`: a
// partial may be infinite or NaN.
template <bool MayBeInfinite, class T, std::size_t N>
[[nodiscard]] DUET_INLINE tape_index segment_statement(std::array<T, N> const& partials,
                                                       std::array<tape_index, N> const& indices) {
  if constexpr (N <= statement_writer<T>::most_leaves) {
    return statement_writer<T>::template write_row<MayBeInfinite>(partials, indices);
  } else {
    segment_row<T> row;
    for (std::size_t i = 0; i < N; ++i) row.add(partials[i], indices[i]);
    return row.finish();
  }
}

// f(inputs...), recorded as one statement for each output: its value, and its partials in the entries of the inputs,
// found by forward mode. An input is a var, a shape of them, or anything else, which is passed on as it is. On scalars
// that do not record, plain numbers and duals, it is f(inputs...) itself, so that generic code stays generic. It pays
// where the entries of all inputs, times the outputs, are fewer than the arguments of the statements that f would
// record: a step of a simulation, an element, a closed formula. Cost: ceil(n / C) forward passes, 12 bytes of tape for
// each partial that is not zero. f sees duals: a variable of the tape that it captures does not compile in it.
template <class F, class... X>
[[nodiscard]] auto preaccumulate(F&& f, X const&... inputs) {
  using V = typename recorded_scalar<X...>::type;
  if constexpr (std::is_void_v<V>) {
    return plain_t<std::invoke_result_t<F&, X const&...>>(duet::plain(f(inputs...)));
  } else {
    static_assert((... && (!recorded_input<X> || std::is_same_v<typename recorded_scalar<X>::type, V>)),
                  "duet::preaccumulate: all variables are of one scalar type; nest calls, or convert with value(x)");
    using T = typename V::value_type;
    using segment = segment_inputs<V, X...>;
    segment const s(inputs...);
    auto const on = [&](auto const& all) DUET_INLINE_LAMBDA { return s.call(f, all); };
    auto const& indices = s.indices();
    std::size_t const n = s.values().size();
    using first_scalar = forward_scalar<decltype(on), T, first_chunk<typename segment::template flat<T>>>;
    constexpr bool is_taken = std::invocable<F&, typename replaced_input<X, first_scalar>::type...>;
    static_assert(is_taken,
                  "duet::preaccumulate needs f to accept Duet scalars: make f a template or a generic lambda "
                  "(auto const& x), not a function of variables");
    if constexpr (!is_taken) {
      return;
    } else if constexpr (segment::static_size <= widest_chunk<T>) {
      constexpr std::size_t width = std::max(segment::static_size, std::size_t{1});
      using S = forward_scalar<decltype(on), T, width>;
      auto const y = duet::forward_pass<S>(on, s.values(), 0, n);
      using Y = std::remove_cvref_t<decltype(y)>;
      return shape<Y>::template make<V>(y, [&](auto k) {
        auto const& e = shape<Y>::entry(y, k);
        segment_row<T> row;
        std::array<T, width> partials;
        duet::copy_partials<S>(e, partials.data());
        for (std::size_t i = 0; i < n; ++i) row.add(partials[i], indices[i]);
        return V::recorded(duet::value_of<S>(e), row.finish());
      });
    } else {
      // Chunk by chunk; the rows are recorded when all are there.
      std::vector<T> rows;
      using Y = result_t<decltype(on), typename segment::template flat<first_scalar>>;
      std::optional<lifted_t<Y, T>> values;  // Eigen's static shapes are not set when made
      duet::forward_passes(
          on, s.values(),
          [&]<class S, class Part>(std::type_identity<S>, Part const& y, std::size_t first, std::size_t count) {
            if (first == 0) {
              values.emplace(duet::values_of<S>(y));
              rows.resize(duet::size_of(y) * n);
            }
            std::array<T, S::size()> partials;
            for (std::size_t k = 0; k < duet::size_of(y); ++k) {
              duet::copy_partials<S>(shape<Part>::entry(y, k), partials.data());
              std::copy_n(partials.begin(), count, rows.begin() + static_cast<std::ptrdiff_t>(k * n + first));
            }
          });
      return shape<lifted_t<Y, T>>::template make<V>(*values, [&](auto k) {
        segment_row<T> row;
        for (std::size_t i = 0; i < n; ++i) row.add(rows[k * n + i], indices[i]);
        return V::recorded(shape<lifted_t<Y, T>>::entry(*values, k), row.finish());
      });
    }
  }
}

}  // namespace duet
