#pragma once

// A coefficient-wise Eigen expression of var<double> evaluated strip by strip: each operation in a loop over
// neighbouring coefficients, by the rule that defines it, so that the compiler computes them side by side. Partials
// that are the same for all coefficients, as those of sums and of products with a constant, are kept once.

#include <duet/eigen/coefficient_tree.hpp>
#include <duet/eigen/side_by_side.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/array_places.hpp>

namespace duet {

inline constexpr std::size_t strip_size = 64;

// ---- Eigen's functors and the rules ----

// The rule of a functor, or void: those functors whose values on numbers are the rule's.
template <class F>
struct rule_of : std::type_identity<void> {};
template <class A, class B>
struct rule_of<Eigen::internal::scalar_sum_op<A, B>> : std::type_identity<rules::add> {};
template <class A, class B>
struct rule_of<Eigen::internal::scalar_difference_op<A, B>> : std::type_identity<rules::subtract> {};
template <class A, class B>
struct rule_of<Eigen::internal::scalar_product_op<A, B>> : std::type_identity<rules::multiply> {};
template <class A, class B>
struct rule_of<Eigen::internal::scalar_conj_product_op<A, B>> : std::type_identity<rules::multiply> {};
template <class A, class B>
struct rule_of<Eigen::internal::scalar_quotient_op<A, B>> : std::type_identity<rules::divide> {};
template <class S>
struct rule_of<Eigen::internal::scalar_opposite_op<S>> : std::type_identity<rules::negate> {};
template <class S>
struct rule_of<Eigen::internal::scalar_abs2_op<S>> : std::type_identity<rules::square> {};
template <class S>
struct rule_of<Eigen::internal::scalar_square_op<S>> : std::type_identity<rules::square> {};
template <class S>
struct rule_of<Eigen::internal::scalar_sqrt_op<S>> : std::type_identity<rules::sqrt> {};
template <class S>
struct rule_of<Eigen::internal::scalar_exp_op<S>> : std::type_identity<rules::exp> {};
template <class S>
struct rule_of<Eigen::internal::scalar_log_op<S>> : std::type_identity<rules::log> {};
template <class S>
struct rule_of<Eigen::internal::scalar_sin_op<S>> : std::type_identity<rules::sin> {};
template <class S>
struct rule_of<Eigen::internal::scalar_cos_op<S>> : std::type_identity<rules::cos> {};
template <class S>
struct rule_of<Eigen::internal::scalar_tanh_op<S>> : std::type_identity<rules::tanh> {};

template <class F>
using rule_of_t = typename rule_of<F>::type;
template <class F>
concept functor_of_rule = !std::is_void_v<rule_of_t<F>>;

// ---- partials along a strip: a constant of the type system, one number for all, or a number for each k ----

template <class T>
struct uniform_partial {
  T x;
};
template <class F>
struct varying_partial {
  F f;
  DUET_INLINE auto operator()(std::size_t k) const { return f(k); }
};
template <class F>
varying_partial(F) -> varying_partial<F>;

template <class P>
inline constexpr bool is_uniform = constant_number<P>;
template <class T>
inline constexpr bool is_uniform<uniform_partial<T>> = true;

// Of a uniform one.
template <class T, class P>
[[nodiscard]] DUET_INLINE T partial_number(P const& p) {
  if constexpr (constant_number<P>)
    return T(P::number);
  else
    return p.x;
}

template <class T, class A, class B>
[[nodiscard]] DUET_INLINE auto chain_partials(A const& a, B const& b) {
  if constexpr (constant_number<A> && constant_number<B>)
    return a * b;
  else if constexpr (std::same_as<A, zero> || std::same_as<B, zero>)
    return zero{};
  else if constexpr (std::same_as<A, one>)
    return b;
  else if constexpr (std::same_as<B, one>)
    return a;
  else if constexpr (is_uniform<A> && is_uniform<B>)
    return uniform_partial<T>{T(partial_number<T>(a) * partial_number<T>(b))};
  else if constexpr (is_uniform<A>)
    return varying_partial{[x = partial_number<T>(a), b](std::size_t k) DUET_INLINE_LAMBDA { return T(x * b(k)); }};
  else if constexpr (is_uniform<B>)
    return varying_partial{[a, x = partial_number<T>(b)](std::size_t k) DUET_INLINE_LAMBDA { return T(a(k) * x); }};
  else
    return varying_partial{[a, b](std::size_t k) DUET_INLINE_LAMBDA { return T(a(k) * b(k)); }};
}

// ---- where coefficients are ----

// The variables or numbers at the coefficients of an array that Eigen stores.
template <class X>
inline constexpr bool has_data = (Eigen::internal::traits<std::remove_cvref_t<X>>::Flags & Eigen::DirectAccessBit) != 0;
// Where those at (outer, inner) lie that are neighbours in memory, null if they are not. By rows: row `outer`.
template <bool ByRows, class X>
[[nodiscard]] DUET_INLINE auto neighbours(X& x, Eigen::Index outer, Eigen::Index inner) {
  constexpr bool along = ByRows == bool{X::IsRowMajor};
  Eigen::Index const step = along ? x.innerStride() : x.outerStride(), row = along ? x.outerStride() : x.innerStride();
  return step == 1 ? x.data() + outer * row + inner : nullptr;
}

// ---- the tree ----

// strip_tree<V, X> of the expression X, as tree<V, X>, with `arrays` and `operations`; known: it can be evaluated;
// constant: one number for all coefficients. load<ByRows>(outer, inner, count) evaluates a strip, whose coefficients
// are (*this)(k); then pull<First>(p, sink) calls sink.put<First + a>(partial, run, indices) for each active array a,
// where p are the partials by this expression.
template <class V, class X>
struct strip_tree {
  using T = typename V::value_type;
  static constexpr bool is_active = std::is_same_v<typename X::Scalar, V>;
  static constexpr std::size_t arrays = is_active, operations = 0;
  static constexpr bool known = is_active || std::is_same_v<typename X::Scalar, T>, constant = false;
  using object = std::conditional_t<is_active && !reads_quietly<X>, typename X::PlainObject,
                                    typename Eigen::internal::ref_selector<X>::type>;

