#pragma once

// The map x -> A x + b in front of a function, and how derivatives go back through it: read by driver/affine.hpp.

#include <duet/driver/jacobian.hpp>
#include <functional>

namespace duet {

// ---- numbers ----

// The type of a * x + b: that of x among plain numbers, so that a float stays a float.
template <class A, class X, class B>
struct affine_number {
  using type = X;
};
template <class A, class X, class B>
  requires(active<A> || active<X> || active<B>)
struct affine_number<A, X, B> {
  using type = evaluated_t<decltype(std::declval<A const&>() * std::declval<X const&>() + std::declval<B const&>())>;
};

// The Eigen matrix m as factor of a product with entries of type T: plain numbers are converted, active ones mix.
template <class T, class M>
[[nodiscard]] decltype(auto) factor(M const& m) {
  if constexpr (std::is_same_v<typename M::Scalar, T> || active_scalar<T>)
    return (m);
  else
    return m.template cast<T>();
}

// Up to so many terms a sum of columns is faster than Eigen's product, and it passes over zeros.
inline constexpr Eigen::Index most_summed_columns = 32;

// d a with entries of type T, for derivatives d. What is times a zero of `a` is left out: it may be infinite, and much
// of a map is often zero.
template <class T, class D, class A>
[[nodiscard]] auto product_of(D const& d, A const& a) {
  constexpr int rows = D::RowsAtCompileTime, columns = A::ColsAtCompileTime;
  Eigen::Matrix<T, rows, columns, rows == 1 && columns != 1 ? Eigen::RowMajor : Eigen::ColMajor> result(d.rows(),
                                                                                                        a.cols());
  if constexpr (!active_scalar<T>)
    if (a.rows() > most_summed_columns && d.allFinite()) {
      result.noalias() = duet::factor<T>(d) * duet::factor<T>(a);
      return result;
    }
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    Eigen::Matrix<T, rows, 1> sum = Eigen::Matrix<T, rows, 1>::Zero(d.rows());
    for (Eigen::Index k = 0; k < a.rows(); ++k) {
      if (duet::vanishes(a(k, j))) continue;
      if constexpr (active_scalar<T>)
        for (Eigen::Index i = 0; i < d.rows(); ++i) sum[i] += d(i, k) * a(k, j);
      else
        sum += duet::factor<T>(d.col(k)) * static_cast<T>(a(k, j));
    }
    result.col(j) = sum;
  }
  return result;
}

// The transpose of a matrix, by columns. (Of Eigen's own g++ 12 says that its check for aliasing reads the result.)
template <class M>
[[nodiscard]] auto transpose_of(M const& m) {
  Eigen::Matrix<typename M::Scalar, M::ColsAtCompileTime, M::RowsAtCompileTime> result(m.cols(), m.rows());
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) result(j, i) = m(i, j);
  return result;
}

template <class T, std::size_t N>
using column = matrix_of<T, N, 1>;

// The entries of x in storage order, as a column.
template <class X>
[[nodiscard]] auto column_of(X const& x) {
  using Column = column<entry_t<X>, static_size_of<X>>;
  auto const n = static_cast<Eigen::Index>(duet::size_of(x));
  if constexpr (has_parts<X>) {  // they do not lie side by side
    Column result(n);
    duet::for_each_place(x, [&](auto i) { result[static_cast<Eigen::Index>(i)] = shape<X>::entry(x, i); });
    return result;
  } else {
    return Eigen::Map<Column const>(n == 0 ? nullptr : &shape<X>::entry(x, 0), n);
  }
}
template <class X>
inline constexpr bool is_column = false;
template <class T, int Rows, int Options, int MostRows>
inline constexpr bool is_column<Eigen::Matrix<T, Rows, 1, Options, MostRows, 1>> = true;

// The entries of a column in the shape of `like`.
template <class X, class C>
[[nodiscard]] auto shaped_as(X const& like, C const& c) {
  using Shaped = lifted_t<X, typename C::Scalar>;
  if constexpr (is_column<Shaped>)
    return Shaped(c);
  else
    return shape<X>::template make<typename C::Scalar>(
        like, [&](std::size_t i) -> auto const& { return c[static_cast<Eigen::Index>(i)]; });
}

