#pragma once

// The function evaluated in forward mode, pass by pass: where its inputs lie, how much of it is inlined, and what
// happens if a derivative comes out as infinity or NaN.

#include <duet/driver/evaluate.hpp>
#include <duet/forward/careful.hpp>

namespace duet {

// Functions of so few inputs, known when compiling, are inlined with what they call: the compiler then knows which
// blocks of partials are zero (forward/leaf_sum.hpp), which saves a third to a half of the work.
inline constexpr std::size_t most_inlined_inputs = 16;
template <class S, class X>
inline constexpr bool is_inlined = static_size_of<X> <= most_inlined_inputs && !active_scalar<typename S::value_type>;

template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_FLATTEN auto evaluate_inlined(F& f, X const& x, Seed seed) {
  using R = call_result_t<F, lifted_t<X, S>>;
  auto const inputs = shape<X>::template make<S>(x, seed);
  if constexpr (active_scalar<R>) {
    R y = duet::call(f, inputs);
    return R(y);  // a copy: what f adds up in loops would otherwise live where the result goes, in memory
  } else if constexpr (std::is_same_v<R, plain_t<R>>)
    return duet::call(f, inputs);
  else
    return plain_t<R>(duet::plain(duet::call(f, inputs)));
}

// The same read where it is inlined, so that derivatives need not go through memory: what take(S, y) gives.
template <class S, class F, class X, class Seed, class Take>
[[nodiscard]] DUET_FLATTEN bool take_inlined(F& f, X const& x, Seed seed, Take take) {
  using R = call_result_t<F, lifted_t<X, S>>;
  auto const inputs = shape<X>::template make<S>(x, seed);
  if constexpr (std::is_same_v<R, plain_t<R>>) {
    R const y = duet::call(f, inputs);
    return take(std::type_identity<S>{}, y);
  } else {
    return take(std::type_identity<S>{}, plain_t<R>(duet::plain(duet::call(f, inputs))));
  }
}

// More of them lie in memory; inlined too, since what a function of f's own is handed would be copied there: an
// expression with all its leaves. (g++ 12 does not flatten what is called through evaluate or call.)
template <class S, class F, class X, class Seed>
[[nodiscard, gnu::noinline]] DUET_FLATTEN auto evaluate_in_place(F& f, X const&, Seed const& seed) {
  using Inputs = lifted_t<X, S>;
  using R = call_result_t<F, Inputs>;
  alignas(Inputs) std::array<std::byte, sizeof(Inputs)> place;
  Inputs const& inputs = shape<X>::template make_at<S>(place.data(), seed);
  if constexpr (std::is_same_v<R, plain_t<R>>)
    return f(inputs);
  else
    return plain_t<R>(duet::plain(f(inputs)));
}

// A call of its own: inlined, its result would be copied once more.
template <class S, class F, class X, class Seed>
[[nodiscard, gnu::noinline]] auto evaluate_apart(F& f, X const& x, Seed const& seed) {
  return duet::with_inputs<S>(x, seed, [&](auto const& inputs) { return duet::evaluate(f, inputs); });
}

template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_INLINE auto evaluate_on(F& f, X const& x, Seed const& seed) {
  if constexpr (is_inlined<S, X>)
    return duet::evaluate_inlined<S>(f, x, seed);
  else if constexpr (requires(void* place) { shape<X>::template make_at<S>(place, seed); })
    return duet::evaluate_in_place<S>(f, x, seed);
  else
    return duet::evaluate_apart<S>(f, x, seed);
}

// Results whose statements have not looked for zero times infinity.
template <class S, class Y>
inline constexpr bool is_unguarded_result = std::is_same_v<entry_t<Y>, S> && !std::is_same_v<S, guarded_t<S>>;

// Of other results nobody asks.
template <class S, class Y>
[[nodiscard]] DUET_INLINE bool derivatives_are_finite(Y const& y) {
  finite_probe<typename S::value_type, partial_count<S>> probe;
  if constexpr (is_unguarded_result<S, Y>)
    duet::for_each_entry<static_size_of<Y>>(
        duet::size_of(y), [&](auto i) DUET_INLINE_LAMBDA { shape<Y>::entry(y, i).probe_partials(probe); });
  return probe.finite();
}

// The same with care, in careful scalars. It is rarely needed: out of line, and places are numbers, so that what is
// done with each is compiled once.
template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_COLD auto careful_result(F& f, X const& x, Seed const& seed) {
  using C = careful_t<S>;
  return duet::evaluate(f, shape<X>::template make<C>(x, [&](std::size_t i) { return C::from(seed(i)); }));
}
template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_COLD auto evaluate_with_care(F& f, X const& x, Seed const& seed) {
  auto const y = duet::careful_result<S>(f, x, seed);
  using Y = std::remove_cvref_t<decltype(y)>;
  return shape<Y>::template make<S>(y, [&](std::size_t i) { return shape<Y>::entry(y, i).template to<S>(); });
}

// Where a derivative comes out as infinity or NaN f is evaluated once more with care: there a zero wins over an
// infinite slope. (A function of its own: g++ 12 copies a result that is declared inside a block.)
template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_INLINE auto evaluate_bare_first(F& f, X const& x, Seed const& seed) {
  auto y = duet::evaluate_on<S>(f, x, seed);
  if constexpr (is_unguarded_result<S, decltype(y)>)
    if (!duet::derivatives_are_finite<S>(y)) [[unlikely]]
      y = duet::evaluate_with_care<S>(f, x, seed);
  return y;
}

// f at x with seed(i) in the place of entry i.
template <class S, class F, class X, class Seed>
[[nodiscard]] DUET_INLINE auto evaluate_seeded(F& f, X const& x, Seed const& seed) {
  if constexpr (std::is_same_v<S, guarded_t<S>>) {
    forward_scope<typename S::value_type> const scope;
    return duet::evaluate_on<S>(f, x, seed);
  } else {
    return duet::evaluate_bare_first<S>(f, x, seed);
  }
}

template <class S, class F, class X, class Seed, class Take>
DUET_COLD void take_with_care(F& f, X const& x, Seed const& seed, Take const& take) {
  static_cast<void>(take(std::type_identity<careful_t<S>>{}, duet::careful_result<S>(f, x, seed)));
}

// The same for take(scalar, y), which reads y and says whether the derivatives in it are finite; with care y is of
// careful scalars.
template <class S, class F, class X, class Seed, class Take>
DUET_INLINE void take_seeded(F& f, X const& x, Seed const& seed, Take const& take) {
  if constexpr (std::is_same_v<S, guarded_t<S>>) {
    static_cast<void>(take(std::type_identity<S>{}, duet::evaluate_seeded<S>(f, x, seed)));
  } else {
    bool const finite = [&] {
      if constexpr (is_inlined<S, X>)
        return duet::take_inlined<S>(f, x, seed, take);
      else
        return take(std::type_identity<S>{}, duet::evaluate_on<S>(f, x, seed));
    }();
    if constexpr (is_unguarded_result<S, result_t<F, lifted_t<X, S>>>)
      if (!finite) [[unlikely]]
        duet::take_with_care<S>(f, x, seed, take);
  }
}

// What seeds one pass: `count` of the inputs from `first` on.
template <class S, class X>
[[nodiscard]] DUET_INLINE auto pass_seed(X const& x, std::size_t first, std::size_t count) {
  if constexpr (static_size_of<X> == S::size())
    return [&x](auto i) DUET_INLINE_LAMBDA { return S::independent(shape<X>::entry(x, i), i); };
  else
    return [&x, first, count](auto i) DUET_INLINE_LAMBDA {
      typename S::value_type const& value = shape<X>::entry(x, i);
      return i - first < count ? S::independent(value, i - first) : S(value);
    };
}
// f at x in one pass.
template <class S, class F, class X>
[[nodiscard]] DUET_INLINE auto forward_pass(F& f, X const& x, std::size_t first, std::size_t count) {
  return duet::evaluate_seeded<S>(f, x, duet::pass_seed<S>(x, first, count));
}

// As many passes as it takes to carry every input: visit(S, y, first, count), with y the result of f and first the
// input of partial 0, calls for one pass each; if it gives a bool, that says whether the derivatives in y are finite,
// and it is called for careful scalars too. f is evaluated once even if there are no inputs.
template <class F, class X, class Visit>
DUET_INLINE void forward_passes(F& f, X const& x, Visit const& visit) {
  using T = entry_t<X>;
  auto const pass = [&]<std::size_t C>(std::integral_constant<std::size_t, C>, auto first, auto count)
                        DUET_INLINE_LAMBDA {
                          using S = pass_scalar<F, T, C, static_size_of<X>>;
                          using Y = result_t<F, lifted_t<X, S>>;
                          constexpr std::type_identity<S> scalar;
                          if constexpr (std::is_void_v<decltype(visit(scalar, std::declval<Y const&>(), first, count))>)
                            visit(scalar, duet::forward_pass<S>(f, x, first, count), first, count);
                          else
                            duet::take_seeded<S>(f, x, duet::pass_seed<S>(x, first, count),
                                                 [visit, first, count](auto of, auto const& y)
                                                     DUET_INLINE_LAMBDA { return visit(of, y, first, count); });
                        };
  if constexpr (static_size_of<X> != dynamic) {
    constexpr std::size_t n = static_size_of<X>;
    constexpr std::integral_constant<std::size_t, static_chunk<T>(n)> width;
    if constexpr (n <= width())
      pass(width, block_index<0>{}, block_index<n>{});  // constants wherever visit is inlined
    else
      for (std::size_t first = 0; first < n; first += width()) pass(width, first, std::min(width(), n - first));
  } else {
    constexpr std::integral_constant<std::size_t, wide_chunk<T>> wide;
    constexpr std::integral_constant<std::size_t, narrow_chunk<T>> narrow;
    std::size_t const n = duet::size_of(x);
    forward_plan const plan = plan_forward<T>(n);
    std::size_t first = 0;
    for (std::size_t k = 0; k < plan.wide; ++k, first += wide()) pass(wide, first, std::min(wide(), n - first));
    for (std::size_t k = 0; k < plan.narrow; ++k, first += narrow()) pass(narrow, first, std::min(narrow(), n - first));
  }
}

// Writes the partials of an entry to consecutive places; a constant has none.
template <class S, class E>
DUET_INLINE void copy_partials(E const& e, typename S::value_type* target) {
  if constexpr (!std::is_same_v<E, S>)
    std::fill_n(target, partial_count<S>, typename S::value_type(0));
  else if constexpr (is_eager<S>)
    for (std::size_t i = 0; i < partial_count<S>; ++i) target[i] = e.partials()[i];
  else
    e.partials().copy_to(target);
}

}  // namespace duet