  explicit strip_tree(X const& x) : array(x), evaluated(array) {}

  template <bool ByRows>
  DUET_INLINE void load(Eigen::Index outer, Eigen::Index inner, std::size_t count) {
    if constexpr (is_active && has_data<object>) {
      if (auto const* const x = neighbours<ByRows>(array, outer, inner)) {
        run = duet::split_variables(x, count, values);
        if (run.count == 0)
          for (std::size_t k = 0; k < count; ++k) indices[k] = x[k].index();
        return;
      }
    }
    run.count = 0;
    for (std::size_t k = 0; k < count; ++k) {
      Eigen::Index const at = inner + static_cast<Eigen::Index>(k);
      decltype(auto) x = evaluated.coeff(ByRows ? outer : at, ByRows ? at : outer);
      if constexpr (is_active) {
        values[k] = x.value();
        indices[k] = x.index();
      } else {
        values[k] = x;
      }
    }
  }
  DUET_INLINE T operator()(std::size_t k) const { return values[k]; }
  template <std::size_t First, class P, class Sink>
  DUET_INLINE void pull(P const& p, Sink& sink) const {
    if constexpr (is_active) sink.template put<First>(p, run, indices);
  }

 private:
  object array;
  Eigen::internal::evaluator<std::remove_cvref_t<object>> evaluated;
  T values[strip_size];
  array_run run;  // of the strip; without entries: its indices are
  tape_index indices[is_active ? strip_size : 1];
};

template <class V, class S, class X>
  requires(!std::is_same_v<S, V> && std::is_convertible_v<S, typename V::value_type>)
struct strip_tree<V, Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<S>, X>> {
  using T = typename V::value_type;
  static constexpr std::size_t arrays = 0, operations = 0;
  static constexpr bool known = true, constant = true;

