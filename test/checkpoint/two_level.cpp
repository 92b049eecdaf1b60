// Schedules of two levels: sound, as cheap as they say, and as cheap as can be.

#include "catch.hpp"

#include <array>
#include <bit>
#include <duet/checkpoint/two_level.hpp>
#include <functional>
#include <limits>
#include <map>
#include <queue>

namespace {

using action = duet::checkpoint_action;

struct outcome {
  double cost = 0;
  long writes = 0, reads = 0;
  bool sound = true;
  bool wasted = false;  // a state written to disk and reversed with nothing in between
};

// Carries the schedule out on positions.
outcome carry_out(long steps, long in_memory, long on_disk, double write_cost, double read_cost) {
  duet::two_level schedule(steps, in_memory, on_disk, write_cost, read_cost);
  outcome result;
  std::map<long, long> slots;  // the position each holds
  long position = 0, left = steps;
  bool written = false;
  auto const expect = [&](bool holds) { result.sound = result.sound && holds; };
  for (auto each = schedule.next(); each.kind != action::done; each = schedule.next()) {
    bool const slotted = each.kind == action::store || each.kind == action::restore;
    expect(slotted ? each.slot >= 0 && each.slot < in_memory + on_disk && each.to == each.from : each.slot == -1);
    bool const disk = each.slot >= in_memory;
    switch (each.kind) {
      case action::advance:
        expect(each.from == position && each.to > position && each.to < left);
        result.cost += static_cast<double>(each.to - each.from);
        position = each.to;
        break;
      case action::store:
        expect(each.from == position);
        slots[each.slot] = position;
        result.writes += disk;
        break;
      case action::restore:
        expect(slots.contains(each.slot) && slots[each.slot] == each.from);
        position = each.from;
        result.reads += disk;
        break;
      default:
        expect(each.kind == action::reverse && each.from == position && each.from == left - 1 && each.to == left);
        --left;
        position = -1;
        result.wasted = result.wasted || written;
    }
    written = each.kind == action::store && disk;
  }
  expect(left == 0);
  expect(schedule.next().kind == action::done);
  result.cost += write_cost * static_cast<double>(result.writes) + read_cost * static_cast<double>(result.reads);
  expect(std::abs(result.cost - schedule.cost()) <= 1e-12 * result.cost);
  return result;
}

double cost_of(long steps, long in_memory, long on_disk, double write_cost, double read_cost) {
  return duet::two_level(steps, in_memory, on_disk, write_cost, read_cost).cost();
}

// The cheapest way through all that can be done at all: any state may be kept anywhere at any time, over any other.
double cheapest(int steps, int in_memory, int on_disk, double write_cost, double read_cost) {
  struct situation {
    unsigned memory, disk;  // a bit for each state kept
    int position, left;     // position -1: nothing is current
    auto operator<=>(situation const&) const = default;
  };
  using entry = std::pair<double, situation>;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> queue;
  std::map<situation, double> best;
  auto const reach = [&](double cost, situation const& s) {
    auto const [found, fresh] = best.try_emplace(s, cost);
    if (!fresh && found->second <= cost) return;
    found->second = cost;
    queue.push({cost, s});
  };
  reach(0, {0, 0, 0, steps});
  while (true) {
    auto const [cost, s] = queue.top();
    queue.pop();
    if (s.left == 0) return cost;
    if (best[s] < cost) continue;
    if (s.position == s.left - 1) {
      unsigned const useful = (1U << (s.left - 1)) - 1;
      reach(cost, {s.memory & useful, s.disk & useful, -1, s.left - 1});
      continue;
    }
    if (s.position >= 0) {
      reach(cost + 1, {s.memory, s.disk, s.position + 1, s.left});
      unsigned const bit = 1U << s.position;
      auto const keep = [&](unsigned kept, int slots, auto put) {
        if (std::popcount(kept) < slots) return put(kept | bit);
        for (unsigned other = 1; other <= kept; other *= 2)
          if (kept & other) put((kept & ~other) | bit);
      };
      if (!(s.memory & bit))
        keep(s.memory, in_memory, [&](unsigned k) { reach(cost, {k, s.disk, s.position, s.left}); });
      if (!(s.disk & bit) && on_disk > 0)
        keep(s.disk, on_disk, [&](unsigned k) { reach(cost + write_cost, {s.memory, k, s.position, s.left}); });
    }
    for (int at = 0; at < s.left; ++at) {
      if (s.memory >> at & 1) reach(cost, {s.memory, s.disk, at, s.left});
      if (s.disk >> at & 1) reach(cost + read_cost, {s.memory, s.disk, at, s.left});
    }
  }
}

// The recurrences as they are written in the header, up to `longest` steps; entry [l] is A(l, on_disk).
std::vector<double> tabulated(long longest, long in_memory, long on_disk, double write_cost, double read_cost) {
  auto const n = static_cast<std::size_t>(longest) + 1;
  std::vector<double> memory(n), fresh, kept(n);
  for (std::size_t l = 0; l < n; ++l)
    memory[l] = static_cast<double>(duet::optimal_advances(static_cast<long>(l), in_memory));
  fresh = memory;
  for (long free = 0; free < on_disk; ++free) {
    for (std::size_t l = 0; l < n; ++l) {
      kept[l] = memory[l];
      for (std::size_t j = 1; j < l; ++j)
        kept[l] = std::min(kept[l], static_cast<double>(j) + fresh[l - j] + read_cost + kept[j]);
    }
    for (std::size_t l = 0; l < n; ++l) fresh[l] = std::min(memory[l], write_cost + kept[l]);
  }
  return fresh;
}

// No schedule is cheaper: the least of cost - u length over all schedules of any length, plus u steps, for the best u
// among some. Recursive, on u = n + fraction for integers n.
double lower_bound(long steps, long in_memory, long on_disk, double write_cost, double read_cost) {
  double best = 0;
  for (double fraction = 0; fraction < 1; fraction += 1. / 64) {
    auto const u = [&](std::size_t n) { return static_cast<double>(n) + fraction; };
    std::vector<std::vector<double>> fresh_of(static_cast<std::size_t>(on_disk) + 1),
        kept_of = fresh_of;  // by free slots
    double reach = 1, advances = 0, last = 0;
    for (std::size_t n = 0;; ++n) {  // the bound rises and then falls
      auto const top = static_cast<double>(n);
      if (n > 0) {
        double const longer = reach * (static_cast<double>(in_memory) + top) / top;
        advances += top * (longer - reach);
        reach = longer;
      }
      double const stays = advances - u(n) * reach;
      for (std::size_t free = 0; free < fresh_of.size(); ++free) {
        fresh_of[free].push_back(free == 0 ? stays : std::min(stays, write_cost + kept_of[free - 1][n]));
        double const before = n == 0 ? 1 - fraction : kept_of[free][n - 1];
        kept_of[free].push_back(std::min(stays, fresh_of[free][n] + read_cost + before));
      }
      double const bound = fresh_of.back()[n] + u(n) * static_cast<double>(steps);
      if (n > 0 && bound < last) break;
      best = std::max(best, last = bound);
    }
  }
  return best;
}

}  // namespace

