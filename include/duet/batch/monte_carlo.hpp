#pragma once

// monte_carlo(paths, seed, f): the mean of f(p, draws) over random paths as a function of the parameters p, to be
// differentiated like any other (pathwise sensitivities); and its estimate with standard errors. Each path has random
// numbers of its own, whoever computes it.

#include <duet/batch/each_term.hpp>
#include <duet/batch/moments.hpp>
#include <duet/batch/random.hpp>
#include <duet/batch/sum_over.hpp>

namespace duet {

// Data of which datum i is the random numbers of path i.
struct random_paths {
  std::size_t count;
  std::uint64_t seed;
};
template <>
struct data_source<random_paths> {
  static constexpr bool is_known = true, in_lanes = true, is_consumed = true;
  template <class E>
  using datum = draws<E>;

  static std::size_t size(random_paths const& paths) { return paths.count; }
  template <std::size_t>
  static bool are_alike(random_paths const&, std::size_t) {
    return true;
  }
  template <class E>
  static DUET_INLINE void take(random_paths const& paths, std::size_t i, draws<E>& to) {
    to = draws<E>(paths.seed, i);
  }
};

template <class T, class Gradient>
struct monte_carlo_estimate {
  T value, standard_error;
  Gradient gradient, gradient_errors;  // in the shape of the parameters
  std::size_t paths;
};

// The moments of paths in lanes and of those left over.
template <class T, class Wide>
struct split_moments {
  moments<Wide> lanes;
  moments<T> rest;

  split_moments& operator+=(split_moments const& other) {
    lanes += other.lanes;
    rest += other.rest;
    return *this;
  }
  [[nodiscard]] moments<T> total() const {
    if constexpr (std::is_same_v<T, Wide>) {
      return rest;
    } else {
      auto all = lanes.of_lanes();
      all += rest;
      return all;
    }
  }
};

// Reverse: a recording for each group.
template <bool Lanes, class Source, class T, class... X>
class path_tapes {
 public:
  using E = group_scalar_t<T, Lanes>;
  using part = split_moments<T, E>;

  explicit path_tapes(X const&... x) : x_(x...) {}

  template <class F>
  [[nodiscard]] part sample(std::size_t first, std::size_t last, random_paths const& paths, F const& f) {
    part result;
    std::size_t i = first;
    if constexpr (Lanes) i = sample(groups_, result.lanes, first, last, paths, f);
    sample(single_, result.rest, i, last, paths, f);
    return result;
  }

 private:
  template <class N, class F>
  std::size_t sample(std::optional<term_tape<Source, T, N, X...>>& tape, moments<N>& into, std::size_t i,
                     std::size_t last, random_paths const& paths, F const& f) {
    draws<N> d;
    for (; i + width_of<N> <= last; i += width_of<N>) {
      if (!tape) std::apply([&](X const&... x) { tape.emplace(x...); }, x_);
      if (into.count() == 0) into = moments<N>(1 + tape->size());
      data_source<random_paths>::take<N>(paths, i, d);
      tape->begin();
      N const value = tape->template operator()<random_paths>(f, d);
      into.add([&](std::size_t k) { return k == 0 ? value : tape->partial(k - 1); });
    }
    return i;
  }

  std::tuple<X const&...> x_;
  std::optional<term_tape<Source, T, E, X...>> groups_;
  std::optional<term_tape<Source, T, T, X...>> single_;
};

template <class F, bool InLanes = true>
class monte_carlo_function {
  using sum_type = sum_over_function<owned_data<random_paths>, F, InLanes>;

 public:
  explicit monte_carlo_function(sum_type sum) : sum_(std::move(sum)) {}

  // As those of sum_over().
  [[nodiscard]] monte_carlo_function threads(std::size_t count) const {
    return monte_carlo_function(sum_.threads(count));
  }
  [[nodiscard]] auto scalar() const { return monte_carlo_function<F, false>(sum_.scalar()); }

  // The mean at the parameters x..., which f is given before the draws.
  template <class... X>
    requires shared_parameters<X...>
  [[nodiscard]] shared_scalar_t<X...> operator()(X const&... x) const {
    using S = shared_scalar_t<X...>;
    return S(sum_(x...) / static_cast<passive_of_t<S>>(sum_.size()));
  }

