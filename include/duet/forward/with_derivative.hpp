#pragma once

// with_derivative(f, df): a scalar function whose derivative is given by the caller, for black boxes and for formulas
// that are better than the derivative of f. It becomes a rule like Duet's own, which every mode reads.

#include <duet/forward/dual.hpp>
#include <duet/math/number.hpp>
#include <tuple>

namespace duet {

// The number that an operation on numbers X... gives.
template <class... X>
struct joint_number {
  using type = std::common_type_t<X...>;
};
template <class... X>
  requires(active<X> || ...)
struct joint_number<X...> {
  using type = result_scalar_t<X...>;
};
template <class... X>
using joint_number_t = typename joint_number<X...>::type;

// D differentiates itself: it takes Arity numbers with derivatives.
template <class D, class T, class Indices>
inline constexpr bool takes_duals = false;
template <class D, class T, std::size_t... I>
inline constexpr bool takes_duals<D, T, std::index_sequence<I...>> =
    std::invocable<D const&,
                   std::conditional_t<true, dual<T, sizeof...(I)>, std::integral_constant<std::size_t, I>> const&...>;

template <class D, class... X>
[[nodiscard]] consteval bool derivative_demands() {
  static_assert(
      std::invocable<D const&, X const&...>,
      "duet::with_derivative: second and higher derivatives differentiate df, which takes plain numbers only: "
      "make it generic, (const auto& x), or give the next derivative too, with_derivative(f, df, d2f)");
  return std::invocable<D const&, X const&...>;
}

// What a caller's derivative gave, as a number S; what vanishes everywhere stays `zero`.
template <class S, class D>
[[nodiscard]] DUET_INLINE constexpr auto as_partial(D const& d) {
  if constexpr (constant_number<D>)
    return d;
  else
    return static_cast<S>(d);
}
// A list of them: duet::partials, a std::array, std::pair or std::tuple.
template <class S, std::size_t Arity, class List>
[[nodiscard]] DUET_INLINE constexpr auto as_partials(List const& list) {
  using std::get;
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
    return partials{duet::as_partial<S>(get<I>(list))...};
  }(std::make_index_sequence<Arity>{});
}

// The rule of a function F of one number with its derivatives D... of order 1, 2, ...; the last is differentiated for
// those beyond. A number with derivatives of its own is differentiated by this rule too, never by F.
template <class F, class D, class... Higher>
struct given_derivative {
  static constexpr std::string_view name = "with_derivative";
  static constexpr interval domain = real_line;
  static constexpr bool infinite_slope = true;  // for all that is known

  template <class X>
  static constexpr auto value(X const& x) {
    if constexpr (active<X>)
      return apply(given_derivative{}, x);
    else
      return static_cast<X>(F{}(x));
  }
  template <class X>
  static constexpr auto first(X const& x, auto const&) {
    using S = scalar_of_t<X>;
    if constexpr (sizeof...(Higher) != 0)
      return duet::evaluated(given_derivative<D, Higher...>::value(x));
    else if constexpr (derivative_demands<D, S>())
      return duet::as_partial<S>(D{}(duet::evaluated(x)));
    else
      return zero{};
  }
  template <class X>
    requires(sizeof...(Higher) != 0 || takes_duals<D, X, std::index_sequence<0>>)
  static constexpr auto second(X const& x, auto const&, auto const& dy) {
    if constexpr (sizeof...(Higher) != 0) {
      return given_derivative<D, Higher...>::first(x, dy);
    } else {
      auto const slope = duet::as_partial<dual<X>>(D{}(dual<X>::independent(x, 0)));
      if constexpr (constant_number<decltype(slope)>)
        return zero{};
      else
        return slope.partial(0);
    }
  }
};

// The same of a function of two or three numbers; D returns the list of its partials.
template <std::size_t Arity, class F, class D>
struct given_gradient {
  static constexpr std::string_view name = "with_derivative";
  static constexpr bool infinite_slope = true;
  static constexpr std::array<interval, Arity> domain = [] {
    std::array<interval, Arity> all{};
    all.fill(real_line);
    return all;
  }();

