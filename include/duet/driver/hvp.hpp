#pragma once

// The Hessian times one or several directions, without the Hessian. Forward: hyper-duals that carry a few inputs and,
// beside them, directions: the second derivatives between the two are what is wanted. (Duals of duals carry no more
// than that, and were measured to take 5 to 20 times as long.) Reverse: forward over reverse, in one recording of duals
// every input moves along up to 8 directions, and one sweep carries them back.

#include <duet/driver/hessian.hpp>
#include <duet/driver/product.hpp>

namespace duet {

template <class T, class Gradient, class Product>
struct valued_hessian_product {
  T value;
  Gradient gradient;  // in the shape of x
  Product product;    // H v in the shape of x, or H V, n x k
};

// ---- directions ----

// One direction, in the shape of x or any other.
template <class V>
struct single_direction {
  static constexpr std::size_t static_count = 1;
  V const& v;

  [[nodiscard]] static std::size_t count() { return 1; }
  template <class Place>
  [[nodiscard]] DUET_INLINE auto const& entry(Place input, std::size_t) const {
    return shape<V>::entry(v, input);
  }
  template <class Product>
  [[nodiscard]] static auto& entry_of(Product& product, std::size_t input, std::size_t) {
    return shape<Product>::entry(product, input);
  }
};

// The columns of an n x k matrix.
template <class V>
struct direction_columns {
  static constexpr std::size_t static_count =
      V::ColsAtCompileTime == Eigen::Dynamic ? dynamic : static_cast<std::size_t>(V::ColsAtCompileTime);
  V const& v;

  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(v.cols()); }
  [[nodiscard]] DUET_INLINE auto const& entry(std::size_t input, std::size_t k) const { return entry_of(v, input, k); }
  template <class Matrix>
  [[nodiscard]] static auto& entry_of(Matrix& matrix, std::size_t input, std::size_t k) {
    return matrix(static_cast<Eigen::Index>(input), static_cast<Eigen::Index>(k));
  }
};

// A matrix V holds several directions, unless x is a matrix and V can have its sizes: then V is one direction in the
// shape of x.
template <class V, class X>
inline constexpr bool is_several_directions = [] {
  if constexpr (is_matrix<V> && is_matrix<X>)
    return !sizes_can_agree<V, X>;
  else
    return is_matrix<V>;
}();
template <class V, class X>
using directions_of = std::conditional_t<is_several_directions<V, X>, direction_columns<V>, single_direction<V>>;

// ---- the choice ----

// Numbers that a hyper-dual carries here, inputs and directions together: wider ones cost more than they bring.
template <class T>
inline constexpr std::size_t hvp_lanes =
    active_scalar<T> ? 4 : std::clamp(native_lanes<T>, std::size_t{4}, std::size_t{8});
// Directions among them, when there are so many in all.
template <class T>
[[nodiscard]] constexpr std::size_t forward_directions(std::size_t count) {
  return std::clamp(count, std::size_t{1}, hvp_lanes<T> / 2);
}

// Hyper-dual passes that take as long as a recording of duals of one partial with its sweep, on the workloads of
// bench/workload; with eight partials it takes twice that.
inline constexpr std::size_t passes_per_recording = vector_bytes >= 64 ? 4 : vector_bytes == 32 ? 7 : 2;

[[nodiscard]] constexpr mode cheaper_hvp_mode(std::size_t inputs, std::size_t directions) {
  std::size_t const carried = forward_directions<double>(directions), rest = hvp_lanes<double> - carried;
  std::size_t const passes = ceiling_quotient(inputs, rest) * ceiling_quotient(directions, carried);
  std::size_t const recordings = ceiling_quotient(directions, hessian_columns<double>);
  return 8 * passes <= passes_per_recording * (7 * recordings + directions) ? mode::forward : mode::reverse;
}

// The mode as far as static sizes decide it.
template <mode Mode, std::size_t Inputs, std::size_t Directions>
inline constexpr mode static_hvp_mode =
    Mode == mode::automatic && Inputs != dynamic && Directions != dynamic ? cheaper_hvp_mode(Inputs, Directions) : Mode;

// ---- demands ----

// What f sees: forward, so many directions and as many inputs as fit beside them; reverse, duals of so many directions.
template <std::size_t Directions, class F, class X>
using forward_hvp_scalar =
    second_order_scalar<F, entry_t<X>, Directions + std::min(static_size_of<X>, hvp_lanes<entry_t<X>> - Directions)>;
