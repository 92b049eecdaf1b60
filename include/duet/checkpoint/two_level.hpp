#pragma once

// Which states of a loop to keep in memory and which on disk so that it can be run backwards: the schedule of two
// levels of Aupy, Herrmann, Hovland and Robert 2016 (SIAM J. Sci. Comput. 38(3) C232), with a bounded number of slots
// on disk as in Herrmann and Pallez 2020 (ACM TOMS 46(2)), as a machine of actions like `revolve`.
//
// With T(l) the advances that reverse l steps in memory, w and r the costs of a write and a read, and m free slots on
// disk, the least costs when the first state is current (A), and is on disk besides (B), are
//   A(l, m) = min(T(l), w + B(l, m - 1)),  A(l, 0) = T(l),
//   B(l, m) = min(T(l), min over 1 <= j < l of j + A(l - j, m) + r + B(j, m)).
//
// Up to 1024 steps these are tabulated and the schedule is optimal; no schedule of any other form is better either
// (test: exhaustive search). More steps are cut by a Lagrange multiplier u. The parts of a schedule meet only in the
// sum of their lengths, so each minimises cost - u length by itself, with u less 1 for steps once advanced over:
//   a(u, m) = min(f(u), w + b(u, m - 1)),  b(u, m) = min(f(u), a(u, m) + r + b(u - 1, m)),  f(u) = min of T(q) - u q,
// where q = beta(c, floor u) for c slots in memory. What is found so is optimal for its own length. Between the optimal
// schedules just below and just above the wanted length all parts are such but a chain of nested ones, the last of
// which is tabulated, cut at multiples of a grain if longer than 1024. The cost predicted is always the one of the
// schedule, and never above T. Measured against the recurrences in 42000 random cases of 1025 to 12000 steps: 9 in 10
// optimal, at most 0.2 % above while w and r are below 1000, 1.7 % below 10^4, 4 % at 30000; less for more steps.
//
// Planning 10^6 steps with 300 slots on disk takes milliseconds and a few megabytes; time and memory are proportional
// to the slots that help, which are thousands only if a write and a read cost next to nothing.

#include <cmath>
#include <cstdint>
#include <duet/checkpoint/schedule.hpp>
#include <optional>

namespace duet {

inline void require_disk(std::string const& where, long on_disk, double write_cost, double read_cost) {
  if (on_disk < 0)
    throw std::invalid_argument(where + ": " + std::to_string(on_disk) +
                                " snapshots on disk were given, expected 0 or more");
  if (!(std::isfinite(write_cost) && std::isfinite(read_cost) && write_cost >= 0 && read_cost >= 0))
    throw std::invalid_argument(where + ": the costs of a write and a read were given as " +
                                std::to_string(write_cost) + " and " + std::to_string(read_cost) +
                                ", expected finite numbers of 0 or more");
}

// The optimal costs A and B of stretches of 0, 1, 2, ... grains of steps that are cut at whole grains.
class two_level_table {
 public:
  two_level_table() = default;
  two_level_table(long longest, long grain, long in_memory, long on_disk, double write_cost, double read_cost)
      : width_(static_cast<std::size_t>(longest) + 1) {
    for (long l = 0; l <= longest; ++l) fresh_.push_back(static_cast<double>(optimal_advances(l * grain, in_memory)));
    std::vector<double> left(width_);  // j + r + B(j, m)
    while (rows_ < on_disk) {
      auto const row = static_cast<std::size_t>(rows_++) * width_;
      kept_.resize(row + width_);
      first_.resize(row + width_);
      for (std::size_t l = 1; l < width_; ++l) {
        kept_[row + l] = split(&fresh_[row], left, l, first_[row + l - 1], first_[row + l]);
        left[l] = static_cast<double>(static_cast<long>(l) * grain) + read_cost + kept_[row + l];
      }
      fresh_.resize(row + 2 * width_);
      bool helps = false;  // another slot, to any stretch
      for (std::size_t l = 0; l < width_; ++l) {
        fresh_[row + width_ + l] = std::min(fresh_[l], write_cost + kept_[row + l]);
        helps = helps || fresh_[row + width_ + l] < fresh_[row + l];
      }
      if (!helps) break;
    }
  }

  [[nodiscard]] double cost(bool kept, long l, long free) const {
    return kept ? kept_[at(l, free, true)] : fresh_[at(l, free, false)];
  }
  // What to do with a stretch, 0 to leave it in memory: otherwise 1, to write a fresh one; how far to advance from a
  // kept one.
  [[nodiscard]] long decide(bool kept, long l, long free) const {
    return kept ? first_[at(l, free, true)] : cost(false, l, free) < fresh_[at(l, 0, false)] ? 1 : 0;
  }

