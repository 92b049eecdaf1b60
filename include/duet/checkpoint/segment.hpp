#pragma once

// checkpoint(f, arguments...): a segment that the tape forgets and the sweep records again.

#include <duet/checkpoint/argument.hpp>
#include <duet/checkpoint/replay.hpp>
#include <duet/reverse/recording.hpp>

namespace duet {

// The callback of a segment's node.
template <class V, class F, class Y, class... X>
class recomputed_segment {
 public:
  using T = typename V::value_type;
  recomputed_segment(tape<T>& on, F const& f, kept_arguments<V, X...> const& arguments, tape_index first,
                     std::size_t size)
      : tape_(&on), function_(f), arguments_(arguments), first_(first), size_(size) {}

  void operator()(external_sweep<T>& sweep) {
    if (!sweep.take(first_, size_)) return;
    recording<T> const scope(*tape_);
    tape_position const base = tape_->position();
    Y const y = duet::plain(arguments_.call_active(duet::callable_of(function_)));
    if (duet::size_of(y) != size_)
      throw error("duet::checkpoint: the segment returned " + std::to_string(size_) + " entries, and " +
                  std::to_string(duet::size_of(y)) + " when called again");
    variable_places outputs;
    if constexpr (std::is_same_v<entry_t<Y>, V>) duet::find_places(y, outputs);
    sweep.sweep(outputs, base);
  }

 private:
  tape<T>* tape_;
  F function_;
  kept_arguments<V, X...> arguments_;
  tape_index first_;
  std::size_t size_;
};

// The values of a segment, and its node behind them.
template <class V, class T, class F, class... X>
[[nodiscard]] auto record_segment(tape<T>& on, F const& f, kept_arguments<V, X...> const& arguments) {
  on.require_here(arguments.newest(), "duet::checkpoint");
  auto const& function = duet::callable_of(f);
  using Y = plain_t<decltype(arguments.call_active(function))>;
  auto const called_once = [&] {
    if constexpr (kept_arguments<V, X...>::template takes_plain<F>)
      return plain_t<decltype(arguments.call_plain(function))>(duet::plain(arguments.call_plain(function)));
    else
      return Y(duet::plain(arguments.call_active(function)));
  };
  using Numbers = decltype(called_once());
  static_assert(shaped<Numbers> && std::is_same_v<lifted_t<Numbers, V>, lifted_t<Y, V>>,
                "duet::checkpoint needs f to return a number, an Eigen vector, matrix or array, a std::array, a "
                "std::vector, or a std::tuple of those");
  if (!is_owning<F> && arguments.newest() == 0) {  // it is what f makes of it
    Y const y = duet::plain(arguments.call_active(function));
    return shape<Y>::template make<V>(y, [&](auto i) { return V(shape<Y>::entry(y, i)); });
  }
  tape_position const begin = on.position();
  Numbers const numbers = called_once();
  on.rewind(begin);
  std::size_t const size = duet::size_of(numbers);
  tape_index const first = on.new_inputs(size);
  on.external(recomputed_segment<V, F, Y, X...>(on, f, arguments, first, size));
  return shape<Numbers>::template make<V>(numbers, [&](auto i) {
    auto const& entry = shape<Numbers>::entry(numbers, i);
    tape_index const index = first + static_cast<tape_index>(std::size_t{i});
    if constexpr (std::is_same_v<entry_t<Numbers>, V>)
      return V::recorded(entry.value(), index);
    else
      return V::recorded(T(entry), index);
  });
}

// f(arguments...), of which the tape keeps the arguments and the values alone: it is called on plain numbers, and once
// more on variables in every sweep, where it is recorded behind everything else, swept and forgotten. Worth it where f
// takes much tape and little time. f captures nothing (or is owning(f)); arguments are as for evolve(). On scalars that
// do not record it is f(arguments...). Throws what f throws; the tape stays usable.
template <class F, class... X>
[[nodiscard]] auto checkpoint(F const& f, X const&... x) {
  static_assert(
      captureless<F>,
      "duet::checkpoint: the segment captures something, but the sweep calls it when the function that called "
      "checkpoint has returned: pass what it needs as arguments, checkpoint(f, arguments...), or say "
      "duet::owning(f) if its captures are by value or outlive the sweep");
  if constexpr (captureless<F>) {
    using given = highest_scalar_t<plain_t<X>...>;
    using S = std::conditional_t<nesting<given> == 0, void, given>;
    using Arguments = kept_arguments<S, plain_t<X>...>;
    constexpr bool is_taken = Arguments::template takes_active<F>;
    static_assert(is_taken,
                  "duet::checkpoint needs f to accept these arguments: make it a generic lambda, "
                  "(auto const&... arguments)");
    if constexpr (is_taken) {
      Arguments const arguments(duet::plain(x)...);
      auto const& function = duet::callable_of(f);
      if constexpr (is_recorded<S>) {
        tape<typename S::value_type>& on = recording_tape<typename S::value_type>();
        return duet::recorded_or_rewound(on, [&] { return duet::record_segment<S>(on, f, arguments); });
      } else {
        using R = decltype(arguments.call_active(function));
        return plain_t<R>(duet::plain(arguments.call_active(function)));
      }
    }
  }
}

}  // namespace duet
