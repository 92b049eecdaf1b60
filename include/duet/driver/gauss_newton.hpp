#pragma once

// Least-squares cost 1/2 |r|^2 with its gradient J^T r and the outer-product Hessian J^T J. The rows of J are added up
// as they come, J is never stored: inputs that fit one chunk take one evaluation in forward mode; more of them one for
// each pair of half chunks, or one recording swept eight rows at a time.

#include <duet/driver/normal_equations.hpp>
#include <duet/driver/product.hpp>

namespace duet {

template <class T, class Residual, class Gradient, class Hessian>
struct gauss_newton_result {
  T cost;
  Residual residual;  // in the shape of r's output
  Gradient gradient;  // in the shape of x
  Hessian hessian;    // n x n, symmetric
};

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool gauss_newton_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(point<X>,
                "duet::gauss_newton needs x to be a floating-point number, or an Eigen vector or matrix, a std::array "
                "or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::gauss_newton needs r to accept Duet scalars: make r a template or a generic lambda (const auto& x), "
      "not a function of double");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::gauss_newton needs r to return the residuals: an Eigen vector or matrix, a std::array or a "
                "std::vector of the numbers it was given, a struct or std::tuple of such, or one such number");
  return returns_numbers<F, Inputs>;
}

// The widest pass; half of it where two half chunks meet.
template <class T>
inline constexpr std::size_t gauss_newton_chunk = wide_chunk<T>;

// Half chunks that the inputs make if they do not fit one chunk, and the directions carried in all.
template <class T>
[[nodiscard]] constexpr std::size_t half_chunks(std::size_t inputs) {
  return ceiling_quotient(inputs, gauss_newton_chunk<T> / 2);
}
template <class T>
[[nodiscard]] constexpr std::size_t gauss_newton_directions(std::size_t inputs) {
  if (inputs <= gauss_newton_chunk<T>) return inputs;
  std::size_t const halves = half_chunks<T>(inputs);
  return halves * (halves - 1) / 2 * gauss_newton_chunk<T>;
}

template <class T, class Residual>
[[nodiscard]] T half_squared_norm(Residual const& r) {
  T sum(0);
  for (std::size_t i = 0; i < duet::size_of(r); ++i) {
    T const& e = shape<Residual>::entry(r, i);
    sum += e * e;
  }
  return T(sum / 2);
}

// The sums over the rows of one pass; constants have none.
template <class S, class Y>
[[nodiscard]] auto sums_of_rows(Y const& y) {
  normal_equations<typename S::value_type, S::size()> sums;
  if constexpr (std::is_same_v<entry_t<Y>, S>)
    sums.add(duet::size_of(y), [&](std::size_t i) DUET_INLINE_LAMBDA -> S const& { return shape<Y>::entry(y, i); });
  return sums;
}

// All inputs in one pass of width S::size().
template <class S, class Result, class F, class X>
void one_pass_gauss_newton(F& f, X const& x, Result& result) {
  std::size_t const n = duet::size_of(x);
  auto const y = duet::forward_pass<S>(f, x, 0, n);
  duet::write_values<S>(y, result.residual);
  auto const sums = duet::sums_of_rows<S>(y);
  for (std::size_t a = 0; a < n; ++a) {
    shape<X>::entry(result.gradient, a) = sums.gradient(a);
    for (std::size_t b = a; b < n; ++b) {
      auto const row = static_cast<Eigen::Index>(a), column = static_cast<Eigen::Index>(b);
      result.hessian(row, column) = result.hessian(column, row) = sums.hessian(a, b);
    }
  }
}