TEST_CASE("A schedule of two levels is sound, costs what it says and wastes no write") {
  for (long const steps : {0, 1, 2, 3, 7, 20, 61, 200})
    for (long const in_memory : {1, 2, 5, 300})
      for (long const on_disk : {0, 1, 2, 7, 300})
        for (auto const& [write, read] : {std::pair{0., 0.}, {1., 1.}, {0., 2.5}, {0.7, 0.}, {20., 3.}, {1e6, 1e6}}) {
          CAPTURE(steps, in_memory, on_disk, write, read);
          auto const result = carry_out(steps, in_memory, on_disk, write, read);
          REQUIRE(result.sound);
          REQUIRE_FALSE(result.wasted);
        }
}

TEST_CASE("No schedule of any kind is cheaper, by exhaustive search") {
  for (int steps = 1; steps <= 7; ++steps)
    for (int in_memory = 1; in_memory <= 2; ++in_memory)
      for (int on_disk = 0; on_disk <= 2; ++on_disk)
        for (auto const& [write, read] : {std::pair{0., 0.}, {0.5, 0.25}, {1., 1.}, {0., 2.}, {3., 0.}}) {
          CAPTURE(steps, in_memory, on_disk, write, read);
          REQUIRE(cost_of(steps, in_memory, on_disk, write, read) ==
                  Approx(cheapest(steps, in_memory, on_disk, write, read)).epsilon(1e-12));
        }
}

