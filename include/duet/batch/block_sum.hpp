#pragma once

// The sum of f(p, datum) over a block of data: in lanes as far as whole groups go, the rest one by one; forward in any
// scalar that lanes fit into, or with the gradient by a tape that holds one group at a time.

#include <duet/batch/shared.hpp>
#include <duet/batch/threads.hpp>
#include <vector>

namespace duet {

// What is summed in lanes, and the rest.
template <class S, class Wide>
struct split_sum {
  Wide lanes{};
  S rest{};

  split_sum& operator+=(split_sum const& other) {
    if constexpr (!std::is_same_v<S, Wide>) lanes += other.lanes;
    rest += other.rest;
    return *this;
  }
  [[nodiscard]] S total() const {
    if constexpr (std::is_same_v<S, Wide>)
      return rest;
    else
      return S(widened<S>::sum(lanes) + rest);
  }
};

// The scalar in which groups are evaluated: with lanes, or without.
template <class S, bool Lanes>
struct group_scalar {
  using type = S;
};
template <class S>
struct group_scalar<S, true> : widened<S> {};
template <class S, bool Lanes>
using group_scalar_t = typename group_scalar<S, Lanes>::type;

// Calls in_lanes(i) for groups and alone(i) for data that are left over, or whose sizes differ within a group.
template <std::size_t W, class Data, class InLanes, class Alone>
DUET_INLINE void for_each_group(Data const& data, std::size_t first, std::size_t last, InLanes const& in_lanes,
                                Alone const& alone) {
  std::size_t i = first;
  if constexpr (W > 1)
    for (; i + W <= last; i += W) {
      if (data_source<Data>::template are_alike<W>(data, i)) [[likely]]
        in_lanes(i);
      else
        alone(i, i + W);
    }
  if (i < last) alone(i, last);
}

// ---- forward ----

// The seed of a gradient in the parameters: entry i as independent variable i of the dual D; passive ones as constants.
template <class D>
inline constexpr auto unit_seed = []<class I, class Source>(I i, Source const& e) DUET_INLINE_LAMBDA {
  auto const value = duet::broadcast_to<typename Source::value_type, typename D::value_type>(e.value());
  if constexpr (is_recorded<Source>)
    if (e.index() == 0) return D(value);
  return D::independent(value, i);
};
// The same of the parameters from one on, as many as a dual has partials.
template <class D>
struct chunk_seed {
  std::size_t first;
  template <class Source>
  [[nodiscard]] DUET_INLINE D operator()(std::size_t i, Source const& e) const {
    auto const value = duet::broadcast_to<typename Source::value_type, typename D::value_type>(e.value());
    return i - first < D::size() ? D::independent(value, i - first) : D(value);
  }
};

// What a thread has met in a block does not reach the next one: each begins as the caller of the whole did.
class block_scope {
 public:
  explicit block_scope(bool caller) { infinite_partials_met = caller; }
  block_scope(block_scope const&) = delete;
  block_scope& operator=(block_scope const&) = delete;
  ~block_scope() { infinite_partials_met = outer_; }

