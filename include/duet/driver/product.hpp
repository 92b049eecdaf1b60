#pragma once

// Jacobian times vector, and vector times Jacobian, without the Jacobian: one evaluation in forward mode gives J v, one
// recording and one sweep give w^T J.

#include <duet/driver/jacobian.hpp>

namespace duet {

template <class Value, class Tangent>
struct valued_tangent {
  Value value;
  Tangent tangent;
};
template <class Value, class Adjoint>
struct valued_adjoint {
  Value value;
  Adjoint adjoint;
};

// A vector in the space of inputs or outputs: numbers in any shape.
template <class V, class X>
concept direction_for = shaped<plain_t<V>> && std::convertible_to<entry_t<V>, entry_t<X>>;

// An Eigen matrix that is no vector: its storage order matters.
template <class X>
inline constexpr bool is_matrix = false;
template <eigen_dense X>
inline constexpr bool is_matrix<X> = X::RowsAtCompileTime != 1 && X::ColsAtCompileTime != 1;

// Made of as many parts.
template <class X, class V>
inline constexpr bool have_same_count = false;
template <has_parts X, has_parts V>
inline constexpr bool have_same_count<X, V> = parts<X>::count == parts<V>::count;

// v with its entries in the order of x; throws unless it has one for each entry of x. A matrix for a matrix has its
// rows and columns, and what has as many parts as x has the sizes of each.
template <class X, class V>
[[nodiscard]] decltype(auto) in_order_of(std::string_view where, std::string_view what, X const& x, V const& v,
                                         std::string_view of_x, std::string_view one_for_each) {
  if constexpr (is_matrix<X> && is_matrix<V>) {
    if (v.rows() != x.rows() || v.cols() != x.cols()) {
      auto const sizes = [](auto const& m) { return std::to_string(m.rows()) + " x " + std::to_string(m.cols()); };
      throw std::invalid_argument(std::string(where) + ": " + std::string(what) + " is " + sizes(v) + ", expected " +
                                  sizes(x) + " (the sizes of " + std::string(of_x) + ")");
    }
    if constexpr (bool(X::IsRowMajor) == bool(V::IsRowMajor))
      return (v);
    else
      return lifted_t<X, entry_t<V>>(v);
  } else if constexpr (have_same_count<X, V>) {
    using D = differentiated_t<X>;
    using Ordered = lifted_t<D, entry_t<V>>;
    auto const for_each_part = [&](auto const& visit) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit.template operator()<I>(duet::in_order_of(where, std::string(what) + ", " + parts<X>::template name<I>(),
                                                        parts<X>::template get<I>(x), parts<V>::template get<I>(v),
                                                        of_x, one_for_each)),
         ...);
      }(std::make_index_sequence<parts<X>::count>{});
    };
    if constexpr (std::is_same_v<V, Ordered>) {
      for_each_part([]<std::size_t>(auto const&) {});
      return (v);
    } else {
      Ordered ordered =
          shape<D>::template make<entry_t<V>>(duet::differentiated(x), [](auto) { return entry_t<V>(0); });
      for_each_part([&]<std::size_t I, class Part>(Part const& part) {
        duet::set_entries(parts<D>::template get<I>(ordered), [&](auto i) { return shape<Part>::entry(part, i); });
      });
      return ordered;
    }
  } else {
    require_size(where, what, duet::size_of(v), duet::size_of(x), one_for_each);
    return (v);
  }
}
// A direction at x.
template <class X, class V>
[[nodiscard]] decltype(auto) direction_at(std::string_view where, std::string_view what, X const& x, V const& v) {
  return duet::in_order_of(where, what, x, v, "x", "one for each input");
}
// The weights of the results y.
template <class Y, class W>
[[nodiscard]] decltype(auto) weights_of(Y const& y, W const& w) {
  return duet::in_order_of("duet::vjp", "the vector w", y, w, "the result of f", "one for each output");
}

template <mode Mode, class F, class X, class V>
[[nodiscard]] consteval bool jvp_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(point<X>,
                "duet::jvp needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(!point<X> || direction_for<V, X>,
                "duet::jvp needs v to hold one number for each input: an Eigen vector or matrix, a std::array, a "
                "std::vector, a number, or the shape of x");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::jvp needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::jvp needs f to return a number, or an Eigen vector or matrix, a std::array or a std::vector of "
                "the numbers it was given, or a struct or std::tuple of such");
  return returns_numbers<F, Inputs> && direction_for<V, X>;
}

