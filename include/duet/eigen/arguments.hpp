#pragma once

// Several arguments as one point: args(a, b, constant(c)). A function is then called as f(a, b, c), and its derivatives
// are those in a and b, one after another; a constant is handed to f as it was given.

#include <duet/eigen/lift.hpp>

namespace duet {

// An argument that is not differentiated, though it may be active.
template <class X>
struct constant_argument {
  X object;
  [[nodiscard]] DUET_INLINE constexpr X const& value() const { return object; }
};
// The same in a list of arguments with other entries: that of the list it was made from, which outlives it.
template <class X>
struct borrowed_argument {
  X const* object = nullptr;
  [[nodiscard]] DUET_INLINE constexpr X const& value() const { return *object; }
};

// x as an argument that is not differentiated: of any type, kept by value, Eigen expressions evaluated.
template <class X>
[[nodiscard]] constant_argument<plain_t<X>> constant(X const& x) {
  return {duet::plain(x)};
}

template <class X>
inline constexpr bool is_constant_argument = false;
template <class X>
inline constexpr bool is_constant_argument<constant_argument<X>> = true;
template <class X>
inline constexpr bool is_constant_argument<borrowed_argument<X>> = true;

// An argument list; made by args().
template <class... X>
struct arguments {
  std::tuple<X...> each;
};

template <class X>
inline constexpr bool is_arguments = false;
template <class... X>
inline constexpr bool is_arguments<arguments<X...>> = true;

// ---- the shape: its parts are the arguments that are not constant ----

template <class S, class X>
struct rebound_argument {
  using type = typename shape<X>::template rebind<S>;
};
template <class S, class X>
struct rebound_argument<S, constant_argument<X>> {
  using type = borrowed_argument<X>;
};
template <class S, class X>
struct rebound_argument<S, borrowed_argument<X>> {
  using type = borrowed_argument<X>;
};

// The argument that part I is.
template <class Arguments, std::size_t I>
inline constexpr std::size_t active_argument = 0;
template <class... X, std::size_t I>
inline constexpr std::size_t active_argument<arguments<X...>, I> =
    duet::nth_true(std::array{!is_constant_argument<X>...}, I);

template <class... X>
struct parts<arguments<X...>> {
  static constexpr std::size_t count = (std::size_t{!is_constant_argument<X>} + ...);
  static constexpr bool carries = count != sizeof...(X);
  template <std::size_t I>
  using type = std::tuple_element_t<active_argument<arguments<X...>, I>, std::tuple<X...>>;
  using value_type = typename shape<type<0>>::value_type;
  template <class S>
  using rebind = arguments<typename rebound_argument<S, X>::type...>;

  // Of an argument list, or of the std::tuple of derivatives.
  template <std::size_t I, class Self>
  static DUET_INLINE constexpr auto& get(Self& x) {
    if constexpr (is_arguments<std::remove_const_t<Self>>)
      return std::get<active_argument<arguments<X...>, I>>(x.each);
    else
      return std::get<I>(x);
  }
  template <class Target>
  static DUET_INLINE constexpr void carry(Target& target, arguments<X...> const& like) {
    if constexpr (is_arguments<Target>)
      [&]<std::size_t... K>(std::index_sequence<K...>)
          DUET_INLINE_LAMBDA { (refer<K>(target, like), ...); }(std::index_sequence_for<X...>{});
  }
  template <std::size_t I>
  static std::string name() {
    return "argument " + std::to_string(active_argument<arguments<X...>, I>);
  }