// Every pair p < q of half chunks in one pass, so that each block of the Hessian is met.
template <class S, class Result, class F, class X>
void paired_gauss_newton(F& f, X const& x, Result& result) {
  using T = typename S::value_type;
  constexpr std::size_t half = S::size() / 2;
  std::size_t const n = duet::size_of(x), halves = half_chunks<T>(n);
  for (std::size_t p = 0; p < halves; ++p)
    for (std::size_t q = p + 1; q < halves; ++q) {
      auto const input = [&](std::size_t lane) { return lane < half ? p * half + lane : q * half + (lane - half); };
      auto const y = duet::evaluate_seeded<S>(f, x, [&](std::size_t i) {
        T const& value = shape<X>::entry(x, i);
        if (i / half == p) return S::independent(value, i - p * half);
        return i / half == q ? S::independent(value, half + (i - q * half)) : S(value);
      });
      if (p == 0 && q == 1) duet::write_values<S>(y, result.residual);
      require_same_outputs("duet::gauss_newton", duet::size_of(y), duet::size_of(result.residual));
      auto const sums = duet::sums_of_rows<S>(y);
      for (std::size_t a = 0; a < S::size(); ++a) {
        if (input(a) >= n) continue;
        shape<X>::entry(result.gradient, input(a)) = sums.gradient(a);
        for (std::size_t b = 0; b < S::size(); ++b)
          if (input(b) < n)
            result.hessian(static_cast<Eigen::Index>(input(a)), static_cast<Eigen::Index>(input(b))) =
                sums.hessian(a, b);
      }
    }
}

// Both give a result whose gradient has the sizes of x the rest of its sizes.
template <class F, class X, class Result>
void gauss_newton_in(mode_constant<mode::forward>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  using wide = forward_scalar<F, T, gauss_newton_chunk<T>>;
  using narrow = forward_scalar<F, T, narrow_chunk<T>>;
  constexpr std::size_t n = static_size_of<X>;
  auto const inputs = static_cast<Eigen::Index>(duet::size_of(x));
  result.hessian.resize(inputs, inputs);
  if constexpr (n != dynamic && n <= wide::size())
    duet::one_pass_gauss_newton<forward_scalar<F, T, static_chunk<T>(n)>>(f, x, result);
  else if constexpr (n != dynamic)
    duet::paired_gauss_newton<wide>(f, x, result);
  else if (duet::size_of(x) <= narrow::size())
    duet::one_pass_gauss_newton<narrow>(f, x, result);
  else if (duet::size_of(x) <= wide::size())
    duet::one_pass_gauss_newton<wide>(f, x, result);
  else
    duet::paired_gauss_newton<wide>(f, x, result);
  result.cost = duet::half_squared_norm<T>(result.residual);
}

template <class F, class X, class Result>
void gauss_newton_in(mode_constant<mode::reverse>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  auto const n = static_cast<Eigen::Index>(duet::size_of(x));
  result.hessian.setZero(n, n);
  for (std::size_t j = 0; j < duet::size_of(x); ++j) shape<X>::entry(result.gradient, j) = T(0);
  duet::record(f, x, [&](tape<T>& t, auto const& inputs, auto const& y) {
    using S = reverse_scalar<F, T>;
    duet::write_values<S>(y, result.residual);
    auto&& outputs = duet::buffer_for<std::vector<var<T>>>(x);
    duet::write_outputs<S>(y, outputs);
    auto&& rows = duet::buffer_for<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(x);
    rows.resize(n, static_cast<Eigen::Index>(outputs_per_sweep));
    Eigen::Index waiting = 0;
    auto const flush = [&] {
      for (Eigen::Index a = 0; a < n; ++a)
        for (Eigen::Index k = 0; k < waiting; ++k)
          result.hessian.col(a).tail(n - a) += rows(a, k) * rows.col(k).tail(n - a);
      waiting = 0;
    };
    duet::for_each_row(t, outputs, [&](std::size_t i, auto const& adjoint) {
      T const r = outputs[i].value();
      for (Eigen::Index j = 0; j < n; ++j) {
        auto const input = static_cast<std::size_t>(j);
        T const slope = adjoint(inputs[input]);
        rows(j, waiting) = slope;
        shape<X>::entry(result.gradient, input) += slope * r;
      }
      if (++waiting == rows.cols()) flush();
    });
    if (waiting != 0) flush();
    result.hessian.template triangularView<Eigen::StrictlyUpper>() = result.hessian.transpose();
  });
  result.cost = duet::half_squared_norm<T>(result.residual);
}