 private:
  [[nodiscard]] std::size_t at(long l, long free, bool kept) const {
    return static_cast<std::size_t>(std::min(free, kept ? rows_ - 1 : rows_)) * width_ + static_cast<std::size_t>(l);
  }
  // The minimum over j of left[j] + right[l - j], if below T(l). Both increase, so that the ends of a block of js bound
  // what is in it, and few blocks have to be looked into once a good j is known: the one of l - 1 or its neighbour.
  [[nodiscard]] double split(double const* right, std::vector<double> const& left, std::size_t l, std::size_t hint,
                             std::uint16_t& best_j) const {
    constexpr std::size_t block = 16;
    double best = fresh_[l];
    auto const look = [&](std::size_t from, std::size_t to) {
      for (std::size_t j = from; j < to; ++j)
        if (double const each = left[j] + right[l - j]; each < best) {
          best = each;
          best_j = static_cast<std::uint16_t>(j);
        }
    };
    if (hint > 0) look(hint, std::min(hint + 2, l));
    for (std::size_t from = 1; from < l; from += block)
      if (std::size_t const to = std::min(from + block, l); left[from] + right[l - to + 1] < best) look(from, to);
    return best;
  }

  std::size_t width_ = 0;
  long rows_ = 0;                     // of B: free slots 0, 1, ... as far as they help
  std::vector<double> fresh_, kept_;  // A and B; the first row of A is T
  std::vector<std::uint16_t> first_;  // the j of B, 0 where T is least
};

// The schedules that minimise cost - multiplier * length, whatever their length.
class two_level_trees {
 public:
  struct tree {
    double value = 0, length = 1, cost = 0;  // value is cost - u length
    bool cut = false;                        // written to disk (a) or split (b), not left in memory
  };
  // The q of f(u) for floor u = n and its T(q); no stretch is longer than `longest`.
  struct memory_only {
    double slots, longest, n = -1, reach = 1, length = 1, cost = 0;
    void step() {
      if (++n > 0) reach = std::min(reach * (slots + n) / n, 2 * longest);
      double const longer = std::min(std::round(reach), longest) - length;
      length += longer;
      cost += n * longer;
    }
  };

  two_level_trees() = default;
  // Below the floor u of `lowest` nothing may be cut, nor there.
  two_level_trees(double multiplier, memory_only lowest, long on_disk, double write_cost, double read_cost)
      : depth_(static_cast<long>(multiplier - lowest.n)), width_(static_cast<std::size_t>(depth_) + 1) {
    for (std::size_t i = 0; i < width_; ++i, lowest.step()) {
      double const u = multiplier - static_cast<double>(width_ - 1 - i);
      fresh_.push_back({lowest.cost - u * lowest.length, lowest.length, lowest.cost});
    }
    for (bool helps = true; helps && rows_ < on_disk; ++rows_) {
      auto const row = static_cast<std::size_t>(rows_) * width_;
      for (std::size_t i = 0; i < width_; ++i) {
        kept_.push_back(fresh_[i]);
        if (i == 0) continue;
        tree const &right = fresh_[row + i], &left = kept_[row + i - 1];
        if (double const value = right.value + read_cost + left.value; value < fresh_[i].value)
          kept_.back() = {value, right.length + left.length, right.cost + left.length + read_cost + left.cost, true};
      }
      helps = false;
      for (std::size_t i = 0; i < width_; ++i) {
        tree const& written = kept_[row + i];
        fresh_.push_back(fresh_[i]);
        if (double const value = write_cost + written.value; value < fresh_[i].value)
          fresh_.back() = {value, written.length, write_cost + written.cost, true};
        helps = helps || fresh_.back().value < fresh_[row + i].value;
      }
    }
  }

  // The part whose steps `passed` advances have gone over before.
  [[nodiscard]] tree const& at(bool kept, long passed, long free) const {
    auto const row = static_cast<std::size_t>(std::min(free, kept ? rows_ - 1 : rows_));
    return (kept ? kept_ : fresh_)[row * width_ + static_cast<std::size_t>(std::max(depth_ - passed, 0L))];
  }

