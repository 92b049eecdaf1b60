#pragma once

// A coefficient-wise Eigen expression of var as a tree of arrays and operations on their coefficients, which can be
// evaluated on duals: Eigen's functors are templates of the scalar, and so serve for another one.

#include <array>
#include <duet/eigen/traits.hpp>
#include <duet/forward/dual.hpp>
#include <duet/reverse/var.hpp>

namespace duet {

template <class T, class Tag>
inline constexpr bool is_recorded<var<T, Tag>> = true;

// ---- Eigen's functors on duals ----

// The functor F of an expression of V, for coefficients D; void if it has state of its own, such as a variable that a
// lambda captures, or takes nothing but V.
template <class V, class D, class F>
struct functor_on {
  using type = std::conditional_t<std::is_empty_v<F>, F, void>;
};
template <class V, class D, template <class...> class F, class... S>
struct functor_on<V, D, F<S...>> {
  using type = std::conditional_t<
      (std::is_same_v<S, V> || ...),
      std::conditional_t<std::is_empty_v<F<S...>>, F<std::conditional_t<std::is_same_v<S, V>, D, S>...>, void>,
      F<S...>>;
};
template <class V, class D, class F>
using functor_on_t = typename functor_on<V, D, F>::type;

template <class V, class D, class F, class... X>
concept applies_on = !std::is_void_v<functor_on_t<V, D, F>> && requires(functor_on_t<V, D, F> const& f, X const&... x) {
  { f(x...) } -> std::convertible_to<D>;
};

template <class V, class D, class F>
[[nodiscard]] DUET_INLINE functor_on_t<V, D, F> functor_for(F const& f) {
  if constexpr (std::is_same_v<functor_on_t<V, D, F>, F>)
    return f;
  else
    return {};
}

// ---- an expression as a tree: arrays, and operations on their coefficients ----

// An Eigen expression whose coefficients can be read without recording anything.
template <class X>
inline constexpr bool reads_quietly = (Eigen::internal::traits<X>::Flags & Eigen::DirectAccessBit) != 0;
template <class X, int Rows, int Columns>
inline constexpr bool reads_quietly<Eigen::Replicate<X, Rows, Columns>> =
    reads_quietly<typename Eigen::internal::unary_evaluator<Eigen::Replicate<X, Rows, Columns>>::ArgTypeNestedCleaned>;
template <class S, class X>
inline constexpr bool reads_quietly<Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<S>, X>> = true;

// X for reading: as Eigen keeps it in an expression, or evaluated once if reading would record.
template <class X>
using quiet_t =
    std::conditional_t<reads_quietly<X>, typename Eigen::internal::ref_selector<X>::type, typename X::PlainObject>;

// An expression of V in which the functor F is known on duals.
template <class V>
using probe_dual = dual<typename V::value_type, 1>;
template <class V, class X>
struct tree;
template <class V, class X>
using probe_coefficient = typename tree<V, std::remove_const_t<X>>::template coefficient<probe_dual<V>>;
template <class V, class X, class F, class... A>
concept known_operation =
    std::is_same_v<typename X::Scalar, V> && applies_on<V, probe_dual<V>, F, probe_coefficient<V, A>...>;

// tree<V, X> of the expression X: `arrays`, how many active ones it reads; `operations`;
// coefficient<D>, the type of a coefficient; and, built from an expression, at<D, First>(i, j, indices), coefficient
// (i, j), in which partial First + k belongs to its array k. An operation that is not known is an array: Eigen
// evaluates it.
template <class V, class X>
struct tree {
  static constexpr std::size_t arrays = std::is_same_v<typename X::Scalar, V>;
  static constexpr std::size_t operations = 0;
  template <class D>
  using coefficient = std::conditional_t<arrays == 1, D, typename X::Scalar>;
  using object = std::conditional_t<arrays == 1, quiet_t<X>, typename Eigen::internal::ref_selector<X>::type>;

  explicit tree(X const& x) : array(x), evaluated(array) {}

  template <class D, std::size_t First>
  DUET_INLINE coefficient<D> at(Eigen::Index i, Eigen::Index j, std::array<tape_index, D::size()>& indices) const {
    if constexpr (arrays == 1) {
      V const& x = evaluated.coeff(i, j);
      indices[First] = x.index();
      return D::independent(x.value(), std::integral_constant<std::size_t, First>{});
    } else {
      return evaluated.coeff(i, j);
    }
  }

  object array;
  Eigen::internal::evaluator<std::remove_cvref_t<object>> evaluated;
};

template <class V, class F, class A>
  requires known_operation<V, Eigen::CwiseUnaryOp<F, A>, F, A>
struct tree<V, Eigen::CwiseUnaryOp<F, A>> {
  using operand = tree<V, std::remove_const_t<A>>;
  static constexpr std::size_t arrays = operand::arrays, operations = operand::operations + 1;
  template <class D>
  using coefficient = D;

  explicit tree(Eigen::CwiseUnaryOp<F, A> const& x) : functor(x.functor()), a(x.nestedExpression()) {}
  template <class D, std::size_t First>
  DUET_INLINE D at(Eigen::Index i, Eigen::Index j, std::array<tape_index, D::size()>& indices) const {
    return functor_for<V, D>(functor)(a.template at<D, First>(i, j, indices));
  }
  F functor;
  operand a;
};

template <class V, class F, class A, class B>
  requires known_operation<V, Eigen::CwiseBinaryOp<F, A, B>, F, A, B>
struct tree<V, Eigen::CwiseBinaryOp<F, A, B>> {
  using left = tree<V, std::remove_const_t<A>>;
  using right = tree<V, std::remove_const_t<B>>;
  static constexpr std::size_t arrays = left::arrays + right::arrays,
                               operations = left::operations + right::operations + 1;
  template <class D>
  using coefficient = D;

  explicit tree(Eigen::CwiseBinaryOp<F, A, B> const& x) : functor(x.functor()), a(x.lhs()), b(x.rhs()) {}
  template <class D, std::size_t First>
  DUET_INLINE D at(Eigen::Index i, Eigen::Index j, std::array<tape_index, D::size()>& indices) const {
    return functor_for<V, D>(functor)(a.template at<D, First>(i, j, indices),
                                      b.template at<D, First + left::arrays>(i, j, indices));
  }
  F functor;
  left a;
  right b;
};

// The Tree<V, X> of a wrapper around X.
template <template <class, class> class Tree, class V, class X>
struct wrapped_tree : Tree<V, std::remove_const_t<X>> {
  explicit wrapped_tree(auto const& x) : Tree<V, std::remove_const_t<X>>(x.nestedExpression()) {}
};
template <class V, class X>
  requires std::is_same_v<typename X::Scalar, V>
struct tree<V, Eigen::ArrayWrapper<X>> : wrapped_tree<tree, V, X> {
  using wrapped_tree<duet::tree, V, X>::wrapped_tree;
};
template <class V, class X>
  requires std::is_same_v<typename X::Scalar, V>
struct tree<V, Eigen::MatrixWrapper<X>> : wrapped_tree<tree, V, X> {
  using wrapped_tree<duet::tree, V, X>::wrapped_tree;
};

}  // namespace duet
