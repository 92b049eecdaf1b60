#pragma once

// What the functions of linear algebra demand of their arguments, and how these reach an operation: as matrices that
// own their entries.

#include <duet/core/error.hpp>
#include <duet/linalg/linearization.hpp>
#include <string>

namespace duet {

template <class A>
concept real_matrix = eigen_dense<A> && point<A>;

// The demand of all of them, true if it is met.
template <class... A>
[[nodiscard]] consteval bool require_real() {
  static_assert((real_matrix<A> && ...),
                "duet::solve and the other functions of duet/linalg.hpp need matrices of real numbers; write "
                "A.cast<double>() for one of integers");
  return (real_matrix<A> && ...);
}

[[nodiscard]] inline std::string sizes_text(Eigen::Index rows, Eigen::Index columns) {
  return std::to_string(rows) + " x " + std::to_string(columns);
}
template <class A>
[[nodiscard]] std::string sizes_of(A const& a) {
  return duet::sizes_text(a.rows(), a.cols());
}
DUET_COLD inline void throw_sizes(char const* where, std::string const& given, char const* expected) {
  throw std::invalid_argument(std::string(where) + ": " + given + ", expected " + expected);
}
// "duet::solve: the 3 x 3 matrix is singular"
DUET_COLD inline void throw_unusable(char const* where, char const* what, Eigen::Index rows, Eigen::Index columns) {
  throw error(std::string(where) + ": the " + duet::sizes_text(rows, columns) + " matrix is " + what);
}

// Sizes known to the compiler, or Eigen::Dynamic.
[[nodiscard]] consteval bool can_equal(int a, int b) { return a == b || a == Eigen::Dynamic || b == Eigen::Dynamic; }

template <class A>
[[nodiscard]] consteval bool may_be_square() {
  constexpr bool result = duet::can_equal(A::RowsAtCompileTime, A::ColsAtCompileTime);
  static_assert(
      result,
      "duet::solve, inverse, determinant, cholesky and the like need a square matrix; for one with more rows than "
      "columns there is duet::solve_least_squares");
  return result;
}
template <class A, class B>
[[nodiscard]] consteval bool may_have_equal_rows() {
  constexpr bool result = duet::can_equal(A::RowsAtCompileTime, B::RowsAtCompileTime);
  static_assert(result, "duet::solve needs as many rows on the right as the matrix has");
  return result;
}

template <class A>
void require_square(char const* where, A const& a) {
  if (a.rows() != a.cols()) throw_sizes(where, "a " + duet::sizes_of(a) + " matrix", "a square one");
}
template <class A, class B>
void require_rows(char const* where, A const& a, B const& b) {
  if (a.rows() != b.rows())
    throw_sizes(where, "a " + duet::sizes_of(a) + " matrix and a right side of " + duet::sizes_of(b), "equal rows");
}

template <class Matrix>
[[nodiscard]] Matrix zero_matrix(Eigen::Index rows, Eigen::Index columns) {
  Matrix result;
  result.setZero(rows, columns);
  return result;
}
template <class A>
[[nodiscard]] A identity_like(A const& a) {
  A result;
  result.setIdentity(a.rows(), a.cols());
  return result;
}

template <class X>
[[nodiscard]] decltype(auto) as_matrix(X const& x) {
  if constexpr (std::is_base_of_v<Eigen::ArrayBase<X>, X>)
    return x.matrix();
  else
    return (x);
}

// x as a matrix that owns entries of type S, or of its own type where S is an active scalar that they are constants to.
template <class S, class X>
[[nodiscard]] decltype(auto) matrix_argument(X const& x) {
  if constexpr (std::is_base_of_v<Eigen::ArrayBase<X>, X>) {
    auto const m = x.matrix();
    return plain_t<decltype(m)>(duet::matrix_argument<S>(m));
  } else if constexpr (active_scalar<S> || std::is_same_v<entry_t<X>, S>) {
    return duet::plain(x);
  } else {
    auto const m = x.template cast<S>();
    return plain_t<decltype(m)>(m);
  }
}

// The value of an operation of matrices, with the derivatives that they carry.
template <class Operation, class... X>
[[nodiscard]] auto apply_to_matrices(char const* where, Operation const& operation, X const&... x) {
  using S = joint_scalar_t<X...>;
  return duet::apply_linearized(where, operation, duet::matrix_argument<S>(x)...);
}

}  // namespace duet
