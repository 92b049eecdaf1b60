#pragma once

// What a checkpointed step or segment is given besides the state, and what it may be. The sweep calls it again when the
// function that made it has returned: its arguments are kept by value, as variables for the calls that are recorded and
// as numbers for those that are not.

#include <duet/checkpoint/replay.hpp>
#include <duet/eigen/arguments.hpp>
#include <functional>
#include <tuple>

namespace duet {

// A step's captures are by value or outlive the sweep: the caller's word. They may be active.
template <class F>
struct owning_step {
  F function;
};
template <class F>
[[nodiscard]] owning_step<std::decay_t<F>> owning(F&& step) {
  return {std::forward<F>(step)};
}

template <class F>
inline constexpr bool is_owning = false;
template <class F>
inline constexpr bool is_owning<owning_step<F>> = true;
template <class F>
concept captureless = std::is_empty_v<F> || is_owning<F>;

template <class F>
[[nodiscard]] auto const& callable_of(F const& step) {
  if constexpr (is_owning<F>)
    return step.function;
  else
    return step;
}
template <class F>
using called = std::remove_cvref_t<decltype(duet::callable_of(std::declval<F const&>()))>;

// ---- the scalar of a loop ----

// The entries of an argument; void for what has none, or is constant.
template <class X>
struct argument_entry {
  using type = void;
};
template <class X>
  requires shaped<plain_t<X>>
struct argument_entry<X> {
  using type = entry_t<X>;
};
template <class X>
struct argument_entry<std::reference_wrapper<X>> : argument_entry<std::remove_const_t<X>> {};

// The scalar of the highest level among some types, numbers and void being of none.
template <class A, class B>
using higher_scalar = std::conditional_t<(nesting<B> > nesting<A>), B, A>;
template <class... X>
struct highest_scalar {
  using type = void;
};
template <class X, class... Rest>
struct highest_scalar<X, Rest...> {
  using type = higher_scalar<typename highest_scalar<Rest...>::type, typename argument_entry<X>::type>;
};
template <class... X>
using highest_scalar_t = typename highest_scalar<X...>::type;

// ---- arguments ----

// An argument made of the variables of a loop whose scalar is S.
template <class X, class S>
concept variable_argument = is_recorded<S> && std::is_same_v<typename argument_entry<X>::type, S>;

// An argument as it is kept, for a loop whose scalar is S.
template <class S, class X>
struct kept_argument {
  X object;
  explicit kept_argument(X const& x) : object(x) {}
  [[nodiscard]] X const& plain() const { return object; }
  [[nodiscard]] X const& active() const { return object; }
  [[nodiscard]] static constexpr tape_index newest() { return 0; }
};
template <class S, variable_argument<S> X>
struct kept_argument<S, X> {
  using T = typename S::value_type;
  X object;
  lifted_t<X, T> values;
  explicit kept_argument(X const& x) : object(x), values(duet::values_of<S>(x)) {}
  [[nodiscard]] lifted_t<X, T> const& plain() const { return values; }
  [[nodiscard]] X const& active() const { return object; }
  [[nodiscard]] tape_index newest() const { return duet::newest_index(object); }
};
template <class S, class X>
struct kept_argument<S, constant_argument<X>> {
  static constexpr bool strip = std::is_same_v<typename argument_entry<X>::type, S> && active_scalar<S>;
  static auto stripped(X const& x) {
    if constexpr (strip)
      return duet::values_of<S>(x);
    else
      return x;
  }
  decltype(stripped(std::declval<X const&>())) object;
  explicit kept_argument(constant_argument<X> const& x) : object(stripped(x.object)) {}
  [[nodiscard]] auto const& plain() const { return object; }
  [[nodiscard]] auto const& active() const { return object; }
  [[nodiscard]] static constexpr tape_index newest() { return 0; }
};
// What the caller keeps alive. Variables are copied nevertheless: a sweep needs their places on the tape.
template <class S, class X>
struct kept_argument<S, std::reference_wrapper<X>> {
  X const* object;
  explicit kept_argument(std::reference_wrapper<X> x) : object(&x.get()) {}
  [[nodiscard]] X const& plain() const { return *object; }
  [[nodiscard]] X const& active() const { return *object; }
  [[nodiscard]] static constexpr tape_index newest() { return 0; }
};
template <class S, class X>
  requires variable_argument<std::reference_wrapper<X>, S>
struct kept_argument<S, std::reference_wrapper<X>> : kept_argument<S, std::remove_const_t<X>> {
  explicit kept_argument(std::reference_wrapper<X> x) : kept_argument<S, std::remove_const_t<X>>(x.get()) {}
};

// All of them; `step` may be called with them in place of its last arguments.
template <class S, class... X>
class kept_arguments {
 public:
  explicit kept_arguments(X const&... x) : kept_(kept_argument<S, X>(x)...) {}

  // step(first..., arguments...) with numbers, or with variables.
  template <class Step, class... First>
  DUET_INLINE decltype(auto) call_plain(Step const& step, First const&... first) const {
    return std::apply([&](auto const&... each)
                          DUET_INLINE_LAMBDA -> decltype(auto) { return step(first..., each.plain()...); },
                      kept_);
  }
  template <class Step, class... First>
  DUET_INLINE decltype(auto) call_active(Step const& step, First const&... first) const {
    return std::apply([&](auto const&... each)
                          DUET_INLINE_LAMBDA -> decltype(auto) { return step(first..., each.active()...); },
                      kept_);
  }
  // The newest variable among them; 0 if there is none.
  [[nodiscard]] tape_index newest() const {
    return std::apply([](auto const&... each) { return std::max({tape_index{0}, each.newest()...}); }, kept_);
  }

  // Whether a step takes these in front of the arguments; Eigen's matrices claim to convert from those of any scalar.
  template <class Step, class... First>
  static constexpr bool takes_active = (!takes_another_eigen_scalar<called<Step>, First> && ...) &&
                                       std::invocable<called<Step> const&, First const&...,
                                                      decltype(std::declval<kept_argument<S, X> const&>().active())...>;
  // With numbers for arguments. An owning one is not asked: its body need not compile with them.
  template <class Step, class... First>
  static constexpr bool takes_plain = [] {
    if constexpr (is_owning<Step>)
      return false;
    else
      return (!takes_another_eigen_scalar<Step, First> && ...) &&
             std::invocable<Step const&, First const&...,
                            decltype(std::declval<kept_argument<S, X> const&>().plain())...>;
  }();

 private:
  std::tuple<kept_argument<S, X>...> kept_;
};

}  // namespace duet
