#pragma once

// evolve() and evolve_while(): a loop of steps whose reverse sweep keeps a few of its states and runs the steps between
// them again, with binomial checkpointing (schedule.hpp). Everywhere else they are the loop itself.

#include <duet/checkpoint/loop.hpp>

namespace duet {

// The scalar of a loop: the highest among those of its initial state, its arguments and what an owning step makes of
// them. void if all are plain numbers.
template <class Step, class At, class Y, class... X>
struct loop_scalar {
  static auto of_step() {
    if constexpr (!is_owning<Step>)
      return std::type_identity<void>{};
    else if constexpr (std::invocable<called<Step> const&, Y const&, At, X const&...>)
      return std::type_identity<plain_t<std::invoke_result_t<called<Step> const&, Y const&, At, X const&...>>>{};
    else
      return std::type_identity<void>{};
  }
  using given = highest_scalar_t<Y, X...>;
  static auto with_step() {
    if constexpr (nesting<given> != 0)
      return std::type_identity<given>{};
    else
      return std::type_identity<highest_scalar_t<typename decltype(of_step())::type>>{};
  }
  using highest = typename decltype(with_step())::type;
  using type = std::conditional_t<nesting<highest> == 0, void, highest>;
};

// The state in which a loop of scalar S runs.
template <class S, class Y>
struct loop_state {
  using type = lifted_t<Y, S>;
};
template <class Y>
struct loop_state<void, Y> {
  using type = Y;
};

template <class Policy>
[[nodiscard]] consteval bool policy_demands() {
  static_assert(is_checkpoint_policy<Policy>,
                "duet::evolve needs a policy first: duet::snapshots(n), the number of states to keep");
  return is_checkpoint_policy<Policy>;
}
template <class Step, class State, class Arguments, class At>
[[nodiscard]] consteval bool step_demands() {
  static_assert(captureless<Step>,
                "duet::evolve: the step captures something, but the sweep calls it when the function that called "
                "evolve has returned: pass what it needs as arguments, evolve(policy, step, y0, n, arguments...), or "
                "say duet::owning(step) if its captures are by value or outlive the sweep");
  if constexpr (captureless<Step>) {
    constexpr bool is_taken = Arguments::template takes_active<Step, State, At>;
    static_assert(is_taken,
                  "duet::evolve needs a step(state, k, arguments...) that accepts Duet scalars: make it a generic "
                  "lambda, (auto const& state, long k, auto const&... arguments)");
    if constexpr (is_taken) {
      using R = decltype(std::declval<Arguments const&>().call_active(
          std::declval<called<Step> const&>(), std::declval<State const&>(), std::declval<At const&>()));
      static_assert(is_next_state<R, State>,
                    "duet::evolve needs the step to return the next state, of the same shape as the initial one");
      return is_next_state<R, State>;
    }
  }
  return false;
}

// y0 as a state of the loop; itself if it is one.
template <class State, class Y>
[[nodiscard]] decltype(auto) initial_state(Y const& y0) {
  if constexpr (std::is_same_v<State, Y>)
    return (y0);
  else
    return shape<Y>::template make<entry_t<State>>(y0, [&](auto i) { return entry_t<State>(shape<Y>::entry(y0, i)); });
}

// ---- the loop on the tape ----

// run(loop) brings a loop to its last step and returns the number of steps. That step is recorded plainly behind the
// node, so that none is advanced only to be recorded again.
template <class State, class Policy, class Step, class V, class... X, class Run>
[[nodiscard]] State record_loop(Policy const& policy, Step const& step, State const& start,
                                kept_arguments<V, X...> const& arguments, long most_steps, Run const& run) {
  using T = typename V::value_type;
  tape<T>& on = recording_tape<T>();
  on.require_here(std::max(duet::newest_index(start), arguments.newest()), "duet::evolve");
  return duet::recorded_or_rewound(on, [&] {
    replayed_loop<V, State, Step, Policy, X...> loop(on, policy, step, start, arguments,
                                                     policy.in_memory(duet::size_of(start) * sizeof(T), most_steps));
    long const steps = run(loop);
    if (steps == 0) return start;
    State last = steps == 1 ? start : std::move(loop).record();
    State end = duet::record_step(policy, step, arguments, std::move(last), steps - 1);
    policy.report(steps, steps, checkpoint_phase::running);
    return end;
  });
}

// A state as a predicate sees it: numbers where the loop is recorded.
template <class State>
[[nodiscard]] decltype(auto) unrecorded(State const& y) {
  if constexpr (is_recorded<entry_t<State>>)
    return duet::values_of<entry_t<State>>(y);
  else
    return (y);
}

// ---- the drivers ----

// The shared part: evolve's and evolve_while's loops where nothing is recorded are plain(start, call, at), with
// call(state, k); where something is, record(loop) brings the loop to its last step.
template <class Policy, class Step, class Y, class Plain, class Record, class... X>
[[nodiscard]] auto evolve_from(Policy const& policy, Step const& step, Y const& y0, long most_steps, Plain const& plain,
                               Record const& record, X const&... x) {
  using At = decltype(policy.at(0));
  using S = typename loop_scalar<Step, At, Y, X...>::type;
  using State = typename loop_state<S, Y>::type;
  using Arguments = kept_arguments<S, X...>;
  if constexpr (step_demands<Step, State, Arguments, At>()) {
    State const& start = duet::initial_state<State>(y0);
    Arguments const arguments(x...);
    if constexpr (is_recorded<S>)
      if (is_owning<Step> || duet::newest_index(start) != 0 || arguments.newest() != 0)
        return duet::record_loop<State>(policy, step, start, arguments, most_steps, record);
    return plain(start, [&](State const& y, long k) DUET_INLINE_LAMBDA -> decltype(auto) {
      if constexpr (is_recorded<S>)
        return duet::record_step(policy, step, arguments, State(y), k);
      else
        return arguments.call_active(duet::callable_of(step), y, policy.at(k));
    });
  }
}

// The state after `steps` steps from y0: step(state, k, arguments...) returns the next state, for k = 0, 1, ... A state
// is a number, an Eigen vector, matrix or array, a std::array or std::vector, or a std::tuple or struct of those, and
// keeps its sizes. The step captures nothing (or is owning(step)) and gets what it needs as arguments: active ones,
// numbers, constant(c), or std::cref(x) of something that outlives the sweep; the others are copied.
//
// Where variables are recorded, the loop runs on plain numbers and is one node of the tape, followed by its last step.
// The sweep keeps as many states as the policy says, runs steps again between them, and records each step once; the
// adjoints are those of the plain loop, bit for bit, as long as values are (-ffp-contract=off). Cost: optimal_advances(
// steps, snapshots) steps in plain numbers, and recording and sweeping each step. In forward mode and on plain numbers
// it is the loop.
//
// Throws std::invalid_argument if steps is negative or the policy is not possible; duet::error if the state changes its
// sizes, naming the step, or a file cannot be written or read; and what the step throws. The tape stays usable.
template <class Policy, class Step, class Y, class... X>
[[nodiscard]] auto evolve(Policy const& policy, Step const& step, Y const& y0, long steps, X const&... arguments) {
  if constexpr (policy_demands<Policy>()) {
    require_schedule("duet::evolve", steps, 1);
    return duet::evolve_from(
        policy, step, duet::plain(y0), steps,
        [&]<class State>(State const& start, auto const& call) -> State {
          return duet::run_steps(start, 0, steps, call, [&](long done) DUET_INLINE_LAMBDA {
            if (policy.reports()) policy.report(done, steps, checkpoint_phase::running);
          });
        },
        [&](auto& loop) {
          if (steps > 1) loop.run_to_last(steps);
          return steps;
        },
        duet::plain(arguments)...);
  }
}

// The same while going_on(state, k), which is asked before each step and sees plain numbers where the loop is recorded
// (duet::value(x) is a number everywhere); it is not kept. Which states to keep is decided on the way (online.hpp): a
// sixth more steps are run than if their number had been known, at most, and one.
template <class Policy, class Step, class Y, class GoingOn, class... X>
[[nodiscard]] auto evolve_while(Policy const& policy, Step const& step, Y const& y0, GoingOn const& going_on,
                                X const&... arguments) {
  if constexpr (policy_demands<Policy>())
    return duet::evolve_from(
        policy, step, duet::plain(y0), std::numeric_limits<long>::max(),
        [&]<class State>(State y, auto const& call) {
          for (long k = 0; going_on(duet::unrecorded(y), policy.at(k)); ++k) {
            y = duet::state_after(y, k, call);
            policy.report(k + 1, 0, checkpoint_phase::running);
          }
          return y;
        },
        [&](auto& loop) { return loop.run_while(going_on); }, duet::plain(arguments)...);
}

}  // namespace duet
