#pragma once

// The Hessian times a vector, without the Hessian: the gradient of f at numbers that move along v. Forward: ceil(n / 8)
// evaluations on duals of duals; reverse: one recording of duals, one sweep. Also u^T H v, from one evaluation.

#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/product.hpp>

namespace duet {

template <class T, class X>
struct valued_hessian_product {
  T value;
  X gradient, product;  // in the shape of x
};
template <class T>
struct valued_second_directional {
  T value, first_u, first_v, second;  // f, u^T g, v^T g, u^T H v
};

// Up to so many inputs forward mode wins.
inline constexpr std::size_t most_forward_hvp_inputs = 16;

template <mode Mode, class F, class X, class V>
[[nodiscard]] consteval bool hvp_demands() {
  using Inputs = probe_t<mode::forward, F, X, 1>;
  static_assert(point<X>,
                "duet::hvp needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them");
  static_assert(!point<X> || direction_for<V, X>,
                "duet::hvp needs v to hold one number for each input: an Eigen vector or matrix, a std::array, a "
                "std::vector or a number");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::hvp needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                "duet::hvp needs f to return one scalar; for several outputs take the Hessian of each");
  return returns_one_number<F, Inputs> && direction_for<V, X>;
}

// {f(x), gradient, H v}, the last two in the shape of x; v has one entry for each input.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto value_and_hvp(mode_constant<Mode>, F&& f, X const& x, V const& v) {
  if constexpr (hvp_demands<Mode, F, X, V>()) {
    using T = entry_t<X>;
    using D = forward_scalar<F, T, 1>;
    auto const& at = duet::plain(x);
    auto const& along = duet::plain(v);
    require_size("duet::hvp", "the direction v", duet::size_of(along), duet::size_of(at), "one for each input");
    auto const moving = shape<plain_t<X>>::template make<D>(at, [&](std::size_t i) {
      D entry(shape<plain_t<X>>::entry(at, i));
      entry.set_partial(0, T(shape<plain_t<V>>::entry(along, i)));
      return entry;
    });
    forward_scope<T> const scope;
    auto const read = [&](auto const& all) {
      valued_hessian_product<T, plain_t<X>> result{all.value.value(), at, at};
      for (std::size_t i = 0; i < duet::size_of(at); ++i) {
        D const& g = shape<lifted_t<X, D>>::entry(all.gradient, i);
        shape<plain_t<X>>::entry(result.gradient, i) = g.value();
        shape<plain_t<X>>::entry(result.product, i) = g.partial(0);
      }
      return result;
    };
    bool const few = duet::size_of(at) <= most_forward_hvp_inputs;
    if constexpr (Mode == mode::forward)
      return read(duet::value_and_gradient(forward, f, moving));
    else if constexpr (Mode == mode::reverse)
      return read(duet::value_and_gradient(reverse, f, moving));
    else
      return few ? read(duet::value_and_gradient(forward, f, moving))
                 : read(duet::value_and_gradient(reverse, f, moving));
  }
}
template <class F, class X, class V>
[[nodiscard]] auto value_and_hvp(F&& f, X const& x, V const& v) {
  return duet::value_and_hvp(automatic, f, x, v);
}

// H v in the shape of x, for f with one output.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto hvp(mode_constant<Mode> chosen, F&& f, X const& x, V const& v) {
  if constexpr (hvp_demands<Mode, F, X, V>()) return duet::value_and_hvp(chosen, f, x, v).product;
}
template <class F, class X, class V>
[[nodiscard]] auto hvp(F&& f, X const& x, V const& v) {
  return duet::hvp(automatic, f, x, v);
}

// {f(x), u^T g, v^T g, u^T H v} by the bilinear hyper-dual (Fike and Alonso 2011): a dual along v of duals along u.
template <class F, class X, class U, class V>
[[nodiscard]] auto value_and_second_directional(F&& f, X const& x, U const& u, V const& v) {
  if constexpr (hvp_demands<mode::forward, F, X, U>() && hvp_demands<mode::forward, F, X, V>()) {
    using T = entry_t<X>;
    using D = forward_scalar<F, T, 1>;
    using S = forward_scalar<F, D, 1>;
    auto const& at = duet::plain(x);
    auto const& left = duet::plain(u);
    auto const& right = duet::plain(v);
    require_size("duet::second_directional", "the direction u", duet::size_of(left), duet::size_of(at),
                 "one for each input");
    require_size("duet::second_directional", "the direction v", duet::size_of(right), duet::size_of(at),
                 "one for each input");
    forward_scope<T> const scope;
    S const y(duet::evaluate(f, shape<plain_t<X>>::template make<S>(at, [&](std::size_t i) {
                               D inner(shape<plain_t<X>>::entry(at, i));
                               inner.set_partial(0, T(shape<plain_t<U>>::entry(left, i)));
                               S outer(inner);
                               outer.set_partial(0, D(T(shape<plain_t<V>>::entry(right, i))));
                               return outer;
                             })));
    return valued_second_directional<T>{y.value().value(), y.value().partial(0), y.partial(0).value(),
                                        y.partial(0).partial(0)};
  }
}

// u^T H v in one evaluation.
template <class F, class X, class U, class V>
[[nodiscard]] auto second_directional(F&& f, X const& x, U const& u, V const& v) {
  return duet::value_and_second_directional(f, x, u, v).second;
}

}  // namespace duet