  explicit strip_tree(auto const& x) : value(static_cast<T>(x.functor().m_other)) {}
  template <bool>
  DUET_INLINE void load(Eigen::Index, Eigen::Index, std::size_t) {}
  DUET_INLINE T operator()(std::size_t) const { return value; }
  template <std::size_t First, class P, class Sink>
  DUET_INLINE void pull(P const&, Sink&) const {}

 private:
  T value;
};

// Numbers of another type, such as int, have another arithmetic.
template <class V, class X>
inline constexpr bool computes_in_value_type =
    std::is_same_v<typename X::Scalar, V> || std::is_same_v<typename X::Scalar, typename V::value_type>;

template <class V, functor_of_rule F, class A>
struct strip_tree<V, Eigen::CwiseUnaryOp<F, A>> {
  using X = Eigen::CwiseUnaryOp<F, A>;
  using T = typename V::value_type;
  using rule = rule_of_t<F>;
  using operand = strip_tree<V, std::remove_const_t<A>>;
  static constexpr bool is_active = std::is_same_v<typename X::Scalar, V>;
  static constexpr std::size_t arrays = operand::arrays, operations = operand::operations + is_active;
  static constexpr bool known = operand::known && computes_in_value_type<V, X>, constant = false;

  explicit strip_tree(X const& x) : a(x.nestedExpression()) {}

  template <bool ByRows>
  DUET_INLINE void load(Eigen::Index outer, Eigen::Index inner, std::size_t count) {
    a.template load<ByRows>(outer, inner, count);
    for (std::size_t k = 0; k < count; ++k) values[k] = rule::value(a(k));
    if constexpr (kept)
      for (std::size_t k = 0; k < count; ++k) partials[k] = T(rule::first(T(a(k)), values[k]));
  }
  DUET_INLINE T operator()(std::size_t k) const { return values[k]; }
  template <std::size_t First, class P, class Sink>
  DUET_INLINE void pull(P const& p, Sink& sink) const {
    if constexpr (arrays > 0) a.template pull<First>(duet::chain_partials<T>(p, partial_along()), sink);
  }

 private:
  using partial = decltype(rule::first(std::declval<T>(), std::declval<T>()));
  static constexpr bool kept = !constant_number<partial> && !has_cheap_first<rule> && arrays > 0;

  DUET_INLINE auto partial_along() const {
    if constexpr (constant_number<partial>)
      return partial{};
    else if constexpr (kept)
      return varying_partial{[this](std::size_t k) DUET_INLINE_LAMBDA { return partials[k]; }};
    else
      return varying_partial{[this](std::size_t k) DUET_INLINE_LAMBDA { return T(rule::first(T(a(k)), values[k])); }};
  }

  operand a;
  T values[strip_size];
  T partials[kept ? strip_size : 1];
};

template <class V, functor_of_rule F, class A, class B>
struct strip_tree<V, Eigen::CwiseBinaryOp<F, A, B>> {
  using X = Eigen::CwiseBinaryOp<F, A, B>;
  using T = typename V::value_type;
  using rule = rule_of_t<F>;
  using left = strip_tree<V, std::remove_const_t<A>>;
  using right = strip_tree<V, std::remove_const_t<B>>;
  static constexpr bool is_active = std::is_same_v<typename X::Scalar, V>;
  static constexpr std::size_t arrays = left::arrays + right::arrays,
                               operations = left::operations + right::operations + is_active;
  static constexpr bool known = left::known && right::known && computes_in_value_type<V, X>, constant = false;

  explicit strip_tree(X const& x) : a(x.lhs()), b(x.rhs()) {}

