#pragma once

// Which states of a loop to keep so that it can be run backwards: binomial checkpointing (Griewank and Walther 2000,
// "Algorithm 799: revolve", ACM TOMS 26(1)) as a machine of actions that knows nothing of derivatives or states.
//
// With beta(s, r) = C(s + r, s) the most steps that s kept states reach when none is advanced more than r times, l
// steps with beta(s, r - 1) < l <= beta(s, r) take t(l, s) = r l - beta(s + 1, r - 1) advances, and no schedule takes
// fewer.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <duet/core/error.hpp>
#include <limits>
#include <string>
#include <vector>

namespace duet {

// What a schedule asks for. `advance` runs the steps from..to-1 from the current state, which is `from`; `store` keeps
// the current state in a slot, `restore` makes a kept one current; `reverse` differentiates the step `from` at the
// current state. Steps are reversed from the last to the first.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // g++ takes a scoped enumerator for a second duet::reverse
#endif
enum class checkpoint_action { advance, store, restore, reverse, done };
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

// A state that lies in a slot.
struct kept_state {
  long position, slot;
  friend bool operator==(kept_state const&, kept_state const&) = default;
};

struct scheduled_action {
  checkpoint_action kind;
  long from = 0, to = 0;  // states, counted from the initial one, 0; `to` is `from` unless steps are run
  long slot = -1;         // of store and restore
};
// The same of several steps. Of advance, if given: where each state between `from` and `to` is stored; `slot` of
// reverse: where the state `from` is.
struct joined_action : scheduled_action {
  kept_state const* on_the_way = nullptr;
};

DUET_COLD inline void throw_bad_schedule(std::string const& where, long steps, long snapshots) {
  if (steps < 0)
    throw std::invalid_argument(where + ": " + std::to_string(steps) + " steps were asked for, expected 0 or more");
  throw std::invalid_argument(where + ": " + std::to_string(snapshots) +
                              " snapshots were given, expected at least 1, for the initial state");
}
inline void require_schedule(char const* where, long steps, long snapshots) {
  if (steps < 0 || snapshots < 1) throw_bad_schedule(where, steps, snapshots);
}

// The smallest r with beta(s, r) >= l, and beta(s + 1, r - 1).
struct repetition {
  long r, below;
};
[[nodiscard]] inline repetition repetitions(long l, long s) {
  // beta(s, r) and beta(s + 1, r - 1) from those of r - 1; neither exceeds (s + r) l on the way.
  using wide = long double;  // 64 bits and more of mantissa or, at worst, 53: enough for counts that fit in memory
  wide reach = 1, below = 0;
  long r = 0;
  while (reach < static_cast<wide>(l)) {
    below += reach;
    ++r;
    reach = reach * static_cast<wide>(s + r) / static_cast<wide>(r);
  }
  return {r, static_cast<long>(below)};
}

// The least number of steps advanced to reverse l steps with s kept states, the initial one among them; besides, each
// step is evaluated once where it is reversed. Throws std::invalid_argument unless l >= 0 and s >= 1.
[[nodiscard]] inline long optimal_advances(long l, long s) {
  require_schedule("duet::optimal_advances", l, s);
  if (l - 1 <= s) return std::max(l - 1, 0L);
  if (s == 1) return l % 2 == 0 ? l / 2 * (l - 1) : (l - 1) / 2 * l;
  if (s == 2) {  // beta(2, r) = (r + 1) (r + 2) / 2; where rounding takes the wrong one of two r, both give the same
    auto const r = static_cast<long>(std::ceil(std::sqrt(2 * static_cast<double>(l) + 0.25) - 1.5));
    return r * l - r * (r + 1) * (r + 2) / 6;
  }
  auto const [r, below] = repetitions(l, s);
  return r * l - below;
}

// The binomial schedule of `steps` steps with `snapshots` slots. Takes t(l, s) advances and as many bytes as it has
// slots in use; an action costs a few comparisons or, seldom, a binary search among the few repetition numbers.
class revolve {
 public:
  // From the initial state, which is current: the first action stores it.
  revolve(long steps, long snapshots) : revolve(steps, snapshots, {}) {
    if (steps != 0) position_ = 0;
  }