  // Value and gradient at a point of plain numbers, args(...) for several parameters, with the standard error of each:
  // the paths' gradients are formed one by one. Throws std::invalid_argument if there are fewer than two paths.
  template <class X>
  [[nodiscard]] auto estimate(X const& x) const {
    constexpr bool is_point = point<X>;
    static_assert(is_point,
                  "duet::monte_carlo: estimate(p) needs p to be a floating-point number, or an Eigen vector or matrix, "
                  "a std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
    if constexpr (is_point) {
      using T = entry_t<X>;
      static_assert(!active_scalar<T>, "duet::monte_carlo: estimate(p) needs p to be plain numbers");
      if (sum_.size() < 2)
        throw std::invalid_argument("duet::monte_carlo: an estimate of errors needs two paths or more, given 1");
      auto const& at = duet::plain(x);
      using Source = dual<T, 1, tag_of<F>>;  // tells the parameters from constants
      moments<T> const m =
          duet::use_parameters([&](auto const&... p) { return sampled<Source>(p...); }, duet::marked<Source>(at));
      auto gradient = duet::zeros_like(at);
      auto errors = gradient;
      duet::set_entries(gradient, [&](auto i) { return m.mean(1 + std::size_t{i}); });
      duet::set_entries(errors, [&](auto i) { return m.error(1 + std::size_t{i}); });
      return monte_carlo_estimate<T, decltype(gradient)>{m.mean(0), m.error(0), std::move(gradient), std::move(errors),
                                                         m.count()};
    }
  }

 private:
  template <class Source, class... X>
  [[nodiscard]] auto sampled(X const&... x) const {
    using T = typename Source::value_type;
    constexpr std::size_t n = moving_entries<Source, X...>();
    constexpr bool lanes = InLanes && widenable<T>;
    if constexpr (n <= most_forward_parameters) {
      using S = dual<T, n, typename Source::tag>;
      using Wide = group_scalar_t<S, lanes>;
      bool const met = infinite_partials_met;
      return over_blocks([] { return 0; },
                         [&](int, std::size_t first, std::size_t last) {
                           split_moments<T, typename Wide::value_type> result{moments<typename Wide::value_type>(1 + n),
                                                                              moments<T>(1 + n)};
                           auto const keep = [&]<class Y>(std::size_t, Y const& y) DUET_INLINE_LAMBDA {
                             auto const quantity = [&](std::size_t k) { return k == 0 ? y.value() : y.partial(k - 1); };
                             if constexpr (std::is_same_v<Y, S>)
                               result.rest.add(quantity);
                             else
                               result.lanes.add(quantity);
                           };
                           duet::for_each_term<lanes, Source, S>(std::index_sequence_for<X...>{}, met, first, last,
                                                                 sum_.data(), sum_.function(), duet::unit_seed<S>,
                                                                 duet::unit_seed<Wide>, keep, x...);
                           return result;
                         });
    } else {
      using tapes = path_tapes<lanes, Source, T, X...>;
      return over_blocks([&] { return std::make_unique<tapes>(x...); },
                         [&](auto& t, std::size_t first, std::size_t last) {
                           return t->sample(first, last, sum_.data(), sum_.function());
                         });
    }
  }
  template <class Make, class Sample>
  [[nodiscard]] auto over_blocks(Make const& make, Sample const& sample) const {
    block_list const blocks(sum_.size());
    auto const total = duet::sum_of_blocks(blocks.count(), sum_.most_threads(), make,
                                           [&](auto& context, std::size_t from, std::size_t to) {
                                             auto all = sample(context, blocks.first(from), blocks.last(from));
                                             for (std::size_t b = from + 1; b < to; ++b)
                                               all += sample(context, blocks.first(b), blocks.last(b));
                                             return all;
                                           });
    return total->total();
  }

  sum_type sum_;
};

// p -> mean over the paths of f(p, draws), where draws.normal() and draws.uniform() give the next random number of each
// path: a function object for every driver. f is generic in the parameters and the draws, which are in lanes and taken
// by reference (auto& draws). Path i has the same random numbers on any number of threads, and results are the same
// bits; in lanes of another width, and without them, they agree up to the rounding of the functions in f.
//
// A payoff with a jump has no pathwise derivative where it jumps: smooth it. Cost: as sum_over. Throws
// std::invalid_argument if there are no paths.
template <class F>
[[nodiscard]] auto monte_carlo(std::size_t paths, std::uint64_t seed, F f) {
  if (paths == 0) throw std::invalid_argument("duet::monte_carlo: the mean over 0 paths (expected 1 or more)");
  using sum_type = sum_over_function<owned_data<random_paths>, F>;
  return monte_carlo_function<F>(sum_type(owned_data<random_paths>(random_paths{paths, seed}), std::move(f), 1));
}

}  // namespace duet
