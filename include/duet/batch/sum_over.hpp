#pragma once

// sum_over(data, f): the sum of f(p, datum) over many data as a function of the parameters p, to be called and
// differentiated like any other. Data go through f side by side in lanes, on as many threads as told.

#include <duet/batch/block_sum.hpp>
#include <duet/batch/kernel_sum.hpp>
#include <duet/batch/over_data.hpp>
#include <duet/driver/preaccumulate.hpp>

namespace duet {

// Numbers that any thread can compute: a recording or a trace belongs to the thread that has begun it.
template <class S>
inline constexpr bool is_thread_free = !active_scalar<S>;
template <class T, std::size_t N, class Tag>
inline constexpr bool is_thread_free<dual<T, N, Tag>> = is_thread_free<T>;
template <class T, std::size_t N, class Tag>
inline constexpr bool is_thread_free<hyperdual<T, N, Tag>> = is_thread_free<T>;
template <class T, std::size_t N, int Order, class Tag>
inline constexpr bool is_thread_free<careful<T, N, Order, Tag>> = is_thread_free<T>;

// Parameters whose gradient is carried forward; more of them are recorded. Where their number is known at run time, up
// to a narrow chunk of them.
inline constexpr std::size_t most_forward_parameters = 16;
// The largest scalar, in numbers, that is evaluated in lanes: larger ones outgrow the first-level cache.
inline constexpr std::size_t most_numbers_in_lanes = 64;

template <class S>
inline constexpr bool fits_lanes = false;
template <widenable S>
inline constexpr bool fits_lanes<S> = widened<S>::numbers <= most_numbers_in_lanes;

// Duals of which the gradient in the parameters may be found first, and then multiplied by what they carry.
template <class S>
inline constexpr bool gradient_first = false;
template <class T, std::size_t N, class Tag>
inline constexpr bool gradient_first<dual<T, N, Tag>> = N != dynamic && fits_lanes<T>;

template <class Tag>
using unguarded_tag = std::conditional_t<is_unguarded<Tag>, Tag, unguarded<Tag>>;

// A gradient in the parameters: value, and partial(i) of parameter i.
template <class T, std::size_t N, class Tag>
[[nodiscard]] T partial_of(dual<T, N, Tag> const& sum, std::size_t i) {
  return sum.partial(i);
}
template <class T, class Wide>
[[nodiscard]] T partial_of(split_gradient<T, Wide> const& sum, std::size_t i) {
  return sum.partial(i);
}
template <class T, std::size_t N, class Tag>
[[nodiscard]] T value_in(dual<T, N, Tag> const& sum) {
  return sum.value();
}
template <class T, class Wide>
[[nodiscard]] T value_in(split_gradient<T, Wide> const& sum) {
  return sum.value.total();
}

// Made by sum_over(). A function object: copies share data that were given by reference.
template <class Kept, class F, bool InLanes = true>
class sum_over_function : public over_data<sum_over_function, Kept, F, InLanes> {
  using base = over_data<sum_over_function, Kept, F, InLanes>;
  using typename base::data_type;
  using typename base::source;

 public:
  using base::base;

  // The sum at the parameters x..., which f is given before the datum.
  template <class... X>
    requires shared_parameters<X...>
  [[nodiscard]] shared_scalar_t<X...> operator()(X const&... x) const {
    static_assert(!InLanes || source::in_lanes,
                  "duet::sum_over: these data cannot lie in lanes, since they are not made of numbers alone: have f "
                  "called for one datum at a time, sum_over(data, f).scalar()");
    if constexpr (!InLanes || source::in_lanes) return at(duet::plain_or_given(x)...);
  }

 private:
  template <class S>
  static constexpr bool in_lanes = InLanes && fits_lanes<S>;

