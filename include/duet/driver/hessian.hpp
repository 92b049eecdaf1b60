#pragma once

// The Hessian of a function with one output. Forward: hyper-duals, all inputs in one evaluation if they fit, else one
// for each pair of half chunks. Reverse: forward over reverse, one recording of duals for every chunk of directions,
// one sweep each.

#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/driver/product.hpp>
#include <duet/forward/hyperdual.hpp>

namespace duet {

template <class T, class Gradient, class Hessian>
struct valued_hessian {
  T value;
  Gradient gradient;  // in the shape of x
  Hessian hessian;    // n x n, symmetric
};

// ---- the choice ----

// Inputs that one hyper-dual carries, and at most so many where their number is known at run time: there f is compiled
// for three widths. (Of 5 to 8 inputs the middle one takes .2 to .45 of the wide one's time; a sixth more to compile.)
template <class T>
inline constexpr std::size_t widest_hyperdual = active_scalar<T> || native_lanes<T> == 1 ? 8 : 32;
template <class T>
inline constexpr std::size_t wide_hyperdual = active_scalar<T>       ? 4
                                              : native_lanes<T> == 1 ? 8
                                                                     : 16;
template <class T>
inline constexpr std::size_t middle_hyperdual = active_scalar<T> ? 4 : 8;
template <class T>
inline constexpr std::size_t narrow_hyperdual = 4;

// Up to so many inputs hyper-duals win over forward over reverse, in the mean of Rosenbrock's function, Helmholtz'
// energy and log-sum-exp (bench/run/hessian.cpp). In a vector, more inputs than one hyper-dual carries take a pass for
// each pair of chunks. Machines and functions differ: of 32 in a vector by AVX-512 that halves its vectors, reverse
// mode takes .67 to .86 of the time for Rosenbrock's function and 1.75 times as long for Helmholtz' energy.
template <class X>
inline constexpr std::size_t most_hyperdual_inputs =
    vector_bytes >= 64 || (vector_bytes >= 16 && static_size_of<X> != dynamic) ? 32
    : vector_bytes >= 16                                                       ? 16
                                                                               : 12;

template <class X>
[[nodiscard]] constexpr mode cheaper_hessian_mode(std::size_t inputs) {
  return inputs <= most_hyperdual_inputs<X> ? mode::forward : mode::reverse;
}

template <class F, class T, std::size_t N>
using second_order_scalar = hyperdual<T, N, forward_tag<F>>;

// The scalar in which the demands on f are checked.
template <mode Mode, class F, class X>
struct hessian_probe : no_point<plain_t<X>> {};
template <mode Mode, class F, class X>
  requires point<X>
struct hessian_probe<Mode, F, X> {
  using T = entry_t<X>;
  static constexpr std::size_t n = static_size_of<X>;
  static constexpr bool reversed =
      Mode == mode::reverse || (Mode == mode::automatic && n != dynamic && cheaper_hessian_mode<X>(n) == mode::reverse);
  static constexpr std::size_t width = n == dynamic || n > widest_hyperdual<T> ? narrow_hyperdual<T> : n == 0 ? 1 : n;
  using type = lifted_t<X, std::conditional_t<reversed, reverse_scalar<F, guarded_t<forward_scalar<F, T, 1>>>,
                                              second_order_scalar<F, T, width>>>;
};

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool hessian_demands() {
  using Inputs = typename hessian_probe<Mode, F, X>::type;
  static_assert(point<X>,
                "duet::hessian needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::hessian needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                "duet::hessian needs f to return one scalar; for several outputs take the Hessian of each");
  return returns_one_number<F, Inputs>;
}

// ---- forward ----

// One pass with `count` inputs from `first` on, and as many more from `second` on; reads what is new in it.
template <class S, class Result, class F, class X>
void hyperdual_pass(F& f, X const& x, std::size_t first, std::size_t second, Result& result) {
  using T = typename S::value_type;
  constexpr std::size_t half = S::size() / 2;
  std::size_t const n = duet::size_of(x);
  bool const paired = second != 0;
  constexpr bool is_whole = static_size_of<X> == S::size();  // in one pass, whose partial i is of input i
  auto const lane = [=](std::size_t i) {
    if (!paired) return i;
    return i - first < half ? i - first : i - second < half ? half + (i - second) : S::size();
  };
  auto const seed = [&](auto i) DUET_INLINE_LAMBDA {
    T const& value = shape<X>::entry(x, i);
    if constexpr (is_whole)
      return S::independent(value, i);
    else
      return lane(i) < S::size() ? S::independent(value, lane(i)) : S(value);
  };
  auto const read = [&](auto const& y) DUET_INLINE_LAMBDA {
    result.value = duet::value_of<S>(y);
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(y)>, S>) {  // a constant
      if constexpr (requires { result.hessian.setZero(); }) result.hessian.setZero();
    } else if constexpr (is_whole && side_by_side<decltype(result.hessian), T>) {
      duet::write_gradient<S, X>(y, result.gradient, first, n);
      y.hessian().copy_to(result.hessian.data());
    } else {
      auto const input = [=](std::size_t l) { return !paired ? l : l < half ? first + l : second + (l - half); };
      std::array<T, S::size()> partials;
      duet::copy_partials<S>(y, partials.data());
      for (std::size_t a = 0; a < S::size(); ++a)
        if (input(a) < n) shape<X>::entry(result.gradient, input(a)) = partials[a];
      y.hessian().for_each_entry([&](std::size_t a, std::size_t b, T const& entry) {
        if (input(a) >= n || input(b) >= n) return;
        auto const row = static_cast<Eigen::Index>(input(a)), column = static_cast<Eigen::Index>(input(b));
        result.hessian(row, column) = entry;
        result.hessian(column, row) = entry;
      });
    }
    return duet::derivatives_are_finite<S>(y);
  };
  duet::take_seeded<S>(f, x, seed, [&]<class R>(std::type_identity<R>, auto const& y) DUET_INLINE_LAMBDA {
    if constexpr (is_eager<std::remove_cvref_t<decltype(y)>>)  // with care
      return read(y.template to<S>());
    else
      return read(y);
  });
}

template <class F, class X, class Result>
void hessian_in(mode_constant<mode::forward>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  constexpr std::size_t n = static_size_of<X>;
  if constexpr (n != dynamic && n <= widest_hyperdual<T>) {
    duet::hyperdual_pass<second_order_scalar<F, T, n == 0 ? 1 : n>>(f, x, 0, 0, result);
  } else {
    using wide = second_order_scalar<F, T, wide_hyperdual<T>>;
    std::size_t const inputs = duet::size_of(x);
    if constexpr (n == dynamic) {
      using middle = second_order_scalar<F, T, middle_hyperdual<T>>;
      using narrow = second_order_scalar<F, T, narrow_hyperdual<T>>;
      if (inputs <= narrow::size()) return duet::hyperdual_pass<narrow>(f, x, 0, 0, result);
      if (inputs <= middle::size()) return duet::hyperdual_pass<middle>(f, x, 0, 0, result);
      if (inputs <= wide::size()) return duet::hyperdual_pass<wide>(f, x, 0, 0, result);
    }
    constexpr std::size_t half = wide::size() / 2;
    for (std::size_t p = 0; p < inputs; p += half)
      for (std::size_t q = p + half; q < inputs; q += half) duet::hyperdual_pass<wide>(f, x, p, q, result);
  }
}

// ---- reverse ----

// Columns of the Hessian, or its products with directions: in one recording of duals every input moves along `Width`
// directions, and the sweep carries them back. visit(gradient entry, input).
template <class S, class F, class X, class Seed, class Visit>
void forward_over_reverse(F& f, X const& x, Seed const& seed, Visit const& visit) {
  using D = S;
  auto const at = shape<X>::template make<D>(x, seed);
  forward_scope<typename D::value_type> const scope;
  duet::record(f, at, [&](tape<D>& t, auto const& inputs, auto const& y) {
    auto const output = duet::output_of<reverse_scalar<F, D>>(y);
    t.reverse(output);
    visit(output.value(), [&](std::size_t i) { return t.adjoint(inputs[i]); });
  });
}

// Directions that one recording carries.
template <class T>
inline constexpr std::size_t hessian_columns = active_scalar<T> ? 4 : 8;

template <class F, class X, class Result>
void hessian_in(mode_constant<mode::reverse>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  constexpr std::size_t width = static_size_of<X> == dynamic
                                    ? hessian_columns<T>
                                    : std::clamp<std::size_t>(static_size_of<X>, 1, hessian_columns<T>);
  using D = guarded_t<forward_scalar<F, T, width>>;
  std::size_t const n = duet::size_of(x);
  std::size_t first = 0;
  do {
    auto const seed = [&](std::size_t i) {
      T const& value = shape<X>::entry(x, i);
      return i - first < width ? D::independent(value, i - first) : D(value);
    };
    duet::forward_over_reverse<D>(f, x, seed, [&](D const& y, auto const& adjoint) {
      result.value = y.value();
      for (std::size_t i = 0; i < n; ++i) {
        D const g = adjoint(i);
        shape<X>::entry(result.gradient, i) = g.value();
        for (std::size_t k = 0; k < std::min(width, n - first); ++k)
          result.hessian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first + k)) = g.partial(k);
      }
    });
    first += width;
  } while (first < n);
  // the two halves differ by rounding
  for (Eigen::Index i = 0; i < result.hessian.rows(); ++i)
    for (Eigen::Index j = 0; j < i; ++j) result.hessian(j, i) = result.hessian(i, j);
}

