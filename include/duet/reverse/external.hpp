#pragma once

// External nodes: a callback at a place of the recording, run in every sweep. It reads and adds adjoints, and may
// record again what it stands for and sweep that (checkpoints).

#include <algorithm>
#include <duet/reverse/adjoint_array.hpp>
#include <duet/reverse/flush_denormals.hpp>
#include <duet/reverse/position.hpp>
#include <duet/reverse/var.hpp>
#include <exception>
#include <span>
#include <utility>
#include <vector>

namespace duet {

// Where the variables of an object are: one after another from an index on, or listed.
struct variable_places {
  tape_index first = 0;
  bool contiguous = true;
  std::vector<tape_index> listed;
};

// A sweep as a node sees it: the adjoints of `lanes()` outputs side by side, by index of the recording. What the node
// records on the tape lies behind everything else, and is forgotten when the callback returns.
template <class T>
class external_sweep {
 public:
  // Made by the tape: newest(adjoints, to, mode) sweeps the recording from its end to an index, as the sweep does that
  // is under way.
  using newest_statements = void (*)(tape<T>&, adjoint_array<T>&, std::size_t, flush_denormals const&);
  external_sweep(tape<T>& on, adjoint_array<T>& adjoints, newest_statements newest, flush_denormals const& mode)
      : tape_(on), adjoints_(adjoints), newest_(newest), mode_(mode), end_(on.position()) {}
  external_sweep(external_sweep const&) = delete;
  external_sweep& operator=(external_sweep const&) = delete;
  ~external_sweep() {
    forget(end_);
    adjoints_.truncate(end_.descriptors);
    if (lanes() == 1 && std::uncaught_exceptions() != exceptions_)  // half a sweep is none
      tape_.state_ = tape<T>::adjoint_state::unknown;
  }

  [[nodiscard]] std::size_t lanes() const { return adjoints_.lanes(); }
  [[nodiscard]] T adjoint(tape_index of, std::size_t lane) const { return adjoints_.at(of, lane); }
  void add(tape_index to, std::size_t lane, T const& w) {
    if constexpr (checked::enabled) tape_.checks().read(to);
    adjoints_.at(to, lane) += w;
  }
  // The same of many variables: the adjoints of those from an index on, and w added to those of variables listed, where
  // index 0 is passive, or from an index on.
  void read(tape_index first, std::size_t lane, std::span<T> into) const {
    if (lanes() == 1)
      std::copy_n(&adjoints_.at(first), into.size(), into.data());
    else
      for (std::size_t i = 0; i < into.size(); ++i) into[i] = adjoints_.at(first + i, lane);
  }
  void add_listed(std::span<tape_index const> to, std::size_t lane, std::span<T const> w) {
    for (std::size_t i = 0; i < to.size(); ++i)
      if (to[i] != 0) add(to[i], lane, w[i]);
  }
  void add_from(tape_index first, std::size_t lane, std::span<T const> w) {
    if (!checked::enabled && lanes() == 1) {
      T* const to = &adjoints_.at(first);
      for (std::size_t i = 0; i < w.size(); ++i) to[i] += w[i];
    } else {
      for (std::size_t i = 0; i < w.size(); ++i) add(first + static_cast<tape_index>(i), lane, w[i]);
    }
  }

  // Keeps the adjoints of `count` variables from an index on, all lanes. False if all are zero.
  [[nodiscard]] bool take(tape_index first, std::size_t count) {
    taken_.resize(count * lanes());
    take_again<dynamic>(first);
    return !std::all_of(taken_.begin(), taken_.end(), [](T const& w) { return duet::vanishes(w); });
  }
  // The same of as many variables, of which there are Count if that is known. Not to be called right after a sweep:
  // reading several numbers at once waits until all that it has written is in the cache.
  template <std::size_t Count>
  DUET_INLINE void take_again(tape_index first) {
    copy<Count>(&adjoints_.at(first), taken_.data());
  }

  // Sweeps what the callback has recorded since the position `to`; as many outputs as were taken begin with what was
  // taken. Passive ones have index 0.
  template <std::size_t Count = dynamic>
  DUET_INLINE void sweep(variable_places const& outputs, tape_position const& to) {
    adjoints_.truncate(end_.descriptors);  // what was recorded here before has left its adjoints
    adjoints_.extend(tape_.count());
    if (outputs.contiguous && outputs.first >= to.descriptors)
      copy<Count>(taken_.data(), &adjoints_.at(outputs.first));
    else
      mode_.resumed([&] { add_taken(outputs); });
    newest_(tape_, adjoints_, to.descriptors, mode_);
  }
  // Forgets what the callback has recorded since a position.
  DUET_INLINE void forget(tape_position const& to) { tape_.forget(to); }

 private:
  template <std::size_t Count>
  DUET_INLINE void copy(T const* from, T* to) const {
    if constexpr (Count <= most_copied_singly) {
      if (lanes() == 1) {
        for (std::size_t i = 0; i < Count; ++i) to[i] = from[i];
        return;
      }
    }
    std::copy_n(from, taken_.size(), to);
  }
  static constexpr std::size_t most_copied_singly = 8;
  void add_taken(variable_places const& outputs) {
    auto w = taken_.begin();
    for (std::size_t i = 0; w != taken_.end(); ++i) {
      std::size_t const to = outputs.contiguous ? outputs.first + i : outputs.listed[i];
      for (std::size_t lane = 0; lane < lanes(); ++lane)
        adjoints_.at(to, lane) += *w++;  // that of index 0 has no reader
    }
  }

  tape<T>& tape_;
  adjoint_array<T>& adjoints_;
  newest_statements newest_;
  flush_denormals const& mode_;
  tape_position end_;
  int exceptions_ = std::uncaught_exceptions();
  std::vector<T> taken_;
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

}  // namespace duet
