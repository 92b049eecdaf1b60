// Checkpoints of a loop of unknown length: sound, few, and within a stated factor of the best schedule for the length.

#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <duet/checkpoint/online.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

using duet::kept_state, duet::online_snapshots, duet::optimal_advances, duet::revolve;

// A run as a driver does it, its states their own positions.
struct run {
  long advances = 0, stores = 0, reversed = 0;
  bool sound = true;

  run(long steps, long snapshots) {
    std::vector<long> slots(static_cast<std::size_t>(snapshots), nothing);
    auto const slotted = [&](long slot) { return slot >= 0 && slot < snapshots; };
    online_snapshots online(snapshots);
    for (long position = 0; position < steps; ++position) {
      advances += position > 0;
      long const slot = online.offer(position);
      if (slot == -1) continue;
      ++stores;
      sound = sound && slotted(slot) && (slot == 0) == (position == 0);
      if (slotted(slot)) slots[static_cast<std::size_t>(slot)] = position;
    }
    auto const kept = online.kept();
    sound = sound && static_cast<long>(kept.size()) <= snapshots && (kept.empty() ? steps == 0 : kept[0].position == 0);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      sound = sound && slotted(kept[i].slot) && slots[static_cast<std::size_t>(kept[i].slot)] == kept[i].position;
      sound = sound && (i == 0 || kept[i].position > kept[i - 1].position);
    }

    revolve schedule(steps, snapshots, kept);
    long position = nothing;
    for (auto action = schedule.next(); action.kind != duet::checkpoint_action::done; action = schedule.next()) {
      using enum duet::checkpoint_action;
      switch (action.kind) {
        case advance:
          sound = sound && action.from == position && action.to > position && action.to < steps - reversed;
          advances += action.to - action.from;
          position = action.to;
          break;
        case store:
          sound = sound && slotted(action.slot) && action.slot != 0 && action.from == position;
          if (slotted(action.slot)) slots[static_cast<std::size_t>(action.slot)] = position;
          break;
        case restore:
          sound = sound && slotted(action.slot) && slots[static_cast<std::size_t>(action.slot)] == action.from;
          position = action.from;
          break;
        default:
          sound =
              sound && position == action.from && action.from == steps - 1 - reversed && action.to == action.from + 1;
          position = nothing;  // a step reversed leaves no state behind
          ++reversed;
      }
      if (!sound) return;
    }
    sound = reversed == steps;
  }

  static constexpr long nothing = -1;
};

// What a loop that ends now takes, by a function of steps and slots that says what a stretch takes.
template <class Stretch>
long cost(std::vector<kept_state> const& kept, long steps, long snapshots, Stretch const& stretch) {
  long sum = steps - 1;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    long const end = i + 1 < kept.size() ? kept[i + 1].position : steps;
    sum += stretch(end - kept[i].position, snapshots - static_cast<long>(i));
  }
  return sum;
}

struct measured {
  double worst = 0, mean = 0;  // of the ratio to the best schedule for the length, over 8 <= l <= longest
  double stores = 0;           // most of those beyond the slots over sqrt(l)
};
measured measure(long snapshots, long longest) {
  measured result;
  online_snapshots online(snapshots);
  std::vector<kept_state> kept;
  long before = 0, stores = 0;  // advances behind the newest kept state
  for (long l = 1; l <= longest; ++l) {
    if (online.offer(l - 1) >= 0) {
      ++stores;
      kept = online.kept();
      before = cost(kept, l, snapshots, optimal_advances) - (l - 1);
    }
    if (l < 8) continue;
    long const last = l - kept.back().position, slots = snapshots - static_cast<long>(kept.size()) + 1;
    long const advances = l - 1 + before + optimal_advances(last, slots);
    double const ratio = static_cast<double>(advances) / static_cast<double>(optimal_advances(l, snapshots));
    result.worst = std::max(result.worst, ratio);
    result.mean += ratio / static_cast<double>(longest - 7);
    result.stores =
        std::max(result.stores, static_cast<double>(stores - snapshots) / std::sqrt(static_cast<double>(l)));
  }
  return result;
}

