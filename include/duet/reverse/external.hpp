#pragma once

// External nodes: a callback at a place of the recording, run in every sweep. It reads and adds adjoints, and may
// record again what it stands for and sweep that (checkpoints).

#include <duet/reverse/adjoint_array.hpp>
#include <duet/reverse/position.hpp>
#include <duet/reverse/var.hpp>
#include <exception>
#include <span>
#include <utility>
#include <vector>

namespace duet {

// A sweep as a node sees it: the adjoints of `lanes()` outputs side by side, by index of the recording. What the node
// records on the tape lies behind everything else, and is forgotten when the callback returns.
template <class T>
class external_sweep {
 public:
  virtual ~external_sweep() = default;
  [[nodiscard]] virtual std::size_t lanes() const = 0;
  [[nodiscard]] virtual T adjoint(tape_index of, std::size_t lane) const = 0;
  virtual void add(tape_index to, std::size_t lane, T const& w) = 0;
  // The same of many variables: the adjoints of those from an index on, and w added to those of variables listed, where
  // index 0 is passive, or from an index on.
  virtual void read(tape_index first, std::size_t lane, std::span<T> into) const = 0;
  virtual void add_listed(std::span<tape_index const> to, std::size_t lane, std::span<T const> w) = 0;
  virtual void add_from(tape_index first, std::size_t lane, std::span<T const> w) = 0;

  // Keeps the adjoints of `count` variables from an index on, all lanes. False if all are zero.
  [[nodiscard]] virtual bool take(tape_index first, std::size_t count) = 0;
  // Sweeps what the callback has recorded since the position `to`; as many outputs as were taken begin with what was
  // taken. Passive ones have index 0.
  virtual void sweep(std::span<tape_index const> outputs, tape_position const& to) = 0;
};

// One of the outputs that are swept.
template <class T>
class adjoint_access {
 public:
  adjoint_access(external_sweep<T>& s, std::size_t lane) : sweep_(s), lane_(lane) {}
  // The adjoint of y so far; all uses of y have been swept when the node is called.
  [[nodiscard]] T operator()(var<T> const& y) const { return y.place() == 0 ? T(0) : sweep_.adjoint(y.place(), lane_); }
  // Adds w to the adjoint of x; nothing happens if x is passive.
  void add(var<T> const& x, T const& w) {
    if (x.place() != 0) sweep_.add(x.place(), lane_, w);
  }

 private:
  external_sweep<T>& sweep_;
  std::size_t lane_;
};

// Called once for each output swept, or once for all of them.
template <class Pullback, class T>
concept output_pullback = std::invocable<Pullback&, adjoint_access<T>&>;
template <class Pullback, class T>
concept pullback_for = output_pullback<Pullback, T> || std::invocable<Pullback&, external_sweep<T>&>;

template <class T>
struct external_node {
  virtual ~external_node() = default;
  virtual void pull_back(external_sweep<T>& sweep) = 0;
};
template <class T, class Pullback>
struct external_callable final : external_node<T> {
  explicit external_callable(Pullback p) : pullback(std::move(p)) {}
  void pull_back(external_sweep<T>& sweep) override {
    if constexpr (output_pullback<Pullback, T>) {
      for (std::size_t lane = 0; lane < sweep.lanes(); ++lane) {
        adjoint_access<T> access(sweep, lane);
        pullback(access);
      }
    } else {
      pullback(sweep);
    }
  }
  Pullback pullback;
};

// The adjoints of a sweep of the tape, read anew at each access: a node may record and make them move.
template <class T, class Adjoint>
class external_lanes final : public external_sweep<T> {
 public:
  external_lanes(tape<T>& on, adjoint_array<Adjoint>& adjoints) : tape_(on), adjoints_(adjoints), end_(on.position()) {}
  external_lanes(external_lanes const&) = delete;
  ~external_lanes() override {
    tape_.rewind(end_);
    adjoints_.truncate(end_.descriptors);
    if (std::is_same_v<Adjoint, T> && std::uncaught_exceptions() != exceptions_)  // half a sweep is none
      tape_.state_ = tape<T>::adjoint_state::unknown;
  }

  [[nodiscard]] std::size_t lanes() const override { return adjoint_lane_count<Adjoint>; }
  [[nodiscard]] T adjoint(tape_index of, std::size_t lane) const override { return adjoint_lane(adjoints_[of], lane); }
  void add(tape_index to, std::size_t lane, T const& w) override {
    if constexpr (checked::enabled) tape_.checks().read(to);
    add_to_lane(adjoints_[to], lane, w);
  }
  void read(tape_index first, std::size_t lane, std::span<T> into) const override {
    Adjoint const* const from = adjoints_.data() + first;
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = adjoint_lane(from[i], lane);
  }
  void add_listed(std::span<tape_index const> to, std::size_t lane, std::span<T const> w) override {
    Adjoint* const all = adjoints_.data();
    for (std::size_t i = 0; i < to.size(); ++i)
      if (to[i] != 0) {
        if constexpr (checked::enabled) tape_.checks().read(to[i]);
        add_to_lane(all[to[i]], lane, w[i]);
      }
  }
  void add_from(tape_index first, std::size_t lane, std::span<T const> w) override {
    Adjoint* const to = adjoints_.data() + first;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if constexpr (checked::enabled) tape_.checks().read(first + static_cast<tape_index>(i));
      add_to_lane(to[i], lane, w[i]);
    }
  }

  [[nodiscard]] bool take(tape_index first, std::size_t count) override {
    taken_.assign(adjoints_.data() + first, adjoints_.data() + first + count);
    for (auto const& each : taken_)
      for (std::size_t lane = 0; lane < lanes(); ++lane)
        if (!duet::vanishes(adjoint_lane(each, lane))) return true;
    return false;
  }
  void sweep(std::span<tape_index const> outputs, tape_position const& to) override {
    adjoints_.truncate(end_.descriptors);  // what was recorded here before has left its adjoints
    adjoints_.extend(tape_.position().descriptors);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i] != 0)
        for (std::size_t lane = 0; lane < lanes(); ++lane)
          add_to_lane(adjoints_[outputs[i]], lane, adjoint_lane(taken_[i], lane));
    tape_.run_sweep(adjoints_, tape_.position(), to, lanes() == 1 ? seeds::dense : seeds::sparse);
  }

 private:
  tape<T>& tape_;
  adjoint_array<Adjoint>& adjoints_;
  tape_position end_;
  int exceptions_ = std::uncaught_exceptions();
  std::vector<Adjoint> taken_;
};

}  // namespace duet
