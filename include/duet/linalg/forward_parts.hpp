#pragma once

// Forward scalars as what they are for linear algebra: numbers of the level below, side by side, in a nilpotent
// algebra. A linear map of the lowest level acts on each of these numbers alone, and what is above the value dies out
// after a known number of products.

#include <duet/eigen/lift.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/reverse/var.hpp>
#include <utility>

namespace duet {

// forward_parts<S> has: nilpotency, such that a product of more numbers without value is zero; count(x), how many
// numbers x is made of; get(x, k), the value at k = 0; set(x, k, y, count), to be called for k = 0, 1, ...
template <class S>
struct forward_parts {
  static constexpr bool splits = false;
  static constexpr int nilpotency = is_active_scalar<S> ? 1 : 0;
};
template <class T, class Tag>
  requires active_scalar<T>
struct forward_parts<var<T, Tag>> {
  static constexpr bool splits = false;
  static constexpr int nilpotency = 1 + forward_parts<T>::nilpotency;
};

template <class T, std::size_t N, class Tag>
struct forward_parts<dual<T, N, Tag>> {
  using S = dual<T, N, Tag>;
  static constexpr bool splits = true;
  static constexpr int nilpotency = 1 + forward_parts<T>::nilpotency;
  static std::size_t count(S const& x) { return 1 + x.size(); }
  static T get(S const& x, std::size_t k) { return k == 0 ? x.value() : x.partial(k - 1); }
  static void set(S& x, std::size_t k, T const& y, std::size_t count) {
    if (k != 0)
      x.set_partial(k - 1, y);
    else if constexpr (N == dynamic)
      x = S::with_partials(y, count - 1);
    else
      x = S(y);
  }
};

template <class T, std::size_t N, class Tag>
struct forward_parts<hyperdual<T, N, Tag>> {
  using S = hyperdual<T, N, Tag>;
  static constexpr bool splits = true;
  static constexpr int nilpotency = 2 + forward_parts<T>::nilpotency;
  static constexpr std::size_t count(S const&) { return 1 + N + N * (N + 1) / 2; }
  static T get(S const& x, std::size_t k) {
    if (k == 0) return x.value();
    if (k <= N) return x.partial(k - 1);
    auto const [i, j] = pair(k - N - 1);
    return x.second(i, j);
  }
  static void set(S& x, std::size_t k, T const& y, std::size_t) {
    if (k == 0) {
      x = S(y);
    } else if (k <= N) {
      x.set_partial(k - 1, y);
    } else {
      auto const [i, j] = pair(k - N - 1);
      x.set_second(i, j, y);
    }
  }

 private:
  static std::pair<std::size_t, std::size_t> pair(std::size_t k) {
    std::size_t j = 0;
    while (k > j) k -= ++j;
    return {k, j};
  }
};

template <class T, std::size_t K, class Tag>
struct forward_parts<taylor<T, K, Tag>> {
  using S = taylor<T, K, Tag>;
  static constexpr bool splits = true;
  static constexpr int nilpotency = static_cast<int>(K) + forward_parts<T>::nilpotency;
  static constexpr std::size_t count(S const&) { return K + 1; }
  static T get(S const& x, std::size_t k) { return x.coefficient(k); }
  static void set(S& x, std::size_t k, T const& y, std::size_t) { x.set_coefficient(k, y); }
};

// The first scalar below that is not a forward one: a plain number, or a variable of a tape.
template <class S>
struct forward_base {
  using type = S;
};
template <class S>
  requires forward_parts<S>::splits
struct forward_base<S> : forward_base<typename S::value_type> {};
template <class S>
using forward_base_t = typename forward_base<S>::type;

template <class S>
[[nodiscard]] forward_base_t<S> base_value(S const& x) {
  if constexpr (forward_parts<S>::splits)
    return duet::base_value(x.value());
  else
    return x;
}

// The entries of x, an Eigen object, replaced by f(entry).
template <class X, class F>
[[nodiscard]] auto map_entries(X const& x, F const& f) {
  using U = std::remove_cvref_t<decltype(f(*x.data()))>;
  return shape<X>::template make<U>(x, [&](auto i) { return f(shape<X>::entry(x, i)); });
}
template <class X>
[[nodiscard]] auto base_values(X const& x) {
  return duet::map_entries(x, [](auto const& e) { return duet::base_value(e); });
}

// A linear map of matrices of the base scalar applied to a matrix of forward scalars over it. Parts that are zero stay
// so, whatever the map.
template <class Map, class X>
[[nodiscard]] auto map_parts(Map const& map, X const& x) {
  using S = typename X::Scalar;
  if constexpr (!forward_parts<S>::splits) {
    return map(x);
  } else {
    using parts = forward_parts<S>;
    auto const part = [&](std::size_t k) { return duet::map_entries(x, [k](S const& e) { return parts::get(e, k); }); };
    std::size_t count = 1;
    for (Eigen::Index i = 0; i < x.size(); ++i) count = std::max(count, parts::count(x.data()[i]));
    auto const values = duet::map_parts(map, part(0));
    lifted_t<decltype(values), S> result;
    result.resize(values.rows(), values.cols());
    for (Eigen::Index i = 0; i < result.size(); ++i) parts::set(result.data()[i], 0, values.data()[i], count);
    for (std::size_t k = 1; k < count; ++k) {
      auto const xk = part(k);
      bool moves = false;
      for (Eigen::Index i = 0; i < xk.size(); ++i) moves |= !duet::vanishes(xk.data()[i]);
      if (!moves) continue;
      auto const yk = duet::map_parts(map, xk);
      for (Eigen::Index i = 0; i < result.size(); ++i) parts::set(result.data()[i], k, yk.data()[i], count);
    }
    return result;
  }
}

}  // namespace duet
