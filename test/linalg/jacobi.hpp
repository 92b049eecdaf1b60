#pragma once

// Eigenvalues and eigenvectors of symmetric matrices in 50 digits, by Jacobi's rotations.

#include "oracle.hpp"

namespace linalg_test {

struct jacobi_result {
  vector<big> values;  // increasing
  matrix<big> vectors;
};
inline jacobi_result jacobi(matrix<big> a) {
  Index const n = a.rows();
  matrix<big> q = matrix<big>::Identity(n, n);
  for (int round = 0; round < 60; ++round) {
    big off = 0;
    for (Index i = 0; i < n; ++i)
      for (Index j = i + 1; j < n; ++j) {
        off += a(i, j) * a(i, j);
        if (a(i, j) == 0) continue;
        big const theta = (a(j, j) - a(i, i)) / (2 * a(i, j));
        big const t = big(theta < 0 ? -1 : 1) / (abs(theta) + sqrt(theta * theta + 1));
        big const c = 1 / sqrt(t * t + 1), s = t * c;
        auto const turn = [&](big& x, big& y) {
          big const old = x;
          x = c * old - s * y;
          y = s * old + c * y;
        };
        for (Index k = 0; k < n; ++k) turn(a(k, i), a(k, j));
        for (Index k = 0; k < n; ++k) turn(a(i, k), a(j, k));
        for (Index k = 0; k < n; ++k) turn(q(k, i), q(k, j));
      }
    if (off < big("1e-90")) break;
  }
  std::vector<Index> order(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  std::sort(order.begin(), order.end(), [&](Index i, Index j) { return a(i, i) < a(j, j); });
  jacobi_result result{vector<big>(n), matrix<big>(n, n)};
  for (Index k = 0; k < n; ++k) {
    Index const from = order[static_cast<std::size_t>(k)];
    result.values[k] = a(from, from);
    for (Index i = 0; i < n; ++i) result.vectors(i, k) = q(i, from);
  }
  return result;
}

// The sum over the vectors of products of two entries of each, weighted: no sign matters.
template <class V>
auto weighted_pairs(V const& v) {
  using S = typename V::Scalar;
  S sum(0);
  for (Index k = 0; k < v.cols(); ++k)
    for (Index i = 0; i < v.rows(); ++i)
      sum += S(v(i, k) * v((i + 1) % v.rows(), k) * (1.0 + 0.25 * static_cast<double>((3 * i + 5 * k) % 7)));
  return sum;
}

}  // namespace linalg_test
