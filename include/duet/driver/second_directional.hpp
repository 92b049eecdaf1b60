#pragma once

// u^T H v of a function with one output, in one evaluation: each input moves along u and along v, and a hyper-dual of
// two partials carries what is bilinear in both (Fike and Alonso 2011). Duals of duals hold the same numbers and were
// measured to take 3 to 10 times as long.

#include <duet/driver/hessian.hpp>
#include <duet/driver/product.hpp>

namespace duet {

template <class T>
struct valued_second_directional {
  T value, first_u, first_v, second;  // f, u^T g, v^T g, u^T H v
};

template <mode Mode, class F, class X, class U, class V>
[[nodiscard]] consteval bool second_directional_demands() {
  static_assert(Mode != mode::reverse,
                "duet::second_directional needs forward mode, which takes one evaluation: call "
                "duet::second_directional(f, x, u, v), or multiply u by duet::hvp(duet::reverse, f, x, v)");
  static_assert(point<X>,
                "duet::second_directional needs x to be a floating-point number, or an Eigen vector or matrix, a "
                "std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  if constexpr (Mode != mode::reverse && point<X>) {
    static_assert(direction_for<U, X> && direction_for<V, X>,
                  "duet::second_directional needs u and v to hold one number for each input: an Eigen vector or "
                  "matrix, a std::array, a std::vector, a number, or the shape of x");
    using Inputs = lifted_t<X, second_order_scalar<F, entry_t<X>, 2>>;
    static_assert(takes<F, Inputs>,
                  "duet::second_directional needs f to accept Duet scalars: make f a template or a generic lambda "
                  "(const auto& x), not a function of double");
    static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                  "duet::second_directional needs f to return one scalar; for several outputs take each on its own");
    return direction_for<U, X> && direction_for<V, X> && returns_one_number<F, Inputs>;
  } else {
    return false;
  }
}

// {f(x), u^T g, v^T g, u^T H v} with gradient g and Hessian H at x, in one evaluation; u and v have one entry for each
// input.
template <mode Mode, class F, class X, class U, class V>
[[nodiscard]] auto value_and_second_directional(mode_constant<Mode>, F&& f, X const& x, U const& u, V const& v) {
  if constexpr (second_directional_demands<Mode, F, X, U, V>()) {
    using T = entry_t<X>;
    using S = second_order_scalar<F, T, 2>;
    auto const& at = duet::plain(x);
    auto const& given_u = duet::plain(u);
    auto const& given_v = duet::plain(v);
    auto const& along_u = duet::direction_at("duet::second_directional", "the direction u", at, given_u);
    auto const& along_v = duet::direction_at("duet::second_directional", "the direction v", at, given_v);
    auto y = duet::evaluate_seeded<S>(f, at, [&](auto i) DUET_INLINE_LAMBDA {
      S s(shape<plain_t<X>>::entry(at, i));
      s.set_partial(0, static_cast<T>(shape<std::remove_cvref_t<decltype(along_u)>>::entry(along_u, i)));
      s.set_partial(1, static_cast<T>(shape<std::remove_cvref_t<decltype(along_v)>>::entry(along_v, i)));
      return s;
    });
    if constexpr (std::is_same_v<decltype(y), S>)
      return valued_second_directional<T>{y.value(), y.partial(0), y.partial(1), y.second(0, 1)};
    else
      return valued_second_directional<T>{duet::value_of<S>(y), T(0), T(0), T(0)};
  }
}
template <class F, class X, class U, class V>
[[nodiscard]] auto value_and_second_directional(F&& f, X const& x, U const& u, V const& v) {
  return duet::value_and_second_directional(automatic, f, x, u, v);
}

// u^T H v: how the slope of f along u changes along v.
template <mode Mode, class F, class X, class U, class V>
[[nodiscard]] auto second_directional(mode_constant<Mode> chosen, F&& f, X const& x, U const& u, V const& v) {
  if constexpr (second_directional_demands<Mode, F, X, U, V>())
    return duet::value_and_second_directional(chosen, f, x, u, v).second;
}
template <class F, class X, class U, class V>
[[nodiscard]] auto second_directional(F&& f, X const& x, U const& u, V const& v) {
  return duet::second_directional(automatic, f, x, u, v);
}

}  // namespace duet