  template <class... X>
  [[nodiscard]] auto at(X const&... x) const {
    using S = shared_scalar_t<X...>;
    constexpr std::size_t n = moving_entries<S, X...>();
    if constexpr (is_recorded<S>) {
      if constexpr (is_thread_free<typename S::value_type>)
        return recorded<S>(x...);
      else
        return evaluated<S>(x...);
    } else if constexpr (gradient_first<S>) {
      constexpr bool few = n != dynamic && n <= dual_partials<S> && n <= most_forward_parameters;
      constexpr bool many = !few && dual_partials<S> > narrow_chunk<double>;
      if constexpr (few)
        return composed<S>(gradient_forward<S, n>(x...), x...);
      else if constexpr (many)
        return composed<S>(gradient_reverse<S>(x...), x...);
      else
        return evaluated<S>(x...);
    } else {
      return evaluated<S>(x...);
    }
  }

  // f is a kernel of parameters that all move.
  template <class S, class... X>
  static constexpr bool terms_know_gradient = [] {
    using T = typename S::value_type;
    using E = group_scalar_t<T, in_lanes<T>>;
    if constexpr (std::is_arithmetic_v<T> && (is_moving<S, X> && ...))
      return knows_gradient<F, std::tuple<lifted_t<X, E>...>, typename source::template datum<E>>;
    else
      return false;
  }();

  // part(context, blocks, from, to) of all blocks.
  template <bool Threads, class Make, class Part>
  [[nodiscard]] auto over_blocks(Make const& make, Part const& part) const {
    block_list const blocks(this->size());
    return duet::sum_of_blocks(
        blocks.count(), Threads ? this->most_threads() : 1, make,
        [&](auto& context, std::size_t from, std::size_t to) { return part(context, blocks, from, to); });
  }

  // In the scalar E, seed(i, x) in the place of entry x and seed_lanes(i, x) in lanes.
  template <class S, class E, class Seed, class SeedLanes, class... X>
  [[nodiscard]] E summed(Seed const& seed, SeedLanes const& seed_lanes, X const&... x) const {
    bool const caller = infinite_partials_met;
    auto const sum = over_blocks<is_thread_free<E>>(
        [] { return 0; },
        [&](int, block_list const& blocks, std::size_t from, std::size_t to) {
          return duet::sum_in_blocks<in_lanes<E>, S, E>(std::index_sequence_for<X...>{}, caller, blocks, from, to,
                                                        this->data(), this->function(), seed, seed_lanes, x...);
        });
    return sum ? sum->total() : E(0);
  }
  // As f is, with the derivatives that x carry.
  template <class S, class... X>
  [[nodiscard]] S evaluated(X const&... x) const {
    auto const as_given = [](std::size_t, S const& e) DUET_INLINE_LAMBDA -> S const& { return e; };
    auto const in_all_lanes = [](std::size_t, S const& e) DUET_INLINE_LAMBDA {
      return duet::broadcast_to<S, group_scalar_t<S, in_lanes<S>>>(e);
    };
    S const sum = summed<S, S>(as_given, in_all_lanes, x...);
    if constexpr (active_scalar<S> && is_thread_free<S>)
      if (!duet::all_finite(sum)) infinite_partials_met = true;
    return sum;
  }

  // The gradient in the parameters themselves.
  template <class S, std::size_t N, class... X>
  [[nodiscard]] auto gradient_forward(X const&... x) const {
    using T = typename S::value_type;
    if constexpr (terms_know_gradient<S, X...>) {
      auto sum = over_blocks<true>([] { return 0; },
                                   [&](int, block_list const& blocks, std::size_t from, std::size_t to) {
                                     return duet::known_gradients_in_blocks<in_lanes<T>, N, S, T>(
                                         blocks, from, to, this->data(), this->function(), x...);
                                   });
      return sum ? std::move(*sum) : known_gradient<N, T, group_scalar_t<T, in_lanes<T>>>{};
    } else {
      using E = dual<T, N, unguarded_tag<typename S::tag>>;
      return summed<S, E>(unit_seed<E>, unit_seed<group_scalar_t<E, in_lanes<E>>>, x...);
    }
  }
  template <class S, class... X>
  [[nodiscard]] auto gradient_reverse(X const&... x) const {
    using terms = gradient_terms<in_lanes<typename S::value_type>, S, typename S::value_type, X...>;
    auto sum = over_blocks<true>([&] { return std::make_unique<terms>(x...); },
                                 [&](auto& t, block_list const& blocks, std::size_t from, std::size_t to) {
                                   return t->sum(blocks, from, to, this->data(), this->function());
                                 });
    return sum ? std::move(*sum) : typename terms::part{};
  }

