#pragma once

// A struct of parameters with every kind of field, the same numbers as a flat vector, put in place by hand, and several
// arguments: what the tests of shapes differentiate in. What a driver makes of them is held against what it makes of
// the flat vector.

#include <Eigen/Core>
#include <array>
#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace shapes {

template <class S>
using matrix22 = Eigen::Matrix<S, 2, 2>;
template <class S>
using matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class S>
using vector2 = Eigen::Matrix<S, 2, 1>;
template <class S>
using range = std::pair<S, std::array<S, 2>>;
template <class S>
using pieces = std::tuple<S, vector2<S>>;

// ---- of static size: 4 + 2 + 1 + 2 + 1 + 2 + 1 = 13 entries, and two fields that hold none ----

template <class S>
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer<S>, (matrix22<S>, W), (int, power), (vector2<S>, b));
};
template <class S>
struct model {
  BOOST_HANA_DEFINE_STRUCT(model<S>, (layer<S>, first), (range<S>, limits), (std::string, name), (pieces<S>, rest),
                           (S, c));
};

constexpr Eigen::Index entries = 13;

template <class V>
auto model_of(V const& x) {
  using S = std::decay_t<decltype(x[0])>;
  model<S> p;
  p.first.W << x[0], x[2], x[1], x[3];
  p.first.power = 3;
  p.first.b << x[4], x[5];
  p.limits.first = x[6];
  p.limits.second = {x[7], x[8]};
  p.name = "a model";
  std::get<0>(p.rest) = x[9];
  std::get<1>(p.rest) << x[10], x[11];
  p.c = x[12];
  return p;
}
inline Eigen::VectorXd flat(model<double> const& p) {
  Eigen::VectorXd x(entries);
  x << p.first.W(0, 0), p.first.W(1, 0), p.first.W(0, 1), p.first.W(1, 1), p.first.b[0], p.first.b[1], p.limits.first,
      p.limits.second[0], p.limits.second[1], std::get<0>(p.rest), std::get<1>(p.rest)[0], std::get<1>(p.rest)[1], p.c;
  return x;
}

// ---- of a size known at run time: 6 + m entries ----

template <class S>
struct series {
  BOOST_HANA_DEFINE_STRUCT(series<S>, (S, offset), (std::vector<S>, rates), (int, power), (matrix<S>, A), (S, c));
};

constexpr std::size_t rates = 3;

template <class V>
auto series_of(V const& x, int power = 2) {
  using S = std::decay_t<decltype(x[0])>;
  series<S> p;
  p.offset = x[0];
  p.rates = {x[1], x[2], x[3]};
  p.power = power;
  p.A.resize(2, 2);
  p.A << x[4], x[6], x[5], x[7];
  p.c = x[8];
  return p;
}
inline Eigen::VectorXd flat(series<double> const& p) {
  Eigen::VectorXd x(9);
  x << p.offset, p.rates[0], p.rates[1], p.rates[2], p.A(0, 0), p.A(1, 0), p.A(0, 1), p.A(1, 1), p.c;
  return x;
}

inline Eigen::VectorXd numbers(Eigen::Index n) {
  Eigen::VectorXd x(n);
  for (Eigen::Index i = 0; i < n; ++i) x[i] = 0.3 + 0.17 * static_cast<double>((5 * i) % 11);
  return x;
}
inline model<double> a_model() { return model_of(numbers(entries)); }
inline series<double> a_series() { return series_of(numbers(9)); }

// ---- functions of them ----

template <class M>
auto determinant(M const& A) {
  return typename M::Scalar(A(0, 0) * A(1, 1) - A(0, 1) * A(1, 0));
}

struct energy {
  template <class S>
  S operator()(model<S> const& p) const {
    S product(1);
    for (int k = 0; k < p.first.power; ++k) product *= p.c;
    S const form = p.first.b.dot(p.first.W * p.first.b);
    S const size = static_cast<double>(p.name.size()) * p.limits.second[0];
    return S(form * product + p.limits.first * exp(p.limits.second[1] * std::get<0>(p.rest)) +
             sin(std::get<1>(p.rest)[0]) * std::get<1>(p.rest)[1] * size);
  }
  template <class S>
  S operator()(series<S> const& p) const {
    S sum = p.offset;
    for (S const& r : p.rates)
      for (int k = 0; k < p.power; ++k) sum += r * sum;
    return S(sum * determinant(p.A) + sin(p.c * p.A(0, 1)));
  }
};
struct residuals {
  template <class S>
  Eigen::Matrix<S, 4, 1> operator()(model<S> const& p) const {
    Eigen::Matrix<S, 4, 1> r;
    r.template head<2>() = p.first.W * p.first.b - std::get<1>(p.rest);
    r[2] = p.limits.first * p.c - 2 * p.limits.second[1];
    r[3] = exp(std::get<0>(p.rest)) - p.limits.second[0];
    return r;
  }
  template <class S>
  std::vector<S> operator()(series<S> const& p) const {
    return {S(p.offset * p.rates[0] - 1), S(p.rates[1] * p.rates[2] + p.A.trace()), S(determinant(p.A) - p.c)};
  }
};

// f at the flat vector.
template <class F, class Of>
auto flattened(F f, Of of) {
  return [f, of](auto const& x) { return f(of(x)); };
}
inline constexpr auto to_model = [](auto const& x) { return model_of(x); };
inline constexpr auto to_series = [](auto const& x) { return series_of(x); };

// ---- several arguments ----

// y^T A y times k plus c, where k is constant and A may be; and its gradient in A and y.
inline constexpr auto scaled_form = [](auto const& A, auto const& y, double k, auto const& c) {
  auto const product = (A * y).eval();
  return std::decay_t<decltype(product[0])>(y.dot(product) * k + c);
};
inline Eigen::MatrixXd a_matrix() {
  Eigen::MatrixXd A(2, 2);
  A << 0.1, 0.5, -0.3, 0.8;
  return A;
}
inline Eigen::VectorXd a_vector() { return Eigen::Vector2d(0.2, 0.4); }

}  // namespace shapes