 private:
  bool outer_ = infinite_partials_met;
};

// One by one; out of line, so that the loop over groups keeps its numbers in registers.
template <class Source, class S, class Seed, class Data, class F, class... X>
DUET_COLD void add_alone(S& sum, Data const& data, F const& f, std::size_t first, std::size_t last, Seed const& seed,
                         X const&... x) {
  using P = passive_of_t<S>;
  auto const p = duet::lifted_parameters<Source, S, false>(seed, x...);
  typename data_source<Data>::template datum<P> d;
  if constexpr (number_demands<S, Data, F, std::remove_const_t<decltype(p)>, decltype(d)>())
    for (std::size_t i = first; i < last; ++i) {
      data_source<Data>::template take<P>(data, i, d);
      sum += duet::term<Data>(f, p, d);
    }
}

// The sum over the blocks from one on and before another in the scalar S; seed(i, x) is what entry x of the scalar
// Source becomes, wide_seed(i, x) the same in lanes. f is called right here: within a lambda of this function g++ does
// not inline it, which was measured 2 times slower.
template <bool Lanes, class Source, class S, class Seed, class WideSeed, class Data, class F, std::size_t... I,
          class... X>
[[nodiscard]] DUET_FLATTEN auto sum_in_blocks(std::index_sequence<I...>, bool infinite_met, block_list const& blocks,
                                              std::size_t from, std::size_t to, Data const& data, F const& f,
                                              Seed const& seed, WideSeed const& wide_seed, X const&... x) {
  using Wide = group_scalar_t<S, Lanes>;
  using WideP = passive_of_t<Wide>;
  constexpr std::size_t width = width_of<WideP>;
  split_sum<S, Wide> result;
  if constexpr (Lanes) {
    auto const p = duet::lifted_parameters<Source, Wide, true>(wide_seed, x...);
    typename data_source<Data>::template datum<WideP> d;
    Wide total(0);
    if constexpr (number_demands<Wide, Data, F, std::remove_const_t<decltype(p)>, decltype(d)>())
      for (std::size_t block = from; block < to; ++block) {
        block_scope const scope(infinite_met);
        std::size_t const last = blocks.last(block);
        std::size_t i = blocks.first(block);
        Wide sum(0);
        S rest(0);
        bool any_alone = i + (last - i) / width * width != last;
        for (; i + width <= last; i += width) {
          if (!data_source<Data>::template are_alike<width>(data, i)) [[unlikely]] {
            duet::add_alone<Source>(rest, data, f, i, i + width, seed, x...);
            any_alone = true;
            continue;
          }
          data_source<Data>::template take<WideP>(data, i, d);
          sum += f(std::get<I>(p)..., duet::handed_out<Data>(d));
        }
        total += sum;
        if (i != last) duet::add_alone<Source>(rest, data, f, i, last, seed, x...);
        if (any_alone) result.rest += rest;
      }
    result.lanes = total;
  } else {
    for (std::size_t block = from; block < to; ++block) {
      block_scope const scope(infinite_met);
      S sum(0);
      duet::add_alone<Source>(sum, data, f, blocks.first(block), blocks.last(block), seed, x...);
      result.rest += sum;
    }
  }
  return result;
}

// ---- reverse ----

// A value and the gradient in n entries, summed in lanes and for the rest.
template <class T, class Wide>
struct split_gradient {
  split_sum<T, Wide> value;
  std::vector<Wide> lanes;
  std::vector<T> rest;  // empty: zero

  split_gradient& operator+=(split_gradient const& other) {
    value += other.value;
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] += other.lanes[i];
    if (rest.empty()) rest.resize(other.rest.size(), T(0));
    for (std::size_t i = 0; i < other.rest.size(); ++i) rest[i] += other.rest[i];
    return *this;
  }
  [[nodiscard]] T partial(std::size_t i) const {
    T sum(0);
    if (!rest.empty()) sum += rest[i];
    if constexpr (!std::is_same_v<T, Wide>)
      if (!lanes.empty()) sum += widened<T>::sum(lanes[i]);
    return sum;
  }
};

// What an entry of the parameters becomes on a tape of E: an input of its number, or passive where it was.
template <class S>
struct recorded_parameter {
  using E = typename S::value_type;
  tape_index first = 0;

  template <class Source>
  [[nodiscard]] DUET_INLINE S operator()(std::size_t i, Source const& e) const {
    bool passive = false;
    if constexpr (is_recorded<Source>) passive = e.index() == 0;
    return S::recorded(duet::broadcast_to<typename Source::value_type, E>(e.value()),
                       passive ? 0 : first + static_cast<tape_index>(i));
  }
};

// A recording that begins with the parameters and then holds one term at a time: adjoints of the parameters add up.
// E is the number recorded, T or lanes of it.
template <class Source, class T, class E, class... X>
class term_tape {
 public:
  using S = var<E, typename Source::tag>;
  using entry = recorded_parameter<S>;
  static constexpr bool in_lanes = !std::is_same_v<T, E>;

  explicit term_tape(X const&... x)
      : scope_(*tape_),
        count_((std::size_t{0} + ... + moving(x))),
        first_((*tape_).new_inputs(count_)),
        parameters_(duet::lifted_parameters<Source, S, in_lanes>(entry{first_}, x...)),
        start_((*tape_).position()) {}

