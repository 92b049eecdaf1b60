#pragma once

// The scalars on which a driver evaluates a function once more where a derivative came out as infinity or NaN: zero
// wins over both in every operation. They rarely run, and are made to compile fast: operations are evaluated at once,
// by one function for each rule, number by number.

#include <array>
#include <duet/forward/hyperdual.hpp>

namespace duet {

// A value, N partials and, of Order 2, the upper triangle of the Hessian by rows.
template <class T, std::size_t N, int Order, class Tag>
class careful;

template <class T, std::size_t N, int Order, class Tag>
inline constexpr bool is_active_scalar<careful<T, N, Order, Tag>> = true;
template <class T, std::size_t N, int Order, class Tag>
inline constexpr bool is_eager<careful<T, N, Order, Tag>> = true;

template <class T, std::size_t N, int Order, class Tag>
class careful : public compound_assignment<careful<T, N, Order, Tag>> {
 public:
  using value_type = T;
  using scalar = careful;
  using tag = Tag;

  // Zero.
  careful() = default;
  // A constant: a number of the level below.
  template <constant_of<careful> X>
  careful(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  // The numbers of a dual or hyper-dual, and back.
  template <class S>
  [[nodiscard]] static careful from(S const& x) {
    careful result(x.value());
    x.partials().copy_to(result.partials_.data());
    if constexpr (Order == 2)
      for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = i; j < N; ++j) result.seconds_[place(i, j)] = x.second(i, j);
    return result;
  }
  template <class S>
  [[nodiscard]] S to() const {
    S result(value_);
    for (std::size_t i = 0; i < N; ++i) {
      result.set_partial(i, partials_[i]);
      if constexpr (Order == 2)
        for (std::size_t j = i; j < N; ++j) result.set_second(i, j, seconds_[place(i, j)]);
    }
    return result;
  }

  [[nodiscard]] T const& value() const { return value_; }
  [[nodiscard]] std::array<T, N> const& partials() const { return partials_; }

  [[nodiscard]] bool vanishes() const {
    return duet::vanishes(value_) && every_derivative([](T const& x) { return duet::vanishes(x); });
  }
  [[nodiscard]] bool all_finite() const {
    return duet::all_finite(value_) && every_derivative([](T const& x) { return duet::all_finite(x); });
  }

  // The result of a rule; apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static careful applied(Rule, X const&... x) {
    return evaluate<Rule>(duet::eager_operand<careful>(x)...);
  }

 private:
  static constexpr std::size_t triangle = Order == 2 ? N * (N + 1) / 2 : 0;
  [[nodiscard]] static constexpr std::size_t place(std::size_t i, std::size_t j) { return duet::second_place(N, i, j); }

  template <class Test>
  [[nodiscard]] bool every_derivative(Test const& test) const {
    return std::all_of(partials_.begin(), partials_.end(), test) && std::all_of(seconds_.begin(), seconds_.end(), test);
  }

  template <class Rule, class... X>
  [[nodiscard]] DUET_COLD static careful evaluate(X const&... x) {
    constexpr std::size_t arity = sizeof...(X);
    T const value(Rule::value(x.value()...));
    auto const slope =
        slopes<is_passive_operand<X>...>(Rule::first(x.value()..., value), std::index_sequence_for<X...>{});
    careful const* const moving[]{pointer(x)...};
    careful result(value, slope.data(), moving, arity);
    if constexpr (Order == 2) {
      auto const seconds = duet::second_list<Rule, T>(value, slope, x.value()...);
      [&]<std::size_t... L>(std::index_sequence<L...>) {
        T const bend[]{number<T>(get<L>(seconds))...};
        result.add_bends(bend, moving, arity);
      }(std::make_index_sequence<arity*(arity + 1) / 2>{});
    }
    return result;
  }
  // What rules have in common is compiled once for all of them.
  template <bool... Passive, class First, std::size_t... K>
  [[nodiscard]] static std::array<T, sizeof...(Passive)> slopes(First const& first, std::index_sequence<K...>) {
    if constexpr (sizeof...(Passive) == 1)
      return {number<T>(duet::local_partial<Passive>(first))...};
    else
      return {number<T>(duet::local_partial<Passive>(get<K>(first)))...};
  }
  DUET_COLD careful(T const& value, T const* slope, careful const* const* x, std::size_t arity) : value_(value) {
    for (std::size_t k = 0; k < arity; ++k) {
      if (x[k] == nullptr) continue;
      for (std::size_t i = 0; i < N; ++i)
        partials_[i] = T(partials_[i] + duet::damped_product(slope[k], x[k]->partials_[i]));
      for (std::size_t i = 0; i < triangle; ++i)
        seconds_[i] = T(seconds_[i] + duet::damped_product(slope[k], x[k]->seconds_[i]));
    }
  }
  [[nodiscard]] static careful const* pointer(careful const& x) { return &x; }
  template <class P>
  [[nodiscard]] static careful const* pointer(passive<P> const&) {
    return nullptr;
  }

  DUET_COLD void add_bends(T const* bend, careful const* const* x, std::size_t arity) {
    for (std::size_t k = 0; k < arity; ++k)
      for (std::size_t l = 0; l < arity; ++l) {
        if (x[k] == nullptr || x[l] == nullptr) continue;
        T const& b = bend[duet::second_place(arity, k, l)];
        for (std::size_t i = 0; i < N; ++i)
          for (std::size_t j = i; j < N; ++j) {
            T& second = seconds_[place(i, j)];
            second =
                T(second + duet::damped_product(b, T(duet::damped_product(x[k]->partials_[i], x[l]->partials_[j]))));
          }
      }
  }

  T value_{};
  std::array<T, N> partials_{};
  std::array<T, triangle> seconds_{};
};

// How many partials a scalar has. (A careful one stands where an expression would, of which none has a size.)
template <class S>
inline constexpr std::size_t partial_count = S::size();
template <class T, std::size_t N, int Order, class Tag>
inline constexpr std::size_t partial_count<careful<T, N, Order, Tag>> = N;

template <class S>
struct careful_scalar;
template <class T, std::size_t N, class Tag>
struct careful_scalar<dual<T, N, unguarded<Tag>>> {
  using type = careful<T, N, 1, Tag>;
};
template <class T, std::size_t N, class Tag>
struct careful_scalar<hyperdual<T, N, unguarded<Tag>>> {
  using type = careful<T, N, 2, Tag>;
};
// In place of an unguarded scalar.
template <class S>
using careful_t = typename careful_scalar<S>::type;

}  // namespace duet
