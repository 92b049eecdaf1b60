#pragma once

// Divided differences of eigenvalues and singular values, of which the derivatives of their vectors are made; and where
// these have none.

#include <duet/linalg/argument.hpp>
#include <string>

namespace duet {

template <class X>
[[nodiscard]] bool moves(X const& x) {
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      if (!duet::vanishes(typename X::Scalar(x.coeff(i, j)))) return true;
  return false;
}

// x_ij / (g_j - g_i) off the diagonal and zero on it, where g is a function of the values d. Values that differ by
// rounding at most are equal: that is an error if the vector of one of them is asked for.
template <class X, class D, class Asked>
[[nodiscard]] X over_gaps(char const* where, char const* what, X const& x, D const& d, D const& g, Asked const& asked) {
  using P = passive_of_t<typename X::Scalar>;
  Eigen::Index const n = d.size();
  P largest(0);
  for (Eigen::Index i = 0; i < n; ++i) largest = std::max(largest, P(std::abs(duet::value(d[i]))));
  P const rounding = static_cast<P>(4 * n) * std::numeric_limits<P>::epsilon() * largest;
  X result;
  result.setZero(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = 0; i < n; ++i) {
      if (i == j) continue;
      if (std::abs(duet::value(d[i]) - duet::value(d[j])) > rounding)
        result(i, j) = x(i, j) / (g[j] - g[i]);
      else if (asked(i) || asked(j))
        throw error(std::string(where) + ": " + what + " " + std::to_string(std::min(i, j)) + " and " +
                    std::to_string(std::max(i, j)) + " are equal, so that their vectors have no derivatives");
    }
  return result;
}

}  // namespace duet
