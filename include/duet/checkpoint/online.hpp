#pragma once

// Which states of a loop to keep while its length is not known yet, so that revolve can run it backwards when it ends.
//
// A run that ends after l steps takes c(l) = l - 1 + sum_i t(d_i, s - i) advances, d_i the steps from the i-th kept
// state to the next or to the end, t as in schedule.hpp: what would be paid if the loop ended now, so it tells what
// each state is worth. The scheme is greedy: the next state kept is the first that, in place of the state missed least,
// makes c smaller by c / 64, rounded down, or more. It needs no levels like Wang, Moin and Iaccarino 2009 (SIAM J. Sci.
// Comput. 31(4)) or phases like Stumm and Walther 2010 (SIAM J. Sci. Comput. 32(2)).
//
// Measured, c(l) / t(l, s) from l = 8 on: at most 7/6 (s = 3, l = 11) for l <= 1000 and s = 3..60, 100, 200, and over l
// at most 1.03 on the average; from s = 20 on at most 1.05. Up to l = 10^5, s = 3, 5, 10, 20, 30, 50, 100, 200, at most
// 7/6, 1.02 on the average, 1.06 from s = 20 on. No scheme stays below 1.14 for s = 3 (exhaustive search). Without the
// 64th as many as 20 times more states are kept (s = 200, l = 10^5), to save 0.05 at most.

#include <algorithm>
#include <cstddef>
#include <duet/checkpoint/schedule.hpp>
#include <limits>
#include <vector>

namespace duet {

// Holds at most `snapshots` states, one slot each. Measured, no more than s + 7.1 sqrt(l) of l positions are kept; each
// of these costs O(s) evaluations of t, any other a comparison.
class online_snapshots {
 public:
  // Throws std::invalid_argument unless snapshots >= 1.
  explicit online_snapshots(long snapshots) : snapshots_(snapshots) {
    require_schedule("duet::online_snapshots", 0, snapshots);
  }

  // The state `position` is reached, one after another from 0 on: the slot in which to keep it now, or -1. A slot given
  // again loses what it held; slot 0 keeps the initial state.
  [[nodiscard]] long offer(long position) { return position == next_ ? keep() : -1; }

  // What is kept now, from the initial state on. A loop of l steps, of which 0..l-1 were offered, is run backwards by
  // revolve(l, snapshots, kept()).
  [[nodiscard]] std::vector<kept_state> kept() const { return kept_; }

 private:
  long keep() {
    long slot = static_cast<long>(kept_.size());
    if (slot < snapshots_) {
      kept_.push_back({next_, slot});
    } else {
      slot = kept_[drop_].slot;
      kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(drop_));
      kept_.push_back({next_, slot});
    }
    plan();
    return slot;
  }

  // Finds the next state to keep and the one to drop for it.
  void plan() {
    auto const count = static_cast<long>(kept_.size());
    if (count < snapshots_) {
      ++next_;
      return;
    }
    if (count == 1) {
      next_ = std::numeric_limits<long>::max();
      return;
    }
    // Dropping a state joins two stretches and lends its slot to the later ones. Of equals the earliest goes.
    auto const stretch = [&](long i) {
      auto const at = static_cast<std::size_t>(i);
      return kept_[at + 1].position - kept_[at].position;
    };
    long cost = 0, lent = 0, least = std::numeric_limits<long>::max();
    for (long i = count - 2; i > 0; --i) {
      long const slots = snapshots_ - i, here = optimal_advances(stretch(i), slots), before = stretch(i - 1);
      long const missed =
          optimal_advances(before + stretch(i), slots + 1) - optimal_advances(before, slots + 1) - here - lent;
      if (missed <= least) {
        least = missed;
        drop_ = static_cast<std::size_t>(i);
      }
      cost += here;
      lent += here - optimal_advances(stretch(i), slots + 1);
    }
    cost += optimal_advances(stretch(0), snapshots_);

    // What is saved by keeping the last state reached, d - 1 steps after the newest one kept: either the state found
    // goes or the newest moves. Both are convex in d with `moving` 0 at d = 1, so the first d worth it can be bisected.
    long const newest = kept_.back().position, before = stretch(count - 2), alone = optimal_advances(before, 2);
    auto const dropping = [&](long d) { return optimal_advances(d, 1) - optimal_advances(d - 1, 2) - least; };
    auto const moving = [&](long d) { return optimal_advances(d, 1) + alone - optimal_advances(before + d - 1, 2); };
    auto const worth_it = [&](long d) { return std::max(dropping(d), moving(d)) >= (newest + d + cost) / 64; };
    long no = 1, yes = 2;
    while (!worth_it(yes)) {
      no = yes;
      yes *= 2;
    }
    while (yes - no > 1) {
      long const middle = no + (yes - no) / 2;
      (worth_it(middle) ? yes : no) = middle;
    }
    if (moving(yes) > dropping(yes)) drop_ = kept_.size() - 1;
    next_ = newest + yes - 1;
  }

  long snapshots_;
  long next_ = 0;                 // the position to keep next
  std::size_t drop_ = 0;          // the kept state that it replaces, once all slots are full
  std::vector<kept_state> kept_;  // positions, increasing
};

}  // namespace duet
