// Boost's autodiff, one direction a pass: fvar<double, 1>, and fvar<fvar<double, 1>, 1> for every entry of a Hessian.

#include "rows.hpp"

#include <boost/math/differentiation/autodiff.hpp>

namespace {

using boost::math::differentiation::autodiff_fvar, boost::math::differentiation::make_fvar;

struct fvars {
  static constexpr bool second_order = true;

  template <class F, std::size_t N>
  static auto pass(F const& f, std::array<double, N> const& x, std::size_t i) {
    std::array<autodiff_fvar<double, 1>, N> in;
    for (std::size_t k = 0; k < N; ++k) in[k] = x[k];
    in[i] = make_fvar<double, 1>(x[i]);
    return f(in);
  }
  template <std::size_t, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      rival::gradient_result<N> result;
      for (std::size_t i = 0; i < N; ++i) {
        auto const y = pass(f, x, i);
        result.value = y.derivative(0);
        result.gradient[i] = y.derivative(1);
      }
      return result;
    };
  }
  template <std::size_t, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      rival::jacobian_result<F::outputs, N> result;
      for (std::size_t j = 0; j < N; ++j) {
        auto const y = pass(f, x, j);
        for (std::size_t i = 0; i < F::outputs; ++i) {
          result.value[i] = y[i].derivative(0);
          result.jacobian[i][j] = y[i].derivative(1);
        }
      }
      return result;
    };
  }
  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      using T = autodiff_fvar<double, 1, 1>;
      rival::hessian_result<N> result;
      std::array<T, N> in;
      for (std::size_t k = 0; k < N; ++k) in[k] = x[k];
      for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = i; j < N; ++j) {
          in[i] = T(make_fvar<double, 1>(x[i]));
          in[j] += make_fvar<double, 0, 1>(x[j]) - x[j];
          T const y = f(in);
          in[i] = x[i];
          in[j] = x[j];
          result.value = y.derivative(0, 0);
          result.gradient[i] = y.derivative(1, 0);
          result.hessian[i][j] = result.hessian[j][i] = y.derivative(1, 1);
        }
      return result;
    };
  }
};

rival::registered const autodiff("Boost autodiff", 6, "one direction, or two, a pass", rival::contend<fvars>);

}  // namespace
