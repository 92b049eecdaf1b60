#pragma once

// How much a checkpointed loop may keep, and what that costs: snapshots(20), snapshots(4).on_disk(folder, 20),
// snapshots().limit_bytes(1 << 30), and checkpoint_plan, which tells before anything is run.

#include <cmath>
#include <duet/checkpoint/online.hpp>
#include <duet/checkpoint/two_level.hpp>
#include <duet/eigen/lift.hpp>
#include <filesystem>
#include <functional>
#include <ostream>
#include <utility>
#include <variant>

namespace duet {

// What a loop is doing when it reports: running forward for the value, running a stretch again in the sweep, or
// reversing steps.
enum class checkpoint_phase { running, repeating, reversing };

// A step and its time, where a policy gives steps a time; a number for all that wants one.
struct time_step {
  long index;
  double time;  // at the beginning of the step
  double size;
  constexpr operator long() const { return index; }  // NOLINT: implicit, so that `long k` takes it
};

template <bool Timed>
class checkpoint_policy;

// At most so many states of the loop in memory, the initial one among them; by default as many as it has steps. More
// memory means fewer steps run again. Throws std::invalid_argument if there is none.
using snapshots = checkpoint_policy<false>;

template <bool Timed>
class checkpoint_policy {
 public:
  checkpoint_policy() = default;
  explicit checkpoint_policy(long in_memory) : in_memory_(in_memory) {
    require_schedule("duet::snapshots", 0, in_memory);
  }

  // Up to `states` more as files below `folder`, which must exist: a second level, used where that makes the loop
  // cheaper. Costs of writing and reading a state are in units of running one step. Nothing stays in the folder.
  [[nodiscard]] checkpoint_policy on_disk(std::filesystem::path folder, long states, double write_cost = 2,
                                          double read_cost = 2) const {
    require_disk("duet::snapshots::on_disk", states, write_cost, read_cost);
    checkpoint_policy result = *this;
    result.folder_ = std::move(folder);
    result.on_disk_ = states;
    result.write_cost_ = write_cost;
    result.read_cost_ = read_cost;
    return result;
  }

  // No more states in memory than fit into so many bytes. The loop throws std::invalid_argument if not one does.
  [[nodiscard]] checkpoint_policy limit_bytes(std::size_t bytes) const {
    checkpoint_policy result = *this;
    result.most_bytes_ = bytes;
    return result;
  }

  // Steps are called with a time_step, whose time is start + index * size, in the place of their index.
  [[nodiscard]] checkpoint_policy<true> time(double start, double size) const {
    checkpoint_policy<true> result(*this);
    result.start_ = start;
    result.size_ = size;
    return result;
  }

  // Calls report(step, steps, phase) after every step run or reversed: of `steps`, 0 while they are not known, so many
  // are run (running), the state of that index is reached again (repeating), or so many are reversed (reversing), in
  // the thread that runs or sweeps, and before the tape forgets what a reversed step recorded. What it throws ends the
  // loop or the sweep.
  [[nodiscard]] checkpoint_policy on_progress(std::function<void(long, long, checkpoint_phase)> report) const {
    checkpoint_policy result = *this;
    result.report_ = std::move(report);
    return result;
  }

  // The states kept in memory where one takes so many bytes and no more than `steps` are of use.
  [[nodiscard]] long in_memory(std::size_t state_bytes, long steps) const {
    long most = std::min(in_memory_, std::max(steps, 1L));
    if (state_bytes == 0 || most_bytes_ / state_bytes >= static_cast<std::size_t>(most)) return most;
    if (most_bytes_ < state_bytes)
      throw std::invalid_argument("duet::snapshots::limit_bytes: a state of the loop takes " +
                                  std::to_string(state_bytes) + " bytes, but the limit is " +
                                  std::to_string(most_bytes_));
    return static_cast<long>(most_bytes_ / state_bytes);
  }
  [[nodiscard]] long on_disk() const { return on_disk_; }
  [[nodiscard]] double write_cost() const { return write_cost_; }
  [[nodiscard]] double read_cost() const { return read_cost_; }
  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }

  [[nodiscard]] bool reports() const { return static_cast<bool>(report_); }
  void report(long step, long steps, checkpoint_phase phase) const {
    if (report_) report_(step, steps, phase);
  }

  // What a step is told of itself: its index, or a time_step.
  [[nodiscard]] DUET_INLINE auto at(long step) const {
    if constexpr (Timed)
      return time_step{step, start_ + static_cast<double>(step) * size_, size_};
    else
      return step;
  }

