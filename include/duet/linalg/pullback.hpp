#pragma once

// with_pullback(f, pullback[, pushforward]): a function of whole vectors whose derivatives are given by the caller: a
// precompiled library, a file reader, a solver with an adjoint of its own. One node of the tape.

#include <duet/driver/product.hpp>
#include <duet/linalg/linearization.hpp>
#include <memory>

namespace duet {

// In the place of a pushforward: one call of the pullback for each output.
struct by_pullback_type {};
inline constexpr by_pullback_type by_pullback{};
struct no_pushforward {};

template <class F, class Pullback, class Pushforward>
struct given_pullback {
  using pushforward_type = Pushforward;
  F f;
  Pullback pullback;
  Pushforward pushforward;
};

// G takes these arguments; an Eigen matrix of another scalar only seems to convert.
template <class G, class First, class... Rest>
inline constexpr bool is_called_with =
    !takes_another_eigen_scalar<G, First> && std::invocable<G const&, First const&, Rest const&...>;

template <class List, std::size_t N>
inline constexpr bool is_list_of = false;
template <class List, std::size_t N>
  requires requires { std::tuple_size<List>::value; }
inline constexpr bool is_list_of<List, N> = std::tuple_size<List>::value == N;

// y = f(x...) at x with entries T.
template <class Given, class T, class Y, class... X>
class pullback_linearization {
  static constexpr char const* where = "duet::with_pullback";

 public:
  pullback_linearization(std::shared_ptr<Given const> given, Y y, X const&... x)
      : given_(std::move(given)), x_(x...), y_(std::move(y)) {}

  [[nodiscard]] Y const& value() const { return y_; }

  [[nodiscard]] Y tangent(X const*... dx) const {
    using Pushforward = typename Given::pushforward_type;
    static_assert(
        !std::is_same_v<Pushforward, no_pushforward>,
        "duet::with_pullback: forward mode needs a pushforward(x..., y, dx...): give one as third argument, or "
        "duet::by_pullback, which calls the pullback for each output, or ask for duet::reverse");
    if constexpr (std::is_same_v<Pushforward, by_pullback_type>) {
      return row_by_row(dx...);
    } else if constexpr (!std::is_same_v<Pushforward, no_pushforward>) {
      constexpr bool is_taken = is_called_with<Pushforward, X..., Y, X...>;
      static_assert(
          is_taken,
          "duet::with_pullback needs a pushforward(x..., y, dx...) that takes these arguments; derivatives of "
          "derivatives differentiate it: make it generic, (auto const& x, auto const& y, auto const& dx)");
      if constexpr (is_taken)
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
          return in_shape_of(y_, "the pushforward's result",
                             given_->pushforward(std::get<I>(x_)..., y_, direction(std::get<I>(x_), dx)...));
        }(std::index_sequence_for<X...>{});
    }
    return y_;
  }

  void adjoint(Y const& ybar, X*... xbar) const {
    constexpr bool is_taken = is_called_with<decltype(Given::pullback), X..., Y, Y>;
    static_assert(is_taken,
                  "duet::with_pullback needs a pullback(x..., y, ybar) that takes these arguments; derivatives of "
                  "derivatives differentiate it: make it generic, (auto const& x, auto const& y, auto const& ybar)");
    if constexpr (is_taken)
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        auto const& all = given_->pullback(std::get<I>(x_)..., y_, ybar);
        if constexpr (sizeof...(X) == 1) {
          (write(xbar, std::get<I>(x_), all), ...);
        } else {
          constexpr bool is_list = is_list_of<std::remove_cvref_t<decltype(all)>, sizeof...(X)>;
          static_assert(is_list,
                        "duet::with_pullback: of several arguments the pullback returns a std::tuple of adjoints, one "
                        "for each argument");
          if constexpr (is_list) (write(xbar, std::get<I>(x_), std::get<I>(all)), ...);
        }
      }(std::index_sequence_for<X...>{});
  }

 private:
  // What a callable returned, with entries T and the sizes of `like`.
  template <class Like, class R>
  [[nodiscard]] static Like in_shape_of(Like const& like, char const* what, R const& result) {
    static_assert(
        std::is_convertible_v<entry_t<R>, T>,
        "duet::with_pullback: a callable returns a variable though it was called with plain numbers: it captures "
        "one; hand it on as a further argument instead");
    if constexpr (std::is_convertible_v<entry_t<R>, T>) {
      auto const& plain_result = duet::plain(result);
      auto const& entries =
          duet::in_order_of(where, what, like, plain_result, "its argument", "one for each of its own");
      using Entries = std::remove_cvref_t<decltype(entries)>;
      return shape<Like>::template make<T>(like, [&](auto i) { return T(shape<Entries>::entry(entries, i)); });
    } else {
      return like;
    }
  }
  template <class A, class R>
  static void write(A* target, A const& like, R const& result) {
    if (target != nullptr) *target = in_shape_of(like, "an adjoint that the pullback returned", result);
  }
  template <class A>
  [[nodiscard]] static A direction(A const& x, A const* dx) {
    return dx != nullptr ? *dx : shape<A>::template make<T>(x, [](auto) { return T(0); });
  }

  [[nodiscard]] Y row_by_row(X const*... dx) const {
    Y dy = y_;
    for (std::size_t k = 0; k < duet::size_of(y_); ++k) {
      Y const unit = shape<Y>::template make<T>(y_, [&](auto i) { return T(i == k ? 1 : 0); });
      T sum(0);
      std::tuple<X...> row(x_);
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        adjoint(unit, (dx != nullptr ? &std::get<I>(row) : nullptr)...);
        (add_product(sum, std::get<I>(row), dx), ...);
      }(std::index_sequence_for<X...>{});
      shape<Y>::entry(dy, k) = sum;
    }
    return dy;
  }
  template <class A>
  static void add_product(T& sum, A const& row, A const* dx) {
    if (dx == nullptr) return;
    for (std::size_t i = 0; i < duet::size_of(row); ++i)
      if (T const& d = shape<A>::entry(*dx, i); !duet::vanishes(d)) sum += shape<A>::entry(row, i) * d;
  }

  std::shared_ptr<Given const> given_;
  std::tuple<X...> x_;
  Y y_;
};

