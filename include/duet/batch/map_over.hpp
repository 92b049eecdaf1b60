#pragma once

// map_over(data, f): the results of f(p, datum) for many data, one after another in a vector, as a function of the
// parameters p: residuals for least squares. Data go through f in lanes, on as many threads as told; Jacobians and the
// normal equations of Gauss and Newton are formed from lanes directly.

#include <duet/batch/each_term.hpp>
#include <duet/batch/lane_products.hpp>
#include <duet/batch/sum_over.hpp>
#include <duet/driver/gauss_newton.hpp>

namespace duet {

// Made by map_over(). A function object: copies share data that were given by reference.
template <class Kept, class F, bool InLanes = true>
class map_over_function : public over_data<map_over_function, Kept, F, InLanes> {
  using base = over_data<map_over_function, Kept, F, InLanes>;
  using typename base::data_type;
  using typename base::source;
  template <class S>
  using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
  // Results that are written number by number: of larger scalars a row is better kept in vectors.
  template <class S>
  static constexpr bool in_lanes = [] {
    if constexpr (InLanes && widenable<S>)
      return widened<S>::numbers <= 1 + most_forward_parameters;
    else
      return false;
  }();

 public:
  using base::base;

  // The results at the parameters x..., which f is given before the datum: those of datum 0 first.
  template <class... X>
    requires shared_parameters<X...>
  [[nodiscard]] vector<shared_scalar_t<X...>> operator()(X const&... x) const {
    static_assert(!InLanes || source::in_lanes,
                  "duet::map_over: these data cannot lie in lanes, since they are not made of numbers alone: have f "
                  "called for one datum at a time, map_over(data, f).scalar()");
    using S = shared_scalar_t<X...>;
    vector<S> result;
    if constexpr (!InLanes || source::in_lanes) write(result, duet::plain_or_given(x)...);
    return result;
  }

  // For duet::jacobian: value and Jacobian of the results at a point of plain numbers. False if a derivative came out
  // as infinity or NaN: then an evaluation with care is needed.
  template <class X, class Result>
  [[nodiscard]] bool fill_jacobian(X const& x, Result& result) const {
    using Source = mark<X>;
    constexpr std::size_t n = static_size_of<X>,
                          width = n == dynamic ? narrow_chunk<entry_t<X>> : std::min(n, most_forward_parameters);
    return duet::use_parameters(
        [&](auto const&... p) {
          constexpr std::size_t k = outputs<Source, decltype(p)...>;
          std::size_t const inputs = duet::size_of(x);
          result.value.resize(static_cast<Eigen::Index>(this->size() * k));
          result.jacobian.resize(static_cast<Eigen::Index>(this->size() * k), static_cast<Eigen::Index>(inputs));
          for (std::size_t first = 0; first == 0 || first < inputs; first += width)
            add_columns<Source, width>(first, result, p...);
          return result.jacobian.allFinite();
        },
        duet::marked<Source>(x));
  }

  // For duet::gauss_newton: residual, gradient and Hessian, of up to 16 parameters. False if there are more, or as
  // above.
  template <class X, class Result>
  [[nodiscard]] bool fill_gauss_newton(X const& x, Result& result) const {
    constexpr std::size_t n = static_size_of<X>;
    if constexpr (n == dynamic) {
      if (duet::size_of(x) <= narrow_chunk<entry_t<X>>) return add_products<narrow_chunk<entry_t<X>>>(x, result);
      return duet::size_of(x) <= most_forward_parameters && add_products<most_forward_parameters>(x, result);
    } else if constexpr (n <= most_forward_parameters) {
      return add_products<n>(x, result);
    } else {
      return false;
    }
  }

 private:
  template <class X>
  using mark = dual<entry_t<X>, 1, tag_of<F>>;

  // Results of one datum; 0 where f does not take it, which is said elsewhere.
  template <class S, class... X>
  static constexpr std::size_t outputs = [] {
    using Parameters = decltype(duet::lifted_parameters<S, S, false>(
        std::declval<S const& (*)(std::size_t, S const&)>(), std::declval<std::remove_cvref_t<X> const&>()...));
    using Datum = typename source::template datum<passive_of_t<S>>;
    if constexpr (shape_demands<S, data_type, F, Parameters, Datum>())
      return static_size_of<term_t<data_type, F, Parameters, Datum>>;
    else
      return std::size_t{0};
  }();

  // work(first, last) for each block.
  template <bool Threads, class Work>
  void over_blocks(Work const& work) const {
    block_list const blocks(this->size());
    duet::for_each_block(
        blocks.count(), Threads ? this->most_threads() : 1, [] { return 0; },
        [&](int, std::size_t block) { work(blocks.first(block), blocks.last(block)); });
  }
  template <class Source, class S, class Seed, class WideSeed, class Sink, class... X>
  void each(bool met, std::size_t first, std::size_t last, Seed const& seed, WideSeed const& wide_seed,
            Sink const& sink, X const&... x) const {
    duet::for_each_term<in_lanes<S>, Source, S>(std::index_sequence_for<X...>{}, met, first, last, this->data(),
                                                this->function(), seed, wide_seed, sink, x...);
  }