// The least advances by trying every first state to keep: nothing of the binomial theory.
class optimum {
 public:
  optimum(long steps, long snapshots) : width_(snapshots + 1), table_(static_cast<std::size_t>((steps + 1) * width_)) {
    for (long l = 2; l <= steps; ++l)
      for (long s = 1; s <= snapshots; ++s) {
        at(l, s) = (*this)(l - 1, s) + l - 1;  // from the initial state, whatever else is kept
        for (long j = 1; s > 1 && j < l; ++j) at(l, s) = std::min(at(l, s), j + (*this)(l - j, s - 1) + (*this)(j, s));
      }
  }
  long operator()(long l, long s) const { return table_[static_cast<std::size_t>(l * width_ + s)]; }

 private:
  long& at(long l, long s) { return table_[static_cast<std::size_t>(l * width_ + s)]; }
  long width_;
  std::vector<long> table_;
};

constexpr double bound = 7. / 6 + 1e-12;

}  // namespace

TEST_CASE("A loop of unknown length is reversed step by step from states that are there") {
  for (long s = 1; s <= 12; ++s)
    for (long l = 0; l <= 150; ++l) {
      run const each(l, s);
      CAPTURE(l, s);
      if (!each.sound || each.reversed != l) FAIL("not sound");
    }
  for (long const s : {1, 2, 3, 10, 60, 200, 1000, 5000}) {
    run const each(1000, s);
    CAPTURE(s);
    REQUIRE(each.sound);
    REQUIRE(each.reversed == 1000);
    REQUIRE(static_cast<double>(each.advances) <=
            (s == 1 ? 2 : bound) * static_cast<double>(optimal_advances(1000, s)));
  }
}

TEST_CASE("The advances taken are those of the first pass and of each stretch by itself") {
  for (long s = 1; s <= 20; ++s)
    for (long const l : {1, 2, 5, 10, 20, 21, 22, 55, 100, 300}) {
      online_snapshots online(s);
      for (long position = 0; position < l; ++position) static_cast<void>(online.offer(position));
      CAPTURE(l, s);
      REQUIRE(run(l, s).advances == cost(online.kept(), l, s, optimal_advances));
    }
}

TEST_CASE("A loop as short as there are slots is kept whole") {
  for (long s = 1; s <= 40; ++s)
    for (long l = 1; l <= s; ++l) {
      run const each(l, s);
      if (each.stores != l || each.advances != l - 1) FAIL("s = " << s << ", l = " << l);
    }
}

TEST_CASE("Loops of no, one and two steps work with any number of slots") {
  for (long const s : {1, 2, 3, 100}) {
    REQUIRE(online_snapshots(s).kept().empty());
    REQUIRE(run(0, s).sound);
    REQUIRE(run(0, s).advances == 0);
    REQUIRE(run(1, s).sound);
    REQUIRE(run(1, s).advances == 0);
    REQUIRE(run(2, s).sound);
    REQUIRE(run(2, s).advances == (s == 1 ? 2 : 1));  // with one slot the first pass is lost
  }
  // The predicate may end the loop on the initial state, which was offered.
  online_snapshots online(3);
  REQUIRE(online.offer(0) == 0);
  REQUIRE(revolve(0, 3, online.kept()).next().kind == duet::checkpoint_action::done);
}

TEST_CASE("One slot keeps the initial state alone, and two keep it throughout") {
  online_snapshots one(1), two(2);
  for (long position = 0; position < 1000; ++position) {
    if (one.offer(position) != (position == 0 ? 0 : -1)) FAIL("one slot, position " << position);
    long const slot = two.offer(position);
    if ((slot == 0) != (position == 0)) FAIL("two slots, position " << position);
  }
  REQUIRE(one.kept() == std::vector<kept_state>{{0, 0}});
  REQUIRE(two.kept().size() == 2);
  REQUIRE(two.kept().front() == kept_state{0, 0});
  REQUIRE(measure(2, 1000).worst <= 1.25);
}

TEST_CASE("Up to 1000 steps take at most 7/6 of the advances of the best schedule for the length") {
  auto const range = GENERATE(0, 1, 2);
  std::vector<long> snapshots{100, 200};
  if (range < 2) {
    snapshots.resize(range == 0 ? 28 : 30);
    std::iota(snapshots.begin(), snapshots.end(), range == 0 ? 3 : 31);
  }
  for (long const s : snapshots) {
    auto const each = measure(s, 1000);
    CAPTURE(s);
    REQUIRE(each.worst <= 1.5);   // what a scheme of levels holds
    REQUIRE(each.worst <= 1.25);  // what was aimed at
    REQUIRE(each.worst <= bound);
    if (s >= 8) REQUIRE(each.worst <= 1.125);
    if (s >= 20) REQUIRE(each.worst <= 1.05);
    REQUIRE(each.mean <= 1.03);
  }
}

