#pragma once

// The derivative of a function of one number, in the shape of its output: one evaluation in forward mode.

#include <duet/driver/jacobian.hpp>

namespace duet {

template <class Value>
struct valued_derivative {
  Value value, derivative;
};

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool derivative_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(scalar_point<X>,
                "duet::derivative needs t to be one floating-point number; for several inputs call duet::gradient or "
                "duet::jacobian");
  static_assert(
      !scalar_point<X> || takes<F, Inputs>,
      "duet::derivative needs f to accept Duet scalars: make f a template or a generic lambda (const auto& t), not "
      "a function of double");
  static_assert(!scalar_point<X> || !takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::derivative needs f to return a number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of the numbers it was given, or a struct or std::tuple of such");
  return scalar_point<X> && returns_numbers<F, Inputs>;
}

// {f(t), derivative}, both in the shape of f's output.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_derivative(mode_constant<Mode>, F&& f, X const& t) {
  if constexpr (derivative_demands<Mode, F, X>()) {
    using T = entry_t<X>;
    auto const& at = duet::plain(t);
    if constexpr (Mode == mode::reverse) {
      jacobian_result<Mode, F, X> all;
      duet::jacobian_in(reverse, f, at, all);
      using Value = decltype(all.value);
      return valued_derivative<Value>{all.value, shape<Value>::template make<T>(all.value, [&](std::size_t i) {
                                        return all.jacobian(static_cast<Eigen::Index>(i), 0);
                                      })};
    } else {
      using S = forward_scalar<F, T, 1>;
      auto const y = duet::forward_pass<S>(f, at, 0, 1);
      return valued_derivative<value_t<S, std::remove_cvref_t<decltype(y)>>>{duet::values_of<S>(y),
                                                                             duet::tangents_of<S>(y)};
    }
  }
}
template <class F, class X>
[[nodiscard]] auto value_and_derivative(F&& f, X const& t) {
  return duet::value_and_derivative(automatic, f, t);
}

// df/dt in the shape of f's output.
template <mode Mode, class F, class X>
[[nodiscard]] auto derivative(mode_constant<Mode> chosen, F&& f, X const& t) {
  if constexpr (derivative_demands<Mode, F, X>()) return duet::value_and_derivative(chosen, f, t).derivative;
}
template <class F, class X>
[[nodiscard]] auto derivative(F&& f, X const& t) {
  return duet::derivative(automatic, f, t);
}

}  // namespace duet
