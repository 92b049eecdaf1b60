#pragma once

// The log-likelihood of a mixture of k Gaussians in D dimensions with a Wishart prior (gamma = 1, m = 0), as ADBench
// defines it: Srajer, Kukelova and Fitzgibbon, "A benchmark of selected algorithmic differentiation tools on some
// problems in computer vision and machine learning" (2018).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

// Inputs, one after the other: the k logarithms of the weights; the k means; for each component a lower triangular
// factor of its inverse covariance, the logarithms of the diagonal first, then the rest by columns.
template <std::size_t D = 10>
struct mixture {
  static constexpr std::size_t lower = D * (D - 1) / 2, factor = D + lower;
  std::size_t k, n;
  std::vector<double> data;  // n points

  explicit mixture(std::size_t components = 10, std::size_t points = 200)
      : k(components), n(points), data(points * D), padded((points + lanes - 1) / lanes * lanes) {
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = 2 * std::sin(1 + 0.7 * static_cast<double>(i * i % 1009));
    columns.resize(padded * D);
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t j = 0; j < D; ++j) columns[(p / lanes * D + j) * lanes + p % lanes] = data[p * D + j];
  }

  [[nodiscard]] std::size_t inputs() const { return k * (1 + D + factor); }

  [[nodiscard]] std::vector<double> start() const {
    std::vector<double> x(inputs());
    for (std::size_t i = 0; i < x.size(); ++i) {
      double const size = i < k * (1 + D) ? 1 : 0.3;
      x[i] = size * std::sin(0.3 + 1.7 * static_cast<double>(i));
    }
    return x;
  }

  template <class T>
  static T log_sum_exp(T const* x, std::size_t count) {
    using std::exp, std::log;
    T const largest = *std::max_element(x, x + count);
    T sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += exp(x[i] - largest);
    return log(sum) + largest;
  }

  template <class T>
  T operator()(std::vector<T> const& in) const {
    using std::exp;
    T const *const means = &in[k], *const factors = means + k * D;
    std::vector<T> diagonals(k * D), log_determinants(k), terms(k);
    T prior = 0;
    for (std::size_t c = 0; c < k; ++c) {
      T const* const q = factors + c * factor;
      T sum = 0, squares = 0;
      for (std::size_t j = 0; j < D; ++j) {
        T const e = diagonals[c * D + j] = exp(q[j]);
        sum += q[j];
        squares += e * e;
      }
      for (std::size_t j = D; j < factor; ++j) squares += q[j] * q[j];
      log_determinants[c] = sum;
      prior += 0.5 * squares;
    }
    T total = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t c = 0; c < k; ++c) {
        std::array<T, D> centred, z;
        for (std::size_t j = 0; j < D; ++j) centred[j] = data[p * D + j] - means[c * D + j];
        for (std::size_t j = 0; j < D; ++j) z[j] = diagonals[c * D + j] * centred[j];
        T const* l = factors + c * factor + D;
        for (std::size_t i = 0; i < D; ++i)
          for (std::size_t j = i + 1; j < D; ++j) z[j] += *l++ * centred[i];
        T squares = 0;
        for (std::size_t j = 0; j < D; ++j) squares += z[j] * z[j];
        terms[c] = in[c] + log_determinants[c] - 0.5 * squares;
      }
      total += log_sum_exp(terms.data(), k);
    }
    return total - static_cast<double>(n) * log_sum_exp(in.data(), k) + prior + constant();
  }

  // The same in two parts: what all points share, and what one of them, maybe in lanes, adds to the likelihood.
  template <class T>
  static T prior(std::size_t k, std::vector<T> const& in, double points) {
    T const* const factors = &in[k + k * D];
    T squares = 0;
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t j = 0; j < factor; ++j) {
        T const e = j < D ? T(exp_of(factors[c * factor + j])) : factors[c * factor + j];
        squares += e * e;
      }
    return 0.5 * squares - points * log_sum_exp(in.data(), k);
  }
  // In the order of the inputs: the constant part of each component's exponent, the means, the factors with their
  // diagonals.
  template <class T>
  static std::vector<T> shared(std::size_t k, std::vector<T> const& in) {
    std::vector<T> result(in);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t j = 0; j < D; ++j) {
        T& diagonal = result[k + k * D + c * factor + j];
        result[c] += diagonal;
        diagonal = exp_of(diagonal);
      }
    return result;
  }
  // Exponent is half the squared norm of the factor times the centred point.
  template <class Exponent, class T, class X>
  static T term(std::size_t k, std::vector<T> const& in, X const& point, Exponent const& exponent) {
    using std::exp, std::log, std::max;
    std::vector<T> terms(k);
    for (std::size_t c = 0; c < k; ++c) terms[c] = in[c] - exponent(point, &in[k + c * D], &in[k + k * D + c * factor]);
    auto largest = number_of(terms[0]);
    for (std::size_t c = 1; c < k; ++c) largest = max(largest, number_of(terms[c]));
    T sum = 0;
    for (std::size_t c = 0; c < k; ++c) sum += exp(terms[c] - largest);
    return log(sum) + largest;
  }
  template <class X, class T>
  static constexpr T exponent(X const& point, T const* mean, T const* q) {
    std::array<T, D> centred, z;
    for (std::size_t j = 0; j < D; ++j) centred[j] = point[static_cast<std::ptrdiff_t>(j)] - mean[j];
    for (std::size_t j = 0; j < D; ++j) z[j] = q[j] * centred[j];
    T const* l = q + D;
    for (std::size_t i = 0; i < D; ++i)
      for (std::size_t j = i + 1; j < D; ++j) z[j] += *l++ * centred[i];
    T squares = 0;
    for (std::size_t j = 0; j < D; ++j) squares += z[j] * z[j];
    return 0.5 * squares;
  }

  // Of the normal densities and of the prior: Gamma's logarithm in D dimensions at (D + 1) / 2.
  [[nodiscard]] double constant() const {
    double const pi = std::acos(-1.0), d = static_cast<double>(D);
    double gamma = 0.25 * d * (d - 1) * std::log(pi);
    for (std::size_t j = 0; j < D; ++j) gamma += std::lgamma(0.5 * (d + 1 - static_cast<double>(j)));
    return -0.5 * static_cast<double>(n) * d * std::log(2 * pi) +
           static_cast<double>(k) * (0.5 * (d + 1) * d * std::log(2.0) + gamma);
  }

  struct memory {
    std::vector<double> terms;  // by component, then by point: first the exponents, then the weights
    std::vector<double> largest, sums;
  };

  // By hand. For the factor Q of a component, with S and m the sums of w x x^T and w x over the centred points x, the
  // adjoints are -Q S and, for the mean, Q^T Q m: no point's product is needed again. Points lie side by side in lanes.
  double gradient(std::vector<double> const& in, std::vector<double>& g, memory& m) const {
    g.assign(inputs(), 0);
    m.terms.resize(k * padded);
    for (std::size_t c = 0; c < k; ++c) exponents(in, c, &m.terms[c * padded]);
    double const total = weigh(m);

    double prior = 0;
    for (std::size_t c = 0; c < k; ++c) prior += 0.5 * pull_back(in, c, &m.terms[c * padded], g);
    double const all = log_sum_exp(in.data(), k), points = static_cast<double>(n);
    for (std::size_t c = 0; c < k; ++c) g[c] -= points * std::exp(in[c] - all);
    return total - points * all + prior + constant();
  }

 private:
  static auto exp_of(auto const& x) {
    using std::exp;
    return exp(x);
  }
  // Without derivatives: the largest term cancels in them.
  static auto number_of(auto const& x) {
    if constexpr (requires { x.value(); })
      return number_of(x.value());
    else
      return x;
  }

  // A divisor of 200, and more than g++ unrolls, which would keep it from vectorising the loops over them.
  static constexpr std::size_t lanes = 20;
  using lane = std::array<double, lanes>;
  std::size_t padded;           // points, a multiple of the lanes
  std::vector<double> columns;  // data by blocks of points, in each by coordinate

  // Where row j of the strictly lower part has its entry in column i < j.
  static constexpr std::size_t place(std::size_t j, std::size_t i) { return D + i * (2 * D - i - 1) / 2 + j - i - 1; }

  // A block of points minus the mean.
  static void centre(double const* block, double const* mean, lane (&x)[D]) {
    for (std::size_t j = 0; j < D; ++j)
      for (std::size_t s = 0; s < lanes; ++s) x[j][s] = block[j * lanes + s] - mean[j];
  }

  void exponents(std::vector<double> const& in, std::size_t c, double* terms) const {
    double const *const mean = &in[k + c * D], *const q = &in[k + k * D + c * factor];
    double diagonal[D], constant = in[c];
    for (std::size_t j = 0; j < D; ++j) {
      diagonal[j] = std::exp(q[j]);
      constant += q[j];
    }
    for (std::size_t p = 0; p < padded; p += lanes) {
      lane x[D], z[D], squares = {};
      centre(&columns[p * D], mean, x);
      for (std::size_t j = 0; j < D; ++j)
        for (std::size_t s = 0; s < lanes; ++s) z[j][s] = diagonal[j] * x[j][s];
      double const* l = q + D;
      for (std::size_t i = 0; i < D; ++i)
        for (std::size_t j = i + 1; j < D; ++j, ++l)
          for (std::size_t s = 0; s < lanes; ++s) z[j][s] += *l * x[i][s];
      for (std::size_t j = 0; j < D; ++j)
        for (std::size_t s = 0; s < lanes; ++s) squares[s] += z[j][s] * z[j][s];
      for (std::size_t s = 0; s < lanes; ++s) terms[p + s] = constant - 0.5 * squares[s];
    }
  }

  // Exponents become weights, zero for the points that only fill the lanes; returns the sum of log-sum-exp.
  double weigh(memory& m) const {
    m.largest.assign(m.terms.begin(), m.terms.begin() + static_cast<std::ptrdiff_t>(padded));
    m.sums.assign(padded, 0);
    for (std::size_t c = 1; c < k; ++c)
      for (std::size_t p = 0; p < n; ++p) m.largest[p] = std::max(m.largest[p], m.terms[c * padded + p]);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t p = 0; p < n; ++p)
        m.sums[p] += m.terms[c * padded + p] = std::exp(m.terms[c * padded + p] - m.largest[p]);
    double total = 0;
    for (std::size_t p = 0; p < n; ++p) {
      total += std::log(m.sums[p]) + m.largest[p];
      m.sums[p] = 1 / m.sums[p];
    }
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t p = 0; p < padded; ++p) m.terms[c * padded + p] *= m.sums[p];
    return total;
  }

  // Returns the squared norm of the factor.
  double pull_back(std::vector<double> const& in, std::size_t c, double const* weights, std::vector<double>& g) const {
    double const *const mean = &in[k + c * D], *const q = &in[k + k * D + c * factor];
    lane total = {}, first[D] = {}, second[D][D] = {};
    for (std::size_t p = 0; p < padded; p += lanes) {
      lane x[D], w;
      centre(&columns[p * D], mean, x);
      for (std::size_t s = 0; s < lanes; ++s) total[s] += w[s] = weights[p + s];
      for (std::size_t i = 0; i < D; ++i) {
        lane wx;
        for (std::size_t s = 0; s < lanes; ++s) first[i][s] += wx[s] = w[s] * x[i][s];
        for (std::size_t j = 0; j <= i; ++j)
          for (std::size_t s = 0; s < lanes; ++s) second[i][j][s] += wx[s] * x[j][s];
      }
    }
    auto const sum = [](lane const& l) {
      double result = 0;
      for (double e : l) result += e;
      return result;
    };

    double matrix[D][D] = {}, moment[D][D], moved[D], norm = 0;
    for (std::size_t j = 0; j < D; ++j) {
      matrix[j][j] = std::exp(q[j]);
      for (std::size_t i = 0; i < j; ++i) matrix[j][i] = q[place(j, i)];
      for (std::size_t i = 0; i <= j; ++i) {
        moment[j][i] = moment[i][j] = sum(second[j][i]);
        norm += matrix[j][i] * matrix[j][i];
      }
    }
    double const weight = sum(total);
    g[c] = weight;
    double *const dmean = &g[k + c * D], *const dq = &g[k + k * D + c * factor];
    for (std::size_t j = 0; j < D; ++j) {
      moved[j] = 0;
      for (std::size_t i = 0; i <= j; ++i) moved[j] += matrix[j][i] * sum(first[i]);
    }
    for (std::size_t j = 0; j < D; ++j)
      for (std::size_t i = 0; i <= j; ++i) {
        dmean[i] += matrix[j][i] * moved[j];
        double slope = matrix[j][i];  // of the prior
        for (std::size_t l = 0; l <= j; ++l) slope -= matrix[j][l] * moment[l][i];
        if (i == j)
          dq[j] = weight + matrix[j][j] * slope;
        else
          dq[place(j, i)] = slope;
      }
    return norm;
  }
};

}  // namespace workload
