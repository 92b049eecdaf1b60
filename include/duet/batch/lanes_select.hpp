#pragma once

// select() by a mask: of lanes, of scalars that carry derivatives of lanes, and of two ways to compute them.

#include <duet/batch/lanes.hpp>
#include <duet/math/math.hpp>

namespace duet {

namespace rules {

// a where `choice` is one, b where it is zero; choice is passive.
struct blend {
  static constexpr std::string_view name = "blend";
  static constexpr std::array domain{real_line, real_line, interval{0, 1}};
  static constexpr std::size_t parameters = 1;
  static constexpr bool infinite_slope = true;  // zero times the slope of the way not taken
  static constexpr bool cheap_first = true;

  static DUET_INLINE constexpr auto value(auto const& a, auto const& b, auto const& choice) {
    return select(choice != 0, a, b);
  }
  static DUET_INLINE constexpr auto first(auto const&, auto const&, auto const& choice, auto const&) {
    return partials{choice, 1 - choice, zero{}};
  }
  static constexpr auto second(auto const&, auto const&, auto const&, auto const&) {
    return partials{zero{}, zero{}, zero{}, zero{}, zero{}, zero{}};
  }
};

}  // namespace rules

namespace lanes_detail {

template <class... X>
struct lanes_among {};
template <class T, std::size_t W, class... Rest>
  requires(... && (std::is_arithmetic_v<Rest> || std::is_same_v<Rest, lanes<T, W>>))
struct lanes_among<lanes<T, W>, Rest...> {
  using type = lanes<T, W>;
};
template <class A, class... Rest>
  requires std::is_arithmetic_v<A>
struct lanes_among<A, Rest...> : lanes_among<Rest...> {};

template <class X>
inline constexpr bool is_plain = std::is_arithmetic_v<X> || constant_number<X>;

}  // namespace lanes_detail

// The lanes among numbers of which one is of lanes and the others are too, or the same in all lanes.
template <class... X>
using lanes_among_t = typename lanes_detail::lanes_among<X...>::type;

// a where the mask holds, b elsewhere; of lanes, numbers, constants of the type system and active scalars of lanes.
// Both are evaluated; derivatives are those of the side that each lane takes.
template <class T, std::size_t W, class A, class B>
  requires(!std::invocable<A> && !std::invocable<B>)
[[nodiscard]] DUET_INLINE auto select(lanes_mask<T, W> const& m, A const& a, B const& b) {
  using number = lanes<T, W>;
  if constexpr (lanes_detail::is_plain<A> && lanes_detail::is_plain<B>) {
    return select(m, duet::number<number>(a), duet::number<number>(b));
  } else if constexpr (!active<A> && !active<B>) {
    return select(m, duet::number<number>(a), duet::number<number>(b));
  } else if constexpr (constant_number<A>) {
    return select(m, evaluated_t<B>(A::number), b);
  } else if constexpr (constant_number<B>) {
    return select(m, a, evaluated_t<A>(B::number));
  } else {
    using S = std::common_type_t<evaluated_t<A>, evaluated_t<B>>;
    return S(apply(rules::blend{}, S(a), S(b), select(m, number(1), number(0))));
  }
}

// The same with the two sides as callables, of which the one that no lane takes is not called.
template <class T, std::size_t W, class A, class B>
  requires(std::invocable<A> && std::invocable<B>)
[[nodiscard]] DUET_INLINE auto select(lanes_mask<T, W> const& m, A const& a, B const& b) {
  using first = evaluated_t<std::invoke_result_t<A>>;
  using second = evaluated_t<std::invoke_result_t<B>>;
  constexpr bool plain = lanes_detail::is_plain<first> && lanes_detail::is_plain<second>;
  using R = typename std::conditional_t<plain, std::type_identity<lanes<T, W>>, std::common_type<first, second>>::type;
  if (all_of(m)) return R(a());
  if (none_of(m)) return R(b());
  return R(select(m, R(a()), R(b())));
}

}  // namespace duet
