#pragma once

// Scalars with lanes in the place of each of their numbers: the same derivatives of several evaluations at once.

#include <duet/batch/value_tape.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/hyperdual.hpp>

namespace duet {

// As many lanes as the widest vectors hold.
template <class T>
inline constexpr std::size_t batch_lanes = 64 / sizeof(T);

// widened<S>::type has lanes where S has numbers; broadcast(x) is x in all lanes, sum(x) adds the lanes up, in an order
// that is the same on every machine, and lane(x, i) is one of them.
template <class S>
struct widened;

template <class T>
  requires std::is_same_v<T, double> || std::is_same_v<T, float>
struct widened<T> {
  using type = lanes<T, batch_lanes<T>>;
  static constexpr std::size_t numbers = 1;  // that S holds

  static DUET_INLINE type broadcast(T x) { return type(x); }
  // As sum_of_lanes(), unrolled.
  static DUET_INLINE T sum(type const& x) { return sum_from<0, type::size()>(x.array()); }
  static T lane(type const& x, std::size_t i) { return x[i]; }

 private:
  template <std::size_t First, std::size_t Count>
  static DUET_INLINE T sum_from(std::array<T, type::size()> const& x) {
    if constexpr (Count == 1)
      return x[First];
    else
      return sum_from<First, Count / 2>(x) + sum_from<First + Count / 2, Count / 2>(x);
  }
};

template <class T, std::size_t N, class Tag>
  requires(N != dynamic) && requires { typename widened<T>::type; }
struct widened<dual<T, N, Tag>> {
  using below = widened<T>;
  using type = dual<typename below::type, N, Tag>;
  static constexpr std::size_t numbers = (1 + N) * below::numbers;

  template <class To, class From, class Convert>
  static To converted(From const& x, Convert const& convert) {
    To result(convert(x.value()));
    for (std::size_t i = 0; i < N; ++i) result.set_partial(i, convert(x.partial(i)));
    return result;
  }
  static type broadcast(dual<T, N, Tag> const& x) {
    return converted<type>(x, [](auto const& e) { return below::broadcast(e); });
  }
  static dual<T, N, Tag> sum(type const& x) {
    return converted<dual<T, N, Tag>>(x, [](auto const& e) { return below::sum(e); });
  }
  static dual<T, N, Tag> lane(type const& x, std::size_t i) {
    return converted<dual<T, N, Tag>>(x, [i](auto const& e) { return below::lane(e, i); });
  }
};

template <class T, std::size_t N, class Tag>
  requires requires { typename widened<T>::type; }
struct widened<hyperdual<T, N, Tag>> {
  using below = widened<T>;
  using type = hyperdual<typename below::type, N, Tag>;
  static constexpr std::size_t numbers = (1 + N + N * (N + 1) / 2) * below::numbers;

  template <class To, class From, class Convert>
  static To converted(From const& x, Convert const& convert) {
    To result(convert(x.value()));
    for (std::size_t i = 0; i < N; ++i) {
      result.set_partial(i, convert(x.partial(i)));
      for (std::size_t j = i; j < N; ++j) result.set_second(i, j, convert(x.second(i, j)));
    }
    return result;
  }
  static type broadcast(hyperdual<T, N, Tag> const& x) {
    return converted<type>(x, [](auto const& e) { return below::broadcast(e); });
  }
  static hyperdual<T, N, Tag> sum(type const& x) {
    return converted<hyperdual<T, N, Tag>>(x, [](auto const& e) { return below::sum(e); });
  }
  static hyperdual<T, N, Tag> lane(type const& x, std::size_t i) {
    return converted<hyperdual<T, N, Tag>>(x, [i](auto const& e) { return below::lane(e, i); });
  }
};

template <class S>
concept widenable = requires { typename widened<S>::type; };
template <widenable S>
using widened_t = typename widened<S>::type;

// In lanes or not, with one name for both: what adds up several evaluations or one.
template <class S, class Wide>
[[nodiscard]] DUET_INLINE Wide broadcast_to(S const& x) {
  if constexpr (std::is_same_v<S, Wide>)
    return x;
  else
    return widened<S>::broadcast(x);
}

// The partials of a dual whose number of them is static; 0 for any other scalar.
template <class S>
inline constexpr std::size_t dual_partials = 0;
template <class T, std::size_t N, class Tag>
inline constexpr std::size_t dual_partials<dual<T, N, Tag>> = N == dynamic ? 0 : N;

// The number of lanes below every level.
template <class S>
inline constexpr std::size_t width_of = 1;
template <active_scalar S>
inline constexpr std::size_t width_of<S> = width_of<typename S::value_type>;
template <class T, std::size_t W>
inline constexpr std::size_t width_of<lanes<T, W>> = W;

}  // namespace duet