  template <class S, class... X>
  void write(vector<S>& result, X const&... x) const {
    constexpr std::size_t n = moving_entries<S, X...>();
    result.resize(static_cast<Eigen::Index>(this->size() * outputs<S, X...>));
    if constexpr (is_recorded<S>) {
      if constexpr (n <= most_forward_parameters && is_thread_free<typename S::value_type>) {
        if (write_statements(result, x...)) return;
      }
      write_evaluated(result, x...);
    } else {
      write_evaluated(result, x...);
    }
  }
  // As f is, with the derivatives that x carry.
  template <class S, class... X>
  void write_evaluated(vector<S>& result, X const&... x) const {
    constexpr std::size_t k = outputs<S, X...>;
    auto const as_given = [](std::size_t, S const& e) DUET_INLINE_LAMBDA -> S const& { return e; };
    auto const in_all_lanes = [](std::size_t, S const& e) DUET_INLINE_LAMBDA {
      return duet::broadcast_to<S, group_scalar_t<S, in_lanes<S>>>(e);
    };
    bool const met = infinite_partials_met;
    over_blocks<is_thread_free<S>>([&](std::size_t first, std::size_t last) {
      each<S, S>(
          met, first, last, as_given, in_all_lanes,
          [&]<class Y>(std::size_t i, Y const& y) DUET_INLINE_LAMBDA {
            for (std::size_t e = 0; e < k; ++e) write_entry<k>(shape<Y>::entry(y, e), result.data() + i * k + e);
          },
          x...);
    });
    if constexpr (active_scalar<S> && is_thread_free<S>)
      for (S const& e : result)
        if (!duet::all_finite(e)) infinite_partials_met = true;
  }

  // A result as S, or those of all lanes `Step` apart.
  template <std::size_t Step, class Y, class S>
  static DUET_INLINE void write_entry(Y const& y, S* to) {
    if constexpr (width_of<Y> == 1) {
      *to = S(y);
    } else {
      widened_t<S> const all(y);
      if constexpr (active_scalar<S>)
        for (std::size_t l = 0; l < width_of<Y>; ++l) to[l * Step] = widened<S>::lane(all, l);
      else
        write_lanes<S, Step>(all, to);
    }
  }

  // One statement of the caller's recording for each result.
  template <class S, class... X>
  [[nodiscard]] bool write_statements(vector<S>& result, X const&... x) const {
    using T = typename S::value_type;
    constexpr std::size_t n = std::max(moving_entries<S, X...>(), std::size_t{1}), k = outputs<S, X...>;
    using E = dual<T, n, unguarded_tag<typename S::tag>>;
    std::vector<T> numbers(this->size() * k * (1 + n));
    std::size_t const rows = this->size() * k;
    rows_into<S, E>(0, n, numbers.data(), numbers.data() + rows, rows, x...);
    for (T const& each : numbers)
      if (!duet::all_finite(each)) return false;
    std::vector<tape_index> indices;
    duet::for_each_moving<S>([&](S const& e) { indices.push_back(e.index()); }, x...);
    for (std::size_t r = 0; r < rows; ++r) {
      segment_row<T> row;
      for (std::size_t i = 0; i < indices.size(); ++i) row.add(numbers[rows * (1 + i) + r], indices[i]);
      result[static_cast<Eigen::Index>(r)] = S::recorded(numbers[r], row.finish());
    }
    return true;
  }

