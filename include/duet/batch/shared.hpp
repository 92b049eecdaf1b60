#pragma once

// The parameters that all data share: made again with the scalars in which f is evaluated, with seeds that the compiler
// knows where their number is static.

#include <duet/batch/data.hpp>
#include <duet/driver/evaluate.hpp>
#include <tuple>

namespace duet {

// ---- their scalar ----

template <class... X>
struct shared_scalar {};
template <class X, class... Rest>
struct shared_scalar<X, Rest...> : shared_scalar<Rest...> {};
template <class X, class... Rest>
  requires point<X>
struct shared_scalar<X, Rest...> {
  using type = entry_t<X>;
};
template <class X, class... Rest>
  requires point<X> && requires { typename shared_scalar<Rest...>::type; }
struct shared_scalar<X, Rest...> {
  using type = std::common_type_t<entry_t<X>, typename shared_scalar<Rest...>::type>;
};
// The scalar of the points among some arguments, the one of the highest level.
template <class... X>
using shared_scalar_t = typename shared_scalar<std::remove_cvref_t<X>...>::type;
template <class... X>
concept shared_parameters = requires { typename shared_scalar_t<X...>; };

// A point evaluated; anything else as it is.
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) plain_or_given(X const& x) {
  if constexpr (point<X>)
    return duet::plain(x);
  else
    return (x);
}

// X is a point of the scalar S.
template <class S, class X>
inline constexpr bool is_moving = false;
template <class S, point X>
inline constexpr bool is_moving<S, X> = std::is_same_v<entry_t<X>, S>;

template <class S, class X>
inline constexpr std::size_t moving_size = 0;
template <class S, class X>
  requires is_moving<S, X>
inline constexpr std::size_t moving_size<S, X> = static_size_of<X>;

// The entries of the first `many` arguments that are of the scalar S; duet::dynamic where some number is not static.
template <class S, class... X>
[[nodiscard]] consteval std::size_t moving_entries(std::size_t many = sizeof...(X)) {
  std::size_t sum = 0, k = 0;
  for (std::size_t const size : {moving_size<S, X>...}) {
    if (k++ == many) break;
    if (size == dynamic) return dynamic;
    sum += size;
  }
  return sum;
}

// ---- the parameters with another scalar ----

// entry(i, x) in the place of each entry x of the scalar S, i the number among all of those; numbers of lower levels
// are broadcast to lanes if Lanes; what is no point is handed on.
template <class S, class E, bool Lanes, std::size_t First, class X, class Entry>
[[nodiscard]] DUET_INLINE decltype(auto) lifted_parameter(X const& x, std::size_t first, Entry const& entry) {
  if constexpr (is_moving<S, X>) {
    return shape<X>::template make<E>(x, [&](auto i) DUET_INLINE_LAMBDA {
      auto const& e = shape<X>::entry(x, i);
      if constexpr (is_constant_index<decltype(i)> && First != dynamic)
        return entry(std::integral_constant<std::size_t, First + decltype(i)::value>{}, e);
      else
        return entry(first + std::size_t{i}, e);
    });
  } else if constexpr (Lanes && point<X>) {
    using B = entry_t<X>;
    return shape<X>::template make<widened_t<B>>(
        x, [&](auto i) DUET_INLINE_LAMBDA { return widened<B>::broadcast(shape<X>::entry(x, i)); });
  } else {
    return (x);
  }
}

// A tuple of all of them. Arguments handed on are kept by reference.
template <class S, class E, bool Lanes, class Entry, class... X>
[[nodiscard]] DUET_INLINE auto lifted_parameters(Entry const& entry, X const&... x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
    std::array<std::size_t, sizeof...(X) + 1> first{};
    std::size_t k = 0;
    auto const count = [&]<class A>(A const& a) DUET_INLINE_LAMBDA {
      first[k + 1] = first[k];
      if constexpr (is_moving<S, A>) first[k + 1] += duet::size_of(a);
      ++k;
    };
    (count(x), ...);
    return std::tuple<decltype(duet::lifted_parameter<S, E, Lanes, moving_entries<S, X...>(I)>(x, 0, entry))...>(
        duet::lifted_parameter<S, E, Lanes, moving_entries<S, X...>(I)>(x, first[I], entry)...);
  }(std::index_sequence_for<X...>{});
}

