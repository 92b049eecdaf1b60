#pragma once

// A checkpointed loop on the tape: its states, the steps between them in plain numbers, and the callback that reverses
// it, recording a few steps at a time behind everything else.

#include <algorithm>
#include <duet/checkpoint/argument.hpp>
#include <duet/checkpoint/policy.hpp>
#include <duet/checkpoint/record_steps.hpp>
#include <duet/checkpoint/states.hpp>
#include <duet/reverse/recording.hpp>
#include <utility>

namespace duet {

// What a step may return for a State: the same shape, of its scalar or of numbers.
template <class R, class State>
inline constexpr bool is_next_state = [] {
  using P = plain_t<R>;
  if constexpr (!shaped<P>)
    return false;
  else if constexpr (!std::is_constructible_v<entry_t<State>, entry_t<P> const&>)
    return false;
  else if constexpr (eigen_dense<P> && eigen_dense<State>)
    return sizes_can_agree<P, State>;
  else
    return std::is_same_v<lifted_t<P, entry_t<State>>, State>;
}();

// An Eigen expression of the entries of a State.
template <class R, class State>
concept is_expression_of = eigen_dense<std::remove_cvref_t<R>> && !std::is_same_v<std::remove_cvref_t<R>, State> &&
                           std::is_same_v<typename std::remove_cvref_t<R>::Scalar, entry_t<State>>;

// The steps from..to-1 from the state y, by call(state, step).
template <class State, class Call, class Report>
[[nodiscard]] DUET_INLINE State run_steps(State y, long from, long to, Call const& call, Report const& report) {
  using R = decltype(call(y, from));
  if constexpr (!is_expression_of<R, State>) {
    for (long k = from; k < to; ++k) {
      y = duet::state_after(y, k, call);
      report(k + 1);
    }
  } else {  // evaluated beside y, in the same memory each time
    State beside = y;
    for (long k = from; k < to; ++k) {
      decltype(auto) next = call(y, k);
      if (!duet::same_sizes(next, y)) [[unlikely]]
        throw_changed_size(k, static_cast<std::size_t>(next.size()), duet::size_of(y));
      beside = next;
      std::swap(y, beside);
      report(k + 1);
    }
  }
  return y;
}

// The part of a loop that is reversed by replaying it: for the tape's scalar V, states in the shape State, and
// arguments X... besides. An object of it is the callback of the loop's node.
template <class V, class State, class Step, class Policy, class... X>
class replayed_loop {
 public:
  using T = typename V::value_type;
  using Numbers = lifted_t<State, T>;
  using Arguments = kept_arguments<V, X...>;
  using At = decltype(std::declval<Policy const&>().at(0));

  // Steps run on numbers; on passive variables where the step knows only those, or has active ones inside.
  static constexpr bool in_numbers = [] {
    if constexpr (Arguments::template takes_plain<Step, Numbers, At>)
      return is_next_state<decltype(std::declval<Arguments const&>().call_plain(
                               std::declval<Step const&>(), std::declval<Numbers const&>(), std::declval<At const&>())),
                           Numbers>;
    else
      return false;
  }();

  replayed_loop(tape<T>& on, Policy const& policy, Step const& step, State const& start, Arguments const& arguments,
                long in_memory)
      : tape_(&on),
        policy_(policy),
        step_(step),
        arguments_(arguments),
        in_memory_(in_memory),
        states_(duet::values_of<V>(start), in_memory, policy.folder()) {
    start_.reserve(duet::size_of(start));
    for (std::size_t i = 0; i < duet::size_of(start); ++i) start_.push_back(shape<State>::entry(start, i).index());
  }

  // A loop of `steps` steps from the start, as far as the last of them, which the caller records.
  void run_to_last(long steps) {
    steps_ = steps;
    schedule_.emplace(steps, in_memory_, policy_);
    schedule_->follow([&](joined_action const& action)
                          DUET_INLINE_LAMBDA { return act(action, checkpoint_phase::running); });
  }
  // The same while going_on(state, step); returns how many steps there were. Then no schedule knows the last of them
  // before it is run: it is run once more, recorded.
  template <class GoingOn>
  [[nodiscard]] long run_while(GoingOn& going_on) {
    long const slots = std::min(in_memory_, std::numeric_limits<long>::max() / 2) + policy_.on_disk();
    online_snapshots online(slots);
    Numbers previous = states_.here();
    long slot = -1;
    for (; going_on(states_.here(), policy_.at(steps_)); ++steps_) {
      slot = online.offer(steps_);
      if (slot >= 0) states_.store(slot, steps_);
      previous = states_.exchange(duet::state_after(states_.here(), steps_, step_call()));
      policy_.report(steps_ + 1, 0, checkpoint_phase::running);
    }
    if (steps_ == 0) return 0;
    if (slot >= 0)
      states_.restore(slot, steps_ - 1);
    else
      states_.set(std::move(previous));
    schedule_.emplace(revolve(steps_ - 1, slots, online.kept()));
    return steps_;
  }

