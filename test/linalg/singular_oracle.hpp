#pragma once

// Singular values and vectors in 50 digits.

#include "jacobi.hpp"

namespace linalg_test {

// Through A^T A, or A A^T if that is smaller.
struct big_triples {
  matrix<big> u, v;
  vector<big> s;
};
inline big_triples triples(matrix<big> const& a) {
  bool const wide = a.cols() > a.rows();
  matrix<big> const b = wide ? matrix<big>(a.transpose()) : a;
  Index const r = b.cols();
  matrix<big> normal = matrix<big>::Zero(r, r);
  for (Index i = 0; i < r; ++i)
    for (Index j = 0; j < r; ++j)
      for (Index k = 0; k < b.rows(); ++k) normal(i, j) += b(k, i) * b(k, j);
  auto const [values, vectors] = jacobi(normal);
  big_triples t{matrix<big>::Zero(b.rows(), r), matrix<big>(r, r), vector<big>(r)};
  for (Index k = 0; k < r; ++k) {
    t.s[k] = sqrt(values[r - 1 - k]);
    for (Index i = 0; i < r; ++i) t.v(i, k) = vectors(i, r - 1 - k);
    for (Index i = 0; i < b.rows(); ++i)
      for (Index j = 0; j < r; ++j) t.u(i, k) += b(i, j) * t.v(j, k) / t.s[k];
  }
  if (wide) std::swap(t.u, t.v);
  return t;
}
// Values that stay apart.
inline MatrixXd sample(Index m, Index n) {
  MatrixXd a = 0.2 * samples(static_cast<unsigned>(m + n)).matrix(m, n) / std::sqrt(double(m));
  for (Index k = 0; k < std::min(m, n); ++k) a(k, k) += static_cast<double>(k + 1);
  return a;
}

}  // namespace linalg_test
