#pragma once

// f(p, datum) for each of some data, the results handed on one group after another: in lanes, and one by one where a
// group is not full or its data differ in size.

#include <duet/batch/block_sum.hpp>

namespace duet {

// Whether f's results can be handed on: numbers of E, or a shape of a size known when compiling.
template <class E, class Data, class F, class Parameters, class Datum>
[[nodiscard]] consteval bool shape_demands() {
  if constexpr (duet::term_demands<E, Data, F, Parameters, Datum>()) {
    using Y = term_t<Data, F, Parameters, Datum>;
    constexpr bool is_shape = shaped<Y>;
    static_assert(is_shape,
                  "duet::map_over needs f to return a number, a std::array or an Eigen vector of static size, a struct "
                  "or std::tuple of such");
    if constexpr (is_shape) {
      constexpr bool is_static = static_size_of<Y> != dynamic, of_numbers = std::is_convertible_v<entry_t<Y>, E>;
      static_assert(is_static,
                    "duet::map_over needs f to return as many numbers for each datum, known when compiling: a number, "
                    "a std::array or an Eigen vector of static size");
      static_assert(of_numbers,
                    "duet::map_over: f returns numbers that do not depend on its parameters as they should");
      return is_static && of_numbers;
    }
  }
  return false;
}

template <class Source, class S, class Seed, class Sink, class Data, class F, class... X>
DUET_COLD void each_term_alone(std::size_t first, std::size_t last, Data const& data, F const& f, Seed const& seed,
                               Sink const& sink, X const&... x) {
  using P = passive_of_t<S>;
  auto const p = duet::lifted_parameters<Source, S, false>(seed, x...);
  typename data_source<Data>::template datum<P> d;
  if constexpr (shape_demands<S, Data, F, std::remove_const_t<decltype(p)>, decltype(d)>())
    for (std::size_t i = first; i < last; ++i) {
      data_source<Data>::template take<P>(data, i, d);
      sink(i, term_t<Data, F, std::remove_const_t<decltype(p)>, decltype(d)>(duet::term<Data>(f, p, d)));
    }
}

// Calls sink(i, y) with y = f(p, datum i) in the scalar S, or in lanes of it for datum i and those after it. What seeds
// are: see sum_in_blocks.
template <bool Lanes, class Source, class S, class Seed, class WideSeed, class Sink, class Data, class F,
          std::size_t... I, class... X>
DUET_FLATTEN void for_each_term(std::index_sequence<I...>, bool infinite_met, std::size_t first, std::size_t last,
                                Data const& data, F const& f, Seed const& seed, WideSeed const& wide_seed,
                                Sink const& sink, X const&... x) {
  using Wide = group_scalar_t<S, Lanes>;
  using WideP = passive_of_t<Wide>;
  constexpr std::size_t width = width_of<WideP>;
  block_scope const scope(infinite_met);
  std::size_t i = first;
  if constexpr (Lanes) {
    auto const p = duet::lifted_parameters<Source, Wide, true>(wide_seed, x...);
    typename data_source<Data>::template datum<WideP> d;
    if constexpr (shape_demands<Wide, Data, F, std::remove_const_t<decltype(p)>, decltype(d)>())
      for (; i + width <= last; i += width) {
        if (!data_source<Data>::template are_alike<width>(data, i)) [[unlikely]] {
          duet::each_term_alone<Source, S>(i, i + width, data, f, seed, sink, x...);
          continue;
        }
        data_source<Data>::template take<WideP>(data, i, d);
        using Y = term_t<Data, F, std::remove_const_t<decltype(p)>, decltype(d)>;
        Y const y(f(std::get<I>(p)..., duet::handed_out<Data>(d)));
        sink(i, y);
      }
  }
  if (i != last) duet::each_term_alone<Source, S>(i, last, data, f, seed, sink, x...);
}

}  // namespace duet