template <class Given>
struct pullback_operation {
  std::shared_ptr<Given const> given;

  template <class... X>
  [[nodiscard]] auto operator()(X const&... x) const {
    using T = joint_scalar_t<X...>;
    if constexpr (active_scalar<T>) {
      return at<T>(duet::apply_linearized("duet::with_pullback", *this, x...), x...);
    } else {
      constexpr bool is_taken = is_called_with<decltype(Given::f), X...>;
      static_assert(is_taken, "duet::with_pullback: f does not take these arguments with plain numbers in them");
      if constexpr (is_taken) {
        using R = plain_t<decltype(given->f(x...))>;
        static_assert(
            shaped<R>,
            "duet::with_pullback needs f to return a number, an Eigen vector, matrix or array, a std::array, a "
            "std::vector or a std::tuple of those");
        static_assert(
            !shaped<R> || std::is_convertible_v<entry_t<R>, T>,
            "duet::with_pullback: f returns a variable though it was called with plain numbers: it captures one; "
            "hand it on as a further argument instead");
        if constexpr (std::is_convertible_v<entry_t<R>, T>) {
          R const y(duet::plain(given->f(x...)));
          return at<T>(shape<R>::template make<T>(y, [&](auto i) { return T(shape<R>::entry(y, i)); }), x...);
        }
      }
    }
  }

 private:
  template <class T, class Y, class... X>
  [[nodiscard]] auto at(Y y, X const&... x) const {
    return pullback_linearization<Given, T, Y, X...>(given, std::move(y), x...);
  }
};

// What with_pullback returns.
template <class Given>
class function_with_pullback {
 public:
  explicit function_with_pullback(Given given) : operation_{std::make_shared<Given const>(std::move(given))} {}

  template <class... X>
  [[nodiscard]] auto operator()(X const&... x) const {
    static_assert(
        (point<X> && ...),
        "duet::with_pullback makes functions of numbers, Eigen vectors and matrices, std::array, std::vector and "
        "std::tuple of those; what is of another kind, f and its pullback capture");
    if constexpr ((point<X> && ...))
      return duet::apply_linearized("duet::with_pullback", operation_, duet::plain(x)...);
  }

 private:
  pullback_operation<Given> operation_;
};

// f as a function whose derivatives are given: with J the Jacobian of y = f(x...),
//   pullback(x..., y, ybar)      J^T ybar, in the shape of x; a std::tuple of them for several arguments
//   pushforward(x..., y, dx...)  J dx, in the shape of y; needed in forward mode. duet::by_pullback in its place calls
//   the
//                                pullback for each output.
// x and y are plain numbers in the shapes in which f was called, and ybar and dx have these too. f is never
// differentiated and may be a black box of double. Second derivatives differentiate the pullback, or the pushforward,
// which have to be generic then. All three are copied into what is returned, which the tape shares until it is cleared:
// what they capture by reference must live as long. Variables are handed on as arguments, not captured.
//
// A call with variables is one node, whose sweep calls the pullback once for each output swept. Throws
// std::invalid_argument if a result has not the size that it should have. duet::check_derivatives finds a wrong
// pullback.
template <class F, class Pullback, class Pushforward = no_pushforward>
[[nodiscard]] auto with_pullback(F f, Pullback pullback, Pushforward pushforward = {}) {
  return function_with_pullback(
      given_pullback<F, Pullback, Pushforward>{std::move(f), std::move(pullback), std::move(pushforward)});
}

}  // namespace duet