template <mode Mode, class F, class X, class W>
[[nodiscard]] consteval bool vjp_demands() {
  using Inputs = probe_t<Mode, F, X, 1>;
  static_assert(point<X>,
                "duet::vjp needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(!point<X> || direction_for<W, X>,
                "duet::vjp needs w to hold one number for each output: an Eigen vector or matrix, a std::array, a "
                "std::vector, a number, or the shape of the result");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::vjp needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::vjp needs f to return a number, or an Eigen vector or matrix, a std::array or a std::vector of "
                "the numbers it was given, or a struct or std::tuple of such");
  return returns_numbers<F, Inputs> && direction_for<W, X>;
}

// f at x with the one partial of every input given by v.
template <class F, class X, class V>
[[nodiscard]] auto evaluate_along(F& f, X const& x, V const& v) {
  using T = entry_t<X>;
  using S = forward_scalar<F, T, 1>;
  return duet::evaluate_seeded<S>(f, x, [&](auto i) {
    S s(shape<X>::entry(x, i));
    s.set_partial(0, T(shape<V>::entry(v, i)));
    return s;
  });
}

template <class F, class X, class V>
[[nodiscard]] auto forward_jvp(F& f, X const& x, V const& v) {
  using S = forward_scalar<F, entry_t<X>, 1>;
  auto const y = duet::evaluate_along(f, x, v);
  using Value = value_t<S, std::remove_cvref_t<decltype(y)>>;
  return valued_tangent<Value, Value>{duet::values_of<S>(y), duet::tangents_of<S>(y)};
}

// Row by row; a direction of zero stays out, so that it does not meet an infinite slope.
template <class F, class X, class V>
[[nodiscard]] auto reverse_jvp(F& f, X const& x, V const& v) {
  using T = entry_t<X>;
  using S = reverse_scalar<F, T>;
  using Value = lifted_t<result_t<F, lifted_t<X, S>>, T>;
  valued_tangent<Value, Value> result;
  duet::record(f, x, [&](tape<T>& t, auto const& inputs, auto const& y) {
    result.value = duet::values_of<S>(y);
    result.tangent = result.value;
    std::vector<var<T>> outputs;
    duet::write_outputs<S>(y, outputs);
    duet::for_each_row(t, outputs, [&](std::size_t row, auto const& adjoint) {
      T sum(0);
      for (std::size_t j = 0; j < duet::size_of(x); ++j)
        if (T const along(shape<V>::entry(v, j)); !duet::vanishes(along)) sum += adjoint(inputs[j]) * along;
      shape<Value>::entry(result.tangent, row) = sum;
    });
  });
  return result;
}

// {f(x), J v}, both in the shape of f's output; v has one entry for each input. Automatic is forward.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto value_and_jvp(mode_constant<Mode>, F&& f, X const& x, V const& v) {
  if constexpr (jvp_demands<Mode, F, X, V>()) {
    auto const& at = duet::plain(x);
    auto const& given = duet::plain(v);
    auto const& along = duet::direction_at("duet::jvp", "the direction v", at, given);
    if constexpr (Mode == mode::reverse)
      return duet::reverse_jvp(f, at, along);
    else
      return duet::forward_jvp(f, at, along);
  }
}
template <class F, class X, class V>
[[nodiscard]] auto value_and_jvp(F&& f, X const& x, V const& v) {
  return duet::value_and_jvp(automatic, f, x, v);
}

// J v in the shape of f's output: the derivative of f along v.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto jvp(mode_constant<Mode> chosen, F&& f, X const& x, V const& v) {
  if constexpr (jvp_demands<Mode, F, X, V>()) return duet::value_and_jvp(chosen, f, x, v).tangent;
}
template <class F, class X, class V>
[[nodiscard]] auto jvp(F&& f, X const& x, V const& v) {
  return duet::jvp(automatic, f, x, v);
}

// In the place of a value that nobody asks for.
struct unwanted {};
template <class Result>
inline constexpr bool is_unwanted = std::is_same_v<decltype(Result::value), unwanted>;

template <class Result, class F, class X, class W>
[[nodiscard]] Result vjp_in(mode_constant<mode::forward>, F& f, X const& x, W const& w) {
  using T = entry_t<X>;
  Result result{{}, duet::zeros_like(x)};
  auto const read = [&]<class S, class Y>(std::type_identity<S>, Y const& y, std::size_t first, std::size_t count) {
    auto const& weights = duet::weights_of(y, w);
    using Weights = std::remove_cvref_t<decltype(weights)>;
    if constexpr (!is_unwanted<Result>)
      if (first == 0) result.value = duet::values_of<S>(y);
    std::array<T, S::size()> partials;
    for (std::size_t i = 0; i < duet::size_of(y); ++i) {
      T const weight(shape<Weights>::entry(weights, i));
      if (duet::vanishes(weight)) continue;
      duet::copy_partials<S>(shape<Y>::entry(y, i), partials.data());
      for (std::size_t j = 0; j < count; ++j) shape<X>::entry(result.adjoint, first + j) += weight * partials[j];
    }
  };
  duet::forward_passes(f, x, read);
  return result;
}