  void begin() { (*tape_).zero_adjoints(); }
  // The value of f for the datum d, which is recorded, swept and forgotten.
  template <class Data, class F, class Datum>
  [[nodiscard]] E operator()(F const& f, Datum& d) {
    if constexpr (number_demands<S, Data, F, std::remove_const_t<decltype(parameters_)>, Datum>())
      return sweep(S(duet::term<Data>(f, parameters_, d)));
    else
      return E(0);
  }
  [[nodiscard]] E sweep(S const& y) {
    tape<E>& t = *tape_;
    if (y.index() != 0) {
      t.seed(var<E>::retagged(y), E(1));
      t.reverse_to(start_);
    }
    t.rewind(start_);
    return y.value();
  }
  // What the sweeps since begin() have added up, by parameter.
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] DUET_INLINE E partial(std::size_t i) const {
    return (*tape_).adjoint(var<E>::placed(first_ + static_cast<tape_index>(i)));
  }
  [[nodiscard]] std::vector<E> gradient() const {
    std::vector<E> all(count_);
    for (std::size_t i = 0; i < count_; ++i) all[i] = partial(i);
    return all;
  }

 private:
  template <class A>
  static std::size_t moving(A const& a) {
    if constexpr (is_moving<Source, A>)
      return duet::size_of(a);
    else
      return 0;
  }

  borrowed_tape<E> tape_;
  recording<E> scope_;
  std::size_t count_;
  tape_index first_;
  decltype(duet::lifted_parameters<Source, S, in_lanes>(std::declval<entry>(),
                                                        std::declval<X const&>()...)) parameters_;
  tape_position start_;
};

// The tapes of a thread; the one for single data is made when it is needed.
template <bool Lanes, class Source, class T, class... X>
class gradient_terms {
 public:
  using E = group_scalar_t<T, Lanes>;
  using P = passive_of_t<T>;
  using part = split_gradient<T, E>;

  explicit gradient_terms(X const&... x) : x_(x...) {
    if constexpr (Lanes) groups_.emplace(x...);
  }

  template <class Data, class F>
  [[nodiscard]] part sum(block_list const& blocks, std::size_t from, std::size_t to, Data const& data, F const& f) {
    part total = block(data, f, blocks.first(from), blocks.last(from));
    for (std::size_t b = from + 1; b < to; ++b) total += block(data, f, blocks.first(b), blocks.last(b));
    return total;
  }

 private:
  template <class Data, class F>
  [[nodiscard]] part block(Data const& data, F const& f, std::size_t first, std::size_t last) {
    part result;
    auto const alone = [&](std::size_t from, std::size_t to) { add_alone(data, f, from, to, result); };
    if constexpr (Lanes) {
      using WideP = widened_t<P>;
      typename data_source<Data>::template datum<WideP> d;
      E sum(0);
      groups_->begin();
      duet::for_each_group<width_of<WideP>>(
          data, first, last,
          [&](std::size_t i) {
            data_source<Data>::template take<WideP>(data, i, d);
            sum += groups_->template operator()<Data>(f, d);
          },
          alone);
      result.value.lanes = sum;
      result.lanes = groups_->gradient();
    } else {
      alone(first, last);
    }
    return result;
  }
  template <class Data, class F>
  DUET_COLD void add_alone(Data const& data, F const& f, std::size_t from, std::size_t to, part& result) {
    if (!single_) std::apply([&](X const&... x) { single_.emplace(x...); }, x_);
    typename data_source<Data>::template datum<P> d;
    single_->begin();
    for (std::size_t i = from; i < to; ++i) {
      data_source<Data>::template take<P>(data, i, d);
      result.value.rest += single_->template operator()<Data>(f, d);
    }
    auto const gradient = single_->gradient();
    result.rest.resize(gradient.size(), T(0));
    for (std::size_t i = 0; i < gradient.size(); ++i) result.rest[i] += gradient[i];
  }

  std::tuple<X const&...> x_;
  std::optional<term_tape<Source, T, E, X...>> groups_;
  std::optional<term_tape<Source, T, T, X...>> single_;
};

}  // namespace duet