  // Values, and the partials in the parameters from `first` on by columns `stride` apart.
  template <class Source, class E, class... X>
  void rows_into(std::size_t first, std::size_t columns, typename E::value_type* values,
                 typename E::value_type* partials, std::size_t stride, X const&... x) const {
    using T = typename E::value_type;
    using Wide = group_scalar_t<E, in_lanes<E>>;
    constexpr std::size_t k = outputs<Source, X...>, n = moving_entries<Source, X...>();
    auto const sink = [=]<class Y>(std::size_t i, Y const& y) DUET_INLINE_LAMBDA {
      for (std::size_t e = 0; e < k; ++e) {
        std::size_t const at = i * k + e;
        if constexpr (in_lanes<E> && width_of<entry_t<Y>> > 1) {
          Wide const all(shape<Y>::entry(y, e));
          write_lanes<T, k>(all.value(), values + at);
          blocks<typename Wide::value_type, E::size()>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
            if (std::size_t{j} < columns) write_lanes<T, k>(all.partials()[j], partials + std::size_t{j} * stride + at);
          });
        } else {
          E const one(shape<Y>::entry(y, e));
          values[at] = one.value();
          for (std::size_t j = 0; j < columns; ++j) partials[j * stride + at] = one.partial(j);
        }
      }
    };
    bool const met = infinite_partials_met;
    over_blocks<true>([&](std::size_t from, std::size_t to) {
      if constexpr (n == E::size())
        each<Source, E>(met, from, to, unit_seed<E>, unit_seed<Wide>, sink, x...);
      else
        each<Source, E>(met, from, to, chunk_seed<E>{first}, chunk_seed<Wide>{first}, sink, x...);
    });
  }
  template <class T, std::size_t Step, class Lanes>
  static DUET_INLINE void write_lanes(Lanes const& x, T* to) {
    if constexpr (Step == 1) {
      x.store(to);
    } else {
      auto const all = x.array();
      for (std::size_t l = 0; l < all.size(); ++l) to[l * Step] = all[l];
    }
  }
  template <class Source, std::size_t Width, class Result, class... X>
  void add_columns(std::size_t first, Result& result, X const&... x) const {
    using E = dual<typename Source::value_type, std::max(Width, std::size_t{1}), unguarded_tag<typename Source::tag>>;
    auto const columns = std::min(Width, static_cast<std::size_t>(result.jacobian.cols()) - first);
    auto const stride = static_cast<std::size_t>(result.jacobian.rows());
    rows_into<Source, E>(first, columns, result.value.data(), result.jacobian.data() + first * stride, stride, x...);
  }

  template <std::size_t Width, class X, class Result>
  [[nodiscard]] bool add_products(X const& x, Result& result) const {
    return duet::use_parameters(
        [&](auto const&... p) {
          return products<mark<X>, std::max(Width, std::size_t{1})>(duet::size_of(x), result, p...);
        },
        duet::marked<mark<X>>(x));
  }
  template <class Source, std::size_t Width, class Result, class... X>
  [[nodiscard]] bool products(std::size_t inputs, Result& result, X const&... x) const {
    using T = typename Source::value_type;
    using E = dual<T, Width, unguarded_tag<typename Source::tag>>;
    using Wide = group_scalar_t<E, in_lanes<E>>;
    using Sums = split_sum<normal_sums<T, Width>, normal_sums<typename Wide::value_type, Width>>;
    constexpr std::size_t k = outputs<Source, X...>, n = moving_entries<Source, X...>();
    result.residual.resize(static_cast<Eigen::Index>(this->size() * k));
    T* const residual = result.residual.data();
    block_list const blocks(this->size());
    bool const met = infinite_partials_met;
    auto const of_block = [&](std::size_t block) {
      Sums sums;
      auto const sink = [&]<class Y>(std::size_t i, Y const& y) DUET_INLINE_LAMBDA {
        for (std::size_t e = 0; e < k; ++e)
          if constexpr (in_lanes<E> && width_of<entry_t<Y>> > 1) {
            Wide const all(shape<Y>::entry(y, e));
            write_lanes<T, k>(all.value(), residual + i * k + e);
            sums.lanes.add(all);
          } else {
            E const one(shape<Y>::entry(y, e));
            residual[i * k + e] = one.value();
            sums.rest.add(one);
          }
      };
      if constexpr (n == Width)
        each<Source, E>(met, blocks.first(block), blocks.last(block), unit_seed<E>, unit_seed<Wide>, sink, x...);
      else
        each<Source, E>(met, blocks.first(block), blocks.last(block), chunk_seed<E>{0}, chunk_seed<Wide>{0}, sink,
                        x...);
      return sums;
    };
    auto const sum = duet::sum_of_blocks(
        blocks.count(), this->most_threads(), [] { return 0; },
        [&](int, std::size_t from, std::size_t to) {
          Sums all = of_block(from);
          for (std::size_t b = from + 1; b < to; ++b) all += of_block(b);
          return all;
        });
    normal_sums<T, Width> total;
    if (sum) total = sum->rest;
    if constexpr (in_lanes<E>)
      if (sum) total += sum->lanes.of_lanes();
    using X0 = std::remove_cvref_t<decltype(result.gradient)>;
    result.hessian.resize(static_cast<Eigen::Index>(inputs), static_cast<Eigen::Index>(inputs));
    for (std::size_t a = 0; a < inputs; ++a) {
      shape<X0>::entry(result.gradient, a) = total.gradient(a);
      for (std::size_t b = a; b < inputs; ++b) {
        auto const i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
        result.hessian(i, j) = result.hessian(j, i) = total.product(a, b);
      }
    }
    return result.hessian.allFinite();
  }
};

// p -> (f(p, datum 0), f(p, datum 1), ...) as an Eigen vector: what f returns is a number, or of static size. Data, f
// and what is thrown: as for sum_over(). duet::jacobian, gauss_newton and least_squares, in forward mode, read lanes
// directly; the normal equations of up to 16 parameters without a Jacobian.
template <class Data, class F>
[[nodiscard]] auto map_over(Data&& data, F f) {
  using D = std::remove_cvref_t<Data>;
  static_assert(readable_data<D>,
                "duet::map_over needs data to be a random-access range, an Eigen vector or matrix of numbers, or a "
                "std::tuple or struct of such columns");
  if constexpr (readable_data<D>)
    return duet::make_over_data<map_over_function>(std::forward<Data>(data), std::move(f));
}

}  // namespace duet
