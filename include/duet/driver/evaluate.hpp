#pragma once

// What all drivers share: the scalars on which a function is called, the recording of one call on a tape of the
// thread's own, and results read back as plain numbers. Forward mode calls it in passes.hpp.

#include <duet/core/error.hpp>
#include <duet/driver/callable.hpp>
#include <duet/driver/mode.hpp>
#include <duet/eigen/arguments.hpp>
#include <duet/eigen/lift.hpp>
#include <duet/eigen/loaned.hpp>
#include <duet/eigen/product.hpp>
#include <duet/eigen/structure.hpp>
#include <duet/forward/dual.hpp>
#include <duet/reverse/recording.hpp>
#include <functional>
#include <span>

namespace duet {

// f(x), or f(a, b, ...) for x = args(a, b, ...). Not std::invoke: what it calls is not inlined.
template <class F, class X>
DUET_INLINE constexpr decltype(auto) call(F& f, X const& x) {
  return f(x);
}
template <class F, class... X>
DUET_INLINE constexpr decltype(auto) call(F& f, arguments<X...> const& x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA -> decltype(auto) {
    return f(duet::passed(std::get<I>(x.each))...);
  }(std::index_sequence_for<X...>{});
}

// The result of f as an object that owns its entries; Duet and Eigen expressions are evaluated while their operands
// live.
template <class F, class X>
[[nodiscard]] DUET_INLINE auto evaluate(F& f, X const& x) {
  using R = call_result_t<F, X>;
  if constexpr (std::is_same_v<R, plain_t<R>>)
    return duet::call(f, x);
  else
    return plain_t<R>(duet::plain(duet::call(f, x)));
}

// ---- what is demanded of f ----

// Eigen's constructors say that a matrix of duals converts to a matrix of double, and fail when asked to do it.
template <class F, class X, std::size_t Position = 0>
inline constexpr bool takes_another_eigen_scalar = [] {
  if constexpr (Position < parameters_known<F>) {
    using P = std::remove_cvref_t<std::tuple_element_t<Position, typename parameters<std::remove_cvref_t<F>>::type>>;
    if constexpr (eigen_dense<P> && eigen_dense<X>) return !std::is_same_v<typename P::Scalar, typename X::Scalar>;
  }
  return false;
}();
template <class F, class... X>
inline constexpr bool takes_another_eigen_scalar<F, arguments<X...>, 0> =
    []<std::size_t... I>(std::index_sequence<I...>) {
      return (... ||
              takes_another_eigen_scalar<F, std::remove_cvref_t<decltype(duet::passed(std::declval<X const&>()))>, I>);
    }(std::index_sequence_for<X...>{});

template <class F, class X>
concept takes =
    !takes_another_eigen_scalar<F, X> && requires { typename call_result_t<std::remove_reference_t<F>, X>; };

template <class F, class X>
using result_t = plain_t<call_result_t<std::remove_reference_t<F>, X>>;

// An entry of a result is the active scalar S, or a number that does not depend on the inputs.
template <class E, class S>
concept entry_for = std::is_same_v<E, S> || std::is_convertible_v<E, typename S::value_type>;

template <class F, class X>
concept returns_numbers = takes<F, X> && shaped<result_t<F, X>> && entry_for<entry_t<result_t<F, X>>, entry_t<X>>;
template <class F, class X>
concept returns_one_number = returns_numbers<F, X> && number_entry<result_t<F, X>>;

// The scalars that f sees in the two modes.
template <class F, class T, std::size_t C, partials_in Use = partials_in::whole_pass>
using forward_scalar = dual<T, C, forward_tag<F, Use>>;
// The one of a pass that carries C of n inputs, or of as many as may be if n is dynamic.
template <class F, class T, std::size_t C, std::size_t n>
using pass_scalar =
    forward_scalar<F, T, C, (n != dynamic && n > C) ? partials_in::one_of_many_passes : partials_in::whole_pass>;
template <class F, class T>
using reverse_scalar = var<T, tag_of<F>>;

// ---- results as plain numbers ----

// An entry without the innermost level of derivatives.
template <class S, class E>
[[nodiscard]] DUET_INLINE constexpr typename S::value_type value_of(E const& e) {
  if constexpr (std::is_same_v<E, S>)
    return e.value();
  else
    return static_cast<typename S::value_type>(e);
}

template <class S, class Y>
using value_t = lifted_t<Y, typename S::value_type>;
template <class S, class Y>
[[nodiscard]] DUET_INLINE value_t<S, Y> values_of(Y const& y) {
  return shape<Y>::template make<typename S::value_type>(
      y, [&](auto i) DUET_INLINE_LAMBDA { return duet::value_of<S>(shape<Y>::entry(y, i)); });
}

// The one partial of each entry, in the shape of the result.
template <class S, class Y>
[[nodiscard]] DUET_INLINE value_t<S, Y> tangents_of(Y const& y) {
  using T = typename S::value_type;
  return shape<Y>::template make<T>(y, [&](auto i) DUET_INLINE_LAMBDA {
    auto const& e = shape<Y>::entry(y, i);
    if constexpr (std::is_same_v<entry_t<Y>, S>)
      return e.partial(0);
    else
      return T(0);
  });
}

// ---- inputs ----

// use(inputs) for x with entries S made by seed(i): in memory that the thread keeps, unless sizes are static.
template <class S, class X, class Seed, class Use>
DUET_INLINE decltype(auto) with_inputs(X const& x, Seed const& seed, Use const& use) {
  if constexpr (may_lie_idle<X>) {
    loaned<lifted_t<X, S>> inputs;
    duet::remake<false>(*inputs, x, seed);
    return use(*std::as_const(inputs));
  } else {
    return use(shape<X>::template make<S>(x, seed));
  }
}

// ---- reverse ----

// A tape for one recording, one of those that the thread keeps; a driver called inside the function that another
// records finds one of its own.
template <class T>
class borrowed_tape {
 public:
  borrowed_tape() = default;
  borrowed_tape(borrowed_tape const&) = delete;
  borrowed_tape& operator=(borrowed_tape const&) = delete;
  ~borrowed_tape() {
    try {
      tape_position const end = tape_->position();
      if (end.record_bytes + end.node_bytes > most_bytes_kept) tape_.discard_later();
      tape_->clear();
    } catch (...) {
      tape_.discard_later();
    }
  }