  // Records the node, with the current state for its outputs, which it returns.
  [[nodiscard]] State record() && {
    first_output_ = tape_->new_inputs(start_.size());
    State result = variables(first_output_);
    tape_->external(std::move(*this));
    return result;
  }

  void operator()(external_sweep<T>& sweep) {
    if (!sweep.take(first_output_, start_.size())) return;
    policy_.report(1, steps_, checkpoint_phase::reversing);
    recording<T> const scope(*tape_);
    if (!schedule_) {  // swept before: from the start again
      states_.restore(home_, 0);
      schedule_.emplace(steps_ - 1, in_memory_, policy_);
    }
    try {
      reverse(sweep);
    } catch (...) {
      schedule_.reset();
      throw;
    }
    schedule_.reset();
  }

 private:
  static constexpr std::size_t most_bytes_together = 1 << 18;  // of tape, and of adjoints: they stay in the cache
  static constexpr std::size_t most_together = 32;

  // Steps whose turn has come, one behind the other, are recorded together while their tape is small: beginning a sweep
  // takes as long as several statements, and setting how denormals count as long as several more. Where each is
  // reported, states are on disk, or a step holds what the tape does not count (nodes of other loops), it is one at a
  // time.
  void reverse(external_sweep<T>& sweep) {
    variable_places outputs;
    State y = variables(0), next = y;  // memory kept from step to step: the heap would give it back to the system
    tape_index const first = tape_->new_inputs(start_.size());
    tape_position const inside = tape_->position();
    long most = 1;
    auto const reverse_steps = [&](long from, long to) {
      if (to != steps_ - 1) sweep.template take_again<static_size_of<State>>(first);
      sweep.forget(inside);
      if constexpr (checked::enabled) tape_->checks().rewound(first);
      Numbers const& here = states_.here();
      duet::carry(y, here);
      // The initial state is the variables that the loop was given: their adjoints go on from where they are.
      if (from == 0) [[unlikely]]
        set_variables(y, here, [&](std::size_t i) { return start_[i]; });
      else
        set_variables(y, here,
                      [first](std::size_t i) DUET_INLINE_LAMBDA { return first + static_cast<tape_index>(i); });
      if constexpr (std::is_trivially_copyable_v<State>) {
        duet::find_places(duet::record_steps(policy_, step_, arguments_, std::move(y), from, to, first), outputs);
      } else {
        next = duet::record_steps(policy_, step_, arguments_, std::move(y), from, to, first);
        duet::find_places(next, outputs);
      }
      tape_position const end = tape_->position();
      sweep.template sweep<static_size_of<State>>(outputs, inside);
      for (long k = to; k-- > from;) policy_.report(steps_ - k, steps_, checkpoint_phase::reversing);
      if (policy_.reports() || policy_.on_disk() != 0 || end.externals != inside.externals) return 1L;
      std::size_t const bytes = end.record_bytes - inside.record_bytes + end.node_bytes - inside.node_bytes +
                                (end.descriptors - inside.descriptors) * sizeof(T);
      auto const steps = static_cast<std::size_t>(to - from);
      return static_cast<long>(
          std::clamp<std::size_t>(most_bytes_together * steps / std::max(bytes, steps), 1, most_together));
    };
    schedule_->follow(
        [&](joined_action const& action) DUET_INLINE_LAMBDA {
          if (action.kind != checkpoint_action::reverse) return act(action, checkpoint_phase::repeating);
          if (action.to - action.from > 1) states_.restore(action.slot, action.from);
          most = reverse_steps(action.from, action.to);
          return true;
        },
        most);
  }
  template <class Index>
  static DUET_INLINE void set_variables(State& y, Numbers const& values, Index const& index) {
    auto const set = [&](V& entry, T const& value, std::size_t i) DUET_INLINE_LAMBDA {
      duet::place(entry, [&](std::size_t at) DUET_INLINE_LAMBDA { return V::recorded(value, index(at)); }, i);
    };
    if constexpr (has_few_entries<State>) {
      duet::for_each_place(values, [&](auto i) DUET_INLINE_LAMBDA {
        set(shape<State>::entry(y, i), shape<Numbers>::entry(values, i), i);
      });
    } else {
      auto const to = duet::entry_span(y);
      auto const from = duet::entry_span(values);
      for (std::size_t i = 0; i < to.size(); ++i) set(to[i], from[i], i);
    }
  }
  // The current state as variables, from `first` on in the recording.
  [[nodiscard]] State variables(tape_index first) const {
    return shape<Numbers>::template make<V>(states_.here(), [&](auto i) {
      return V::recorded(shape<Numbers>::entry(states_.here(), i), first + static_cast<tape_index>(std::size_t{i}));
    });
  }

