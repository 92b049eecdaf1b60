#pragma once

// Steps of a loop on variables: the next state from what a step returned, and some steps recorded one behind the other.

#include <cstddef>
#include <duet/checkpoint/argument.hpp>
#include <duet/checkpoint/replay.hpp>
#include <duet/reverse/recording.hpp>
#include <new>
#include <utility>

namespace duet {

DUET_COLD inline void throw_changed_size(long step, std::size_t given, std::size_t before) {
  throw error("duet::evolve: step " + std::to_string(step) + " returned a state of " + std::to_string(given) +
              " entries from one of " + std::to_string(before) +
              " (or one of other rows and columns); a state keeps its sizes");
}

// Throws duet::error unless what a step returned has the sizes of the state before.
template <class Y, class State>
DUET_INLINE void require_same_sizes(Y const& next, State const& before, long step) {
  if constexpr (static_size_of<State> == dynamic || static_size_of<Y> == dynamic)
    if (!duet::same_sizes(next, before)) [[unlikely]]
      throw_changed_size(step, duet::size_of(next), duet::size_of(before));
}

// What a step returned, an object or an expression of other numbers, as a State of the sizes of `before`.
template <class State, class R>
[[nodiscard]] DUET_INLINE State next_state(R const& returned, State const& before, long step) {
  using P = plain_t<R>;
  auto const& y = duet::plain(returned);
  duet::require_same_sizes(y, before, step);
  if constexpr (std::is_same_v<P, State>)
    return y;
  else
    return State(shape<P>::template make<entry_t<State>>(
        y, [&](auto i) DUET_INLINE_LAMBDA { return entry_t<State>(shape<P>::entry(y, i)); }));
}
// The same, from call(before, step).
template <class State, class Call>
[[nodiscard]] DUET_INLINE State state_after(State const& before, long step, Call const& call) {
  if constexpr (std::is_same_v<decltype(call(before, step)), State> && static_size_of<State> != dynamic) {
    return call(before, step);
  } else if constexpr (std::is_same_v<decltype(call(before, step)), State>) {
    State next = call(before, step);
    duet::require_same_sizes(next, before, step);
    return next;
  } else {
    return duet::next_state<State>(call(before, step), before, step);
  }
}

// The same state in which each entry is a variable of its own, as it is where a step begins a recording: entries that
// share one, or are older, become copies, in the order in which adjoints are summed there. Passive ones become inputs.
template <class State>
[[nodiscard]] DUET_COLD State with_own_entries(State y) {
  using V = entry_t<State>;
  auto& on = recording_tape<typename V::value_type>();
  for (std::size_t i = duet::size_of(y); i-- > 0;) {
    V& entry = shape<State>::entry(y, i);
    entry = entry.index() == 0 ? V::recorded(entry.value(), on.new_inputs(1)) : V(entry - 0.0);
  }
  return y;
}

// The steps from..to-1, one or more, on variables, recorded; what y leaves is memory of the same sizes. Adjoints are
// summed as if each step, behind the inputs from `first` on, had been recorded for itself. All that record steps call
// this, so that a step can be inlined here, where nobody else has the address of the state: behind each record the
// compiler need not look again where an Eigen array lies, which was measured to take a fifth of the time of recording.
template <class Policy, class State, class Step, class Arguments>
[[nodiscard, gnu::noinline]] State record_steps(Policy const& policy, Step const& step, Arguments const& arguments,
                                                State&& y, long from, long to, tape_index first) {
  auto const call = [&](State const& at, long index) DUET_INLINE_LAMBDA -> decltype(auto) {
    return arguments.call_active(duet::callable_of(step), at, policy.at(index));
  };
  auto const begin_next = [first](State& at) DUET_INLINE_LAMBDA {
    if (!duet::are_in_order(at, first)) [[unlikely]]
      at = duet::with_own_entries(at);
  };
  if constexpr (std::is_trivially_copyable_v<State>) {
    // Made where it stays: a copy of what has just been written number by number is waited for.
    alignas(State) std::byte room[2][sizeof(State)];
    State* here = new (room[0]) State(duet::state_after(y, from, call));
    for (long k = from + 1; k < to; ++k) {
      begin_next(*here);
      here = new (room[(k - from) % 2]) State(duet::state_after(*here, k, call));
    }
    return *here;
  } else {
    State before = std::move(y);
    State here = duet::state_after(before, from, call);
    for (long k = from + 1; k < to; ++k) {
      begin_next(here);
      std::swap(before, here);
      here = duet::state_after(before, k, call);
    }
    y = std::move(before);
    return here;
  }
}
template <class Policy, class State, class Step, class Arguments>
[[nodiscard]] State record_step(Policy const& policy, Step const& step, Arguments const& arguments, State&& y, long k) {
  return duet::record_steps(policy, step, arguments, std::move(y), k, k + 1, 0);
}

}  // namespace duet
