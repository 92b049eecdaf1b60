#pragma once

// The gradient of a sum over data whose terms know their own: those of a duet::kernel, by straight-line code in lanes,
// its sums in registers.

#include <duet/batch/block_sum.hpp>

namespace duet {

// f.value_and_gradient<Care>(p..., datum) gives the value and the gradient in all numbers it is called with, in their
// order.
template <class F, class Parameters, class Datum>
inline constexpr bool knows_gradient = false;
template <class F, class... P, class Datum>
  requires requires(F const& f, P const&... p, Datum const& d) {
    f.template value_and_gradient<care::bare>(p..., d).gradient;
  }
inline constexpr bool knows_gradient<F, std::tuple<P...>, Datum> = true;

// A value and its gradient in N entries, summed in lanes and for the rest.
template <std::size_t N, class T, class Wide>
struct known_gradient {
  split_sum<T, Wide> value;
  std::array<split_sum<T, Wide>, N> gradient;

  known_gradient& operator+=(known_gradient const& other) {
    value += other.value;
    for (std::size_t i = 0; i < N; ++i) gradient[i] += other.gradient[i];
    return *this;
  }
};
template <std::size_t N, class T, class Wide>
[[nodiscard]] T partial_of(known_gradient<N, T, Wide> const& sum, std::size_t i) {
  return sum.gradient[i].total();
}
template <std::size_t N, class T, class Wide>
[[nodiscard]] T value_in(known_gradient<N, T, Wide> const& sum) {
  return sum.value.total();
}

// Adds the terms of some data, in lanes E or one by one. By care::bare the sums are asked whether all is finite, and
// not each term: an infinite or a NaN term shows in its sum. If it does they are computed anew with care.
template <class Data, class E, care Care, std::size_t... I, class F, class Parameters, class Sum>
DUET_FLATTEN void add_known_gradients(std::index_sequence<I...>, Data const& data, F const& f, Parameters const& p,
                                      std::size_t first, std::size_t last, Sum& result) {
  constexpr std::size_t n = std::tuple_size_v<decltype(result.gradient)>;
  typename data_source<Data>::template datum<E> d;
  E value(0);
  std::array<E, n> gradient;
  for (auto& each : gradient) each = E(0);
  for (std::size_t i = first; i < last; i += width_of<E>) {
    data_source<Data>::template take<E>(data, i, d);
    auto const term = f.template value_and_gradient<Care>(std::get<I>(p)..., std::as_const(d));
    value += term.value;
    for (std::size_t k = 0; k < n; ++k) gradient[k] += term.gradient[k];
  }
  if constexpr (Care == care::bare) {
    bool finite = true;
    for (auto const& each : gradient) finite = finite && duet::all_finite(each);
    if (!finite) [[unlikely]]
      return duet::add_known_gradients<Data, E, care::damped>(std::index_sequence<I...>{}, data, f, p, first, last,
                                                              result);
  }
  auto const add = [](auto& to, E const& x) DUET_INLINE_LAMBDA {
    if constexpr (width_of<E> > 1)
      to.lanes += x;
    else
      to.rest += x;
  };
  add(result.value, value);
  for (std::size_t k = 0; k < n; ++k) add(result.gradient[k], gradient[k]);
}

// The sum over some blocks at the parameters x..., all of them of the scalar Source with numbers T, N in all.
template <bool Lanes, std::size_t N, class Source, class T, class Data, class F, class... X>
[[nodiscard]] auto known_gradients_in_blocks(block_list const& blocks, std::size_t from, std::size_t to,
                                             Data const& data, F const& f, X const&... x) {
  using E = group_scalar_t<T, Lanes>;
  constexpr auto all = std::index_sequence_for<X...>{};
  auto const wide = duet::lifted_parameters<Source, E, Lanes>(
      [](std::size_t, Source const& e) { return duet::broadcast_to<T, E>(e.value()); }, x...);
  auto const single =
      duet::lifted_parameters<Source, T, false>([](std::size_t, Source const& e) { return e.value(); }, x...);
  known_gradient<N, T, E> total{};
  for (std::size_t block = from; block < to; ++block) {
    std::size_t const first = blocks.first(block), last = blocks.last(block);
    std::size_t const whole = Lanes ? first + (last - first) / width_of<E> * width_of<E> : first;
    if constexpr (Lanes) duet::add_known_gradients<Data, E, care::bare>(all, data, f, wide, first, whole, total);
    if (whole != last) duet::add_known_gradients<Data, T, care::bare>(all, data, f, single, whole, last, total);
  }
  return total;
}

}  // namespace duet
