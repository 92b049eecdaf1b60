#pragma once

// Linearizations in forward mode: dual and hyper-dual numbers and series.

#include <duet/forward/careful.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/linalg/linearized_scalar.hpp>

namespace duet {

template <class T, std::size_t N, class Tag>
struct linearized_scalar<dual<T, N, Tag>> {
  using S = dual<T, N, Tag>;

  template <class Operation, class... X>
  static auto apply(char const*, Operation const& operation, X const&... x) {
    auto const at = operation(duet::read_argument<S, T>(x, [](S const& e) { return e.value(); })...);
    std::size_t const directions = std::max({directions_of(x)...});
    auto result = duet::make_result<S>(at.value(), [&](T const& y) { return constant(y, directions); });
    using Result = decltype(result);
    for (std::size_t k = 0; k < directions; ++k)
      duet::visit_tangent<S, T>(
          at, [k](S const& e) { return e.partial(k); },
          [&](std::size_t i, T const& dy) { shape<Result>::entry(result, i).set_partial(k, dy); }, x...);
    return result;
  }

 private:
  template <class X>
  static std::size_t directions_of(X const& x) {
    if constexpr (!moves_with<S, X>) {
      return 0;
    } else if constexpr (N != dynamic) {
      return N;
    } else {
      std::size_t most = 0;
      for (std::size_t i = 0; i < duet::size_of(x); ++i) most = std::max(most, shape<X>::entry(x, i).size());
      return most;
    }
  }
  static S constant(T const& y, std::size_t directions) {
    if constexpr (N == dynamic)
      return S::with_partials(y, directions);
    else
      return S(y);
  }
};

// The derivative of the tangent: duals through the operation carry the gradient, through its tangent the Hessian.
template <class T, std::size_t N, class Tag>
struct linearized_scalar<hyperdual<T, N, Tag>> {
  using S = hyperdual<T, N, Tag>;
  using U = dual<T, N>;

  template <class Operation, class... X>
  static auto apply(char const*, Operation const& operation, X const&... x) {
    auto const at = operation(duet::read_argument<S, U>(
        x, [](S const& e) { return first_order(e.value(), [&](std::size_t i) { return e.partial(i); }); })...);
    auto result = duet::make_result<S>(at.value(), [](U const& y) {
      S e(y.value());
      for (std::size_t i = 0; i < N; ++i) e.set_partial(i, y.partial(i));
      return e;
    });
    using Result = decltype(result);
    for (std::size_t j = 0; j < N; ++j)
      duet::visit_tangent<S, U>(
          at, [j](S const& e) { return first_order(e.partial(j), [&](std::size_t i) { return e.second(i, j); }); },
          [&](std::size_t k, U const& dy) {
            for (std::size_t i = 0; i <= j; ++i) shape<Result>::entry(result, k).set_second(i, j, dy.partial(i));
          },
          x...);
    return result;
  }

 private:
  template <class Partial>
  static U first_order(T const& value, Partial const& partial) {
    U u(value);
    for (std::size_t i = 0; i < N; ++i) u.set_partial(i, partial(i));
    return u;
  }
};

template <class T, std::size_t N, int Order, class Tag>
struct linearized_scalar<careful<T, N, Order, Tag>> {
  using S = careful<T, N, Order, Tag>;
  using U = std::conditional_t<Order == 2, hyperdual<T, N, Tag>, dual<T, N, Tag>>;

  template <class Operation, class... X>
  static auto apply(char const* where, Operation const& operation, X const&... x) {
    auto const y = duet::apply_linearized(
        where, operation, duet::read_argument<S, U>(x, [](S const& e) { return e.template to<U>(); })...);
    return duet::make_result<S>(y, [](U const& e) { return S::from(e); });
  }
};

// y' = tangent of x' along the series, which gives one coefficient more than x and y have: degree by degree.
template <class T, std::size_t K, class Tag>
struct linearized_scalar<taylor<T, K, Tag>> {
  using S = taylor<T, K, Tag>;

  template <class Operation, class... X>
  static auto apply(char const*, Operation const& operation, X const&... x) {
    if constexpr (K == 0) {
      auto const at = operation(duet::read_argument<S, T>(x, [](S const& e) { return e.value(); })...);
      return duet::make_result<S>(at.value(), [](T const& y) { return S(y); });
    } else {
      using U = typename S::template of_degree<K - 1>;
      auto const series = [](auto const& coefficient) {
        U u;
        for (std::size_t k = 0; k < K; ++k) u.set_coefficient(k, coefficient(k));
        return u;
      };
      auto const at = operation(duet::read_argument<S, U>(
          x, [&](S const& e) { return series([&](std::size_t k) { return e.coefficient(k); }); })...);
      auto result = duet::make_result<S>(at.value(), [](U const& y) {
        S e;
        for (std::size_t k = 0; k < K; ++k) e.set_coefficient(k, y.coefficient(k));
        return e;
      });
      using Result = decltype(result);
      using P = passive_of_t<T>;
      duet::visit_tangent<S, U>(
          at,
          [&](S const& e) {
            return series([&](std::size_t k) { return T(e.coefficient(k + 1) * static_cast<P>(k + 1)); });
          },
          [&](std::size_t i, U const& dy) {
            shape<Result>::entry(result, i).set_coefficient(K, T(dy.coefficient(K - 1) / static_cast<P>(K)));
          },
          x...);
      return result;
    }
  }
};

}  // namespace duet