TEST_CASE("Schedules of up to 1024 steps cost what the recurrences say") {
  for (long const in_memory : {1, 3, 10})
    for (long const on_disk : {1, 3, 6})
      for (auto const& [write, read] : {std::pair{0., 0.}, {1., 1.}, {0.3, 2.7}, {0., 20.}, {40., 10.}, {300., 300.}}) {
        auto const optimum = tabulated(240, in_memory, on_disk, write, read);
        for (long l = 1; l <= 240; l += 1 + l / 12) {
          CAPTURE(l, in_memory, on_disk, write, read);
          REQUIRE(cost_of(l, in_memory, on_disk, write, read) ==
                  Approx(optimum[static_cast<std::size_t>(l)]).epsilon(1e-12));
        }
      }
  for (auto const& [write, read] : {std::pair{1., 1.}, {100., 0.5}}) {
    auto const optimum = tabulated(1024, 2, 4, write, read);
    for (long const l : {700, 1023, 1024})
      REQUIRE(cost_of(l, 2, 4, write, read) == Approx(optimum[static_cast<std::size_t>(l)]));
  }
}

// The published recurrence of Aupy et al. for l counts l + 1 recorded steps at a cost of 1 each besides (ub = uf = 1),
// and j steps advanced from 0 leave j - 1 in its sense: 101 of our steps and 101 more in its cost.
TEST_CASE("With unlimited slots on disk the costs are the published ones") {
  struct published {
    long in_memory;
    double memory_only;
    std::array<double, 4> with_disk;  // for write = read = 1, 2, 5, 20
  };
  for (auto const& each : {published{1, 5151, {349, 431, 578, 941}},
                           {3, 598, {321, 367, 430, 546}},
                           {5, 421, {310, 337, 385, 421}},
                           {10, 326, {295, 302, 320, 326}}}) {
    CAPTURE(each.in_memory);
    CHECK(cost_of(101, each.in_memory, 0, 1, 1) + 101 == each.memory_only);
    std::size_t i = 0;
    for (double const cost : {1., 2., 5., 20.})
      CHECK(cost_of(101, each.in_memory, 100, cost, cost) + 101 == each.with_disk[i++]);
  }
}

TEST_CASE("Free disk slots count as memory") {
  for (long const steps : {5, 50, 333, 1000, 5000, 40000})
    for (long const on_disk : {1, 4, 17}) {
      CAPTURE(steps, on_disk);
      REQUIRE(cost_of(steps, 3, on_disk, 0, 0) == static_cast<double>(duet::optimal_advances(steps, 3 + on_disk)));
    }
}

TEST_CASE("Without slots on disk the schedule is that of revolve") {
  for (long const steps : {0, 1, 2, 37}) {
    duet::two_level both(steps, 3, 0, 1, 1);
    duet::revolve memory(steps, 3);
    for (bool more = true; more;) {
      auto const [kind, from, to, slot] = memory.next();
      auto const each = both.next();
      REQUIRE((each.kind == kind && each.from == from && each.to == to && each.slot == slot));
      more = kind != action::done;
    }
    REQUIRE(both.cost() == static_cast<double>(duet::optimal_advances(steps, 3)));
  }
}

TEST_CASE("The disk is not used where memory is as good") {
  REQUIRE(carry_out(10, 10, 5, 0, 0).writes == 0);
  REQUIRE(carry_out(100, 5, 50, 1000, 1000).writes == 0);
  REQUIRE(carry_out(5000, 40, 50, 1e5, 0).writes == 0);
  REQUIRE(carry_out(100, 5, 50, 1, 1).writes > 0);
}

TEST_CASE("Disk slots never cost anything, and up to 1024 steps more never cost more") {
  for (long const in_memory : {1, 4})
    for (auto const& [write, read] : {std::pair{0.25, 1.}, {5., 5.}, {200., 30.}})
      for (long const steps : {17, 150, 700, 1500, 20000}) {
        double last = static_cast<double>(duet::optimal_advances(steps, in_memory));
        double const memory_only = last;
        for (long const on_disk : {1, 2, 3, 8, 30}) {
          CAPTURE(steps, in_memory, on_disk, write, read);
          double const cost = cost_of(steps, in_memory, on_disk, write, read);
          REQUIRE(cost <= (steps <= 1024 ? last : memory_only));
          last = cost;
        }
      }
}

