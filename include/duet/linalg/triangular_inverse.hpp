#pragma once

// Inverses of factored matrices of plain numbers, in place of their factors and by halves: with E = U11^-1 U12,
// F = L21 L11^-1 and S = L22 U22,
//   (L U)^-1 = [ (L11 U11)^-1 + E S^-1 F,  -E S^-1;  -S^-1 F,  S^-1 ]
// 4/3 n^3 instead of the 2 n^3 of solving for the identity, and most of it in products.

#include <Eigen/Core>
#include <duet/eigen/loaned.hpp>

namespace duet {

template <class P>
using column_matrix = Eigen::Matrix<P, Eigen::Dynamic, Eigen::Dynamic>;
template <class P>
using square_view = Eigen::Map<column_matrix<P>, 0, Eigen::OuterStride<>>;

inline constexpr Eigen::Index most_inverted_by_columns = 16;

// As many rows, worked on side by side as vectors of a length that the compiler knows.
template <class P>
using small_rows = Eigen::Matrix<P, most_inverted_by_columns, most_inverted_by_columns, Eigen::RowMajor>;

// A quarter of m, the upper left one or the lower right one, of `size` rows.
template <class P>
[[nodiscard]] square_view<P> quarter(square_view<P>& m, Eigen::Index at, Eigen::Index size) {
  return {&m(at, at), size, size, Eigen::OuterStride<>(m.outerStride())};
}

// m, which holds U and below its diagonal L with ones on its own, becomes (L U)^-1.
template <class P>
void invert_factors(square_view<P> m) {
  Eigen::Index const n = m.rows();
  if (n <= most_inverted_by_columns) {
    small_rows<P> x = small_rows<P>::Identity();
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index k = 0; k < i; ++k) x.row(i) -= m(i, k) * x.row(k);
    for (Eigen::Index i = n; i-- > 0;) {
      for (Eigen::Index k = i + 1; k < n; ++k) x.row(i) -= m(i, k) * x.row(k);
      x.row(i) *= 1 / m(i, i);
    }
    m = x.topLeftCorner(n, n);
    return;
  }
  Eigen::Index const half = n / 2, rest = n - half;
  square_view<P> first = duet::quarter<P>(m, 0, half), second = duet::quarter<P>(m, half, rest);
  auto e = m.topRightCorner(half, rest);
  auto f = m.bottomLeftCorner(rest, half);
  first.template triangularView<Eigen::Upper>().solveInPlace(e);
  first.template triangularView<Eigen::UnitLower>().template solveInPlace<Eigen::OnTheRight>(f);
  duet::invert_factors<P>(first);
  duet::invert_factors<P>(second);
  matrix_room<column_matrix<P>> room(half, rest);
  auto& product = room.matrix();
  product.noalias() = e * second;
  first.noalias() += product * f;
  e = -product;
  matrix_room<column_matrix<P>> other_room(rest, half);
  auto& other = other_room.matrix();
  other.noalias() = second * f;
  f = -other;
}

// The lower triangle of m, which holds L, becomes that of (L L^T)^-1.
template <class P>
void invert_square_factor(square_view<P> m) {
  Eigen::Index const n = m.rows();
  if (n <= most_inverted_by_columns) {
    small_rows<P> x = small_rows<P>::Identity();
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index k = 0; k < i; ++k) x.row(i) -= m(i, k) * x.row(k);
      x.row(i) *= 1 / m(i, i);
    }
    for (Eigen::Index i = n; i-- > 0;) {
      for (Eigen::Index k = i + 1; k < n; ++k) x.row(i) -= m(k, i) * x.row(k);
      x.row(i) *= 1 / m(i, i);
    }
    m.template triangularView<Eigen::Lower>() = x.topLeftCorner(n, n);
    return;
  }
  Eigen::Index const half = n / 2, rest = n - half;
  square_view<P> first = duet::quarter<P>(m, 0, half), second = duet::quarter<P>(m, half, rest);
  auto f = m.bottomLeftCorner(rest, half);
  first.template triangularView<Eigen::Lower>().template solveInPlace<Eigen::OnTheRight>(f);
  duet::invert_square_factor<P>(first);
  duet::invert_square_factor<P>(second);
  matrix_room<column_matrix<P>> room(rest, half);
  auto& product = room.matrix();
  product.noalias() = second.template selfadjointView<Eigen::Lower>() * f;
  first.template triangularView<Eigen::Lower>() += f.transpose() * product;
  f = -product;
}

// Calls visit(i, j) for the entries of an n x n matrix tile by tile, so that rows and columns stay in the cache.
template <bool Lower, class Visit>
DUET_INLINE void for_each_in_tiles(Eigen::Index n, Visit const& visit) {
  constexpr Eigen::Index tile = 16;
  for (Eigen::Index c = 0; c < n; c += tile)
    for (Eigen::Index r = Lower ? c : 0; r < n; r += tile)
      for (Eigen::Index j = c; j < std::min(n, c + tile); ++j)
        for (Eigen::Index i = Lower ? std::max(r, j) : r; i < std::min(n, r + tile); ++i) visit(i, j);
}

// A^-T of P A = L U.
template <class Factors, class A>
void invert_transposed(Factors const& lu, A& result) {
  using P = typename A::Scalar;
  Eigen::Index const n = lu.rows();
  matrix_room<column_matrix<P>> room(n, n);
  auto& m = room.matrix();
  m = lu.matrixLU();
  duet::invert_factors<P>(square_view<P>(m.data(), n, n, Eigen::OuterStride<>(n)));
  auto const& row = lu.permutationP().indices();
  result.resize(n, n);
  duet::for_each_in_tiles<false>(n, [&](auto i, auto j) DUET_INLINE_LAMBDA { result(i, j) = m(j, row[i]); });
}
// A^-1 of A = L L^T, symmetric to the last bit.
template <class Factor, class A>
void invert_square(Factor const& l, A& result) {
  using P = typename A::Scalar;
  Eigen::Index const n = l.rows();
  matrix_room<column_matrix<P>> room(n, n);
  auto& m = room.matrix();
  m = l;
  duet::invert_square_factor<P>(square_view<P>(m.data(), n, n, Eigen::OuterStride<>(n)));
  result.resize(n, n);
  duet::for_each_in_tiles<true>(
      n, [&](auto i, auto j) DUET_INLINE_LAMBDA { result(i, j) = result(j, i) = m(i, j); });
}

}  // namespace duet