template <std::size_t Directions, class F, class X>
using recorded_hvp_scalar =
    guarded_t<forward_scalar<F, entry_t<X>, std::clamp(Directions, std::size_t{1}, hessian_columns<entry_t<X>>)>>;

// The inputs as f sees them first. void if x is no point or v no direction.
template <mode Mode, class F, class X, class V>
struct hvp_probe : no_point<plain_t<X>> {};
template <mode Mode, class F, class X, class V>
  requires point<X> && direction_for<V, X>
struct hvp_probe<Mode, F, X, V> {
  static constexpr std::size_t k = directions_of<plain_t<V>, plain_t<X>>::static_count;
  static constexpr bool reversed = static_hvp_mode<Mode, static_size_of<X>, k> == mode::reverse;
  using type = lifted_t<X, std::conditional_t<reversed, reverse_scalar<F, recorded_hvp_scalar<k, F, X>>,
                                              forward_hvp_scalar<forward_directions<entry_t<X>>(k), F, X>>>;
};

template <mode Mode, class F, class X, class V>
[[nodiscard]] consteval bool hvp_demands() {
  using Inputs = typename hvp_probe<Mode, F, X, V>::type;
  static_assert(point<X>,
                "duet::hvp needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(
      !point<X> || direction_for<V, X>,
      "duet::hvp needs v to hold one number for each input: an Eigen vector or matrix, a std::array, a std::vector, a "
      "number, or the shape of x; or an Eigen matrix with a row for each input and a column for each direction");
  static_assert(
      std::is_void_v<Inputs> || takes<F, Inputs>,
      "duet::hvp needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                "duet::hvp needs f to return one scalar; for several outputs take the products of each");
  return returns_one_number<F, Inputs>;
}

// ---- forward ----

// Passes of `Carried` directions and as many inputs as fit beside them.
template <std::size_t Carried, class F, class X, class Directions, class Result>
void hyperdual_products(F& f, X const& x, Directions const& v, Result& result) {
  using T = entry_t<X>;
  using S = forward_hvp_scalar<Carried, F, X>;
  constexpr std::size_t chunk = S::size() - Carried;
  std::size_t const n = duet::size_of(x);
  for (std::size_t k = 0; k == 0 || k < v.count(); k += Carried)
    for (std::size_t first = 0; first == 0 || first < n; first += std::max(chunk, std::size_t{1})) {
      auto y = duet::evaluate_seeded<S>(f, x, [&](auto i) DUET_INLINE_LAMBDA {
        T const& value = shape<X>::entry(x, i);
        S s = i - first < chunk ? S::independent(value, i - first) : S(value);
        for (std::size_t l = 0; l < std::min(Carried, v.count() - k); ++l)
          s.set_partial(chunk + l, static_cast<T>(v.entry(i, k + l)));
        return s;
      });
      result.value = duet::value_of<S>(y);
      if constexpr (std::is_same_v<decltype(y), S>)
        for (std::size_t j = 0; j < std::min(chunk, n - first); ++j) {
          shape<X>::entry(result.gradient, first + j) = y.partial(j);
          for (std::size_t l = 0; l < std::min(Carried, v.count() - k); ++l)
            v.entry_of(result.product, first + j, k + l) = y.second(j, chunk + l);
        }
    }
}

template <class F, class X, class Directions, class Result>
void hvp_in(mode_constant<mode::forward>, F& f, X const& x, Directions const& v, Result& result) {
  constexpr std::size_t several = forward_directions<entry_t<X>>(Directions::static_count);
  if (several == 1 || v.count() == 1)
    duet::hyperdual_products<1>(f, x, v, result);
  else
    duet::hyperdual_products<several>(f, x, v, result);
}

// ---- reverse ----

template <class F, class X, class Directions, class Result>
void hvp_in(mode_constant<mode::reverse>, F& f, X const& x, Directions const& v, Result& result) {
  using T = entry_t<X>;
  using D = recorded_hvp_scalar<Directions::static_count, F, X>;
  for (std::size_t k = 0; k == 0 || k < v.count(); k += D::size()) {
    std::size_t const count = std::min(D::size(), v.count() - k);
    auto const seed = [&](std::size_t i) {
      D d(shape<X>::entry(x, i));
      for (std::size_t l = 0; l < count; ++l) d.set_partial(l, static_cast<T>(v.entry(i, k + l)));
      return d;
    };
    duet::forward_over_reverse<D>(f, x, seed, [&](D const& y, auto const& adjoint) {
      result.value = y.value();
      for (std::size_t i = 0; i < duet::size_of(x); ++i) {
        D const slope = adjoint(i);
        shape<X>::entry(result.gradient, i) = slope.value();
        for (std::size_t l = 0; l < count; ++l) v.entry_of(result.product, i, k + l) = slope.partial(l);
      }
    });
  }
}

// ---- drivers ----

template <mode Mode, class Product, class F, class X, class Directions>
[[nodiscard]] auto hvp_along(F& f, X const& x, Directions const& v, Product product) {
  using T = entry_t<X>;
  valued_hessian_product<T, differentiated_t<X>, Product> result{T(0), duet::zeros_like(x), std::move(product)};
  constexpr mode chosen = static_hvp_mode<Mode, static_size_of<X>, Directions::static_count>;
  if constexpr (chosen != mode::automatic)
    duet::hvp_in(mode_constant<chosen>{}, f, x, v, result);
  else if (cheaper_hvp_mode(duet::size_of(x), v.count()) == mode::forward)
    duet::hvp_in(forward, f, x, v, result);
  else
    duet::hvp_in(reverse, f, x, v, result);
  return result;
}

template <class V>
void require_rows(V const& v, std::size_t inputs) {
  require_size("duet::hvp", "a column of V", static_cast<std::size_t>(v.rows()), inputs, "one for each input");
}

template <mode Mode, class Product, class F, class X, class V>
[[nodiscard]] auto hvp_along_columns(F& f, X const& x, V const& v) {
  duet::require_rows(v, duet::size_of(x));
  return duet::hvp_along<Mode, Product>(f, x, direction_columns<V>{v}, Product::Zero(v.rows(), v.cols()));
}

// A matrix of any sizes: the type of a product with one direction in its shape, and with several.
template <class X>
inline constexpr bool is_matrix_of_any_size = false;
template <class T, int Options>
inline constexpr bool is_matrix_of_any_size<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Options>> = true;

// {f(x), gradient in the shape of x, H v in the shape of x}, from the same evaluations as the product alone. v is one
// direction, a number for each input; or an n x k matrix V with k static and not 1, or known at run time: then the
// product is H V, n x k. If x is a matrix, a matrix V that can have its sizes is one direction, in order of rows and
// columns, and has to have them (but x of two dynamic sizes takes an n x k matrix too). Throws std::invalid_argument if
// sizes do not fit.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto value_and_hvp(mode_constant<Mode>, F&& f, X const& x, V const& v) {
  if constexpr (hvp_demands<Mode, F, X, V>()) {
    using T = entry_t<X>;
    using At = plain_t<X>;
    using Given = plain_t<V>;
    auto const& at = duet::plain(x);
    auto const& given = duet::plain(v);
    if constexpr (is_several_directions<Given, At>) {
      using Product = matrix_of<T, static_size_of<X>, direction_columns<Given>::static_count>;
      return duet::hvp_along_columns<Mode, Product>(f, at, given);
    } else {
      if constexpr (is_matrix<Given> && is_matrix_of_any_size<At>)
        if (static_cast<std::size_t>(given.rows()) == duet::size_of(at) && !duet::same_sizes(given, at))
          return duet::hvp_along_columns<Mode, At>(f, at, given);
      auto const& along = duet::direction_at("duet::hvp", "the direction v", at, given);
      using Along = std::remove_cvref_t<decltype(along)>;
      return duet::hvp_along<Mode, differentiated_t<At>>(f, at, single_direction<Along>{along}, duet::zeros_like(at));
    }
  }
}
template <class F, class X, class V>
[[nodiscard]] auto value_and_hvp(F&& f, X const& x, V const& v) {
  return duet::value_and_hvp(automatic, f, x, v);
}

// H v in the shape of x, or H V as n x k matrix, with v as for value_and_hvp; f returns one scalar. Forward takes
// ceil(n / C) evaluations (C 3 to 7), reverse one recording and one sweep for up to 8 directions.
template <mode Mode, class F, class X, class V>
[[nodiscard]] auto hvp(mode_constant<Mode> chosen, F&& f, X const& x, V const& v) {
  if constexpr (hvp_demands<Mode, F, X, V>()) return duet::value_and_hvp(chosen, f, x, v).product;
}
template <class F, class X, class V>
[[nodiscard]] auto hvp(F&& f, X const& x, V const& v) {
  return duet::hvp(automatic, f, x, v);
}

}  // namespace duet