  [[nodiscard]] tape<T>& operator*() const { return *tape_; }

 private:
  reused<tape<T>> tape_;
};

// The inputs of a recording, in storage order.
template <class T>
struct recorded_inputs {
  tape_index first;
  [[nodiscard]] DUET_INLINE var<T> operator[](std::size_t i) const {
    return var<T>::placed(first + static_cast<tape_index>(i));
  }
};

// Records f at x and calls use(tape, inputs, y) while the recording stands, and then(tape, inputs) when y is gone: what
// that allocates has y's memory.
template <class F, class X, class Use, class Then>
void record(F& f, X const& x, Use const& use, Then const& then) {
  using T = entry_t<X>;
  borrowed_tape<T> const borrowed;
  tape<T>& t = *borrowed;
  recording<T> const scope(t);
  using S = reverse_scalar<F, T>;
  recorded_inputs<T> const inputs{t.new_inputs(duet::size_of(x))};
  if constexpr (checked::enabled) t.checks().inputs_made(inputs.first, duet::size_of(x), {});
  duet::with_inputs<S>(
      x, [&](auto i) DUET_INLINE_LAMBDA { return S::recorded(shape<X>::entry(x, i), inputs[i].place()); },
      [&](auto const& at) { use(t, inputs, duet::evaluate(f, at)); });
  then(t, inputs);
}
template <class F, class X, class Use>
void record(F& f, X const& x, Use const& use) {
  duet::record(f, x, use, [](auto const&, auto const&) {});
}

// Sets derivatives to numbers side by side. What is in the shape of x needs no sizes yet; what is kept has them.
template <class X, class Derivatives, class T>
void set_derivatives(Derivatives& derivatives, X const& x, T const* from) {
  if constexpr (std::is_same_v<Derivatives, differentiated_t<X>>)
    duet::remake<(static_size_of<X> <= most_unrolled_entries)>(derivatives, x,
                                                               [=](auto i) DUET_INLINE_LAMBDA { return from[i]; });
  else
    duet::copy_entries(from, derivatives);
}

// An entry of a result, of the scalar S or a constant (a passive variable), as a variable of the tape.
template <class S, class E>
[[nodiscard]] auto output_of(E const& e) {
  return var<typename S::value_type>::retagged(S(e));
}
template <class S, class Y>
[[nodiscard]] auto outputs_of(Y const& y) {
  std::vector<var<typename S::value_type>> outputs;
  outputs.reserve(duet::size_of(y));
  for (std::size_t i = 0; i < duet::size_of(y); ++i) outputs.push_back(duet::output_of<S>(shape<Y>::entry(y, i)));
  return outputs;
}

// ---- the choice ----

// Calls run(forward) or run(reverse), and instantiates both only where sizes known at run time decide; for clang run's
// body has to name the tag in what it calls. `directions` is what forward mode has to carry; outputs() gives the number
// of outputs and is asked only where it matters.
template <mode Mode, std::size_t StaticDirections, std::size_t StaticOutputs, class Outputs, class Run>
DUET_INLINE auto run_mode(std::size_t directions, Outputs const& outputs, Run const& run) {
  constexpr bool known = StaticDirections != dynamic && StaticOutputs != dynamic;
  constexpr mode at_most = cheaper_mode(StaticDirections, StaticOutputs == dynamic ? 0 : StaticOutputs);
  if constexpr (Mode == mode::forward ||
                (Mode == mode::automatic && StaticDirections != dynamic && at_most == mode::forward)) {
    return run(forward);
  } else if constexpr (Mode == mode::reverse || known) {
    return run(reverse);
  } else {
    bool const few = cheaper_mode(directions, 0) == mode::forward;
    return few || cheaper_mode(directions, outputs()) == mode::forward ? run(forward) : run(reverse);
  }
}

// The scalar in which f is evaluated first: the one that the demands on f are checked with.
template <class X>
inline constexpr std::size_t first_chunk =
    static_size_of<X> == dynamic ? narrow_chunk<entry_t<X>> : static_chunk<entry_t<X>>(static_size_of<X>);

// The inputs as f sees them first: what the demands on f are checked with. void if X is no point.
template <mode Mode, class F, class X, std::size_t StaticOutputs>
struct probe : no_point<plain_t<X>> {};
template <mode Mode, class F, class X, std::size_t StaticOutputs>
  requires point<X>
struct probe<Mode, F, X, StaticOutputs> {
  static constexpr bool reversed =
      Mode == mode::reverse || (Mode == mode::automatic && static_size_of<X> != dynamic && StaticOutputs != dynamic &&
                                cheaper_mode(static_size_of<X>, StaticOutputs) == mode::reverse);
  using T = entry_t<X>;
  using type = lifted_t<
      X, std::conditional_t<reversed, reverse_scalar<F, T>, pass_scalar<F, T, first_chunk<X>, static_size_of<X>>>>;
};
template <mode Mode, class F, class X, std::size_t StaticOutputs = dynamic>
using probe_t = typename probe<Mode, F, X, StaticOutputs>::type;

}  // namespace duet