  // With states kept already, in increasing order from the initial one on; the slots 0..snapshots-1 that they leave are
  // free. No state is current.
  revolve(long steps, long snapshots, std::vector<kept_state> const& kept)
      : end_(steps), slots_(std::min(snapshots, std::max(steps, 1L))), states_(kept) {
    require_schedule("duet::revolve", steps, snapshots);
    for (auto const& each : kept) slots_ = std::max(slots_, each.slot + 1);
    states_.reserve(static_cast<std::size_t>(slots_));
    std::vector<bool> used(static_cast<std::size_t>(slots_));
    for (auto const& each : kept) used[static_cast<std::size_t>(each.slot)] = true;
    for (long slot = 0; slot < slots_; ++slot)
      if (!used[static_cast<std::size_t>(slot)]) states_.push_back({nowhere, slot});
    for (auto const& each : kept) held_ += each.position < end_;
    tabulate();
  }

  [[nodiscard]] DUET_INLINE scheduled_action next() { return next_joined(1); }

  // The same where actions are joined that else alternate: steps are advanced that each leave a state to store, and up
  // to `most` are reversed whose states are kept; if there are several they start from the one in `slot`.
  [[nodiscard]] DUET_INLINE joined_action next_joined(long most) {
    using enum checkpoint_action;
    if (held_ == 0) [[unlikely]]
      return {end_ == 0 ? scheduled_action{done} : keep(0)};
    kept_state const top = states_[held_ - 1];
    if (position_ == nowhere) {
      position_ = top.position;
      return {{restore, position_, position_, top.slot}};
    }
    if (position_ == end_ - 1) {
      position_ = nowhere;
      long const to = end_--;
      long slot = -1;
      for (held_ -= top.position == end_; to - end_ < most && held_ > 0; --end_) {
        kept_state const& before = states_[held_ - 1];
        if (before.position != end_ - 1) break;
        slot = before.slot;
        --held_;
      }
      return {{reverse, end_, to, slot}};
    }
    if (position_ > top.position) return {keep(position_)};
    long const left = end_ - position_, free = slots_ - static_cast<long>(held_);
    if (most > 1 && left > 2 && left <= free + 2) {
      kept_state const* const on_the_way = &states_[held_];
      while (++position_ < end_ - 1) states_[held_++].position = position_;
      return {{advance, top.position, position_}, on_the_way};
    }
    position_ += stride(left, free);
    return {{advance, top.position, position_}};
  }

 private:
  static constexpr long nowhere = -1;

  DUET_INLINE scheduled_action keep(long position) {
    kept_state& free = states_[held_++];
    free.position = position;
    return {checkpoint_action::store, position, position, free.slot};
  }
  // How far to advance from a kept state with l > 1 steps to reverse and so many free slots.
  [[nodiscard]] DUET_INLINE long stride(long l, long free) const {
    if (l <= free + 2) return 1;
    return free == 0 ? l - 1 : split(l, free + 1);
  }

  // beta(s, r) for r = 0, 1, ... as far as l reaches, s = 2, 3, ...: a row for each s in use, by Pascal's triangle.
  void tabulate() {
    long most = end_ - (held_ == 0 ? 0 : states_[held_ - 1].position);
    for (std::size_t i = 1; i < held_; ++i) most = std::max(most, states_[i].position - states_[i - 1].position);
    rows_.reserve(static_cast<std::size_t>(slots_) + 1);
    rows_.assign({0, 0});
    reaches_.reserve(4 * static_cast<std::size_t>(slots_));
    for (long s = 2; s <= slots_; ++s) {
      std::size_t const above = rows_[static_cast<std::size_t>(s - 2)];  // beta(s - 1, 0); s = 1 has no row, but r + 1
      long reach = 1;
      for (long r = 1;; ++r) {
        reaches_.push_back(reach);
        if (reach >= most) break;
        reach += s == 2 ? r + 1 : reaches_[above + static_cast<std::size_t>(r)];
      }
      rows_.push_back(reaches_.size());
    }
  }

  // The same with s >= 2 states, the kept one among them: the longest of the optimal ways.
  [[nodiscard]] DUET_INLINE long split(long l, long s) const {
    auto const row = [&](long each) {
      return reaches_.begin() + static_cast<std::ptrdiff_t>(rows_[static_cast<std::size_t>(each - 1)]);
    };
    auto const reached = std::lower_bound(row(s), row(s + 1), l);
    auto const r = reached - row(s);
    long const before = s == 2 ? r : *(row(s - 1) + (r - 1));  // beta(s - 1, r - 1)
    return std::min({l - 1, *(reached - 1), l - before});
  }

  long end_;  // steps left to reverse
  long slots_;
  long position_ = nowhere;         // of the current state
  std::size_t held_ = 0;            // states kept
  std::vector<kept_state> states_;  // those, in increasing order, and the slots that are free
  std::vector<std::size_t> rows_;
  std::vector<long> reaches_;
};

}  // namespace duet