  // Calls add(partial, x) for each entry that moves; false if some partial is infinite or NaN.
  template <class S, class Sum, class Add, class... X>
  static bool chain(Sum const& sum, Add const& add, X const&... x) {
    bool finite = true;
    std::size_t i = 0;
    duet::for_each_moving<S>(
        [&](S const& e) {
          auto const partial = duet::partial_of(sum, i++);
          finite = finite && duet::all_finite(partial);
          add(partial, e);
        },
        x...);
    return finite;
  }
  // The chain rule; with care where zero may meet infinity.
  template <class S, class Sum, class... X>
  [[nodiscard]] S composed(Sum const& sum, X const&... x) const {
    S result(duet::value_in(sum));
    bool const finite =
        chain<S>(sum, [&](auto const& partial, S const& e) { result += partial * (e - e.value()); }, x...);
    return finite ? result : evaluated<S>(x...);
  }
  // One statement of the caller's recording.
  template <class S, class... X>
  [[nodiscard]] S recorded(X const&... x) const {
    constexpr std::size_t n = moving_entries<S, X...>(), narrow = narrow_chunk<double>;
    if constexpr (n <= most_forward_parameters) {
      return stated<S>(gradient_forward<S, std::max(n, std::size_t{1})>(x...), x...);
    } else if constexpr (n != dynamic) {
      return stated<S>(gradient_reverse<S>(x...), x...);
    } else {
      std::size_t count = 0;
      duet::for_each_moving<S>([&](S const&) { ++count; }, x...);
      return count <= narrow ? stated<S>(gradient_forward<S, narrow>(x...), x...)
                             : stated<S>(gradient_reverse<S>(x...), x...);
    }
  }
  template <class S, class Sum, class... X>
  [[nodiscard]] S stated(Sum const& sum, X const&... x) const {
    if (!chain<S>(sum, [](auto const&, S const&) {}, x...)) return evaluated<S>(x...);
    segment_row<typename S::value_type> row;
    chain<S>(sum, [&](auto const& partial, S const& e) { row.add(partial, e.index()); }, x...);
    return S::recorded(duet::value_in(sum), row.finish());
  }
};

// p -> sum over the data of f(p, datum): a function object that stands wherever a function to differentiate does, and
// inside one, in every mode and order. f is generic in the parameters and the datum, which are in lanes; a branch on
// what differs between data is duet::select, or sum_over(data, f).scalar(). Data: a range of numbers or of points (an
// Eigen vector or matrix of static size, a std::array, std::vector, std::tuple, a struct), an Eigen matrix by columns,
// a std::tuple or struct of such data of one length. They are passive. An object with a name is referred to, a
// temporary kept.
//
// Cost: one evaluation for each group of 64 bytes of numbers; with variables one statement on the tape of the caller,
// whose partials are carried forward, or recorded a group at a time if there are many. Throws what f throws, and
// std::invalid_argument if columns of the data have different lengths. Of no data the sum is zero.
template <class Data, class F>
[[nodiscard]] auto sum_over(Data&& data, F f) {
  using D = std::remove_cvref_t<Data>;
  static_assert(readable_data<D>,
                "duet::sum_over needs data to be a random-access range, an Eigen vector or matrix of numbers, or a "
                "std::tuple or struct of such columns");
  if constexpr (readable_data<D>)
    return duet::make_over_data<sum_over_function>(std::forward<Data>(data), std::move(f));
}

}  // namespace duet
