#pragma once

// The caller's objects and the seeded scalars inside them: what a driver is given, expressions evaluated, as a point of
// a shape (shape.hpp, parts.hpp).

#include <duet/eigen/parts.hpp>
#include <duet/eigen/shape.hpp>

namespace duet {

// Objects and views of memory keep their storage order.
template <class X>
inline constexpr bool keeps_order = std::is_same_v<X, typename X::PlainObject>;
template <class X, int Options, class Stride>
inline constexpr bool keeps_order<Eigen::Map<X, Options, Stride>> = true;
template <class X, int Options, class Stride>
inline constexpr bool keeps_order<Eigen::Ref<X, Options, Stride>> = true;
template <class X, int Rows, int Columns, bool InnerPanel>
inline constexpr bool keeps_order<Eigen::Block<X, Rows, Columns, InnerPanel>> = keeps_order<std::remove_const_t<X>>;

// What an Eigen expression is evaluated to. For Eigen a transpose is by rows and so is all that is made of it: an order
// that nobody asked for, and that a Jacobian would show. Here expressions are by columns.
template <class X, class Scalar, class Plain = typename X::PlainObject>
struct eigen_object;
template <class X, class Scalar, template <class, int, int, int, int, int> class Plain, class E, int Rows, int Columns,
          int Options, int MostRows, int MostColumns>
struct eigen_object<X, Scalar, Plain<E, Rows, Columns, Options, MostRows, MostColumns>> {
  static constexpr int order = keeps_order<X> ? Options : Rows == 1 && Columns != 1 ? Eigen::RowMajor : Eigen::ColMajor;
  using type = Plain<Scalar, Rows, Columns, order, MostRows, MostColumns>;
};

// x as an object that owns its entries: Eigen expressions, views and Duet expressions evaluated, anything else as it
// is. A reference is returned where nothing had to be evaluated.
template <class X>
[[nodiscard]] DUET_INLINE constexpr decltype(auto) plain(X const& x) {
  if constexpr (is_expression<X>) {
    return scalar_of_t<X>(x);
  } else if constexpr (eigen_dense<X>) {
    using S = scalar_of_t<typename X::Scalar>;
    using Object = typename eigen_object<X, S>::type;
    if constexpr (std::is_same_v<X, Object>)
      return (x);
    else if constexpr (is_expression<typename X::Scalar>)
      return Object(x.template cast<S>());
    else
      return Object(x);
  } else if constexpr (shaped<X>) {
    if constexpr (is_expression<typename shape<X>::value_type>) {
      using S = scalar_of_t<typename shape<X>::value_type>;
      return shape<X>::template make<S>(x, [&](auto i) { return S(shape<X>::entry(x, i)); });
    } else {
      return (x);
    }
  } else {
    return (x);
  }
}

template <class X>
struct plain_of {
  using type = std::remove_cvref_t<decltype(duet::plain(std::declval<X const&>()))>;
};
template <>
struct plain_of<void> {
  using type = void;
};
template <class X>
using plain_t = typename plain_of<std::remove_cvref_t<X>>::type;

// A point at which a function can be differentiated.
template <class X>
concept point = shaped<plain_t<X>> && (active_scalar<typename shape<plain_t<X>>::value_type> ||
                                       !std::numeric_limits<typename shape<plain_t<X>>::value_type>::is_integer);

template <class X>
inline constexpr bool is_one_number = number_entry<X>;
template <class X>
concept scalar_point = point<X> && is_one_number<plain_t<X>>;

// The number that a point is made of, and the point with its entries replaced by S.
template <class X>
using entry_t = typename shape<plain_t<X>>::value_type;
template <class X>
inline constexpr std::size_t static_size_of = shape<plain_t<X>>::static_size;
template <class X, class S>
using lifted_t = typename shape<plain_t<X>>::template rebind<S>;

// True if the rows and columns of A and B can be the same.
template <class A, class B>
inline constexpr bool sizes_can_agree = [] {
  auto const agree = [](int a, int b) { return a == b || a == Eigen::Dynamic || b == Eigen::Dynamic; };
  return agree(A::RowsAtCompileTime, B::RowsAtCompileTime) && agree(A::ColsAtCompileTime, B::ColsAtCompileTime);
}();

}  // namespace duet