 private:
  template <bool>
  friend class checkpoint_policy;
  template <bool Other>
    requires(Other != Timed)
  explicit checkpoint_policy(checkpoint_policy<Other> const& other)
      : in_memory_(other.in_memory_),
        on_disk_(other.on_disk_),
        write_cost_(other.write_cost_),
        read_cost_(other.read_cost_),
        most_bytes_(other.most_bytes_),
        folder_(other.folder_),
        report_(other.report_) {}

  long in_memory_ = std::numeric_limits<long>::max(), on_disk_ = 0;
  double write_cost_ = 0, read_cost_ = 0, start_ = 0, size_ = 1;
  std::size_t most_bytes_ = std::numeric_limits<std::size_t>::max();
  std::filesystem::path folder_;
  std::function<void(long, long, checkpoint_phase)> report_;
};

template <class Policy>
inline constexpr bool is_checkpoint_policy = false;
template <bool Timed>
inline constexpr bool is_checkpoint_policy<checkpoint_policy<Timed>> = true;

// The schedule of a loop whose length is known, or found out.
class checkpoint_schedule {
 public:
  // Of `steps` steps from the initial state, which is current, with so many states in memory.
  template <bool Timed>
  checkpoint_schedule(long steps, long in_memory, checkpoint_policy<Timed> const& policy)
      : machine_(make(steps, in_memory, policy)) {}
  // With states kept already.
  explicit checkpoint_schedule(revolve begun) : machine_(std::move(begun)) {}

  // Its actions one after another, as long as act(action) is true; in memory up to `most` steps are joined to
  // one. Where act throws the schedule ends.
  template <class Act>
  DUET_INLINE void follow(Act const& act, long const& most = 1) {
    if (auto* const memory = std::get_if<revolve>(&machine_)) {
      revolve machine = std::move(*memory);  // in registers
      while (act(machine.next_joined(most))) {
      }
      *memory = std::move(machine);
    } else {
      auto& machine = std::get<two_level>(machine_);
      while (act(joined_action{machine.next()})) {
      }
    }
  }

 private:
  using any = std::variant<revolve, two_level>;
  template <bool Timed>
  static any make(long steps, long in_memory, checkpoint_policy<Timed> const& policy) {
    if (policy.on_disk() == 0) return revolve(steps, in_memory);
    return two_level(steps, in_memory, policy.on_disk(), policy.write_cost(), policy.read_cost());
  }
  any machine_;
};

// What evolve() does for one gradient, counted before anything is run.
struct checkpoint_plan {
  long steps;            // each recorded and swept once
  long advances = 0;     // steps run besides, without recording
  double recompute = 1;  // evaluations of a step for each that a tape without checkpoints makes
  long in_memory = 0;    // states held at most at a time, the initial one among them
  long on_disk = 0;
  long writes = 0, reads = 0;  // of files

  // Of a loop of so many steps; limit_bytes() asks for `state_bytes`. Throws std::invalid_argument if the number of
  // steps is negative, or a state larger than the limit. Takes as long as its actions are counted.
  template <bool Timed>
  checkpoint_plan(long l, checkpoint_policy<Timed> const& policy, std::size_t state_bytes = 0) : steps(l) {
    require_schedule("duet::checkpoint_plan", steps, 1);
    long const slots = policy.in_memory(state_bytes, steps);
    checkpoint_schedule schedule(steps, slots, policy);
    schedule.follow([&](scheduled_action const& action) {
      bool const is_file = action.slot >= slots;
      if (action.kind == checkpoint_action::advance) {
        advances += action.to - action.from;
      } else if (action.kind == checkpoint_action::store) {  // the lowest free slot
        long& held = is_file ? on_disk : in_memory;
        held = std::max(held, action.slot + 1 - (is_file ? slots : 0));
        writes += is_file;
      } else if (action.kind == checkpoint_action::restore) {
        reads += is_file;
      }
      return action.kind != checkpoint_action::done;
    });
    if (steps > 0) recompute = static_cast<double>(advances + steps) / static_cast<double>(steps);
  }
};

// One line.
[[nodiscard]] inline std::string to_string(checkpoint_plan const& plan) {
  std::string factor = std::to_string(std::round(plan.recompute * 100) / 100);
  factor.resize(factor.find('.') + 3);
  std::string text = std::to_string(plan.steps) + (plan.steps == 1 ? " step" : " steps") + " recorded once each and " +
                     std::to_string(plan.advances) + " advanced, " + factor + " evaluations a step; at most " +
                     std::to_string(plan.in_memory) + (plan.in_memory == 1 ? " state" : " states") + " in memory";
  if (plan.on_disk != 0)
    text += " and " + std::to_string(plan.on_disk) + " on disk (" + std::to_string(plan.writes) + " written, " +
            std::to_string(plan.reads) + " read)";
  return text;
}
inline std::ostream& operator<<(std::ostream& out, checkpoint_plan const& plan) { return out << duet::to_string(plan); }

}  // namespace duet
