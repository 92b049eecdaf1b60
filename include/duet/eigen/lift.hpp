#pragma once

// The caller's shapes and the seeded scalars inside them: numbers, Eigen vectors, matrices and arrays, std::array,
// std::vector, and std::tuple of those. shape<X> says how X is built of its entries, in storage order; the drivers know
// nothing else of a shape, for what goes into a function as for what comes out of it.

#include <array>
#include <concepts>
#include <cstddef>
#include <duet/eigen/traits.hpp>
#include <memory>
#include <new>
#include <tuple>
#include <utility>
#include <vector>

namespace duet {

// Something that a function of active scalars may return as an entry: an active number, or a constant.
template <class E>
concept number_entry = active<E> || (std::numeric_limits<E>::is_specialized && !std::same_as<E, bool>);

// shape<X> has: value_type, the type of an entry; static_size, or duet::dynamic; rebind<S>, the shape with entries of
// type S; size(x); entry(x, i); make<S>(like, f), a rebind<S> of the size of `like` with entries f(i).
template <class X>
struct shape;

template <class X>
concept shaped = requires { typename shape<X>::value_type; };

// Calls visit(i) for i < size; up to a bound on static sizes each i is a constant, so that seeds are known to the
// compiler.
inline constexpr std::size_t most_unrolled_entries = 32;
template <std::size_t StaticSize, class Visit>
DUET_INLINE constexpr void for_each_entry(std::size_t size, Visit const& visit) {
  if constexpr (StaticSize <= most_unrolled_entries)
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      (visit(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<StaticSize>{});
  else
    for (std::size_t i = 0; i < size; ++i) visit(i);
}

// Replaces an entry by f(i), built where it will stay: assigning would copy it through vectors of another width, and
// the function's first reads would wait for that (measured 2 times slower).
template <class S, class Entry, class Index>
DUET_INLINE void place(S& target, Entry const& f, Index i) {
  if constexpr (std::is_trivially_destructible_v<S>)
    ::new (static_cast<void*>(std::addressof(target))) S(f(i));
  else
    target = f(i);
}

template <class X>
  requires(number_entry<X> && !is_expression<X>)
struct shape<X> {
  using value_type = X;
  static constexpr std::size_t static_size = 1;
  template <class S>
  using rebind = S;

  static constexpr std::size_t size(X const&) { return 1; }
  template <class Self>
  static constexpr auto& entry(Self& x, std::size_t) {
    return x;
  }
  template <class S, class Entry>
  static DUET_INLINE constexpr S make(X const&, Entry const& f) {
    return S(f(std::integral_constant<std::size_t, 0>{}));
  }
};

template <class E, std::size_t N>
  requires number_entry<E>
struct shape<std::array<E, N>> {
  using value_type = E;
  static constexpr std::size_t static_size = N;
  template <class S>
  using rebind = std::array<S, N>;

  static constexpr std::size_t size(std::array<E, N> const&) { return N; }
  template <class Self>
  static constexpr auto& entry(Self& x, std::size_t i) {
    return x[i];
  }
  template <class S, class Entry>
  static DUET_INLINE std::array<S, N> make(std::array<E, N> const&, Entry const& f) {
    if constexpr (N <= most_unrolled_entries) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
        return std::array<S, N>{S(f(std::integral_constant<std::size_t, I>{}))...};
      }(std::make_index_sequence<N>{});
    } else {
      std::array<S, N> result;
      for (std::size_t i = 0; i < N; ++i) duet::place(result[i], f, i);
      return result;
    }
  }
  // The same in memory of the caller's; unlike what is returned, its entries need not be set to zero first.
  template <class S, class Entry>
    requires(N > most_unrolled_entries && std::is_trivially_destructible_v<S> && std::is_trivially_copyable_v<S>)
  static std::array<S, N>& make_at(void* place, Entry const& f) {
    S* const first = static_cast<S*>(place);
    for (std::size_t i = 0; i < N; ++i) ::new (static_cast<void*>(first + i)) S(f(i));
    return *std::launder(reinterpret_cast<std::array<S, N>*>(place));
  }
};

template <class E, class Allocator>
  requires number_entry<E>
struct shape<std::vector<E, Allocator>> {
  using value_type = E;
  static constexpr std::size_t static_size = dynamic;
  template <class S>
  using rebind = std::vector<S, typename std::allocator_traits<Allocator>::template rebind_alloc<S>>;

  static std::size_t size(std::vector<E, Allocator> const& x) { return x.size(); }
  template <class Self>
  static auto& entry(Self& x, std::size_t i) {
    return x[i];
  }
  template <class S, class Entry>
  static rebind<S> make(std::vector<E, Allocator> const& like, Entry const& f) {
    rebind<S> result(like.size());
    for (std::size_t i = 0; i < like.size(); ++i) duet::place(result[i], f, i);
    return result;
  }
};