TEST_CASE("Longer schedules are sound and near the optimum of the recurrences") {
  double worst = 1;
  for (auto const& [in_memory, on_disk, write, read] : {std::tuple{1L, 2L, 3000., 900.},
                                                        {2L, 2L, 300., 90.},
                                                        {3L, 3L, 40., 40.},
                                                        {5L, 3L, 5.5, 1.5},
                                                        {2L, 2L, 1., 1.}}) {
    auto const optimum = tabulated(2200, in_memory, on_disk, write, read);
    for (long steps = 1025; steps <= 2200; steps += 47) {
      CAPTURE(steps, in_memory, on_disk, write, read);
      auto const result = carry_out(steps, in_memory, on_disk, write, read);
      REQUIRE(result.sound);
      REQUIRE_FALSE(result.wasted);
      double const ratio = result.cost / optimum[static_cast<std::size_t>(steps)];
      REQUIRE(ratio >= 1 - 1e-12);
      worst = std::max(worst, ratio);
    }
  }
  REQUIRE(worst <= 1.01);
}

TEST_CASE("Long schedules are sound and near a lower bound of all schedules") {
  struct setting {
    long steps, in_memory, on_disk;
    double write, read, most;
  };
  for (auto const& [steps, in_memory, on_disk, write, read, most] : {setting{10000, 5, 20, 5, 5, 1.001},
                                                                     {100000, 1, 50, 1, 1, 1.001},
                                                                     {100000, 3, 50, 20.5, 10.25, 1.002},
                                                                     {100003, 10, 200, 1000, 300, 1.004},
                                                                     {99991, 1, 3, 1e5, 1e4, 1.01},
                                                                     {1000000, 10, 300, 20, 20, 1.001}}) {
    CAPTURE(steps, in_memory, on_disk, write, read);
    REQUIRE(cost_of(steps, in_memory, on_disk, write, read) <=
            most * lower_bound(steps, in_memory, on_disk, write, read));
    if (steps > 100000) continue;
    auto const result = carry_out(steps, in_memory, on_disk, write, read);
    REQUIRE(result.sound);
    REQUIRE_FALSE(result.wasted);
  }
}

TEST_CASE("Costs and slots out of all proportion are planned too") {
  for (auto const& [write, read] : {std::pair{1e9, 1e9}, {1e12, 0.}, {0., 1e12}, {1e300, 1e300}}) {
    CAPTURE(write, read);
    REQUIRE(carry_out(20000, 1, 300, write, read).sound);
    REQUIRE(carry_out(20000, 7, 1000000, write, read).sound);
  }
  REQUIRE(carry_out(3000, 1, 1000000, 0, 0).cost == 2999);
  REQUIRE(carry_out(3000, 1000000, 1000000, 0, 0).cost == 2999);
}

TEST_CASE("A schedule that cannot be is refused") {
  using duet::two_level;
  REQUIRE_THROWS_AS(two_level(-1, 1, 1, 1, 1), std::invalid_argument);
  REQUIRE_THROWS_WITH(two_level(-1, 1, 1, 1, 1), "duet::two_level: -1 steps were asked for, expected 0 or more");
  REQUIRE_THROWS_WITH(two_level(5, 0, 1, 1, 1),
                      "duet::two_level: 0 snapshots were given, expected at least 1, for the initial state");
  REQUIRE_THROWS_AS(two_level(5, 1, -2, 1, 1), std::invalid_argument);
  REQUIRE_THROWS_WITH(two_level(5, 1, -2, 1, 1),
                      "duet::two_level: -2 snapshots on disk were given, expected 0 or more");
  REQUIRE_THROWS_WITH(two_level(5, 1, 2, -1, 1), Catch::Contains("write and a read were given as -1.0") &&
                                                     Catch::Contains("expected finite numbers of 0 or more"));
  double const infinity = std::numeric_limits<double>::infinity();
  REQUIRE_THROWS_AS(two_level(5, 1, 2, 1, -0.5), std::invalid_argument);
  REQUIRE_THROWS_AS(two_level(5, 1, 2, infinity, 1), std::invalid_argument);
  REQUIRE_THROWS_AS(two_level(5, 1, 0, 1, std::nan("")), std::invalid_argument);
}
