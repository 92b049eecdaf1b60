#pragma once

// The gradient of a function with one output, in the shape of its input: ceil(n / chunk) evaluations in forward mode,
// one recording and one sweep in reverse.

#include <duet/core/valued.hpp>
#include <duet/driver/passes.hpp>

namespace duet {

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool gradient_demands() {
  using Inputs = probe_t<Mode, F, X, 1>;
  static_assert(point<X>,
                "duet::gradient needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::gradient needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                "duet::gradient needs f to return one scalar; for several outputs call duet::jacobian");
  return returns_one_number<F, Inputs>;
}

// Numbers of type T one behind the other.
template <class X, class T>
concept side_by_side = requires(X& x) {
  { x.data() } -> std::same_as<T*>;
};

// The partials of y as entries of a gradient from `first` on; as blocks if they are all. (Entry by entry g++ makes
// vectors of the value and its neighbours, by shuffles that the end of each evaluation waits for.)
template <class S, class X, class Y, class Gradient>
DUET_INLINE void write_gradient(Y const& y, Gradient& gradient, std::size_t first, std::size_t count) {
  using T = typename S::value_type;
  if constexpr (static_size_of<X> == partial_count<S> && side_by_side<Gradient, T>) {
    duet::copy_partials<S>(y, gradient.data());
  } else {
    std::array<T, partial_count<S>> partials;
    duet::copy_partials<S>(y, partials.data());
    if constexpr (static_size_of<X> == dynamic)
      duet::copy_entries(partials.data(), gradient, first, count);
    else
      duet::set_entries(gradient, first, count, [&](auto i) DUET_INLINE_LAMBDA { return partials[i - first]; });
  }
}

// Both fill a result of the sizes of x, or one that is made for the call and has none yet.
template <class F, class X, class Result>
void gradient_in(mode_constant<mode::forward>, F& f, X const& x, Result& result) {
  if constexpr (static_size_of<X> == dynamic && std::is_same_v<decltype(result.gradient), differentiated_t<X>>)
    result.gradient = duet::zeros_like(x);
  auto const read = [&result]<class S>(std::type_identity<S>, auto const& y, auto first, auto count) {
    if (first == 0) result.value = duet::value_of<S>(y);
    duet::write_gradient<S, X>(y, result.gradient, first, count);
    return duet::derivatives_are_finite<S>(y);
  };
  duet::forward_passes(f, x, read);
}

template <class F, class X, class Result>
void gradient_in(mode_constant<mode::reverse>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  duet::record(f, x, [&](tape<T>& t, auto const& inputs, auto const& y) {
    auto const output = duet::output_of<reverse_scalar<F, T>>(y);
    t.reverse(output);
    result.value = output.value();
    duet::set_derivatives(result.gradient, x, t.adjoints().data() + inputs.first);
  });
}

template <mode Mode, class F, class X, class Result>
void gradient_into(F& f, X const& x, Result& result) {
  duet::run_mode<Mode, static_size_of<X>, 1>(
      duet::size_of(x), [] { return std::size_t{1}; }, [&](auto chosen) { duet::gradient_in(chosen, f, x, result); });
}

// A result of the sizes of x, with derivatives of zero.
template <class X>
[[nodiscard]] auto empty_gradient(X const& x) {
  return valued_gradient<entry_t<X>, differentiated_t<X>>{entry_t<X>(0), duet::zeros_like(x)};
}

// A result for one call: where sizes are known at run time the modes give it them.
template <class X>
[[nodiscard]] auto new_gradient(X const& x) {
  if constexpr (static_size_of<X> == dynamic)
    return valued_gradient<entry_t<X>, differentiated_t<X>>{};
  else
    return duet::empty_gradient(x);
}

// Apart from the check of the demands on f, as in all drivers: g++ 12 copies a result that is declared inside a block.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_gradient_at(F& f, X const& x) {
  auto result = duet::new_gradient(x);
  duet::gradient_into<Mode>(f, x, result);
  return result;
}

// {f(x), gradient}, from the same evaluations as the gradient alone.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_gradient(mode_constant<Mode>, F&& f, X const& x) {
  if constexpr (gradient_demands<Mode, F, X>()) return duet::value_and_gradient_at<Mode>(f, duet::plain(x));
}
template <class F, class X>
[[nodiscard]] auto value_and_gradient(F&& f, X const& x) {
  return duet::value_and_gradient(automatic, f, x);
}

// The gradient of f at x in the shape of x; f returns one scalar.
template <mode Mode, class F, class X>
[[nodiscard]] auto gradient(mode_constant<Mode> chosen, F&& f, X const& x) {
  if constexpr (gradient_demands<Mode, F, X>()) return duet::value_and_gradient(chosen, f, x).gradient;
}
template <class F, class X>
[[nodiscard]] auto gradient(F&& f, X const& x) {
  return duet::gradient(automatic, f, x);
}

}  // namespace duet
