#pragma once

// Inverses of factored matrices of plain numbers by halves: with E = U11^-1 U12, F = L21 L11^-1 and S = L22 U22,
//   (L U)^-1 = [ (L11 U11)^-1 + E S^-1 F,  -E S^-1;  -S^-1 F,  S^-1 ]
//   U^-1 = [ U11^-1,  -E U22^-1;  0,  U22^-1 ],   L^-1 = [ L11^-1,  0;  -L22^-1 F,  L22^-1 ]
// 4/3 n^3 instead of the 2 n^3 of solving for the identity, and nearly all of it in products.

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

template <class P>
[[nodiscard]] square_view<P> whole_view(Eigen::Map<column_matrix<P>>& m) {
  return {m.data(), m.rows(), m.cols(), Eigen::OuterStride<>(m.rows())};
}
// A quarter of m, the upper left one or the lower right one, of `size` rows.
template <class P>
[[nodiscard]] square_view<P> quarter(square_view<P>& m, Eigen::Index at, Eigen::Index size) {
  return {&m(at, at), size, size, Eigen::OuterStride<>(m.outerStride())};
}

// result = (L U)^-1 for m, which holds U and below its diagonal L, with ones on its own. With Factors U^-1 and L^-1
// take their places; else m is left in pieces.
template <bool Factors, class P>
void invert_factors(square_view<P> m, square_view<P> result) {
  Eigen::Index const n = m.rows();
  if (n <= most_inverted_by_columns) {
    small_rows<P> l = small_rows<P>::Identity(), u = l, product;
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index k = 0; k < i; ++k) l.row(i) -= m(i, k) * l.row(k);
    for (Eigen::Index i = n; i-- > 0;) {
      for (Eigen::Index k = i + 1; k < n; ++k) u.row(i) -= m(i, k) * u.row(k);
      u.row(i) *= 1 / m(i, i);
      product.row(i) = u(i, i) * l.row(i);
      for (Eigen::Index k = i + 1; k < n; ++k) product.row(i) += u(i, k) * l.row(k);
    }
    result = product.topLeftCorner(n, n);
    if constexpr (Factors) {
      m.template triangularView<Eigen::StrictlyLower>() = l.topLeftCorner(n, n);
      m.template triangularView<Eigen::Upper>() = u.topLeftCorner(n, n);
    }
    return;
  }
  Eigen::Index const half = n / 2, rest = n - half;
  square_view<P> first = duet::quarter<P>(m, 0, half), second = duet::quarter<P>(m, half, rest);
  square_view<P> first_result = duet::quarter<P>(result, 0, half), s = duet::quarter<P>(result, half, rest);
  duet::invert_factors<true, P>(first, first_result);
  duet::invert_factors<Factors, P>(second, s);
  auto m12 = m.topRightCorner(half, rest), result12 = result.topRightCorner(half, rest);
  auto m21 = m.bottomLeftCorner(rest, half), result21 = result.bottomLeftCorner(rest, half);
  matrix_room<column_matrix<P>> e_room(half, rest), f_room(rest, half);
  auto &e = e_room.matrix(), &f = f_room.matrix();
  e.noalias() = first.template triangularView<Eigen::Upper>() * m12;
  f.noalias() = m21 * first.template triangularView<Eigen::UnitLower>();
  if constexpr (Factors) {
    m12.noalias() = -e * second.template triangularView<Eigen::Upper>();
    m21.noalias() = second.template triangularView<Eigen::UnitLower>() * -f;
  }
  result12.noalias() = -e * s;
  result21.noalias() = -s * f;
  first_result.noalias() -= result12 * f;
}

// The same of (L L^T)^-1 for m, in whose lower triangle L is.
template <bool Factors, class P>
void invert_square_factor(square_view<P> m, square_view<P> result) {
  Eigen::Index const n = m.rows();
  if (n <= most_inverted_by_columns) {
    small_rows<P> l = small_rows<P>::Identity(), product = small_rows<P>::Zero();
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index k = 0; k < i; ++k) l.row(i) -= m(i, k) * l.row(k);
      l.row(i) *= 1 / m(i, i);
      for (Eigen::Index k = 0; k <= i; ++k) product.row(k) += l(i, k) * l.row(i);
    }
    result = product.topLeftCorner(n, n);
    if constexpr (Factors) m.template triangularView<Eigen::Lower>() = l.topLeftCorner(n, n);
    return;
  }
  Eigen::Index const half = n / 2, rest = n - half;
  square_view<P> first = duet::quarter<P>(m, 0, half), second = duet::quarter<P>(m, half, rest);
  square_view<P> first_result = duet::quarter<P>(result, 0, half), s = duet::quarter<P>(result, half, rest);
  duet::invert_square_factor<true, P>(first, first_result);
  duet::invert_square_factor<Factors, P>(second, s);
  auto m21 = m.bottomLeftCorner(rest, half), result21 = result.bottomLeftCorner(rest, half);
  matrix_room<column_matrix<P>> f_room(rest, half);
  auto& f = f_room.matrix();
  f.noalias() = m21 * first.template triangularView<Eigen::Lower>();
  if constexpr (Factors) m21.noalias() = second.template triangularView<Eigen::Lower>() * -f;
  result21.noalias() = -s * f;
  result.topRightCorner(half, rest) = result21.transpose();
  first_result.noalias() -= f.transpose() * result21;
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
  matrix_room<column_matrix<P>> factors(n, n), room(n, n);
  factors.matrix() = lu.matrixLU();
  auto& m = room.matrix();
  duet::invert_factors<false, P>(duet::whole_view<P>(factors.matrix()), duet::whole_view<P>(m));
  auto const& row = lu.permutationP().indices();
  result.resize(n, n);
  for (Eigen::Index i = 0; i < n; i += 8) {  // columns side by side: each writes whole lines of the cache
    std::array<P const*, 8> column{};
    Eigen::Index const many = std::min<Eigen::Index>(8, n - i);
    for (Eigen::Index k = 0; k < many; ++k) column[static_cast<std::size_t>(k)] = &m(0, row[i + k]);
    if (many == 8)
      for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index k = 0; k < 8; ++k) result(i + k, j) = column[static_cast<std::size_t>(k)][j];
    else
      for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index k = 0; k < many; ++k) result(i + k, j) = column[static_cast<std::size_t>(k)][j];
  }
}
// A^-1 of A = L L^T, symmetric to the last bit.
template <class Factor, class A>
void invert_square(Factor const& l, A& result) {
  using P = typename A::Scalar;
  Eigen::Index const n = l.rows();
  matrix_room<column_matrix<P>> factor(n, n), room(n, n);
  factor.matrix() = l;
  auto& m = room.matrix();
  duet::invert_square_factor<false, P>(duet::whole_view<P>(factor.matrix()), duet::whole_view<P>(m));
  result.resize(n, n);
  duet::for_each_in_tiles<true>(n, [&](auto i, auto j) DUET_INLINE_LAMBDA { result(i, j) = result(j, i) = m(i, j); });
}

}  // namespace duet