// Eigen's two plain types; both keep their entries side by side.
template <template <class, int, int, int, int, int> class Plain, class E, int Rows, int Columns, int Options,
          int MostRows, int MostColumns>
struct eigen_shape {
  using object = Plain<E, Rows, Columns, Options, MostRows, MostColumns>;
  using value_type = E;
  static constexpr std::size_t static_size = Rows == Eigen::Dynamic || Columns == Eigen::Dynamic
                                                 ? dynamic
                                                 : static_cast<std::size_t>(Rows) * static_cast<std::size_t>(Columns);
  template <class S>
  using rebind = Plain<S, Rows, Columns, Options, MostRows, MostColumns>;

  static std::size_t size(object const& x) { return static_cast<std::size_t>(x.size()); }
  template <class Self>
  static auto& entry(Self& x, std::size_t i) {
    return x.data()[i];
  }
  template <class S, class Entry>
  static DUET_INLINE rebind<S> make(object const& like, Entry const& f) {
    rebind<S> result;
    if constexpr (static_size == dynamic) result.resize(like.rows(), like.cols());
    for_each_entry<static_size>(size(like), [&](auto i) DUET_INLINE_LAMBDA { duet::place(result.data()[i], f, i); });
    return result;
  }
};

template <class E, int Rows, int Columns, int Options, int MostRows, int MostColumns>
  requires number_entry<E>
struct shape<Eigen::Matrix<E, Rows, Columns, Options, MostRows, MostColumns>>
    : eigen_shape<Eigen::Matrix, E, Rows, Columns, Options, MostRows, MostColumns> {};
template <class E, int Rows, int Columns, int Options, int MostRows, int MostColumns>
  requires number_entry<E>
struct shape<Eigen::Array<E, Rows, Columns, Options, MostRows, MostColumns>>
    : eigen_shape<Eigen::Array, E, Rows, Columns, Options, MostRows, MostColumns> {};

// Several shapes of one scalar, one after another.
template <class First, class... Rest>
  requires(shaped<First> && ... &&
           (shaped<Rest> && std::is_same_v<typename shape<Rest>::value_type, typename shape<First>::value_type>))
struct shape<std::tuple<First, Rest...>> {
  using object = std::tuple<First, Rest...>;
  using value_type = typename shape<First>::value_type;
  static constexpr std::size_t static_size =
      ((shape<First>::static_size != dynamic) && ... && (shape<Rest>::static_size != dynamic))
          ? (shape<First>::static_size + ... + shape<Rest>::static_size)
          : dynamic;
  template <class S>
  using rebind = std::tuple<typename shape<First>::template rebind<S>, typename shape<Rest>::template rebind<S>...>;

  static constexpr std::size_t size(object const& x) {
    return std::apply(
        [](auto const&... part) { return (shape<std::remove_cvref_t<decltype(part)>>::size(part) + ...); }, x);
  }
  template <std::size_t Part = 0, class Self>
  static constexpr auto& entry(Self& x, std::size_t i) {
    auto& part = std::get<Part>(x);
    using part_shape = shape<std::remove_cvref_t<decltype(part)>>;
    if constexpr (Part == sizeof...(Rest)) {
      return part_shape::entry(part, i);
    } else {
      std::size_t const here = part_shape::size(part);
      return i < here ? part_shape::entry(part, i) : entry<Part + 1>(x, i - here);
    }
  }
  template <class S, class Entry>
  static rebind<S> make(object const& like, Entry const& f) {
    std::size_t first = 0;
    auto const made = [&]<class Part>(Part const& part) {
      std::size_t const here = std::exchange(first, first + shape<Part>::size(part));
      return shape<Part>::template make<S>(part, [&](auto i) { return f(here + i); });
    };
    return std::apply([&](auto const&... part) { return rebind<S>{made(part)...}; }, like);
  }
};

template <class X>
concept eigen_dense = requires(X const& x) { []<class Derived>(Eigen::DenseBase<Derived> const&) {}(x); };

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
concept scalar_point = point<X> && number_entry<plain_t<X>>;

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

// True if x has the sizes of y, entry by entry.
template <class X, class Y>
[[nodiscard]] bool same_sizes(X const& x, Y const& y) {
  if constexpr (eigen_dense<X> && eigen_dense<Y>)
    return x.rows() == y.rows() && x.cols() == y.cols();
  else
    return shape<X>::size(x) == shape<Y>::size(y);
}
template <class... X, class... Y>
[[nodiscard]] bool same_sizes(std::tuple<X...> const& x, std::tuple<Y...> const& y) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (duet::same_sizes(std::get<I>(x), std::get<I>(y)) && ...);
  }(std::index_sequence_for<X...>{});
}

}  // namespace duet