  template <bool ByRows>
  DUET_INLINE void load(Eigen::Index outer, Eigen::Index inner, std::size_t count) {
    a.template load<ByRows>(outer, inner, count);
    b.template load<ByRows>(outer, inner, count);
    for (std::size_t k = 0; k < count; ++k) {
      T const x = a(k), y = b(k), value = rule::value(x, y);
      values[k] = value;
      if constexpr (is_kept<0>) partials_by_left[k] = partial<0>(x, y, value);
      if constexpr (is_kept<1>) partials_by_right[k] = partial<1>(x, y, value);
    }
  }
  DUET_INLINE T operator()(std::size_t k) const { return values[k]; }
  template <std::size_t First, class P, class Sink>
  DUET_INLINE void pull(P const& p, Sink& sink) const {
    if constexpr (left::arrays > 0) a.template pull<First>(duet::chain_partials<T>(p, partial_along<0>()), sink);
    if constexpr (right::arrays > 0)
      b.template pull<First + left::arrays>(duet::chain_partials<T>(p, partial_along<1>()), sink);
  }

 private:
  template <std::size_t I>
  static DUET_INLINE auto partial(T const& x, T const& y, T const& value) {
    return duet::get<I>(rule::first(x, y, value));
  }
  // By the side I, if the other one is a constant: whether it is the same for all coefficients.
  template <std::size_t I>
  static constexpr bool is_same_for_all =
      (I == 0 ? right::constant : left::constant) &&
      (std::is_same_v<rule, rules::multiply> || (std::is_same_v<rule, rules::divide> && I == 0));

  template <std::size_t I>
  using partial_type = std::remove_cvref_t<decltype(duet::get<I>(rule::first(T(), T(), T())))>;
  template <std::size_t I>
  static constexpr bool is_kept = !has_cheap_first<rule> && !constant_number<partial_type<I>> && !is_same_for_all<I> &&
                                  (I == 0 ? left::arrays : right::arrays) > 0;

  template <std::size_t I>
  DUET_INLINE auto partial_along() const {
    if constexpr (constant_number<partial_type<I>>)
      return partial_type<I>{};
    else if constexpr (is_same_for_all<I>)
      return uniform_partial<T>{T(I == 0 ? partial<I>(T(1), T(b(0)), T(1)) : partial<I>(T(a(0)), T(1), T(1)))};
    else if constexpr (is_kept<I>)
      return varying_partial{[this](std::size_t k)
                                 DUET_INLINE_LAMBDA { return I == 0 ? partials_by_left[k] : partials_by_right[k]; }};
    else
      return varying_partial{[this](std::size_t k)
                                 DUET_INLINE_LAMBDA { return T(partial<I>(T(a(k)), T(b(k)), values[k])); }};
  }

  left a;
  right b;
  T values[strip_size];
  T partials_by_left[is_kept<0> ? strip_size : 1], partials_by_right[is_kept<1> ? strip_size : 1];
};

template <class V, class X>
  requires std::is_same_v<typename X::Scalar, V>
struct strip_tree<V, Eigen::ArrayWrapper<X>> : wrapped_tree<strip_tree, V, X> {
  using wrapped_tree<duet::strip_tree, V, X>::wrapped_tree;
};
template <class V, class X>
  requires std::is_same_v<typename X::Scalar, V>
struct strip_tree<V, Eigen::MatrixWrapper<X>> : wrapped_tree<strip_tree, V, X> {
  using wrapped_tree<duet::strip_tree, V, X>::wrapped_tree;
};

// Numbers are double, and the rules know all operations that duals do. (What duals do not know either Eigen evaluates.)
template <class V, class X>
inline constexpr bool is_strip_expression = false;
template <class V, class X>
  requires std::is_same_v<typename V::value_type, double>
inline constexpr bool is_strip_expression<V, X> =
    strip_tree<V, X>::known && strip_tree<V, X>::arrays == tree<V, X>::arrays &&
    strip_tree<V, X>::operations == tree<V, X>::operations;

}  // namespace duet