 private:
  template <std::size_t K, class Target>
  static DUET_INLINE constexpr void refer(Target& target, arguments<X...> const& like) {
    if constexpr (is_constant_argument<std::tuple_element_t<K, std::tuple<X...>>>)
      std::get<K>(target.each) = {&std::get<K>(like.each).value()};
  }
};

// What f is given for an argument.
template <class X>
[[nodiscard]] DUET_INLINE constexpr auto const& passed(X const& x) {
  if constexpr (is_constant_argument<X>)
    return x.value();
  else
    return x;
}

// ---- several arguments ----

template <class X>
struct scalar_of_argument {
  using type = void;
};
template <point X>
struct scalar_of_argument<X> {
  using type = entry_t<X>;
};

// The scalar of the first argument that has one.
template <class... X>
struct scalar_of_arguments {
  using type = void;
};
template <class X, class... Rest>
struct scalar_of_arguments<X, Rest...> : scalar_of_arguments<Rest...> {};
template <point X, class... Rest>
struct scalar_of_arguments<X, Rest...> {
  using type = entry_t<X>;
};

// Whether a constant argument is made of variables of an outer derivative, while those that are differentiated are not:
// the scalars of the inner one could not be told from them.
template <class X, class S>
inline constexpr bool is_confused = false;
template <class X, class S>
  requires shaped<X>
inline constexpr bool is_confused<constant_argument<X>, S> = (nesting<typename shape<X>::value_type> > nesting<S>);

template <class... X>
[[nodiscard]] consteval bool args_demands() {
  using S = typename scalar_of_arguments<X...>::type;
  constexpr bool any = !std::is_void_v<S>;
  constexpr bool all = (... && (is_constant_argument<X> || point<X>));
  constexpr bool agree = (... && (is_constant_argument<X> || std::is_same_v<typename scalar_of_argument<X>::type, S>));
  static_assert(all,
                "duet::args needs each argument to be a floating-point number, an Eigen vector or matrix, a std::array "
                "or a std::vector of them, or a struct of parameters; what is not differentiated is given as "
                "duet::constant(x)");
  static_assert(!all || any,
                "duet::args needs an argument to differentiate in, and all of these are constant: call f itself");
  static_assert(!all || !any || agree,
                "duet::args needs its arguments to be of one number type: convert them, or give those that are not "
                "differentiated as duet::constant(x)");
  constexpr bool apart = !any || !(... || is_confused<X, S>);
  static_assert(apart,
                "duet::args: a constant argument is active and the others are plain numbers, so that the derivatives "
                "of two levels would be confused: convert the others to its scalar");
  return all && any && agree && apart;
}

// An argument as it is kept.
template <class X>
[[nodiscard]] plain_t<X> kept(X&& x) {
  if constexpr (std::is_same_v<plain_t<X>, std::remove_cvref_t<X>>)
    return std::forward<X>(x);
  else
    return duet::plain(x);
}

// The arguments of a function as one point: f is called as f(a, b, c) by every driver that is given args(a, b, c).
// Derivatives come back as a std::tuple in the shapes of the arguments that are not constant(x), and these are also
// what the inputs are counted by, in order. Arguments are kept by value; Eigen expressions are evaluated.
template <class... X>
[[nodiscard]] auto args(X&&... x) {
  if constexpr (args_demands<std::remove_cvref_t<X>...>())
    return arguments<plain_t<X>...>{{duet::kept(std::forward<X>(x))...}};
}

// One number among constant arguments.
template <class... X>
inline constexpr bool is_one_number<arguments<X...>> =
    parts<arguments<X...>>::count == 1 && number_entry<typename parts<arguments<X...>>::template type<0>>;

// ---- what derivatives are in the shape of ----

// x as far as it is differentiated: of several arguments a std::tuple without the constant ones.
template <class X>
[[nodiscard]] DUET_INLINE constexpr X const& differentiated(X const& x) {
  return x;
}
template <class... X>
[[nodiscard]] auto differentiated(arguments<X...> const& x) {
  using P = parts<arguments<X...>>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::tuple<typename P::template type<I>...>{P::template get<I>(x)...};
  }(std::make_index_sequence<P::count>{});
}
template <class X>
using differentiated_t = std::remove_cvref_t<decltype(duet::differentiated(std::declval<plain_t<X> const&>()))>;

// x with constant arguments by reference: what points like x are made as.
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) borrowed(X const& x) {
  using B = lifted_t<X, entry_t<X>>;
  if constexpr (std::is_same_v<B, X>)
    return (x);
  else
    return shape<X>::template make<entry_t<X>>(x, [&](auto i) { return shape<X>::entry(x, i); });
}
template <class X>
using borrowed_t = lifted_t<X, entry_t<X>>;

// The gradient of a constant at x.
template <class X>
[[nodiscard]] DUET_INLINE differentiated_t<X> zeros_like(X const& x) {
  using Result = differentiated_t<X>;
  using T = entry_t<X>;
  auto const zero = [](auto) DUET_INLINE_LAMBDA { return T(0); };
  if constexpr (is_arguments<X>) {
    Result result;
    duet::remake<(static_size_of<X> <= most_unrolled_entries)>(result, x, zero);
    return result;
  } else {
    return shape<Result>::template make<T>(x, zero);
  }
}

// What f(x), or f(a, b, ...) for x = args(a, b, ...), returns; no type if f does not take x. With std::invoke_result
// the errors in f's body take twice as many lines.
template <class X>
struct call_with {
  template <class F>
  using result = decltype(std::declval<F&>()(std::declval<X const&>()));
};
template <class... X>
struct call_with<arguments<X...>> {
  template <class F>
  using result = decltype(std::declval<F&>()(duet::passed(std::declval<X const&>())...));
};
template <>
struct call_with<void> {};
template <class F, class X>
using call_result_t = typename call_with<X>::template result<F>;

}  // namespace duet
