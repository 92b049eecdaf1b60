// The binomial schedule against the least cost that any schedule can have.

#include "catch.hpp"

#include <duet/checkpoint/schedule.hpp>
#include <map>
#include <random>

namespace {

using duet::checkpoint_action, duet::kept_state, duet::optimal_advances, duet::revolve;

// What a schedule does, on slots that hold positions.
struct outcome {
  bool sound = true;
  long advances = 0, reversed = 0, stores = 0, held = 0, sweeps = 0;
};
outcome follow(revolve schedule, long steps, long states, std::vector<kept_state> const& kept = {}, long most = 1) {
  outcome result;
  std::vector<long> slots(static_cast<std::size_t>(states), -1);
  for (auto const& each : kept) slots[static_cast<std::size_t>(each.slot)] = each.position;
  long position = kept.empty() ? 0 : -1;
  for (auto action = schedule.next_joined(most); action.kind != checkpoint_action::done;
       action = schedule.next_joined(most)) {
    bool const slotted = action.slot >= 0 && action.slot < states;
    switch (action.kind) {
      case checkpoint_action::advance:
        result.sound &= action.from == position && action.to > action.from;
        result.advances += action.to - action.from;
        position = action.to;
        if (action.on_the_way != nullptr)
          for (long k = action.from + 1; k < action.to; ++k, ++result.stores) {
            kept_state const& on_the_way = action.on_the_way[k - action.from - 1];
            result.sound &= on_the_way.position == k && on_the_way.slot < states;
            slots[static_cast<std::size_t>(on_the_way.slot)] = k;
            result.held = std::max(result.held, on_the_way.slot + 1);
          }
        break;
      case checkpoint_action::store:
        result.sound &= slotted && action.from == position;
        if (slotted) slots[static_cast<std::size_t>(action.slot)] = position;
        ++result.stores;
        result.held = std::max(result.held, action.slot + 1);
        break;
      case checkpoint_action::restore:
        result.sound &= slotted && slots[static_cast<std::size_t>(action.slot)] == action.from;
        position = action.from;
        break;
      default:
        result.sound &= action.to > action.from && action.to <= action.from + most &&
                        action.to == steps - result.reversed && position == action.to - 1;
        for (long k = action.from; k + 1 < action.to && result.sound; ++k)
          result.sound &= std::find(slots.begin(), slots.end(), k) != slots.end();
        if (action.to > action.from + 1)
          result.sound &= slotted && slots[static_cast<std::size_t>(action.slot)] == action.from;
        result.reversed += action.to - action.from;
        ++result.sweeps;
        position = -1;  // a state is used up by the step that begins there
    }
    if (!result.sound) break;
  }
  result.sound &= result.reversed == steps && schedule.next().kind == checkpoint_action::done;
  return result;
}

// t(l, s) by its recursion: the first state kept besides the initial one is at k.
long least(long l, long s) {
  static std::map<std::pair<long, long>, long> known;
  if (l <= 1) return 0;
  if (s == 1) return l * (l - 1) / 2;
  auto const [at, is_new] = known.try_emplace({l, s}, 0);
  if (!is_new) return at->second;
  long best = l * (l - 1) / 2;
  for (long k = 1; k < l; ++k) best = std::min(best, k + least(l - k, s - 1) + least(k, s));
  return known[{l, s}] = best;
}

}  // namespace

TEST_CASE("Advances are the least possible, by the recursion over all first checkpoints") {
  for (long s = 1; s <= 8; ++s)
    for (long l = 0; l <= 120; ++l) {
      INFO(l << " steps, " << s << " states");
      REQUIRE(optimal_advances(l, s) == least(l, s));
    }
  REQUIRE(optimal_advances(10, 3) == 15);
  REQUIRE(optimal_advances(1000, 20) == 2747);
  REQUIRE(optimal_advances(10000, 50) == 28622);
  REQUIRE(optimal_advances(10000, 2) == 932820);
  REQUIRE(optimal_advances(1'000'000'000, 1) == 499'999'999'500'000'000);
}

TEST_CASE("The schedule takes as many, for all lengths to 2000 and up to 30 states") {
  for (long s = 1; s <= 30; ++s)
    for (long l = 0; l <= 2000; ++l) {
      auto const result = follow(revolve(l, s), l, s);
      if (!result.sound || result.advances != optimal_advances(l, s) || result.held > s) {
        INFO(l << " steps, " << s << " states");
        REQUIRE(result.sound);
        REQUIRE(result.held <= s);
        REQUIRE(result.advances == optimal_advances(l, s));
      }
    }
}

TEST_CASE("Steps that are reversed together take as many advances and stores, and no other slots") {
  for (long s : {1, 2, 3, 5, 8, 30})
    for (long l = 0; l <= 300; ++l) {
      auto const one_by_one = follow(revolve(l, s), l, s);
      for (long most : {2L, 7L, l + 1}) {
        INFO(l << " steps, " << s << " states, up to " << most << " together");
        auto const together = follow(revolve(l, s), l, s, {}, most);
        REQUIRE(together.sound);
        REQUIRE(together.advances == one_by_one.advances);
        REQUIRE(together.stores == one_by_one.stores);
        REQUIRE(together.held == one_by_one.held);
        REQUIRE(together.sweeps <= one_by_one.sweeps);
      }
    }
  REQUIRE(follow(revolve(1000, 30), 1000, 30, {}, 1000).sweeps == 63);
  REQUIRE(follow(revolve(30, 30), 30, 30, {}, 30).sweeps == 1);
}

TEST_CASE("With as many states as steps each is stored once and none advanced twice") {
  for (long l : {1, 2, 10, 1000}) {
    auto const result = follow(revolve(l, l), l, l);
    REQUIRE(result.sound);
    REQUIRE(result.advances == l - 1);
    REQUIRE(result.stores == std::max(l - 1, 1L));  // the last is reversed at once
    REQUIRE(follow(revolve(l, 5000), l, 5000).advances == l - 1);
  }
}

TEST_CASE("A schedule begins with states that are kept already") {
  std::mt19937 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    long const l = 1 + static_cast<long>(random() % 80), s = 1 + static_cast<long>(random() % 6);
    std::vector<kept_state> kept{{0, 0}};
    for (long slot = 1; slot < s; ++slot)
      if (long const next = kept.back().position + 1 + static_cast<long>(random() % 25); next <= l)
        kept.push_back({next, slot});
    for (std::size_t i = 1; i + 1 < kept.size(); i += 2) std::swap(kept[i].slot, kept[i + 1].slot);
    long expected = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      long const end = i + 1 < kept.size() ? kept[i + 1].position : l;
      expected += least(end - kept[i].position, s - static_cast<long>(i));
    }
    for (long most : {1, 4}) {
      auto const result = follow(revolve(l, s, kept), l, s, kept, most);
      INFO(l << " steps, " << s << " states, " << kept.size() << " kept, " << most << " together");
      REQUIRE(result.sound);
      REQUIRE(result.advances == expected);
    }
  }
}

TEST_CASE("Schedules say what was wrong with their sizes") {
  REQUIRE_THROWS_WITH(revolve(-1, 3), "duet::revolve: -1 steps were asked for, expected 0 or more");
  REQUIRE_THROWS_WITH(revolve(10, 0),
                      "duet::revolve: 0 snapshots were given, expected at least 1, for the initial state");
  REQUIRE_THROWS_AS(optimal_advances(-1, 1), std::invalid_argument);
  REQUIRE_THROWS_AS(optimal_advances(1, 0), std::invalid_argument);
}
