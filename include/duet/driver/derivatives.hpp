#pragma once

// The first K derivatives of a function of one number, in the shape of its output: one evaluation on a truncated Taylor
// series.

#include <array>
#include <duet/driver/passes.hpp>
#include <duet/forward/taylor.hpp>

namespace duet {

// The scalar that f sees.
template <class F, class T, std::size_t K>
using taylor_scalar = taylor<T, K, tag_of<F>>;

template <std::size_t K, mode Mode, class F, class X>
[[nodiscard]] consteval bool derivatives_demands() {
  static_assert(Mode != mode::reverse,
                "duet::derivatives carries a series in forward mode only: call duet::derivatives<K>(f, t), or "
                "duet::derivative(duet::reverse, f, t) for the first derivative");
  static_assert(scalar_point<X>,
                "duet::derivatives needs t to be one floating-point number; for several inputs call duet::gradient, "
                "duet::jacobian or duet::hessian");
  if constexpr (Mode != mode::reverse && scalar_point<X>) {
    using Input = lifted_t<X, taylor_scalar<F, entry_t<X>, K>>;
    static_assert(takes<F, Input>,
                  "duet::derivatives needs f to accept Duet scalars: make f a template or a generic lambda "
                  "(const auto& t), not a function of double");
    static_assert(!takes<F, Input> || returns_numbers<F, Input>,
                  "duet::derivatives needs f to return a number, or an Eigen vector or matrix, a std::array or a "
                  "std::vector of the numbers it was given, or a struct or std::tuple of such");
    return returns_numbers<F, Input>;
  } else {
    return false;
  }
}

// The derivative of order k of each entry, in the shape of the result.
template <class S, class Y>
[[nodiscard]] value_t<S, Y> derivatives_of(Y const& y, std::size_t k) {
  using T = typename S::value_type;
  return shape<Y>::template make<T>(y, [&](auto i) {
    auto const& e = shape<Y>::entry(y, i);
    if constexpr (std::is_same_v<entry_t<Y>, S>)
      return e.derivative(k);
    else
      return k == 0 ? duet::value_of<S>(e) : T(0);
  });
}

// f(t), f'(t), ..., the K-th derivative, at indices 0 to K, each in the shape of f's output: a number, an Eigen vector
// or matrix, a std::array or a std::vector. One evaluation of f, each operation at a cost of order K^2; only
// duet::forward and duet::automatic.
template <std::size_t K, mode Mode, class F, class X>
[[nodiscard]] auto derivatives(mode_constant<Mode>, F&& f, X const& t) {
  if constexpr (derivatives_demands<K, Mode, F, X>()) {
    using T = entry_t<X>;
    using S = taylor_scalar<F, T, K>;
    auto const& at = duet::plain(t);
    auto const y = duet::evaluate_seeded<S>(
        f, at, [&](auto i) DUET_INLINE_LAMBDA { return S::independent(shape<plain_t<X>>::entry(at, i)); });
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<value_t<S, std::remove_cvref_t<decltype(y)>>, K + 1>{duet::derivatives_of<S>(y, I)...};
    }(std::make_index_sequence<K + 1>{});
  }
}
template <std::size_t K, class F, class X>
[[nodiscard]] auto derivatives(F&& f, X const& t) {
  return duet::derivatives<K>(automatic, f, t);
}

}  // namespace duet