template <mode Mode, class F, class X>
using gauss_newton_result_of =
    gauss_newton_result<entry_t<X>, lifted_t<output_for<Mode, F, X>, entry_t<X>>, differentiated_t<X>,
                        matrix_of<entry_t<X>, static_size_of<X>, static_size_of<X>>>;

template <mode Mode, std::size_t StaticOutputs, class F, class X, class Outputs, class Result>
void gauss_newton_into(F& f, X const& x, Outputs const& outputs, Result& result) {
  using T = entry_t<X>;
  constexpr std::size_t n = static_size_of<X>, directions = n == dynamic ? dynamic : gauss_newton_directions<T>(n);
  if constexpr (Mode != mode::reverse && requires { f.fill_gauss_newton(x, result); })  // residuals in lanes
    if (f.fill_gauss_newton(x, result)) {
      result.cost = duet::half_squared_norm<T>(result.residual);
      return;
    }
  duet::run_mode<Mode, directions, StaticOutputs>(gauss_newton_directions<T>(duet::size_of(x)), outputs,
                                                  [&](auto chosen) { duet::gauss_newton_in(chosen, f, x, result); });
}

// A result with a gradient of the sizes of x.
template <class Result, class X>
[[nodiscard]] Result empty_gauss_newton(X const& x) {
  Result result{};
  result.gradient = duet::zeros_like(x);
  return result;
}

template <mode Mode, class F, class X>
[[nodiscard]] auto gauss_newton_at(F& r, X const& x) {
  constexpr std::size_t m = static_size_of<output_for<Mode, F, X>>;
  auto result = duet::empty_gauss_newton<gauss_newton_result_of<Mode, F, X>>(x);
  duet::gauss_newton_into<Mode, m>(r, x, [&] { return duet::outputs_at<m>(r, x); }, result);
  return result;
}

// {cost = 1/2 |r|^2, residual, gradient = J^T r, hessian = J^T J} of the residuals r at x.
template <mode Mode, class F, class X>
[[nodiscard]] auto gauss_newton(mode_constant<Mode>, F&& r, X const& x) {
  if constexpr (gauss_newton_demands<Mode, F, X>()) return duet::gauss_newton_at<Mode>(r, duet::plain(x));
}
template <class F, class X>
[[nodiscard]] auto gauss_newton(F&& r, X const& x) {
  return duet::gauss_newton(automatic, r, x);
}

// J^T (J v) in the shape of x, without J: one evaluation along v, one recording and one sweep.
template <class F, class X, class V>
[[nodiscard]] auto gauss_newton_product(F&& r, X const& x, V const& v) {
  if constexpr (gauss_newton_demands<mode::automatic, F, X>()) {
    static_assert(direction_for<V, X>,
                  "duet::gauss_newton_product needs v to hold one number for each input: an Eigen vector or matrix, a "
                  "std::array, a std::vector, a number, or the shape of x");
    if constexpr (direction_for<V, X>) {
      using T = entry_t<X>;
      auto const& at = duet::plain(x);
      auto const& given = duet::plain(v);
      auto const& along = duet::direction_at("duet::gauss_newton_product", "the direction v", at, given);
      auto const tangent = duet::forward_jvp(r, at, along).tangent;
      differentiated_t<X> product = duet::differentiated(at);
      duet::record(r, at, [&](tape<T>& t, auto const& inputs, auto const& y) {
        require_same_outputs("duet::gauss_newton_product", duet::size_of(y), duet::size_of(tangent));
        duet::sweep_weighted<reverse_scalar<F, T>>(t, inputs, y, tangent, product);
      });
      return product;
    }
  }
}

}  // namespace duet