TEST_CASE("Up to 100000 steps take at most 7/6 of the advances of the best schedule and few states") {
  long const s = GENERATE(3, 5, 10, 20, 30, 50, 100, 200);
  auto const each = measure(s, 100000);
  CAPTURE(s);
  REQUIRE(each.worst <= bound);
  if (s >= 20) REQUIRE(each.worst <= 1.06);
  REQUIRE(each.mean <= 1.02);
  REQUIRE(each.stores <= 7.1);
}

TEST_CASE("States kept become rare as the loop goes on") {
  for (long s = 1; s <= 60; ++s) {
    CAPTURE(s);
    REQUIRE(measure(s, 3000).stores <= 7.1);
  }
  online_snapshots online(20);
  long early = 0, late = 0;
  for (long position = 0; position < 200000; ++position)
    (position < 100000 ? early : late) += online.offer(position) >= 0;
  REQUIRE(late < early);
  REQUIRE(late < 1000);
}

TEST_CASE("The bound holds against the optimum by exhaustion") {
  long const longest = 120, most = 8;
  optimum const best(longest, most);
  for (long s = 1; s <= most; ++s)
    for (long l = 1; l <= longest; ++l) {
      CAPTURE(l, s);
      run const each(l, s);
      if (best(l, s) != optimal_advances(l, s)) FAIL("the formula");
      if (each.advances < best(l, s)) FAIL("better than the best");
      if (s < 3 || l < 8) continue;
      if (static_cast<double>(each.advances) > bound * static_cast<double>(best(l, s))) FAIL(each.advances);
    }
}

TEST_CASE("A state is kept in place of the one missed least, and left out while it saves at most a 64th") {
  long const longest = 150, most = 7;
  optimum const best(longest, most);
  for (long s = 2; s <= most; ++s) {
    online_snapshots online(s);
    std::vector<kept_state> before;
    for (long l = 1; l <= longest; ++l) {
      CAPTURE(l, s);
      bool const stored = online.offer(l - 1) >= 0;
      auto const after = online.kept();
      if (static_cast<long>(before.size()) == s) {
        long const without = cost(before, l, s, best);
        long with = std::numeric_limits<long>::max();
        for (long drop = 1; drop < s; ++drop) {
          auto other = before;
          other.erase(other.begin() + drop);
          other.push_back({l - 1, 0});
          with = std::min(with, cost(other, l, s, best));
        }
        if (stored && cost(after, l, s, best) != with) FAIL("another state is missed less");
        if (stored && with > without) FAIL("dearer than leaving it out");
        if (!stored && 64 * (without - with) > without) FAIL("should have been kept");
        if (!stored && before != after) FAIL("changed");
      }
      before = after;
    }
  }
}

TEST_CASE("Slots are given out from 0 and all of them serve") {
  long const s = 9;
  online_snapshots online(s);
  std::vector<long> given(static_cast<std::size_t>(s));
  for (long position = 0; position < 2000; ++position) {
    long const slot = online.offer(position);
    if (position < s) REQUIRE(slot == position);
    if (slot >= 0) ++given[static_cast<std::size_t>(slot)];
  }
  REQUIRE(given[0] == 1);
  for (std::size_t slot = 1; slot < given.size(); ++slot) REQUIRE(given[slot] > 1);
}

TEST_CASE("Slots that are never used take no memory") {
  online_snapshots online(std::numeric_limits<long>::max());
  for (long position = 0; position < 100; ++position) REQUIRE(online.offer(position) == position);
  REQUIRE(online.kept().size() == 100);
}

TEST_CASE("Less than one slot is refused by name and number") {
  for (long const s : {0L, -1L, -1000L}) {
    REQUIRE_THROWS_AS(online_snapshots(s), std::invalid_argument);
    REQUIRE_THROWS_WITH(online_snapshots(s), duet_test::contains("online_snapshots") &&
                                                 duet_test::contains(std::to_string(s) + " snapshots"));
  }
}
