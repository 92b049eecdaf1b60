#pragma once

// f(A x + b), differentiated in the m numbers that f is given and mapped to the n inputs afterwards: g = A^T g_m,
// H = A^T H_m A, J = J_m A. It pays where n > m: the energy of a tetrahedron has 12 inputs, but sees them only through
// the 9 entries of the deformation gradient. The mode is chosen by m.

#include <duet/driver/affine_map.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/hvp.hpp>

namespace duet {

template <class Map, class X>
[[nodiscard]] consteval bool affine_point_demands() {
  static_assert(point<X>,
                "duet::affine needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  if constexpr (point<X>) {
    static_assert(Map::template may_take<X>,
                  "duet::affine needs x to have an entry for each column of A; their static sizes differ");
    return Map::template may_take<X>;
  } else {
    return false;
  }
}

// What f is given at x.
template <class Map, class X>
using affine_image = decltype(std::declval<Map const&>()(std::declval<plain_t<X> const&>()));

template <class Map, class X, class T>
using affine_hessian = matrix_of<T, Map::template static_inputs<X>, Map::template static_inputs<X>>;

// ---- gradient ----

template <mode Mode, class F, class Map, class X>
[[nodiscard]] consteval bool affine_gradient_demands() {
  if constexpr (affine_point_demands<Map, X>())
    return gradient_demands<Mode, F, affine_image<Map, X>>();
  else
    return false;
}

// {f(A x + b), gradient in the shape of x}.
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto value_and_gradient(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  using Map = affine_map<A, B>;
  if constexpr (affine_gradient_demands<Mode, F, Map, X>()) {
    auto const& at = duet::plain(x);
    auto inner = duet::value_and_gradient(chosen, f, map(at));
    using T = decltype(inner.value);
    return valued_gradient<T, lifted_t<differentiated_t<X>, T>>{inner.value, map.pulled_back(inner.gradient, at)};
  }
}
template <class F, class A, class B, class X>
[[nodiscard]] auto value_and_gradient(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::value_and_gradient(automatic, f, map, x);
}
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto gradient(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  if constexpr (affine_gradient_demands<Mode, F, affine_map<A, B>, X>())
    return duet::value_and_gradient(chosen, f, map, x).gradient;
}
template <class F, class A, class B, class X>
[[nodiscard]] auto gradient(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::gradient(automatic, f, map, x);
}

// ---- Jacobian ----

template <mode Mode, class F, class Map, class X>
[[nodiscard]] consteval bool affine_jacobian_demands() {
  if constexpr (affine_point_demands<Map, X>())
    return jacobian_demands<Mode, F, affine_image<Map, X>>();
  else
    return false;
}

// {f(A x + b) in its own shape, Jacobian with a column for each input}.
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto value_and_jacobian(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  using Map = affine_map<A, B>;
  if constexpr (affine_jacobian_demands<Mode, F, Map, X>()) {
    auto inner = duet::value_and_jacobian(chosen, f, map(duet::plain(x)));
    using J = decltype(inner.jacobian);
    constexpr std::size_t rows = J::RowsAtCompileTime == Eigen::Dynamic ? dynamic : std::size_t{J::RowsAtCompileTime};
    using Jacobian = matrix_of<typename J::Scalar, rows, Map::template static_inputs<X>>;
    return valued_jacobian<decltype(inner.value), Jacobian>{std::move(inner.value),
                                                            map.pulled_back_rows(inner.jacobian)};
  }
}
template <class F, class A, class B, class X>
[[nodiscard]] auto value_and_jacobian(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::value_and_jacobian(automatic, f, map, x);
}
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto jacobian(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  if constexpr (affine_jacobian_demands<Mode, F, affine_map<A, B>, X>())
    return duet::value_and_jacobian(chosen, f, map, x).jacobian;
}
template <class F, class A, class B, class X>
[[nodiscard]] auto jacobian(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::jacobian(automatic, f, map, x);
}

// ---- Gauss-Newton ----

template <mode Mode, class F, class Map, class X>
[[nodiscard]] consteval bool affine_gauss_newton_demands() {
  if constexpr (affine_point_demands<Map, X>())
    return gauss_newton_demands<Mode, F, affine_image<Map, X>>();
  else
    return false;
}

// {cost, residual, gradient in the shape of x, J^T J in x} of the residuals r(A x + b).
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto gauss_newton(mode_constant<Mode> chosen, F&& r, affine_map<A, B> const& map, X const& x) {
  using Map = affine_map<A, B>;
  if constexpr (affine_gauss_newton_demands<Mode, F, Map, X>()) {
    auto const& at = duet::plain(x);
    auto inner = duet::gauss_newton(chosen, r, map(at));
    using T = decltype(inner.cost);
    return gauss_newton_result<T, decltype(inner.residual), lifted_t<differentiated_t<X>, T>,
                               affine_hessian<Map, X, T>>{inner.cost, std::move(inner.residual),
                                                          map.pulled_back(inner.gradient, at),
                                                          map.pulled_back_both(inner.hessian)};
  }
}
template <class F, class A, class B, class X>
[[nodiscard]] auto gauss_newton(F&& r, affine_map<A, B> const& map, X const& x) {
  return duet::gauss_newton(automatic, r, map, x);
}

// ---- Hessian ----

template <mode Mode, class F, class Map, class X>
[[nodiscard]] consteval bool affine_hessian_demands() {
  if constexpr (affine_point_demands<Map, X>())
    return hessian_demands<Mode, F, affine_image<Map, X>>();
  else
    return false;
}

// {f(A x + b), gradient in the shape of x, n x n Hessian}.
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto value_gradient_hessian(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  using Map = affine_map<A, B>;
  if constexpr (affine_hessian_demands<Mode, F, Map, X>()) {
    auto const& at = duet::plain(x);
    auto inner = duet::value_gradient_hessian(chosen, f, map(at));
    using T = decltype(inner.value);
    return valued_hessian<T, lifted_t<differentiated_t<X>, T>, affine_hessian<Map, X, T>>{
        inner.value, map.pulled_back(inner.gradient, at), map.pulled_back_both(inner.hessian)};
  }
}
template <class F, class A, class B, class X>
[[nodiscard]] auto value_gradient_hessian(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::value_gradient_hessian(automatic, f, map, x);
}
template <mode Mode, class F, class A, class B, class X>
[[nodiscard]] auto hessian(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x) {
  if constexpr (affine_hessian_demands<Mode, F, affine_map<A, B>, X>())
    return duet::value_gradient_hessian(chosen, f, map, x).hessian;
}
template <class F, class A, class B, class X>
[[nodiscard]] auto hessian(F&& f, affine_map<A, B> const& map, X const& x) {
  return duet::hessian(automatic, f, map, x);
}

// ---- products with the Hessian ----

template <mode Mode, class F, class Map, class X, class V>
[[nodiscard]] consteval bool affine_hvp_demands() {
  if constexpr (affine_point_demands<Map, X>()) {
    static_assert(
        direction_for<V, X>,
        "duet::hvp needs v to hold one number for each input: an Eigen vector or matrix, a std::array, a std::vector, "
        "a number, or the shape of x; or an Eigen matrix with a row for each input and a column for each direction");
    if constexpr (direction_for<V, X>) {
      using Image = affine_image<Map, X>;
      return hvp_demands<Mode, F, Image, column<entry_t<Image>, static_size_of<Image>>>();
    } else {
      return false;
    }
  } else {
    return false;
  }
}

// {f(A x + b), gradient, H v, or H V for the columns of a matrix V}: see driver/hvp.hpp.
template <mode Mode, class F, class A, class B, class X, class V>
[[nodiscard]] auto value_and_hvp(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x,
                                 V const& v) {
  using Map = affine_map<A, B>;
  if constexpr (affine_hvp_demands<Mode, F, Map, X, V>()) {
    using T = entry_t<affine_image<Map, X>>;
    auto const& at = duet::plain(x);
    auto const& given = duet::plain(v);
    if constexpr (is_several_directions<plain_t<V>, plain_t<X>>) {
      duet::require_rows(given, duet::size_of(at));
      auto inner = duet::value_and_hvp(chosen, f, map(at), map.template along<T>(given));
      using Product = matrix_of<T, Map::template static_inputs<X>, direction_columns<plain_t<V>>::static_count>;
      return valued_hessian_product<T, lifted_t<differentiated_t<X>, T>, Product>{
          inner.value, map.pulled_back(inner.gradient, at), map.pulled_back_columns(inner.product)};
    } else {
      auto const& along = duet::direction_at("duet::hvp", "the direction v", at, given);
      auto inner = duet::value_and_hvp(chosen, f, map(at), map.template along<T>(duet::column_of(along)));
      return valued_hessian_product<T, lifted_t<differentiated_t<X>, T>, lifted_t<differentiated_t<X>, T>>{
          inner.value, map.pulled_back(inner.gradient, at), map.pulled_back(inner.product, at)};
    }
  }
}
template <class F, class A, class B, class X, class V>
[[nodiscard]] auto value_and_hvp(F&& f, affine_map<A, B> const& map, X const& x, V const& v) {
  return duet::value_and_hvp(automatic, f, map, x, v);
}
template <mode Mode, class F, class A, class B, class X, class V>
[[nodiscard]] auto hvp(mode_constant<Mode> chosen, F&& f, affine_map<A, B> const& map, X const& x, V const& v) {
  if constexpr (affine_hvp_demands<Mode, F, affine_map<A, B>, X, V>())
    return duet::value_and_hvp(chosen, f, map, x, v).product;
}
template <class F, class A, class B, class X, class V>
[[nodiscard]] auto hvp(F&& f, affine_map<A, B> const& map, X const& x, V const& v) {
  return duet::hvp(automatic, f, map, x, v);
}

}  // namespace duet