// ---- the map ----

// The b of a map without one.
struct no_offset {};
template <class B>
struct offset_entry {
  using type = entry_t<B>;
};
template <>
struct offset_entry<no_offset> {
  using type = int;
};

// What a map keeps of an operand: an object that owns its entries, or of std::ref and std::cref the reference.
template <class A>
struct map_operand {
  using type = plain_t<A>;
};
template <>
struct map_operand<no_offset> {
  using type = no_offset;
};
template <class A>
struct map_operand<std::reference_wrapper<A>> {
  using type = A const&;
};
template <class A>
using map_operand_t = typename map_operand<std::remove_cvref_t<A>>::type;

// Made by duet::affine; A and B are what it keeps.
template <class A, class B>
class affine_map {
 public:
  using matrix = std::remove_cvref_t<A>;
  using offset = std::remove_cvref_t<B>;
  static constexpr bool has_offset = !std::is_same_v<offset, no_offset>;

  static constexpr std::size_t static_outputs = [] {
    if constexpr (matrix::RowsAtCompileTime != Eigen::Dynamic)
      return static_cast<std::size_t>(matrix::RowsAtCompileTime);
    else if constexpr (has_offset)
      return static_size_of<offset>;
    else
      return dynamic;
  }();
  template <class X>
  static constexpr std::size_t static_inputs =
      matrix::ColsAtCompileTime == Eigen::Dynamic ? static_size_of<X>
                                                  : static_cast<std::size_t>(matrix::ColsAtCompileTime);
  // False if sizes known when compiling do not fit.
  template <class X>
  static constexpr bool may_take = static_size_of<X> == dynamic || static_size_of<X> == static_inputs<X>;

  template <class GivenA, class GivenB>
  affine_map(GivenA&& a, GivenB&& b) : a_(std::forward<GivenA>(a)), b_(std::forward<GivenB>(b)) {
    if constexpr (has_offset)
      if (duet::size_of(b_) != static_cast<std::size_t>(a_.rows())) throw_wrong_size("b", duet::size_of(b_), a_.rows());
  }

  // The type of the entries of A x + b.
  template <class X>
  using number = typename affine_number<typename matrix::Scalar, entry_t<X>, typename offset_entry<offset>::type>::type;

  // A x + b in the shape of b; a column has static size if either of A and b says how many entries. Throws
  // std::invalid_argument unless x has one entry for each column of A.
  template <class X>
  [[nodiscard]] auto operator()(X const& x) const {
    using T = number<X>;
    auto const& at = duet::plain(x);
    if (duet::size_of(at) != static_cast<std::size_t>(a_.cols())) throw_wrong_size("x", duet::size_of(at), a_.cols());
    column<T, static_outputs> y = along<T>(duet::column_of(at));
    if constexpr (!has_offset) {
      return y;
    } else {
      for (std::size_t i = 0; i < duet::size_of(b_); ++i)
        y[static_cast<Eigen::Index>(i)] += static_cast<T>(shape<offset>::entry(b_, i));
      if constexpr (is_column<offset>)
        return y;
      else
        return duet::shaped_as(b_, y);
    }
  }

  // A v for each column of v, with entries of type T.
  template <class T, class V>
  [[nodiscard]] auto along(V const& v) const {
    Eigen::Matrix<T, matrix::RowsAtCompileTime, V::ColsAtCompileTime> result;
    if constexpr (active_scalar<T>)
      result = duet::product_of<T>(a_, v);
    else
      result.noalias() = duet::factor<T>(a_) * duet::factor<T>(v);
    return result;
  }