  // Does what the schedule says until a step is to be reversed.
  DUET_INLINE bool act(joined_action const& action, checkpoint_phase phase) {
    switch (action.kind) {
      case checkpoint_action::advance:
        if (action.on_the_way != nullptr)
          advance_storing(action.from, action.to, action.on_the_way);
        else
          advance(action.from, action.to, phase);
        return true;
      case checkpoint_action::store:
        states_.store(action.slot, action.from);
        if (action.from == 0) home_ = action.slot;
        return true;
      case checkpoint_action::restore:
        states_.restore(action.slot, action.from);
        return true;
      case checkpoint_action::reverse:
      case checkpoint_action::done:
        return false;
    }
    return false;
  }

  void advance(long from, long to, checkpoint_phase phase) {
    if (policy_.reports())
      run(from, to, [&](long done) { policy_.report(done, steps_, phase); });
    else
      run(from, to, [](long) {});
  }
  // Each state before `to` is stored. Nothing is reported: steps that are do not come together.
  void advance_storing(long from, long to, kept_state const* next) {
    auto const call = step_call();
    if constexpr (std::is_trivially_copyable_v<Numbers>) {
      Numbers y = duet::copied_singly(states_.here());
      for (long k = from;; ++next) {
        y = duet::state_after(y, k, call);
        if (++k == to) break;
        states_.store(next->slot, k, y);
      }
      states_.set(std::move(y));
    } else {
      for (long k = from;; ++next) {
        run(k, k + 1, [](long) {});
        if (++k == to) break;
        states_.store(next->slot, k);
      }
    }
  }
  template <class Report>
  void run(long from, long to, Report const& report) {
    auto const call = step_call();
    if constexpr (std::is_trivially_copyable_v<Numbers>) {
      states_.set(duet::run_steps(duet::copied_singly(states_.here()), from, to, call, report));
    } else {
      Numbers next = duet::state_after(states_.here(), from, call);  // what is in a slot stays there
      states_.set(std::move(next));                                  // which gives the memory of the state before back
      next = states_.release();
      report(from + 1);
      states_.set(duet::run_steps(std::move(next), from + 1, to, call, report));
    }
  }
  // call(y, k): what the step makes of numbers.
  [[nodiscard]] DUET_INLINE auto step_call() {
    return [this](Numbers const& y, long k) DUET_INLINE_LAMBDA -> decltype(auto) {
      if constexpr (in_numbers)
        return arguments_.call_plain(step_, y, policy_.at(k));
      else
        return passive_step(y, k);
    };
  }
  // What the step makes of passive variables; what it records of active ones that it holds is forgotten.
  [[nodiscard]] Numbers passive_step(Numbers const& y, long k) {
    tape_position const base = tape_->position();
    auto passive = shape<Numbers>::template make<V>(y, [&](auto i) { return V(shape<Numbers>::entry(y, i)); });
    Numbers next = duet::values_of<V>(duet::record_step(policy_, step_, arguments_, std::move(passive), k));
    tape_->rewind(base);
    return next;
  }

  tape<T>* tape_;
  Policy policy_;
  Step step_;
  Arguments arguments_;
  std::vector<tape_index> start_;  // of the initial state
  long steps_ = 0, in_memory_, home_ = 0;
  loop_states<Numbers> states_;
  std::optional<checkpoint_schedule> schedule_;  // what is left of it; none after a sweep
  tape_index first_output_ = 0;
};

}  // namespace duet