 private:
  long depth_ = 0;  // of the least u that is tabulated
  std::size_t width_ = 0;
  long rows_ = 0;                   // of b, as in the table
  std::vector<tree> fresh_, kept_;  // a and b
};

// Slots 0..in_memory-1 are in memory, in_memory..in_memory+on_disk-1 on disk; what is minimised is
//   advances + write_cost * (stores to disk) + read_cost * (restores from disk),
// the costs in units of one step advanced.
class two_level {
 public:
  // Throws std::invalid_argument unless steps >= 0, in_memory >= 1, on_disk >= 0 and the costs are finite and >= 0.
  two_level(long steps, long in_memory, long on_disk, double write_cost, double read_cost)
      : in_memory_(in_memory), on_disk_(on_disk) {
    require_schedule("duet::two_level", steps, in_memory);
    require_disk("duet::two_level", on_disk, write_cost, read_cost);
    // No schedule writes more often than it takes to cost more than that with one slot.
    if (on_disk > 1 && write_cost > 0) {
      double const spare =
          two_level(steps, in_memory, 1, write_cost, read_cost).cost() - static_cast<double>(steps - 1);
      if (double const writes = spare / write_cost; writes < static_cast<double>(on_disk))
        on_disk_ = static_cast<long>(std::max(writes, 0.)) + 1;
    }
    if (on_disk == 0) {
      memory_.emplace(steps, in_memory);
      chain_.cost = advances(steps);
    } else if (steps > 0) {
      if (steps > tabulated) bracket(steps, write_cost, read_cost);
      chain_ = follow(steps, true, write_cost, read_cost);
      if (steps > tabulated)
        if (auto longer = follow(steps, false, write_cost, read_cost); longer.cost < chain_.cost)
          chain_ = std::move(longer);
      pending_.push_back({0, steps, on_disk_});
    }
  }

  [[nodiscard]] scheduled_action next() {
    using enum checkpoint_action;
    while (true) {
      if (memory_) {
        if (auto action = memory_->next(); action.kind != done) {
          action.from += offset_;
          action.to += offset_;
          return action;
        }
        memory_.reset();
        position_ = nowhere;
      }
      if (pending_.empty()) return {done};
      stretch& top = pending_.back();
      long const at = top.first, slot = in_memory_ + on_disk_ - top.free;
      if (position_ == nowhere) {
        position_ = at;
        return {restore, at, at, slot - 1};
      }
      if (top.end - at == 1) {
        pending_.pop_back();
        position_ = nowhere;
        return {reverse, at, at + 1};
      }
      auto const [ahead, left, right] = decide(top);
      if (ahead == 0) {
        memory_.emplace(top.end - at, in_memory_);
        offset_ = at;
        pending_.pop_back();
      } else if (!top.kept) {
        top.kept = true;
        --top.free;
        top.source = left;
        return {store, at, at, slot};
      } else {
        position_ = at + ahead;
        stretch const rest{position_, top.end, top.free, top.passed, false, right};
        top.end = position_;
        ++top.passed;
        top.source = left;
        pending_.push_back(rest);
        return {advance, at, position_};
      }
    }
  }

  // Of the whole schedule.
  [[nodiscard]] double cost() const { return chain_.cost; }

 private:
  static constexpr long nowhere = -1;
  static constexpr long tabulated = 1024;

  struct stretch {
    long first, end, free, passed = 0;  // free: slots on disk; passed: advances that have gone over its steps
    bool kept = false;                  // its first state, on disk
    long source = 0;                    // what decides on it: below, above or a link of the chain
  };
  static constexpr long below = -1, above = -2;
  // 0: leave it in memory; otherwise how far to advance from a kept state and the sources of the parts, or, for a fresh
  // one, to write it and its source from there on.
  struct decision {
    long ahead = 0, left = 0, right = 0;
  };

  [[nodiscard]] double advances(long l) const { return static_cast<double>(optimal_advances(l, in_memory_)); }

  // The decisions on the stretches that are neither below nor above, each a part of the one before. The last is left in
  // memory or looked up in a table, if there is a grain; what it lacks to whole grains it lacks at its beginning.
  struct chain {
    std::vector<decision> links;
    two_level_table table;
    long grain = 0;
    double cost = 0;

    [[nodiscard]] decision look_up(stretch const& s) const {
      long const length = s.end - s.first, grains = (length + grain - 1) / grain;
      long const ahead = table.decide(s.kept, grains, s.free);
      return {s.kept && ahead > 0 ? length - (grains - ahead) * grain : ahead, s.source, s.source};
    }
  };

  [[nodiscard]] decision decide(stretch const& s) const {
    if (s.source >= 0) {
      auto const link = static_cast<std::size_t>(s.source);
      return link + 1 < chain_.links.size() || chain_.grain == 0 ? chain_.links[link] : chain_.look_up(s);
    }
    two_level_trees const& trees = s.source == below ? below_ : above_;
    if (!trees.at(s.kept, s.passed, s.free).cut) return {};
    return {s.kept ? static_cast<long>(trees.at(true, s.passed + 1, s.free).length) : 1, s.source, s.source};
  }