  // A^T g in the shape of x: the gradient in x, g being the one in A x + b.
  template <class Gradient, class X>
  [[nodiscard]] auto pulled_back(Gradient const& g, X const& x) const {
    return duet::shaped_as(duet::differentiated(x), pulled_back_columns(duet::column_of(g)));
  }
  // A^T G, n x k.
  template <class G>
  [[nodiscard]] auto pulled_back_columns(G const& g) const {
    using T = typename G::Scalar;
    Eigen::Matrix<T, matrix::ColsAtCompileTime, G::ColsAtCompileTime> result;
    if constexpr (G::ColsAtCompileTime == 1 && !active_scalar<T>)
      if (g.allFinite()) {
        result.noalias() = duet::factor<T>(a_).transpose() * g;
        return result;
      }
    result = duet::transpose_of(duet::product_of<T>(g.transpose(), a_));
    return result;
  }
  // J A: the Jacobian in x, J being the one in A x + b.
  template <class J>
  [[nodiscard]] auto pulled_back_rows(J const& j) const {
    return duet::product_of<typename J::Scalar>(j, a_);
  }
  // A^T H A, symmetric to the last bit.
  template <class H>
  [[nodiscard]] auto pulled_back_both(H const& h) const {
    using T = typename H::Scalar;
    auto const columns = duet::product_of<T>(h, a_);
    auto const rows = duet::transpose_of(columns);
    auto result = duet::product_of<T>(rows, a_);
    result.template triangularView<Eigen::StrictlyUpper>() = result.transpose();
    return result;
  }

 private:
  DUET_COLD void throw_wrong_size(std::string_view what, std::size_t given, Eigen::Index expected) const {
    duet::throw_wrong_size("duet::affine", what, given, static_cast<std::size_t>(expected),
                           "A is " + std::to_string(a_.rows()) + " x " + std::to_string(a_.cols()));
  }

  A a_;
  B b_;
};

// A as an operand to keep: evaluated if it is an expression, unwrapped if it is a std::reference_wrapper.
template <class A>
[[nodiscard]] decltype(auto) to_keep(A&& a) {
  using Given = std::remove_cvref_t<A>;
  if constexpr (std::is_reference_v<map_operand_t<Given>>)
    return a.get();
  else if constexpr (std::is_same_v<Given, map_operand_t<Given>>)
    return std::forward<A>(a);
  else
    return map_operand_t<Given>(duet::plain(a));
}

// An Eigen matrix or vector of numbers; of Eigen's arrays a product would be taken entry by entry.
template <class A>
concept linear_map = requires(A const& a) {
  []<class Derived>(Eigen::MatrixBase<Derived> const&) {}(a);
  requires number_entry<typename A::Scalar>;
};

template <class A, class B>
[[nodiscard]] consteval bool affine_demands() {
  using Matrix = std::remove_cvref_t<map_operand_t<A>>;
  using Offset = std::remove_cvref_t<map_operand_t<B>>;
  static_assert(
      linear_map<Matrix>,
      "duet::affine needs A to be an Eigen matrix, with a row for each number that f is given and a column for "
      "each input");
  static_assert(
      shaped<Offset> || std::is_same_v<Offset, no_offset>,
      "duet::affine needs b to be an Eigen vector or matrix, a std::array, a std::vector or a number, with an entry "
      "for each row of A");
  if constexpr (linear_map<Matrix> && shaped<Offset>) {
    constexpr bool fits = Matrix::RowsAtCompileTime == Eigen::Dynamic || static_size_of<Offset> == dynamic ||
                          static_size_of<Offset> == static_cast<std::size_t>(Matrix::RowsAtCompileTime);
    static_assert(fits, "duet::affine needs b to have an entry for each row of A; their static sizes differ");
    return fits;
  } else {
    return linear_map<Matrix> && std::is_same_v<Offset, no_offset>;
  }
}

// The map x -> A x + b for drivers in place of the point: duet::hessian(f, duet::affine(A, b), x) is the Hessian in x
// of f(A x + b). A is m x n, b has m entries, and f is given m numbers in the shape of b, without b in a column. The
// map owns A and b, so that it may be kept; of std::ref(A) or std::cref(A) it keeps the reference. Throws
// std::invalid_argument if the sizes do not fit.
template <class A, class B>
[[nodiscard]] auto affine(A&& a, B&& b) {
  if constexpr (affine_demands<A, B>())
    return affine_map<map_operand_t<A>, map_operand_t<B>>(duet::to_keep(std::forward<A>(a)),
                                                          duet::to_keep(std::forward<B>(b)));
}
template <class A>
[[nodiscard]] auto affine(A&& a) {
  return duet::affine(std::forward<A>(a), no_offset{});
}

}  // namespace duet