// Calls visit(x) for each entry of the scalar S, in order.
template <class S, class Visit, class... X>
void for_each_moving(Visit const& visit, X const&... x) {
  auto const each = [&]<class A>(A const& a) {
    if constexpr (is_moving<S, A>)
      for (std::size_t i = 0; i < duet::size_of(a); ++i) visit(shape<A>::entry(a, i));
  };
  (each(x), ...);
}

// Calls use(x...) with a plain point as parameters of which those to be differentiated are marked: they are of the
// scalar Source, constants of args(...) are not.
template <class Source, class X>
[[nodiscard]] auto marked(X const& x) {
  return shape<X>::template make<Source>(x, [&](auto i) { return Source(shape<X>::entry(x, i)); });
}
template <class Use, class X>
decltype(auto) use_parameters(Use const& use, X const& x) {
  return use(x);
}
template <class Use, class... X>
decltype(auto) use_parameters(Use const& use, arguments<X...> const& x) {
  return std::apply([&](auto const&... each) -> decltype(auto) { return use(duet::passed(each)...); }, x.each);
}

// ---- one term ----

// The datum as f is given it: f may change what hands out random numbers.
template <class Data, class Datum>
[[nodiscard]] DUET_INLINE auto& handed_out(Datum& d) {
  if constexpr (requires { data_source<Data>::is_consumed; })
    return d;
  else
    return std::as_const(d);
}

template <class Data, class F, class Parameters, class Datum>
[[nodiscard]] DUET_INLINE decltype(auto) term(F const& f, Parameters const& p, Datum& d) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA -> decltype(auto) {
    return f(std::get<I>(p)..., duet::handed_out<Data>(d));
  }(std::make_index_sequence<std::tuple_size_v<Parameters>>{});
}

// What f gives for one datum, evaluated; no type where it does not take it.
template <class Data, class F, class Parameters, class Datum>
struct term_of;
template <class Data, class F, class... P, class Datum>
  requires std::invocable<F const&, std::remove_reference_t<P> const&...,
                          decltype(duet::handed_out<Data>(std::declval<Datum&>()))>
struct term_of<Data, F, std::tuple<P...>, Datum> {
  using type = plain_t<std::invoke_result_t<F const&, std::remove_reference_t<P> const&...,
                                            decltype(duet::handed_out<Data>(std::declval<Datum&>()))>>;
};
template <class Data, class F, class Parameters, class Datum>
using term_t = typename term_of<Data, F, Parameters, Datum>::type;
template <class Data, class F, class Parameters, class Datum>
concept takes_datum = requires { typename term_t<Data, F, Parameters, Datum>; };

// A number, or what becomes one, as a term in the scalar E.
template <class E, class Y>
inline constexpr bool is_number_for = std::is_convertible_v<Y, E>;

template <class E, class Data, class F, class Parameters, class Datum>
[[nodiscard]] consteval bool term_demands() {
  constexpr bool taken = takes_datum<Data, F, Parameters, Datum>, in_lanes = width_of<E> > 1;
  static_assert(taken || in_lanes,
                "duet: f does not take the parameters and a datum, f(p, datum), as Duet scalars: make it generic");
  static_assert(taken || !in_lanes,
                "duet: f does not take the parameters and a datum, f(p, datum), in duet::lanes: make it generic, or "
                "have it called for one datum at a time by .scalar()");
  return taken;
}
template <class E, class Data, class F, class Parameters, class Datum>
[[nodiscard]] consteval bool number_demands() {
  if constexpr (duet::term_demands<E, Data, F, Parameters, Datum>()) {
    constexpr bool one_number = is_number_for<E, term_t<Data, F, Parameters, Datum>>;
    static_assert(one_number,
                  "duet::sum_over needs f to return one number for each datum; for several there is "
                  "duet::map_over");
    return one_number;
  } else {
    return false;
  }
}

}  // namespace duet