  template <class... X>
  static constexpr auto value(X const&... x) {
    if constexpr ((active<X> || ...))
      return apply(given_gradient{}, x...);
    else
      return static_cast<joint_number_t<X...>>(F{}(x...));
  }
  template <class A, class B>
  static constexpr auto first(A const& a, B const& b, auto const&)
    requires(Arity == 2)
  {
    return gradient(a, b);
  }
  template <class A, class B, class C>
  static constexpr auto first(A const& a, B const& b, C const& c, auto const&)
    requires(Arity == 3)
  {
    return gradient(a, b, c);
  }
  template <class A, class B>
  static constexpr auto second(A const& a, B const& b, auto const&)
    requires(Arity == 2 && takes_duals<D, joint_number_t<A, B>, std::make_index_sequence<2>>)
  {
    return bends(std::index_sequence<0, 1>{}, a, b);
  }
  template <class A, class B, class C>
  static constexpr auto second(A const& a, B const& b, C const& c, auto const&)
    requires(Arity == 3 && takes_duals<D, joint_number_t<A, B, C>, std::make_index_sequence<3>>)
  {
    return bends(std::index_sequence<0, 1, 2>{}, a, b, c);
  }

 private:
  template <class... X>
  static constexpr auto gradient(X const&... x) {
    using S = scalar_of_t<joint_number_t<X...>>;
    if constexpr (derivative_demands<D, scalar_of_t<X>...>())
      return duet::as_partials<S, Arity>(D{}(duet::evaluated(x)...));
    else
      return duet::as_partials<S, Arity>(std::array<zero, Arity>{});
  }
  // The upper triangle of the derivatives of D.
  template <std::size_t... I, class... X>
  static constexpr auto bends(std::index_sequence<I...>, X const&... x) {
    using T = joint_number_t<X...>;
    using S = dual<T, Arity>;
    auto const slopes = duet::as_partials<S, Arity>(D{}(S::independent(T(x), I)...));
    auto const of = [&]<std::size_t K, std::size_t L>(std::index_sequence<K, L>) {
      auto const& slope = get<K>(slopes);
      if constexpr (constant_number<decltype(slope)>)
        return zero{};
      else
        return slope.partial(L);
    };
    if constexpr (Arity == 2)
      return partials{of(std::index_sequence<0, 0>{}), of(std::index_sequence<0, 1>{}),
                      of(std::index_sequence<1, 1>{})};
    else
      return partials{of(std::index_sequence<0, 0>{}), of(std::index_sequence<0, 1>{}),
                      of(std::index_sequence<0, 2>{}), of(std::index_sequence<1, 1>{}),
                      of(std::index_sequence<1, 2>{}), of(std::index_sequence<2, 2>{})};
  }
};

// What with_derivative returns.
template <class F, class... D>
struct function_with_derivative {
  // f of numbers of any kind: plain ones, active scalars, expressions.
  template <number_like... X>
  [[nodiscard]] DUET_INLINE constexpr auto operator()(X const&... x) const {
    static_assert(sizeof...(X) >= 1 && sizeof...(X) <= 3,
                  "duet::with_derivative makes functions of one, two or three numbers; for vectors there is "
                  "duet::with_pullback(f, pullback)");
    static_assert(sizeof...(X) == 1 || sizeof...(D) == 1,
                  "duet::with_derivative takes a second derivative of functions of one number only; of several "
                  "numbers df, made generic, is differentiated");
    if constexpr (sizeof...(X) == 1)
      return apply_or_value(given_derivative<F, D...>{}, x...);
    else if constexpr (sizeof...(X) <= 3 && sizeof...(D) == 1)
      return apply_or_value(given_gradient<sizeof...(X), F, D...>{}, x...);
  }
};

// f as a function whose derivative is df, of which the derivative is d2f, and so on; the last one given is
// differentiated for the orders beyond, if it is generic. Of two or three numbers df returns the list of partials:
// duet::partials{da, db}, a std::array or a std::tuple. f sees plain numbers only and may be a function of double. None
// of them captures anything, since they become types; duet::with_pullback takes callables that do. Cost: that of f, and
// of df where a derivative is asked for. duet::check_derivatives finds a wrong df.
template <class F, class D, class... Higher>
[[nodiscard]] constexpr auto with_derivative(F const&, D const&, Higher const&...) {
  constexpr bool is_type = std::is_empty_v<F> && std::is_empty_v<D> && (std::is_empty_v<Higher> && ...);
  static_assert(is_type,
                "duet::with_derivative needs functions without captures: wrap a pointer to a function in a lambda, "
                "hand what is captured on as a further argument, or use duet::with_pullback, which takes captures");
  if constexpr (is_type) return function_with_derivative<F, D, Higher...>{};
}

}  // namespace duet