// ---- drivers ----

template <class F, class X>
using hessian_result =
    valued_hessian<entry_t<X>, differentiated_t<X>, matrix_of<entry_t<X>, static_size_of<X>, static_size_of<X>>>;

template <mode Mode, class F, class X, class Result>
void hessian_into(F& f, X const& x, Result& result) {
  constexpr std::size_t n = static_size_of<X>;
  if constexpr (Mode == mode::forward ||
                (Mode == mode::automatic && n != dynamic && cheaper_hessian_mode<X>(n) == mode::forward)) {
    duet::hessian_in(forward, f, x, result);
  } else if constexpr (Mode == mode::reverse || n != dynamic) {
    duet::hessian_in(reverse, f, x, result);
  } else {
    if (cheaper_hessian_mode<X>(duet::size_of(x)) == mode::forward)
      duet::hessian_in(forward, f, x, result);
    else
      duet::hessian_in(reverse, f, x, result);
  }
}

// A result of the sizes of x, with a gradient of zero. All entries of the Hessian are written by an evaluation.
template <class F, class X>
[[nodiscard]] auto empty_hessian(X const& x) {
  using T = entry_t<X>;
  hessian_result<F, X> result{T(0), duet::zeros_like(x), {}};
  auto const n = static_cast<Eigen::Index>(duet::size_of(x));
  result.hessian.resize(n, n);
  return result;
}

template <mode Mode, class F, class X>
[[nodiscard]] auto value_gradient_hessian_at(F& f, X const& x) {
  auto result = duet::empty_hessian<F>(x);
  duet::hessian_into<Mode>(f, x, result);
  return result;
}

// {f(x), gradient in the shape of x, n x n Hessian}, from the same evaluations as the Hessian alone.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_gradient_hessian(mode_constant<Mode>, F&& f, X const& x) {
  if constexpr (hessian_demands<Mode, F, X>()) return duet::value_gradient_hessian_at<Mode>(f, duet::plain(x));
}
template <class F, class X>
[[nodiscard]] auto value_gradient_hessian(F&& f, X const& x) {
  return duet::value_gradient_hessian(automatic, f, x);
}

// The n x n Hessian of f at x, with static size where it is known; inputs are counted in storage order.
template <mode Mode, class F, class X>
[[nodiscard]] auto hessian(mode_constant<Mode> chosen, F&& f, X const& x) {
  if constexpr (hessian_demands<Mode, F, X>()) return duet::value_gradient_hessian(chosen, f, x).hessian;
}
template <class F, class X>
[[nodiscard]] auto hessian(F&& f, X const& x) {
  return duet::hessian(automatic, f, x);
}

}  // namespace duet