  // Where the schedules below and above disagree on a stretch, the chain goes on if a split fits, or it ends there.
  chain follow(long steps, bool end_early, double write_cost, double read_cost) const {
    chain result;
    std::vector<std::pair<long, double>> beside;  // the length of each link; the cost of what the next one leaves of it
    stretch s{0, steps, on_disk_};
    bool memory_only = false;
    for (long next = 1;; ++next) {
      decision chosen;
      double cost = 0;
      if (s.end > tabulated) {
        bool const cut_below = below_.at(s.kept, s.passed, s.free).cut,
                   cut_above = above_.at(s.kept, s.passed, s.free).cut;
        memory_only = !cut_below && !cut_above;
        if (!memory_only && (!end_early || cut_below == cut_above)) {
          auto const &right = above_.at(false, s.passed, s.free), &left = below_.at(true, s.passed + 1, s.free);
          double const rest = static_cast<double>(s.end) - left.length;
          if (!s.kept) {
            chosen = {1, next};
            cost = write_cost;
          } else if (rest > right.length) {
            chosen = {s.end - static_cast<long>(right.length), next, above};
            cost = static_cast<double>(chosen.ahead) + read_cost + right.cost;
          } else if (rest >= below_.at(false, s.passed, s.free).length) {
            chosen = {static_cast<long>(left.length), below, next};
            cost = left.length + read_cost + left.cost;
          }
        }
      }
      result.links.push_back(chosen);
      beside.emplace_back(s.end, cost);
      if (chosen.ahead == 0) break;
      if (!s.kept) {
        s.kept = true;
        --s.free;
      } else if (chosen.right == above) {
        s.end = chosen.ahead;
        ++s.passed;
      } else {
        s.end -= chosen.ahead;
        s.kept = false;
      }
    }
    result.cost = advances(s.end);
    if (!memory_only) tabulate(result, s, write_cost, read_cost);
    for (auto i = beside.size() - 1; i-- > 0;) {
      result.cost += beside[i].second;
      if (double const memory = advances(beside[i].first); memory <= result.cost) {
        result.cost = memory;
        result.links[i] = {};
      }
    }
    return result;
  }

  // The last link of a chain, if that is better than memory only.
  void tabulate(chain& c, stretch s, double write_cost, double read_cost) const {
    c.grain = (s.end + tabulated - 1) / tabulated;
    long const grains = (s.end + c.grain - 1) / c.grain;
    c.table = {grains, c.grain, in_memory_, std::min(s.free + (s.kept ? 1 : 0), grains), write_cost, read_cost};
    // Along the stretches at its beginning, which may lack a part of a grain.
    double cost = 0;
    for (long ahead; (ahead = c.look_up(s).ahead) > 0;) {
      if (!s.kept) {
        cost += write_cost;
        s.kept = true;
        --s.free;
      } else {
        cost += static_cast<double>(ahead) + read_cost + c.table.cost(false, (s.end - ahead) / c.grain, s.free);
        s.end = ahead;
      }
    }
    cost += advances(s.end);
    if (cost < c.cost)
      c.cost = cost;
    else
      c.grain = 0;
  }

  // The longest of the schedules below the wanted length and the shortest above, by bisection of the multiplier.
  void bracket(long steps, double write_cost, double read_cost) {
    auto const wanted = static_cast<double>(steps);
    two_level_trees::memory_only lowest{.slots = static_cast<double>(in_memory_), .longest = wanted}, next = lowest;
    // At u nothing is split unless f(u - 1) + r < 0.
    for (next.step(); next.cost - next.n * next.length + read_cost >= 0 && lowest.length < wanted; next.step())
      lowest = next;
    auto const make = [&](double u) {
      return two_level_trees(u, lowest, std::min(on_disk_, steps - 1), write_cost, read_cost);
    };
    auto const reaches = [&](two_level_trees const& t) { return t.at(false, 0, on_disk_).length >= wanted; };
    double low = lowest.n + 1, high = low + 1;
    below_ = make(low);
    for (above_ = make(high); !reaches(above_); above_ = make(high += high - lowest.n)) {
      low = high;
      below_ = std::move(above_);
    }
    while (high - low > 1e-9 * high) {
      double const middle = (low + high) / 2;
      auto each = make(middle);
      bool const enough = reaches(each);
      (enough ? high : low) = middle;
      (enough ? above_ : below_) = std::move(each);
    }
  }

  long in_memory_, on_disk_;
  two_level_trees below_, above_;
  chain chain_;
  std::vector<stretch> pending_;  // the last is next
  std::optional<revolve> memory_;
  long position_ = 0, offset_ = 0;
};

}  // namespace duet