// Seeds each output with its weight. Those of one node lie side by side and are seeded at once.
template <class S, class T, class Y, class W>
void seed_weighted(tape<T>& t, Y const& y, W const& w) {
  t.zero_adjoints();
  std::size_t const m = duet::size_of(y);
  auto const output = [&](std::size_t i) DUET_INLINE_LAMBDA { return duet::output_of<S>(shape<Y>::entry(y, i)); };
  auto const weight = [&](std::size_t i) DUET_INLINE_LAMBDA { return T(shape<W>::entry(w, i)); };
  if constexpr (std::is_same_v<entry_t<Y>, S> && !checked::enabled)
    if (m > 1) {
      places_probe probe(output(0).place(), output(1).place());
      for (std::size_t i = 0; i < m; ++i) probe.add(output(i).place());
      array_places const all = probe.places(0);
      if (all.contiguous() && all.first != 0) {
        t.seed_row(all.first, m, weight);
        return;
      }
    }
  for (std::size_t i = 0; i < m; ++i) t.seed(output(i), weight(i));
}

// Sweeps the recording with the weights as seeds and writes the adjoints of the inputs.
template <class S, class T, class Inputs, class Y, class W, class X>
void sweep_weighted(tape<T>& t, Inputs const& inputs, Y const& y, W const& w, X& adjoint) {
  duet::seed_weighted<S>(t, y, w);
  t.reverse();
  duet::copy_entries(t.adjoints().data() + inputs.first, adjoint);
}

template <class Result, class F, class X, class W>
[[nodiscard]] Result vjp_in(mode_constant<mode::reverse>, F& f, X const& x, W const& w) {
  using T = entry_t<X>;
  Result result;
  duet::record(
      f, x,
      [&](tape<T>& t, auto const&, auto const& y) {
        auto const& weights = duet::weights_of(y, w);
        using S = reverse_scalar<F, T>;
        if constexpr (!is_unwanted<Result>) result.value = duet::values_of<S>(y);
        duet::seed_weighted<S>(t, y, weights);
        t.reverse();
      },
      [&](tape<T>& t, auto const& inputs) {
        duet::set_derivatives(result.adjoint, x, t.adjoints().data() + inputs.first);
      });
  return result;
}

template <mode Mode, class Value, class F, class X, class W>
[[nodiscard]] auto pull_back(F& f, X const& x, W const& w) {
  auto const& at = duet::plain(x);
  auto const& weights = duet::plain(w);
  using Result = valued_adjoint<Value, differentiated_t<X>>;
  return duet::run_mode<Mode, static_size_of<X>, 1>(
      duet::size_of(at), [] { return std::size_t{1}; },
      [&](auto chosen) { return duet::vjp_in<Result>(chosen, f, at, weights); });
}

// {f(x), J^T w}, the latter in the shape of x; w has one entry for each output. The mode is that of a gradient.
template <mode Mode, class F, class X, class W>
[[nodiscard]] auto value_and_vjp(mode_constant<Mode>, F&& f, X const& x, W const& w) {
  if constexpr (vjp_demands<Mode, F, X, W>())
    return duet::pull_back<Mode, lifted_t<result_t<F, probe_t<Mode, F, X, 1>>, entry_t<X>>>(f, x, w);
}
template <class F, class X, class W>
[[nodiscard]] auto value_and_vjp(F&& f, X const& x, W const& w) {
  return duet::value_and_vjp(automatic, f, x, w);
}

// J^T w in the shape of x: the gradient of w^T f.
template <mode Mode, class F, class X, class W>
[[nodiscard]] auto vjp(mode_constant<Mode>, F&& f, X const& x, W const& w) {
  if constexpr (vjp_demands<Mode, F, X, W>()) return duet::pull_back<Mode, unwanted>(f, x, w).adjoint;
}
template <class F, class X, class W>
[[nodiscard]] auto vjp(F&& f, X const& x, W const& w) {
  return duet::vjp(automatic, f, x, w);
}

}  // namespace duet
